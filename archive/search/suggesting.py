"""Suggestions while typing, and what may have been meant when nothing is found.

Both ask the index under the reader's own permission and read words only from dossiers the reader sees; every offer is
searched again before it is made. So a word that stands in hidden dossiers only is never offered.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.dossiers.models import Dossier, Party
from archive.search.folding import fold
from archive.search.models import SearchText
from archive.search.nearness import is_word, near
from archive.search.port import SearchPage, SearchRequest, Sort
from archive.search.query import All, Any, Field, Node, Not, Text

_LOOKED_AT = 12  # dossiers read for something near
_MOST = 3  # offers
_CHUNKS = 4  # of a query looked at one by one
_NAMES = ("complainant", "respondent")

Ask = Callable[[SearchRequest], SearchPage]


@dataclass(frozen=True)
class Offer:
    """A search that would find something. `near`: a word was replaced by one like it; else a condition was left out."""

    query: str
    total: int
    near: bool


def instead(session: Session, ask: Ask, seen: ColumnElement[bool], query: str, request: SearchRequest) -> list[Offer]:
    """Return what finds something where this request found nothing.

    ask: searches; seen: the condition on Dossier for what the reader may see; query: as typed, whose chunks are
    replaced; request: what it was read into.
    """
    if request.query is None:
        return []
    bare = replace(request, facets=(), limit=1, cursor=None, sort=Sort.RELEVANCE)
    chunks = list(_chunks(request.query))[:_CHUNKS]
    offers: list[Offer] = []
    for node, chunk in chunks:
        if is_word(fold(chunk)) and not ask(replace(bare, query=node, filters={})).total:
            for word in near(fold(chunk), _texts(session, ask, seen, bare, fold(chunk))):
                found = ask(replace(bare, query=_replaced(request.query, node, word))).total
                if found:
                    offers.append(Offer(query.replace(chunk, word, 1), found, near=True))
    if not offers and isinstance(request.query, All):
        for node, chunk in chunks:
            rest = tuple(part for part in request.query.parts if part is not node)
            if len(rest) < len(request.query.parts) and (found := ask(replace(bare, query=All(rest))).total):
                offers.append(Offer(" ".join(query.replace(chunk, "", 1).split()), found, near=False))
    return sorted(offers, key=lambda one: -one.total)[:_MOST]


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


def _replaced(root: Node, old: Node, word: str) -> Node:
    if root is old:
        return Field(root.name, word) if isinstance(root, Field) else Text(word)
    match root:
        case All(parts):
            return All(tuple(_replaced(part, old, word) for part in parts))
        case Any(parts):
            return Any(tuple(_replaced(part, old, word) for part in parts))
        case Not(part):
            return Not(_replaced(part, old, word))
    return root


def _texts(session: Session, ask: Ask, seen: ColumnElement[bool], bare: SearchRequest, chunk: str) -> Sequence[str]:
    """Return the texts of the dossiers that share most with a chunk, of those the reader sees."""
    pairs: list[Node] = [Text(chunk[at : at + 2]) for at in range(len(chunk) - 1)]
    if len(chunk) == 3:
        # A name with its middle character wrong shares no two neighbours.
        pairs += [All((Field(name, chunk[0]), Field(name, chunk[2]))) for name in _NAMES]
    page = ask(replace(bare, query=Any(tuple(pairs)), filters={}, limit=_LOOKED_AT))
    ids = [uuid.UUID(hit.id) for hit in page.hits]
    query = select(SearchText.text).join(Dossier, Dossier.id == SearchText.dossier_id)
    return session.scalars(query.where(Dossier.id.in_(ids), seen)).all()


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
