"""Answering a person's search: the query read, permission put in, hits with their excerpts and counts."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.core.act import Machine
from archive.core.crypto import TAILS, squeeze
from archive.core.errors import BadInput, Problem
from archive.core.labels import choices, label
from archive.core.ports import ports
from archive.documents.kinds import Kind
from archive.dossiers import code_tables
from archive.dossiers.access import reader_terms, visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.parties import may_ask_numbers
from archive.dossiers.states import Channel, CodeTable, State
from archive.jobs.models import Job, JobState
from archive.people.models import Unit
from archive.people.rules import Person
from archive.search import engine, excerpts, suggesting
from archive.search.excerpts import Excerpt
from archive.search.fields import FIELDS
from archive.search.language import ParsedQuery, QueryProblem, parse
from archive.search.models import SearchText
from archive.search.port import AccessTerms, SearchRequest, Sort
from archive.search.query import Node
from archive.search.snippets import needles
from archive.search.suggesting import Asking, Offer

_Words = Mapping[str, Mapping[str, str]]
"""Of each field of listed words: the kept value and its word."""

FACETS = ("state", "category", "respondent", "unit", "channel", "kind", "year")


@dataclass(frozen=True)
class Asked:
    """A search as a person asks it. `filters` holds facet values, of each facet any of them."""

    query: str
    filters: Mapping[str, frozenset[str]]
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    cursor: str = ""


@dataclass(frozen=True)
class Found:
    """One dossier found."""

    dossier: Dossier
    score: float
    excerpts: Sequence[Excerpt]


@dataclass(frozen=True)
class Row:
    """One value of a facet."""

    value: str
    word: str
    count: int


@dataclass(frozen=True)
class Answer:
    """Hits of one page, exact total, counts by facet, hints on the query, how many dossiers wait to be indexed; where
    nothing was found, what would find something."""

    hits: Sequence[Found]
    total: int
    facets: Mapping[str, Sequence[Row]]
    cursor: str
    hints: Sequence[Problem]
    offers: Sequence[Offer]
    waiting: int
    took_ms: int


def answer(session: Session, reader: Person | Machine, asked: Asked) -> Answer:
    """Return what the reader may see of what was asked. Raises QueryProblem, IndexUnusable, BadInput (cursor)."""
    began = time.perf_counter()
    words = _words(session)
    parsed = _parse(asked.query, words, reader)
    request = SearchRequest(
        query=parsed.root,
        readers=_readers(session, reader),
        filters=asked.filters,
        facets=FACETS,
        sort=asked.sort,
        limit=asked.limit,
        cursor=_opened(asked.cursor),
    )
    page = engine.search(request)
    ids = [uuid.UUID(hit.id) for hit in page.hits]
    # Asked again of the database: what was closed to the reader a second ago is not shown, indexed or not.
    dossiers = {
        one.id: one
        for one in session.scalars(
            select(Dossier).where(Dossier.id.in_(ids), _seen(reader))
            .options(joinedload(Dossier.respondent), joinedload(Dossier.unit), selectinload(Dossier.parties))
        )
    }  # fmt: skip
    texts = session.scalars(select(SearchText).where(SearchText.dossier_id.in_(list(dossiers)))).all()
    shown = excerpts.of(session, texts, needles(parsed.root))
    return Answer(
        hits=[
            Found(dossiers[one], hit.score, shown.get(one, ()))
            for one, hit in zip(ids, page.hits, strict=True)
            if one in dossiers
        ],
        total=page.total,
        facets={name: _rows(name, counts, words) for name, counts in page.facets.items()},
        cursor=ports().vault.seal(page.cursor) if page.cursor else "",
        hints=parsed.hints,
        offers=() if page.total else _offers(session, request, asked.query, words, reader),
        waiting=_waiting(session),
        took_ms=round((time.perf_counter() - began) * 1000),
    )


def _opened(cursor: str) -> str | None:
    # Sealed: the score in it counts the texts of the whole archive, also of dossiers that its holder may not see.
    try:
        return ports().vault.open(cursor) if cursor else None
    except InvalidToken as error:
        raise BadInput("query.cursor") from error


def ids(session: Session, reader: Person | Machine, asked: Asked) -> list[uuid.UUID]:
    """Return the ids of the first `asked.limit` dossiers found, in order, as the index has them. Raises as answer()."""
    parsed = _parse(asked.query, _words(session), reader)
    request = SearchRequest(
        parsed.root, _readers(session, reader), filters=asked.filters, sort=asked.sort, limit=asked.limit
    )
    return [uuid.UUID(hit.id) for hit in engine.search(request).hits]


def _offers(
    session: Session, request: SearchRequest, query: str, words: _Words, reader: Person | Machine
) -> Sequence[Offer]:
    def read(text: str) -> Node:
        return _parse(text, words, reader).root

    return suggesting.instead(session, Asking(engine.search, read, _seen(reader), request), query)


def completed(session: Session, reader: Person, typed: str) -> list[str]:
    """Return queries that go on from what is typed. Raises IndexUnusable, IndexBusy. Two statements."""
    readers = SearchRequest(None, _readers(session, reader))
    return suggesting.completed(session, engine.search, _seen(reader), typed, readers)


def _seen(reader: Person | Machine) -> ColumnElement[bool]:
    return visible_to(reader) if isinstance(reader, Person) else true()


def _parse(query: str, words: _Words, reader: Person | Machine) -> ParsedQuery:
    known = {name: {word: value for value, word in table.items()} for name, table in words.items()}
    try:
        return parse(query, words=known, seal=_seal if _may_ask_numbers(reader) else None)
    except QueryProblem as problem:
        spec = FIELDS.get(str(problem.facts.get("field", "")))
        if spec is None:
            raise
        facts = {**problem.facts, "field": spec.aliases[0]}
        raise QueryProblem(problem.code, facts.pop("position"), **facts) from None


def _may_ask_numbers(reader: Person | Machine) -> bool:
    return isinstance(reader, Machine) or may_ask_numbers(reader)


def _seal(_name: str, number: str) -> str:
    vault = ports().vault
    plain = squeeze(number)
    return vault.tail(plain) if len(plain) in TAILS else vault.whole(plain)


def _readers(session: Session, reader: Person | Machine) -> AccessTerms:
    if isinstance(reader, Person):
        any_of, none_of = reader_terms(reader)
        return AccessTerms(any_of, none_of)
    roots = session.scalars(select(Unit.serial).where(Unit.parent_id.is_(None)))
    return AccessTerms(frozenset(f"{kind}:{serial}" for serial in roots for kind in ("open", "restricted")))


def _words(session: Session) -> dict[str, dict[str, str]]:
    """Return, for each field of listed words, the kept value and its word."""
    units = session.execute(select(Unit.code, Unit.name))
    categories = code_tables.table(session, CodeTable.CATEGORY).rows
    return {
        "state": dict(choices(State)),
        "channel": dict(choices(Channel)),
        "kind": dict(choices(Kind)),
        "category": {row.code: row.name for row in categories},
        "unit": {code: name for code, name in units},  # noqa: C416 - rows are no pairs to a type checker
    }


def _rows(name: str, counts: Mapping[str, int], words: Mapping[str, Mapping[str, str]]) -> list[Row]:
    table = words.get(name, {})
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if name == "year":
        ordered.sort(reverse=True)
    return [Row(value, table.get(value, label(value)), count) for value, count in ordered[:12]]


def _waiting(session: Session) -> int:
    open_states = (JobState.WAITING, JobState.RUNNING)
    return session.scalar(select(func.count()).where(Job.kind == "search.index", Job.state.in_(open_states))) or 0
