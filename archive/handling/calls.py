"""Reads about follow-up: whom to ask, and what waits for an answer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.binding.bound import bound_of
from archive.core.clock import shanghai_date
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.handling import procedure, rules
from archive.handling.following import ASKED_IN
from archive.handling.kinds import Side
from archive.handling.models import FollowUp
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering


@dataclass(frozen=True)
class Call:
    """A dossier whose complainant is to be asked: until when, and how often it was tried."""

    dossier: Dossier
    due_on: date
    late: bool
    attempts: int
    calling: procedure.Calling


def due(session: Session, person: Person, request: PageRequest, now: datetime, *, mine: bool = False) -> Page[Call]:
    """Return whom to ask, the longest answered first. Three statements a page.

    Answered in the last ninety days, not yet reached since the answer, tried fewer than three times.
    """
    query = (
        select(Dossier, _attempts())
        .where(*_waiting(person, now, mine))
        .options(
            joinedload(Dossier.respondent),
            joinedload(Dossier.unit),
            joinedload(Dossier.officer),
            selectinload(Dossier.parties),
        )
        .order_by(Dossier.answered_at, Dossier.id)
    )
    key = request.key(moment, uuid.UUID)
    if key is not None:
        query = query.where(tuple_(Dossier.answered_at, Dossier.id) > tuple_(*key))
    today = shanghai_date(now)
    rows = session.execute(query.limit(request.size + 1)).all()
    profiles = bound_of(session, [dossier.id for dossier, _ in rows])
    found = [_call(dossier, attempts, profiles[dossier.id], today) for dossier, attempts in rows]
    return cut(found, request, lambda one: (one.dossier.answered_at, one.dossier.id))


def count_due(session: Session, person: Person, now: datetime) -> int:
    """Return how many of the person's own dossiers are to be asked about. One statement."""
    query = select(func.count()).select_from(Dossier).where(*_waiting(person, now, mine=True))
    return session.scalar(query) or 0


def proposals(session: Session, person: Person, most: int = 20) -> Sequence[tuple[FollowUp, Dossier]]:
    """Return the proposals to take a dossier up again that wait for the person, oldest first. One statement."""
    query = (
        select(FollowUp, Dossier)
        .join(Dossier, Dossier.id == FollowUp.dossier_id)
        .where(FollowUp.reopen_reason != "", FollowUp.settled_at.is_(None), visible_to(person))
        .where(in_unit(person, Permission.DECIDE))
        .order_by(FollowUp.at, FollowUp.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def in_unit(person: Person, permission: Permission) -> ColumnElement[bool]:
    """Return the condition that the person has the permission in the unit that has the dossier in hand."""
    paths = covering(person.paths(permission))
    if not paths:
        return false()
    return Dossier.unit_id.in_(
        select(Unit.id).where(or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)))
    )


def _waiting(person: Person, now: datetime, mine: bool) -> list[ColumnElement[bool]]:
    reached = select(FollowUp.id).where(
        FollowUp.dossier_id == Dossier.id,
        FollowUp.side == Side.COMPLAINANT,
        FollowUp.reached,
        FollowUp.at >= Dossier.answered_at,
    )
    return [
        Dossier.state.in_(ASKED_IN),
        Dossier.answered_at.is_not(None),
        Dossier.answered_at >= now - rules.FOLLOW_UP_WITHIN,
        ~reached.exists(),
        _attempts() < rules.ATTEMPTS,
        visible_to(person),
        Dossier.officer_id == person.id if mine else in_unit(person, Permission.HANDLE),
    ]


def _attempts() -> ColumnElement[int]:
    tried = and_(FollowUp.dossier_id == Dossier.id, FollowUp.at >= Dossier.answered_at)
    return select(func.count()).select_from(FollowUp).where(tried).scalar_subquery()


def _call(dossier: Dossier, attempts: int, profiles: procedure.Bindings, today: date) -> Call:
    calling = procedure.calling(profiles)
    assert dossier.answered_at is not None  # asked for by the query
    due_on = rules.follow_up_due(dossier.closed_on or shanghai_date(dossier.answered_at), calling.days)
    return Call(dossier, due_on, due_on < today, attempts, calling)
