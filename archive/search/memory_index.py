"""The index in memory: every card looked at for every search. For tests; the other engines are compared with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from archive.search import analysis
from archive.search.fields import FIELDS, FieldKind
from archive.search.paging import cut_page, sort_of
from archive.search.port import (
    SORT_FIELDS,
    Card,
    CardId,
    Change,
    Drift,
    IndexStats,
    SearchPage,
    SearchRequest,
    Sort,
    drift,
    final_changes,
)
from archive.search.query import All, Any, Field, Node, Not, Range, Text, positive_texts


@dataclass(frozen=True)
class _Entry:
    card: Card
    analysed: analysis.Analysed

    def holds(self, node: Node | None) -> bool:
        match node:
            case None:
                return True
            case All(parts):
                return all(map(self.holds, parts))
            case Any(parts):
                return any(map(self.holds, parts))
            case Not(part):
                return not self.holds(part)
            case Text(chunk, wild):
                return analysis.needle(chunk, wild=wild).is_in(self.analysed)
            case Field(name, value, wild) if FIELDS[name].kind is FieldKind.TEXT:
                text = analysis.field_text(self.card.values.get(name, ()))
                return analysis.needle(value, wild=wild).is_in_field(text)
            case Field(name, value):
                return value in self.card.values.get(name, ())
            case Range(name, low, high):
                number = self.card.number(name)
                return number is not None and (low is None or low <= number) and (high is None or number <= high)

    def score(self, node: Node | None) -> float:
        """How often chunks occur, most for the first times, less in long texts."""
        texts = positive_texts(node) if node else ()
        counts = (analysis.needle(text.chunk, wild=text.wild).occurs_in(self.analysed.text) for text in texts)
        length = 1 + len(self.analysed.text) / 1000
        return sum(count / (count + length) for count in counts)


class MemoryIndex:
    """Implements `archive.search.port.SearchIndex`."""

    def __init__(self) -> None:
        self._entries: dict[CardId, _Entry] = {}
        self._written: dict[CardId, _Entry] = {}
        self._seen_seq = self._seq = 0

    def apply(self, batch: Sequence[Change], *, upto_seq: int) -> None:
        for id_, card in final_changes(batch).items():
            if card:
                self._written[id_] = _Entry(card, analysis.analyse(card.text))
            else:
                self._written.pop(id_, None)
        self._seq = upto_seq

    def applied_seq(self) -> int:
        return self._seq

    def refresh(self) -> None:
        self._entries, self._seen_seq = dict(self._written), self._seq

    def search(self, request: SearchRequest) -> SearchPage:
        found = [entry for entry in self._entries.values() if self._answers(entry, request)]
        hits, cursor = cut_page(((self._key(entry, request), entry.card.id) for entry in found), request)
        counts = {
            name: Counter(v for entry in found for v in set(entry.card.values.get(name, ()))) for name in request.facets
        }
        return SearchPage(hits, len(found), counts, self._seen_seq, cursor)

    @staticmethod
    def _answers(entry: _Entry, request: SearchRequest) -> bool:
        return (
            request.readers.admit(entry.card.acl)
            and all(not wanted.isdisjoint(entry.card.values.get(name, ())) for name, wanted in request.filters.items())
            and entry.holds(request.query)
        )

    @staticmethod
    def _key(entry: _Entry, request: SearchRequest) -> float | None:
        if sort_of(request) is Sort.RELEVANCE:
            return entry.score(request.query)
        return entry.card.number(SORT_FIELDS[sort_of(request)])

    def stats(self) -> IndexStats:
        return IndexStats(len(self._entries), 0, 0, self._seen_seq)

    def verify(self, versions: Mapping[CardId, int]) -> Drift:
        return drift({id_: entry.card.version for id_, entry in self._entries.items()}, versions)

    def optimise(self) -> None:
        """There is nothing to join."""

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class MemoryTexts(dict[CardId, str]):
    """Texts by dossier, for tests. Implements `archive.search.port.TextSource`."""

    def texts(self, ids: Sequence[CardId]) -> Mapping[CardId, str]:
        return {id_: self[id_] for id_ in ids if id_ in self}
