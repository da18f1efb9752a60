"""Suggestions while typing, and what may have been meant when nothing is found.

Both ask the index under the reader's own permission and read words only from dossiers the reader sees; every offer is
searched again before it is made. So a word that stands in hidden dossiers only is never offered.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.dossiers.models import Dossier, Party
from archive.search.folding import fold
from archive.search.language import QueryProblem
from archive.search.models import SearchText
from archive.search.nearness import SHORTEST, is_word, near
from archive.search.port import SearchPage, SearchRequest, Sort
from archive.search.query import All, Any, Field, Node, Text

_LOOKED_AT = 12  # dossiers read for something near
_MOST = 3  # offers
_CHUNKS = 4  # of a query looked at one by one
_EDGES = r"\s\"“”「」()（）"  # what a chunk stands between
_NAMES = ("complainant", "respondent")

Ask = Callable[[SearchRequest], SearchPage]


@dataclass(frozen=True)
class Offer:
    """A search that would find something. `near`: a word was replaced by one like it; else conditions were left out."""

    query: str
    total: int
    near: bool


@dataclass(frozen=True)
class Asking:
    """A search as one reader makes it. ask: searches; read: reads a query (raises QueryProblem); seen: the condition on
    Dossier for what the reader may see; request: carries the reader's permission and filters."""

    ask: Ask
    read: Callable[[str], Node]
    seen: ColumnElement[bool]
    request: SearchRequest

    def total(self, node: Node) -> int:
        """Return how many dossiers are found."""
        return self.ask(replace(self.request, query=node, facets=(), limit=1, cursor=None)).total

    def offers(self, queries: Iterable[str], *, near: bool) -> Iterator[Offer]:
        """Yield the queries that find something."""
        for query in dict.fromkeys(queries):
            with suppress(QueryProblem):
                if found := self.total(self.read(query)):
                    yield Offer(query, found, near)


def instead(session: Session, asking: Asking, query: str) -> list[Offer]:
    """Return what finds something where this query found nothing: near words, else fewer of its conditions."""
    chunks = list(_chunks(asking.read(query)))[:_CHUNKS]
    nearer = [
        _with(query, chunk, word)
        for node, chunk in chunks
        if is_word(fold(chunk)) and not asking.total(node)
        for word in near(fold(chunk), _texts(session, asking, fold(chunk)))
    ]
    offers = list(asking.offers(nearer, near=True))
    if not offers and len(chunks) > 1:
        offers = list(asking.offers((_without(query, chunk) for _, chunk in chunks), near=False))
        offers = offers or list(asking.offers((_quoted(chunk) for _, chunk in chunks), near=False))
    return sorted(offers, key=lambda one: -one.total)[:_MOST]


def _with(query: str, chunk: str, word: str) -> str:
    """Return a query with one chunk of it replaced, where it stands as a chunk of its own."""
    return re.sub(rf"(?<![^{_EDGES}:：]){re.escape(chunk)}(?![^{_EDGES}])", lambda _: word, query, count=1)


def _without(query: str, chunk: str) -> str:
    """Return a query with one condition taken out, name of the field and quotes included."""
    condition = rf"(?<!\S)(?:[^\s:：]+[:：])?[\"“「]?{re.escape(chunk)}[\"”」]?(?!\S)"
    return " ".join(re.sub(condition, " ", query, count=1).split())


def _chunks(node: Node) -> Iterator[tuple[Text | Field, str]]:
    """Yield what was asked of texts and names, with the chunk as it was typed."""
    match node:
        case Text(chunk, wild=False):
            yield node, chunk
        case Field(name, value, wild=False) if name in _NAMES:
            yield node, value
        case All(parts) | Any(parts):
            for part in parts:
                yield from _chunks(part)


def _texts(session: Session, asking: Asking, chunk: str) -> Sequence[str]:
    """Return the texts of the dossiers that share most with a chunk, of those the reader sees."""
    pairs: list[Node] = [Text(chunk[at : at + 2]) for at in range(len(chunk) - 1)]
    if len(chunk) == SHORTEST:
        # A name with its middle character wrong shares no two neighbours.
        pairs += [All((Field(name, chunk[0]), Field(name, chunk[2]))) for name in _NAMES]
    request = replace(
        asking.request,
        query=Any(tuple(pairs)),
        filters={},
        facets=(),
        sort=Sort.RELEVANCE,
        limit=_LOOKED_AT,
        cursor=None,
    )
    ids = [uuid.UUID(hit.id) for hit in asking.ask(request).hits]
    query = select(SearchText.text).join(Dossier, Dossier.id == SearchText.dossier_id)
    return session.scalars(query.where(Dossier.id.in_(ids), asking.seen)).all()


def completed(session: Session, ask: Ask, seen: ColumnElement[bool], typed: str, readers: SearchRequest) -> list[str]:
    """Return queries that go on from what is typed: names and titles with its last word, of dossiers the reader sees.

    readers: a request without a query, which carries the reader's permission.
    """
    before, _, word = typed.rpartition(" ")
    asked = fold(word)
    if len(asked) < 2 or not asked[-1].isalnum() or any(sign in word for sign in '"“”():：（）*?'):
        return []
    query = Any(tuple(Field(name, word) for name in (*_NAMES, "title")))
    page = ask(replace(readers, query=query, facets=("respondent",), sort=Sort.DATE, limit=30))
    ids = [uuid.UUID(hit.id) for hit in page.hits]
    institutions = sorted(page.facets.get("respondent", {}).items(), key=lambda row: (-row[1], row[0]))
    names = session.scalars(
        select(Party.name).join(Dossier, Dossier.id == Party.dossier_id).where(Dossier.id.in_(ids), seen)
    ).all()
    titles = session.scalars(select(Dossier.title).where(Dossier.id.in_(ids), seen)).all()
    found = [
        name
        for group in ([name for name, _ in institutions], names, titles)
        for name in list(dict.fromkeys(name for name in group if asked in fold(name)))[:4]
    ]
    return [" ".join(filter(None, (before, _quoted(name)))) for name in dict.fromkeys(found)]


def _quoted(name: str) -> str:
    """Return a name as one chunk of a query."""
    plain = name.replace('"', " ")
    return f'"{plain}"' if any(sign.isspace() or sign in "():：（）" for sign in plain) else plain
