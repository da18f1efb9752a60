"""What people do about limits: write down what happened, stop the clock for an appraisal, look at what was missed."""

import uuid
from datetime import date, datetime

from sqlalchemy import select

from archive.binding import keeping, receivers
from archive.binding.models import DossierEvent, Escalation, OutsideAppraisal
from archive.binding.rules import AFTERWARDS, writable
from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.dossiers.rules import check_open, lacks
from archive.people.rules import Permission
from archive.web.forms import not_future


def write_event(
    dossier: Dossier, code: str, *, at: datetime, note: str, due_on: date | None = None, act: Act
) -> DossierEvent:
    """Write down something that happened (事项登记); the limits that run from or to it follow.

    `due_on` is a day by which something is wanted, where what happened states one. Raises BadInput, NotAllowed,
    RuleBroken.
    """
    _check(dossier, Permission.REGISTER, act)
    if code not in AFTERWARDS:
        check_open(dossier)
    limits = keeping.limits_now(act.session, dossier, keeping.setting(act.session))
    problems = _when(dossier, at, "at", act)
    if code not in writable(limits, ended=dossier.closed_at is not None):
        problems.append(Problem("event.code", "code"))
    stated = any(limit.set_by and limit.from_ == code for limit in limits)
    if stated and due_on is None:
        problems.append(Problem("event.due_on", "due_on"))
    if due_on is not None and due_on < at.date():
        problems.append(Problem("event.due_before", "due_on"))
    if problems:
        raise BadInput("input.bad", problems)
    row = DossierEvent(
        dossier_id=dossier.id,
        code=code,
        at=at,
        due_on=due_on if stated else None,
        note=note,
        recorded_by=act.actor.id,
        recorded_by_name=act.actor.name,
        recorded_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("event:write", row, event=code, at=at)
    keeping.follow(dossier, act)
    return row


def strike_event(dossier: Dossier, event_id: uuid.UUID, *, reason: str, act: Act) -> None:
    """Strike out a mistaken line; it stays readable. Raises BadInput, NotAllowed, NotFound, RuleBroken."""
    _check(dossier, Permission.REGISTER, act)
    check_open(dossier)
    row = act.session.get(DossierEvent, event_id)
    if row is None or row.dossier_id != dossier.id:
        raise NotFound("event.unknown")
    if row.struck_at is not None:
        raise RuleBroken("event.struck")
    if not reason:
        raise BadInput("input.bad", [Problem("input.required", "reason")])
    row.struck_at, row.struck_by_name, row.struck_reason = act.moment, act.actor.name, reason
    act.record("event:strike", row, event=row.code)
    keeping.follow(dossier, act)


def begin_appraisal(
    dossier: Dossier, *, body: str, reason: str, evidence: str, began_at: datetime, act: Act
) -> OutsideAppraisal:
    """An outside expert looks at the matter: limits whose text says so stand still (银保监会令2020年第3号).

    Raises BadInput, NotAllowed, RuleBroken when one is under way.
    """
    _check(dossier, Permission.HANDLE, act)
    check_open(dossier)
    if _running(dossier, act) is not None:
        raise RuleBroken("outside_appraisal.running")
    problems = _when(dossier, began_at, "began_at", act)
    if problems:
        raise BadInput("input.bad", problems)
    row = OutsideAppraisal(
        dossier_id=dossier.id,
        body=body,
        reason=reason,
        evidence=evidence,
        began_at=began_at,
        began_by_name=act.actor.name,
    )
    act.session.add(row)
    act.session.flush()
    act.record("outside_appraisal:begin", row, at=began_at)
    keeping.follow(dossier, act)
    return row


def end_appraisal(dossier: Dossier, *, evidence: str, ended_at: datetime, act: Act) -> None:
    """The outside expert is done; the limits run on. Raises BadInput, NotAllowed, RuleBroken when none is under way."""
    _check(dossier, Permission.HANDLE, act)
    row = _running(dossier, act)
    if row is None:
        raise RuleBroken("outside_appraisal.none")
    problems = _when(dossier, ended_at, "ended_at", act)
    if ended_at < row.began_at:
        problems.append(Problem("outside_appraisal.backwards", "ended_at"))
    if problems:
        raise BadInput("input.bad", problems)
    row.ended_at, row.ended_by_name, row.end_evidence = ended_at, act.actor.name, evidence
    act.session.flush()
    act.record("outside_appraisal:end", row, at=ended_at)
    keeping.follow(dossier, act)


def see_escalation(row: Escalation, *, note: str, act: Act) -> None:
    """Who was reported to has seen it and says what is done about it. Raises BadInput, NotAllowed, RuleBroken."""
    if not receivers.may_answer(row, act.actor):
        raise NotAllowed("person.lacks", permission=Permission.DECIDE)
    if row.seen_at is not None:
        raise RuleBroken("escalation.seen")
    if not note:
        raise BadInput("input.bad", [Problem("input.required", "note")])
    row.seen_at, row.seen_by_name, row.note = act.moment, act.actor.name, note
    act.record("escalation:see", row, limit=f"{row.profile_id}.{row.limit_id}")
    act.session.flush()
    # A limit may run to the answer.
    keeping.keep_all([row.dossier_id], keeping.setting(act.session), act=act)


def _check(dossier: Dossier, permission: Permission, act: Act) -> None:
    access.lock(act.session, dossier)
    if lacks(act.actor, permission, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=permission)


def _when(dossier: Dossier, at: datetime, field: str, act: Act) -> list[Problem]:
    found = not_future(at, act.moment, field)
    return [*found, Problem("event.before", field)] if at < dossier.received_at else found


def _running(dossier: Dossier, act: Act) -> OutsideAppraisal | None:
    query = select(OutsideAppraisal).where(
        OutsideAppraisal.dossier_id == dossier.id, OutsideAppraisal.ended_at.is_(None)
    )
    return act.session.scalar(query)
