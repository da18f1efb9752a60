"""Reads about the records of one dossier, and the texts by which it is found."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from archive.core.errors import Problem
from archive.dossiers.models import Dossier, Move
from archive.dossiers.states import Verb
from archive.handling.kinds import CompensationState, EvidenceState, OpinionState, Sheet, TaskState
from archive.handling.models import (
    Compensation,
    Decision,
    EvidenceRequest,
    MajorReport,
    Measure,
    Mediation,
    Opinion,
    Review,
    Task,
)
from archive.handling.records import RECORDS

# How many of the open records a refusal names.
_NAMED = 3


def of_dossier(session: Session, dossier: Dossier, sheet: Sheet) -> Sequence[Any]:
    """Return the records of one kind, the first first. At most two statements."""
    model: Any = RECORDS[sheet].model
    query = select(model).where(model.dossier_id == dossier.id).order_by(model.made_at, model.id)
    return session.scalars(query).unique().all()


def texts(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    """Return what the records of these dossiers say, for the search. One statement. Accountability is left out."""
    models: list[Any] = [record.model for record in RECORDS.values()]
    parts = [
        select(model.dossier_id, getattr(model, name).label("text"), model.id.label("id"), literal(serial).label("n"))
        .where(model.dossier_id.in_(ids))
        for serial, (model, name) in enumerate((model, name) for model in models for name in model.SEARCHED)
    ]  # fmt: skip
    parts.append(
        select(Decision.dossier_id, Decision.text, Decision.id, literal(len(parts))).where(Decision.dossier_id.in_(ids))
    )
    rows = union_all(*parts).subquery()
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for dossier_id, text in session.execute(select(rows.c.dossier_id, rows.c.text).order_by(rows.c.n, rows.c.id)):
        if text:
            found[dossier_id].append(text)
    return found


def consents(session: Session, dossier: Dossier) -> Mapping[str, Any] | None:
    """Return when both sides consented to the latest mediation, None before there was one."""
    query = select(Move).where(Move.dossier_id == dossier.id, Move.verb == Verb.MEDIATE)
    move = session.scalars(query.order_by(Move.at.desc(), Move.id.desc()).limit(1)).first()
    return move.facts if move else None


def unfinished(session: Session, dossier: Dossier) -> list[Problem]:
    """Return what is begun and not ended, by kind, for the closing of the dossier. One statement."""
    parts = [
        select(literal(code).label("code"), cast(name, String).label("name")).where(
            model.dossier_id == dossier.id, still_open
        )
        for code, model, name, still_open in (
            ("tasks", Task, Task.what, Task.state.in_((TaskState.GIVEN, TaskState.ACCEPTED))),
            ("evidence", EvidenceRequest, EvidenceRequest.what, EvidenceRequest.state == EvidenceState.ASKED),
            ("opinions", Opinion, Opinion.text, Opinion.state == OpinionState.WAITING),
            ("mediations", Mediation, Mediation.place, Mediation.outcome.is_(None)),
            ("measures", Measure, Measure.name, Measure.result == ""),
            ("compensations", Compensation, Compensation.detail, Compensation.state == CompensationState.PROMISED),
            ("reviews", Review, Review.grounds, Review.outcome.is_(None)),
            ("reports", MajorReport, MajorReport.receiver, MajorReport.sent_at.is_(None)),
        )
    ]
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in session.execute(union_all(*parts)):
        found[code].append(name)
    return [
        Problem(f"close.{code}", facts={"count": len(names), "names": _few(names)}) for code, names in found.items()
    ]


def _few(names: Sequence[str]) -> str:
    short = [name if len(name) <= 24 else f"{name[:23]}…" for name in names[:_NAMED]]
    return "、".join(f"“{name}”" for name in short) + (" 等" if len(names) > _NAMED else "")
