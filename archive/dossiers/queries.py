"""Lists of dossiers: one statement a page, whatever the filters, and no row that the reader may not see."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from archive.core.errors import NotAllowed
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers import parties
from archive.dossiers.access import visible_to
from archive.dossiers.institutions import tidy
from archive.dossiers.lights import SOON, Standing, standing
from archive.dossiers.models import Dossier, Institution, Party, PartyKey
from archive.dossiers.states import Channel, Severity, Source, State
from archive.people.models import Account, Unit
from archive.people.rules import Person


class Due(StrEnum):
    """Where the operative limit stands."""

    OVERDUE = "overdue"
    SOON = "soon"


class Sort(StrEnum):
    """The order of a list."""

    NEWEST = "newest"
    DUE = "due"


class Hand(StrEnum):
    """Whether a dossier is still in hand."""

    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True)
class Filter:
    """What a list shows; nothing given means everything the reader may see. `officer` by login, `unit` by code."""

    state: State | None = None
    standing: Hand | None = None
    unit: str = ""
    officer: str = ""
    category: str = ""
    cause: str = ""
    respondent: str = ""
    severity: Severity | None = None
    channel: Channel | None = None
    source: Source | None = None
    fonds: str = ""
    year: int | None = None
    number: str = ""
    due: Due | None = None
    sort: Sort = Sort.NEWEST


class Line(NamedTuple):
    """One row of a list. `complainant` is the first party's name."""

    id: uuid.UUID
    number: str
    title: str
    state: State
    severity: Severity
    restricted: bool
    category: str
    registered_at: datetime
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    due_met_at: datetime | None
    due_rule: str
    due_provisional: bool
    unit: str
    officer: str | None
    respondent: str | None
    complainant: str | None

    def limit(self, now: datetime) -> Standing:
        """Return how the operative limit stands."""
        return standing(
            due_at=self.due_at,
            due_rule=self.due_rule,
            provisional=self.due_provisional,
            state=self.state,
            met_at=self.due_met_at or self.closed_at,
            now=now,
        )


def lines() -> Select[*tuple[Any, ...]]:
    """Return the select of list rows, without any condition."""
    first_party = (
        select(Party.name).where(Party.dossier_id == Dossier.id).order_by(Party.position).limit(1).scalar_subquery()
    )
    return (
        select(
            Dossier.id,
            Dossier.number,
            Dossier.title,
            Dossier.state,
            Dossier.severity,
            Dossier.restricted,
            Dossier.category,
            Dossier.registered_at,
            Dossier.received_at,
            Dossier.answered_at,
            Dossier.closed_at,
            Dossier.due_at,
            Dossier.due_met_at,
            Dossier.due_rule,
            Dossier.due_provisional,
            Unit.name,
            Account.name,
            Institution.name,
            first_party,
        )
        # Each has one; an inner join would let SQLite begin with the units and sort all their dossiers.
        .outerjoin(Unit, Unit.id == Dossier.unit_id)
        .outerjoin(Account, Account.id == Dossier.officer_id)
        .outerjoin(Institution, Institution.id == Dossier.respondent_id)
    )


def read(session: Session, query: Select[*tuple[Any, ...]]) -> list[Line]:
    """Return the rows of a query made of `lines()`."""
    return [Line(*row) for row in session.execute(query)]


def page(session: Session, person: Person, wanted: Filter, request: PageRequest, now: datetime) -> Page[Line]:
    """Return one page of the dossiers the person may see. One statement."""
    query = lines().where(visible_to(person), *conditions(wanted, now))
    key = request.key(moment, uuid.UUID)
    if wanted.sort is Sort.DUE:
        query = query.where(Dossier.due_at.is_not(None)).order_by(Dossier.due_at, Dossier.id)
        if key is not None:
            query = query.where(tuple_(Dossier.due_at, Dossier.id) > tuple_(*key))
        return cut(read(session, query.limit(request.size + 1)), request, lambda row: (row.due_at, row.id))
    query = query.order_by(Dossier.registered_at.desc(), Dossier.id.desc())
    if key is not None:
        query = query.where(tuple_(Dossier.registered_at, Dossier.id) < tuple_(*key))
    return cut(read(session, query.limit(request.size + 1)), request, lambda row: (row.registered_at, row.id))


