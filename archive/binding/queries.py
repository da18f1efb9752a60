"""Reads about what binds a dossier and which limits it has."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from archive.binding.models import (
    DossierEvent,
    DossierLimit,
    DossierProfile,
    Escalation,
    LimitExtension,
    OutsideAppraisal,
)
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering


def profiles_of(session: Session, dossier_id: uuid.UUID) -> Sequence[DossierProfile]:
    """Return every binding the dossier had, those that hold first. One statement."""
    query = select(DossierProfile).where(DossierProfile.dossier_id == dossier_id)
    return session.scalars(query.order_by(DossierProfile.ended_at.is_not(None), DossierProfile.bound_at)).all()


def limits_of(session: Session, dossier_id: uuid.UUID) -> Sequence[DossierLimit]:
    """Return the dossier's limits, open ones first, then by date. One statement."""
    query = select(DossierLimit).where(DossierLimit.dossier_id == dossier_id)
    done = DossierLimit.met_at.is_not(None) | DossierLimit.ended_at.is_not(None)
    return session.scalars(query.order_by(done, DossierLimit.operative_at.nulls_last(), DossierLimit.limit_id)).all()


def events_of(session: Session, dossier_id: uuid.UUID) -> Sequence[DossierEvent]:
    """Return the lines people wrote down, struck ones too, by time. One statement."""
    query = select(DossierEvent).where(DossierEvent.dossier_id == dossier_id)
    return session.scalars(query.order_by(DossierEvent.at, DossierEvent.id)).all()


def escalations_of(session: Session, dossier_id: uuid.UUID) -> Sequence[Escalation]:
    """Return what was reported upwards of the dossier, and what was answered, by time. One statement."""
    query = select(Escalation).where(Escalation.dossier_id == dossier_id).options(joinedload(Escalation.unit))
    return session.scalars(query.order_by(Escalation.raised_at, Escalation.level)).all()


def appraisals_of(session: Session, dossier_id: uuid.UUID) -> Sequence[OutsideAppraisal]:
    """Return the outside appraisals of the dossier by time. One statement."""
    query = select(OutsideAppraisal).where(OutsideAppraisal.dossier_id == dossier_id)
    return session.scalars(query.order_by(OutsideAppraisal.began_at)).all()


def extensions_of(session: Session, dossier_id: uuid.UUID) -> Sequence[LimitExtension]:
    """Return the extensions asked for, the newest first. One statement."""
    query = select(LimitExtension).where(LimitExtension.dossier_id == dossier_id)
    return session.scalars(query.order_by(LimitExtension.requested_at.desc())).all()


def pressing(
    session: Session, person: Person, now: datetime, most: int = 200
) -> Sequence[tuple[str, str, DossierLimit]]:
    """Return the open limits that are due soon or missed, of the person's own dossiers and of units in their hand.

    With number and title of the dossier, the earliest first. One statement.
    """
    query = (
        select(Dossier.number, Dossier.title, DossierLimit)
        .join(Dossier, Dossier.id == DossierLimit.dossier_id)
        .where(*pressing_for(person), presses(now))
        .order_by(DossierLimit.operative_at, DossierLimit.id)
        .limit(most)
    )
    return [(number, title, row) for number, title, row in session.execute(query)]


def pressing_for(person: Person) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on the open duties of a person's own dossiers and of units in their hand."""
    paths = covering((*person.paths(Permission.DECIDE), *person.paths(Permission.HANDLE)))
    units = select(Unit.id).where(or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in paths)))
    return (
        visible_to(person),
        or_(Dossier.officer_id == person.id, Dossier.unit_id.in_(units)),
        DossierLimit.met_at.is_(None),
        DossierLimit.ended_at.is_(None),
        DossierLimit.is_right.is_(False),
        DossierLimit.follows.is_(False),
    )


def presses(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a limit is due soon or missed."""
    return or_(DossierLimit.warn_at <= now, DossierLimit.operative_at <= now)
