"""Holds on many dossiers from a selection: placed by one, released by two, a few hundred an act, each row on its own.

What cannot be held, or is held on the same basis already, is told and passed over; sending the form again goes on with
what is left.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.act import acting
from archive.core.errors import ArchiveError, BadInput
from archive.core.labels import sentence
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Person
from archive.retention import holds
from archive.retention.models import Hold
from archive.retention.rules import HoldKind

_BATCH = 250


@dataclass(frozen=True)
class Outcome:
    """How many rows were done, and why others were not: number and sentence."""

    done: int
    refused: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """Holds in force that rest on one document: how many, for how many of them a release was asked."""

    kind: HoldKind
    basis: str
    count: int
    asked: int


def place(ids: Sequence[uuid.UUID], person: Person, form: dict[str, Any]) -> Outcome:
    """Hold these dossiers. Raises BadInput when the form itself is wrong."""

    def one(dossier: Dossier, act: Any) -> None:
        if _held(act.session, dossier.id, form["kind"], form["basis"]):
            raise ArchiveError("hold.same_basis")
        holds.place(dossier, **form, act=act)

    return _each(ids, person, one)


def ask_release(kind: HoldKind, basis: str, person: Person, reason: str) -> Outcome:
    """Ask that all holds on a basis be released; another person decides."""

    def one(dossier: Dossier, act: Any) -> None:
        for hold in _held(act.session, dossier.id, kind, basis):
            holds.ask_release(hold, dossier, reason=reason, act=act)

    return _each(_dossiers_of(kind, basis, person, Hold.asked_at.is_(None)), person, one)


def release(kind: HoldKind, basis: str, person: Person) -> Outcome:
    """Release all holds on a basis whose release somebody else asked for."""

    def one(dossier: Dossier, act: Any) -> None:
        for hold in _held(act.session, dossier.id, kind, basis):
            holds.release(hold, dossier, act=act)

    return _each(_dossiers_of(kind, basis, person, Hold.asked_at.is_not(None)), person, one)


def groups(session: Session, person: Person) -> Sequence[Group]:
    """Return the holds in force on dossiers the person may see, by document, the largest group first. One statement."""
    count = func.count()
    rows = session.execute(
        select(Hold.kind, Hold.basis, count, func.count(Hold.asked_at))
        .join(Dossier, Dossier.id == Hold.dossier_id)
        .where(Hold.released_at.is_(None), visible_to(person))
        .group_by(Hold.kind, Hold.basis)
        .order_by(count.desc(), Hold.basis)
        .limit(200)
    )
    return [Group(*row) for row in rows]


def _each(ids: Sequence[uuid.UUID], person: Person, one: Callable[[Dossier, Any], None]) -> Outcome:
    done, refused = 0, []
    for start in range(0, len(ids), _BATCH):
        with acting(person) as act:
            query = select(Dossier).where(Dossier.id.in_(ids[start : start + _BATCH]), visible_to(person))
            # In the order of ids: two of these at once wait for each other instead of tangling.
            for dossier in act.session.scalars(query.order_by(Dossier.id)).all():
                try:
                    one(dossier, act)
                except BadInput:
                    raise
                except ArchiveError as error:
                    refused.append((dossier.number, sentence(error)))
                else:
                    done += 1
    return Outcome(done, refused)


def _held(session: Session, dossier_id: uuid.UUID, kind: HoldKind, basis: str) -> Sequence[Hold]:
    query = select(Hold).where(Hold.dossier_id == dossier_id, Hold.kind == kind, Hold.basis == basis)
    return session.scalars(query.where(Hold.released_at.is_(None))).all()


def _dossiers_of(kind: HoldKind, basis: str, person: Person, *conditions: Any) -> Sequence[uuid.UUID]:
    with acting(person) as act:
        query = select(Hold.dossier_id).distinct().where(Hold.kind == kind, Hold.basis == basis, *conditions)
        return act.session.scalars(query.where(Hold.released_at.is_(None)).order_by(Hold.dossier_id)).all()