def ids(session: Session, person: Person, wanted: Filter, now: datetime, most: int) -> list[uuid.UUID]:
    """Return the ids of the first `most` dossiers of the list, in its order. One statement."""
    query = select(Dossier.id).where(visible_to(person), *conditions(wanted, now))
    if wanted.sort is Sort.DUE:
        query = query.where(Dossier.due_at.is_not(None)).order_by(Dossier.due_at, Dossier.id)
    else:
        query = query.order_by(Dossier.registered_at.desc(), Dossier.id.desc())
    return list(session.scalars(query.limit(most)))


def count(session: Session, person: Person, wanted: Filter, now: datetime, most: int) -> int:
    """Return how many dossiers the list has, `most` at most: counting stops there. One statement."""
    query = select(Dossier.id).where(visible_to(person), *conditions(wanted, now))
    if wanted.sort is Sort.DUE:
        query = query.where(Dossier.due_at.is_not(None))
    return session.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0


def conditions(wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the filter as SQL conditions on Dossier."""
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Dossier.state, wanted.state),
        (Dossier.category, wanted.category),
        (Dossier.cause, wanted.cause),
        (Dossier.severity, wanted.severity),
        (Dossier.channel, wanted.channel),
        (Dossier.source, wanted.source),
        (Dossier.fonds, wanted.fonds),
        (Dossier.year, wanted.year),
    ):
        if value not in (None, ""):
            found.append(column == value)
    if wanted.standing is not None:
        still_open = Dossier.closed_at.is_(None)
        found.append(still_open if wanted.standing is Hand.OPEN else ~still_open)
    if wanted.unit:
        found.append(Dossier.unit_id.in_(select(Unit.id).where(Unit.code == wanted.unit)))
    if wanted.officer:
        found.append(Dossier.officer_id.in_(select(Account.id).where(Account.username == wanted.officer)))
    if wanted.respondent:
        named = select(Institution.id).where(Institution.name.contains(tidy(wanted.respondent), autoescape=True))
        found.append(Dossier.respondent_id.in_(named))
    if wanted.number:
        found.append(Dossier.number.startswith(wanted.number, autoescape=True))
    if wanted.due is not None:
        found.append(overdue(now) if wanted.due is Due.OVERDUE else due_soon(now))
    return found


def overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition that the limit which governs a dossier is over and its duty not done."""
    return and_(_unmet(), Dossier.due_at <= now)


def due_soon(now: datetime) -> ColumnElement[bool]:
    """Return the condition that the limit which governs a dossier ends within SOON, its duty not done."""
    return and_(_unmet(), Dossier.due_at > now, Dossier.due_at <= now + SOON)


def _unmet() -> ColumnElement[bool]:
    return and_(Dossier.closed_at.is_(None), Dossier.due_met_at.is_(None), Dossier.state != State.DECLINED)


def by_personal_number(session: Session, person: Person, number: str, most: int = 50) -> list[Line]:
    """Return the dossiers with exactly this ID, phone or account number, or one ending in these 4 to 6 digits.

    Raises NotAllowed for whom the search box would refuse such a number too.
    """
    if not parties.may_ask_numbers(person):
        raise NotAllowed("dossier.numbers")
    tokens = parties.hashes(number)
    if not tokens:
        return []
    found = select(PartyKey.dossier_id).where(PartyKey.hash.in_(tokens))
    query = lines().where(Dossier.id.in_(found), visible_to(person))
    return read(session, query.order_by(Dossier.registered_at.desc(), Dossier.id.desc()).limit(most))


def by_ids(session: Session, person: Person, ids: Sequence[uuid.UUID]) -> list[Line]:
    """Return the rows of these dossiers that the person may see, newest first."""
    query = lines().where(Dossier.id.in_(ids), visible_to(person))
    return read(session, query.order_by(Dossier.registered_at.desc(), Dossier.id.desc()))
