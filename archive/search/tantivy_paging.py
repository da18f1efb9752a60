"""Pages of hits out of tantivy. It breaks ties as its segments happen to lie; here by id, so that pages fit."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import tantivy
from tantivy import DocAddress, Occur, Order, Query

from archive.search.paging import Anchor, sort_of
from archive.search.port import SORT_FIELDS, CardId, Hit, SearchRequest, Sort
from archive.search.tantivy_queries import Compiler
from archive.search.tantivy_schema import NO_VALUE, number_of


@dataclass(frozen=True)
class HitPage:
    """Hits, exact total, cursor of the next page."""

    hits: tuple[Hit, ...]
    total: int
    cursor: str | None


def page_of(searcher: tantivy.Searcher, compiler: Compiler, query: Query, request: SearchRequest) -> HitPage:
    """Return the page a request asks for of the hits of its query."""
    sort = sort_of(request)
    anchor = Anchor.decode(request.cursor, sort) if request.cursor else None
    found = _Hits(searcher, compiler, query)
    enough = request.limit + 1  # one more tells whether there is a next page
    if sort is Sort.RELEVANCE:
        total, keyed = found.by_score(anchor, enough)
    else:
        total, keyed = found.by_number(number_of(SORT_FIELDS[sort]), anchor, enough)
    page = keyed[: request.limit]
    cursor = Anchor(*page[-1]).encode(sort) if len(keyed) > len(page) > 0 else None
    return HitPage(tuple(Hit(id_, key or 0.0) for key, id_ in page), total, cursor)


def id_of(searcher: tantivy.Searcher, address: DocAddress) -> CardId:
    """Return the id of the card at an address."""
    return str(searcher.doc(address)["id"][0])


def counted(
    searcher: tantivy.Searcher, query: Query, limit: int, *, order_by_field: str | None = None
) -> tuple[int, list[tuple[Any, DocAddress]]]:
    """Return how many documents match, and the best of them."""
    result: Any = searcher.search(query, limit, order_by_field=order_by_field)  # its type stub knows nothing of `count`
    return int(result.count), result.hits


Keyed = list[tuple[float | None, CardId]]


@dataclass(frozen=True)
class _Hits:
    searcher: tantivy.Searcher
    compiler: Compiler
    query: Query

    def by_score(self, anchor: Anchor | None, enough: int) -> tuple[int, Keyed]:
        """Return the total, and at least so many hits behind the anchor (if there are), best first."""
        reach = 4 * enough
        while True:
            total, ranked = counted(self.searcher, self.query, reach)
            whole = total <= reach
            if not whole:
                # The last score may go on beyond what was fetched; its ties could not be put in order.
                ranked = [hit for hit in ranked if hit[0] > ranked[-1][0]]
            keyed: Keyed = []
            for score, ties in groupby(ranked, key=itemgetter(0)):
                if anchor and anchor.key is not None and score > anchor.key:
                    continue
                ids = sorted(id_of(self.searcher, address) for _, address in ties)
                keyed += [(score, id_) for id_ in ids if not anchor or anchor.is_before(score, id_)]
                if len(keyed) >= enough:
                    return total, keyed
            if whole:
                return total, keyed
            reach *= 4

    def by_number(self, field: str, anchor: Anchor | None, enough: int) -> tuple[int, Keyed]:
        """The same, largest number first, those without one last."""
        keyed: Keyed = []
        rest = self.query
        if anchor:
            number = NO_VALUE if anchor.key is None else int(anchor.key)
            keyed = [(anchor.key, id_) for id_ in self._ties(field, number, enough, behind=anchor.id)]
            rest = self._within(field, None, number - 1)
        limit = enough - len(keyed)
        total, ranked = counted(self.searcher, rest, max(1, limit), order_by_field=field)
        if anchor:
            total, _ = counted(self.searcher, self.query, 1)
        for number, ties in groupby(ranked[: max(0, limit)], key=itemgetter(0)):
            if number == ranked[-1][0] and len(ranked) == limit:
                ids = self._ties(field, number, enough - len(keyed))  # they may go on beyond what was fetched
            else:
                ids = sorted(id_of(self.searcher, address) for _, address in ties)
            keyed += [(None if number == NO_VALUE else number, id_) for id_ in ids]
        return total, keyed

    def _ties(self, field: str, number: int, enough: int, *, behind: CardId = "") -> list[CardId]:
        """Return the first cards with this number by id, behind an id."""
        same, reach = self._within(field, number, number), enough
        while True:
            hits = self.searcher.search(same, reach, count=False, order_by_field="id", order=Order.Asc).hits
            ids = [str(id_) for id_, _ in hits if id_ > behind]
            if len(ids) >= enough or len(hits) < reach:
                return ids[:enough]
            reach *= 4

    def _within(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.boolean_query([(Occur.Must, self.query), (Occur.Must, self.compiler.range(field, low, high))])
