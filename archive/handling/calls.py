"""Reads about follow-up: whom to ask, and what waits for an answer."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.binding.bound import bound_of
from archive.binding.models import DossierProfile
from archive.core.clock import shanghai_date
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers.access import in_hand, visible_to
from archive.dossiers.models import Dossier
from archive.handling import procedure, rules
from archive.handling.following import ASKED_IN
from archive.handling.kinds import Side
from archive.handling.models import FollowUp
from archive.people.rules import Permission, Person
from archive.procedures import queries as procedures
from archive.procedures.profile import Profile


@dataclass(frozen=True)
class Tried:
    """How often a side was asked since the answer, how often is enough, and whether it was reached."""

    side: Side
    enough: int
    attempts: int = 0
    reached: bool = False

    @property
    def waits(self) -> bool:
        """Whether the side is still to be asked."""
        return rules.to_ask(self.attempts, self.enough, reached=self.reached)


@dataclass(frozen=True)
class Call:
    """A dossier whose sides are to be asked: until when, and what was tried with each that the rule sets name."""

    dossier: Dossier
    due_on: date
    late: bool
    sides: Sequence[Tried]
    calling: procedure.Calling


def due(session: Session, person: Person, request: PageRequest, now: datetime, *, mine: bool = False) -> Page[Call]:
    """Return whom to ask, the longest answered first. Five statements a page.

    Answered in the last ninety days, and a side that the rule sets name neither reached since nor tried often enough.
    """
    query = (
        select(Dossier)
        .where(*_waiting(session, person, now, mine))
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
    rows = session.scalars(query.limit(request.size + 1)).all()
    ids = [dossier.id for dossier in rows]
    profiles, counted = bound_of(session, ids), _tried(session, ids)
    found = [_call(dossier, counted[dossier.id], profiles[dossier.id], today) for dossier in rows]
    return cut(found, request, lambda one: (one.dossier.answered_at, one.dossier.id))


def count_due(session: Session, person: Person, now: datetime) -> int:
    """Return how many of the person's own dossiers are to be asked about. Two statements."""
    query = select(func.count()).select_from(Dossier).where(*_waiting(session, person, now, mine=True))
    return session.scalar(query) or 0


def proposals(session: Session, person: Person, most: int = 20) -> Sequence[tuple[FollowUp, Dossier]]:
    """Return the proposals to take a dossier up again that wait for the person, oldest first. One statement."""
    query = (
        select(FollowUp, Dossier)
        .join(Dossier, Dossier.id == FollowUp.dossier_id)
        .where(FollowUp.reopen_reason > "", FollowUp.settled_at.is_(None), visible_to(person))
        .where(in_hand(person, Permission.DECIDE))
        .order_by(FollowUp.at, FollowUp.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _waiting(session: Session, person: Person, now: datetime, mine: bool) -> list[ColumnElement[bool]]:
    speaking = [profile for profile in procedures.signed(session) if profile.follow_up]
    enough = _enough(speaking)
    return [
        Dossier.state.in_(ASKED_IN),
        Dossier.answered_at.is_not(None),
        Dossier.answered_at >= now - rules.FOLLOW_UP_WITHIN,
        or_(_to_ask(Side.COMPLAINANT, enough), _names_respondent(speaking) & _to_ask(Side.RESPONDENT, enough)),
        visible_to(person),
        Dossier.officer_id == person.id if mine else in_hand(person, Permission.HANDLE),
    ]


def _to_ask(side: Side, enough: ColumnElement[int]) -> ColumnElement[bool]:
    """Return `rules.to_ask` about one side as a condition."""
    asked = (FollowUp.dossier_id == Dossier.id, FollowUp.side == side, FollowUp.at >= Dossier.answered_at)
    attempts = select(func.count()).select_from(FollowUp).where(*asked).scalar_subquery()
    return ~select(FollowUp.id).where(*asked, FollowUp.reached).exists() & (attempts < enough)


def _enough(speaking: Sequence[Profile]) -> ColumnElement[int]:
    """Return how many attempts are enough (`procedure.calling`) as an expression: the most that a profile asks for."""
    by_number: dict[int, list[Profile]] = defaultdict(list)
    for one in speaking:
        if one.follow_up:
            by_number[one.follow_up.attempts].append(one)
    usual: ColumnElement[int] = literal(procedure.ENOUGH)
    if by_number.keys() <= {procedure.ENOUGH}:
        return usual
    whens = [(_speaks(by_number[number], speaking), number) for number in sorted(by_number, reverse=True)]
    return case(*whens, else_=usual)


def _names_respondent(speaking: Sequence[Profile]) -> ColumnElement[bool]:
    """Return `procedure.calling` naming the respondent as a condition."""
    both = [one for one in speaking if one.follow_up and Side.RESPONDENT in one.follow_up.satisfaction]
    return _speaks(both, speaking) if both else false()


def _speaks(some: Sequence[Profile], speaking: Sequence[Profile]) -> ColumnElement[bool]:
    """Return that one of `some` is among those whose word counts, as in overlay.speaking."""
    own, inherited = DossierProfile.through == "", DossierProfile.through != ""
    return _bound(some, own) | (_bound(some, inherited) & ~_bound(speaking, own))


def _bound(profiles: Sequence[Profile], how: ColumnElement[bool]) -> ColumnElement[bool]:
    version = tuple_(DossierProfile.profile_id, DossierProfile.version)
    return (
        select(DossierProfile.id)
        .where(DossierProfile.dossier_id == Dossier.id, DossierProfile.ended_at.is_(None), how)
        .where(version.in_([(profile.id, profile.version) for profile in profiles]))
        .exists()
    )


def tried(session: Session, dossier: Dossier, calling: procedure.Calling) -> list[Tried]:
    """Return what was tried since the answer with each side that the rule sets name. One statement."""
    return _of_sides(_tried(session, [dossier.id])[dossier.id], calling)


def _of_sides(counted: Mapping[Side, tuple[int, bool]], calling: procedure.Calling) -> list[Tried]:
    return [Tried(side, calling.attempts, *counted.get(side, (0, False))) for side in calling.sides]


def _tried(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[Side, tuple[int, bool]]]:
    """Return how often each side was asked since the answer, and whether it was reached. One statement."""
    reached = func.count().filter(FollowUp.reached)
    rows = session.execute(
        select(FollowUp.dossier_id, FollowUp.side, func.count(), reached)
        .join(Dossier, Dossier.id == FollowUp.dossier_id)
        .where(FollowUp.dossier_id.in_(ids), FollowUp.at >= Dossier.answered_at)
        .group_by(FollowUp.dossier_id, FollowUp.side)
    )
    found: dict[uuid.UUID, dict[Side, tuple[int, bool]]] = defaultdict(dict)
    for dossier_id, side, attempts, answers in rows:
        found[dossier_id][side] = (attempts, answers > 0)
    return found


def _call(
    dossier: Dossier, counted: Mapping[Side, tuple[int, bool]], profiles: procedure.Bindings, today: date
) -> Call:
    calling = procedure.calling(profiles)
    assert dossier.answered_at is not None  # asked for by the query
    due_on = rules.follow_up_due(dossier.closed_on or shanghai_date(dossier.answered_at), calling.days)
    return Call(dossier, due_on, due_on < today, _of_sides(counted, calling), calling)
