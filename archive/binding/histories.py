"""Reading dossiers as the reckoning takes them: their rows, and the history of each. A fixed number of statements."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from archive.binding.happenings import Case, gathered
from archive.binding.models import LimitExtension, OutsideAppraisal
from archive.deadlines.history import Granted, History, Pause, PauseKind
from archive.dossiers import models
from archive.dossiers.models import Dossier, Institution, Move
from archive.dossiers.states import State, Verb
from archive.people.models import Unit


class Past(NamedTuple):
    """The history of a case, and the days that events state, by event."""

    history: History
    stated: Mapping[str, date]


def cases(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the select of Case rows."""
    return (
        select(
            Dossier.id, Dossier.number, Unit.path, Dossier.state, Dossier.received_at, Dossier.registered_at,
            Dossier.accepted_at, Dossier.answered_at, Dossier.closed_at, Dossier.source, Dossier.channel,
            Dossier.severity, Dossier.category, Dossier.custom, Institution.kind, Dossier.due_at, Dossier.due_met_at,
            Dossier.due_rule, Dossier.due_provisional,
        )
        .join(Unit, Unit.id == Dossier.unit_id)
        .outerjoin(Institution, Institution.id == Dossier.respondent_id)
        .where(*conditions)
    )  # fmt: skip


def pasts(session: Session, found: Sequence[Case]) -> dict[uuid.UUID, Past]:
    """Return what happened to each case. Statements: four, and those of the sources."""
    ids = [case.id for case in found]
    events: dict[uuid.UUID, dict[str, datetime]] = defaultdict(dict)
    stated: dict[uuid.UUID, dict[str, date]] = defaultdict(dict)
    facts: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    for dossier_id, code, at, due_on in gathered(session, found):
        if code == "new_facts":
            facts[dossier_id].append(at)
            continue
        events[dossier_id][code] = at
        if due_on is not None:
            stated[dossier_id][code] = due_on
    pauses = _pauses(session, ids)
    reopened = _moves(session, ids, pauses)
    granted: dict[uuid.UUID, dict[str, Granted]] = defaultdict(dict)
    for row in session.execute(
        select(
            LimitExtension.dossier_id, LimitExtension.profile_id, LimitExtension.limit_id, LimitExtension.until,
            LimitExtension.decided_at,
        )
        .where(LimitExtension.dossier_id.in_(ids), LimitExtension.granted.is_(True))
        .order_by(LimitExtension.decided_at)
    ):  # fmt: skip
        granted[row.dossier_id][f"{row.profile_id}.{row.limit_id}"] = Granted(row.until, row.decided_at)
    return {
        one: Past(
            History(events[one], pauses[one], facts[one], granted[one], reopened=tuple(reopened[one])), stated[one]
        )
        for one in ids
    }


def _moves(
    session: Session, ids: Sequence[uuid.UUID], pauses: defaultdict[uuid.UUID, list[Pause]]
) -> defaultdict[uuid.UUID, list[datetime]]:
    """Return when dossiers were taken up again; add to the pauses the time in which the sides were mediated between."""
    reopened: defaultdict[uuid.UUID, list[datetime]] = defaultdict(list)
    began: dict[uuid.UUID, tuple[datetime, uuid.UUID]] = {}
    rows = session.execute(
        select(Move.dossier_id, Move.id, Move.verb, Move.before, Move.after, Move.at)
        .where(Move.dossier_id.in_(ids))
        .where(or_(Move.verb == Verb.REOPEN, Move.before == State.MEDIATING, Move.after == State.MEDIATING))
        .order_by(Move.at, Move.id)
    )
    for row in rows:
        if row.verb is Verb.REOPEN:
            reopened[row.dossier_id].append(row.at)
        if row.after is State.MEDIATING:
            began.setdefault(row.dossier_id, (row.at, row.id))
        elif row.before is State.MEDIATING and row.dossier_id in began:
            start, by = began.pop(row.dossier_id)
            pauses[row.dossier_id].append(Pause(PauseKind.MEDIATION, start, str(by), row.at, str(row.id)))
    for dossier_id, (start, by) in began.items():
        pauses[dossier_id].append(Pause(PauseKind.MEDIATION, start, str(by)))
    return reopened


def _pauses(session: Session, ids: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, list[Pause]]:
    found: defaultdict[uuid.UUID, list[Pause]] = defaultdict(list)
    for kind, table in ((PauseKind.SUPPLEMENT, models.Pause), (PauseKind.APPRAISAL, OutsideAppraisal)):
        rows = session.execute(
            select(table.dossier_id, table.id, table.began_at, table.ended_at).where(table.dossier_id.in_(ids))
        )
        for dossier_id, row_id, began, ended in rows:
            found[dossier_id].append(Pause(kind, began, str(row_id), ended, str(row_id) if ended else ""))
    return found
