"""Reads about what binds a dossier and which limits it has."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.models import DossierEvent, DossierLimit, DossierProfile, LimitExtension, OutsideAppraisal


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


def appraisals_of(session: Session, dossier_id: uuid.UUID) -> Sequence[OutsideAppraisal]:
    """Return the outside appraisals of the dossier by time. One statement."""
    query = select(OutsideAppraisal).where(OutsideAppraisal.dossier_id == dossier_id)
    return session.scalars(query.order_by(OutsideAppraisal.began_at)).all()


def extensions_of(session: Session, dossier_id: uuid.UUID) -> Sequence[LimitExtension]:
    """Return the extensions asked for, the newest first. One statement."""
    query = select(LimitExtension).where(LimitExtension.dossier_id == dossier_id)
    return session.scalars(query.order_by(LimitExtension.requested_at.desc())).all()
