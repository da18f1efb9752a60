"""Writes about the investigation: tasks, evidence, interviews, consultations, minutes. None of them commits."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from archive.core.act import Act, Actor
from archive.core.errors import NotAllowed, NotFound, Problem
from archive.core.labels import label
from archive.dossiers import access
from archive.dossiers.access import visible_to
from archive.dossiers.models import Access, Dossier
from archive.dossiers.rules import check_open, lacks
from archive.dossiers.states import State
from archive.handling import holding
from archive.handling.holding import check, hold, make, note
from archive.handling.kinds import EvidenceState, TaskState
from archive.handling.labels import LET_GO
from archive.handling.models import Consultation, EvidenceRequest, Interview, Minutes, Task, TaskDocument
from archive.people import queries as people
from archive.people.models import Account, Unit
from archive.people.rules import Permission

Asked = Mapping[str, Any]
_HANDLE = Permission.HANDLE
_LET_GO = frozenset({State.WITHDRAWN, State.DECLINED})


def give_task(dossier: Dossier, asked: Asked, *, act: Act) -> Task:
    """Give a unit, or one person of it, something to do until a day. Who takes it himself has accepted it.

    Who does not see the dossier must be asked to co-operate first. Raises NotAllowed, RuleBroken, BadInput.
    """
    hold(dossier, _HANDLE, act=act)
    unit = _unit(asked["unit"], act)
    person = _person(asked["person"], act)
    problems = holding.ahead(asked["due_on"], act, "due_on")
    if unit is None or unit.closed_at is not None:
        problems.append(Problem("handling.unit", "unit"))
    elif person is None and not _sees(dossier, unit, act):
        problems.append(Problem("handling.unit_blind", "unit", {"unit": unit.name}))
    if asked["person"] and (person is None or unit is None or not _able(person, dossier, unit, act)):
        problems.append(Problem("handling.person_blind", "person"))
    check(*problems)
    assert unit is not None  # else there was a problem
    own = person is not None and person.id == act.actor.id
    values = {
        "what": asked["what"], "due_on": asked["due_on"], "unit_id": unit.id,
        "person_id": person.id if person else None,
        "state": TaskState.ACCEPTED if own else TaskState.GIVEN,
        "answered_by": act.actor.id if own else None, "answered_by_name": act.actor.name if own else "",
        "answered_at": act.moment if own else None,
    }  # fmt: skip
    return make(Task, dossier, values, act=act, verb="give", unit=unit.name, due_on=asked["due_on"])


def accept_task(task: Task, _asked: Asked, *, act: Act) -> None:
    """Take a task on. Raises NotAllowed, RuleBroken."""
    _hold_task(task, act)
    holding.check_state(task, task.state, TaskState.GIVEN)
    _answer(task, TaskState.ACCEPTED, act)
    note(task, "accept", act=act)


def refuse_task(task: Task, asked: Asked, *, act: Act) -> None:
    """Refuse a task, with the reason. Raises NotAllowed, RuleBroken."""
    _hold_task(task, act)
    holding.check_state(task, task.state, TaskState.GIVEN)
    _answer(task, TaskState.REFUSED, act, asked["reason"])
    note(task, "refuse", act=act)


def finish_task(task: Task, asked: Asked, *, act: Act) -> None:
    """Report a task done, with its result and the documents it brought. Raises NotAllowed, RuleBroken, BadInput."""
    _hold_task(task, act)
    holding.check_state(task, task.state, TaskState.GIVEN, TaskState.ACCEPTED)
    chosen = list(dict.fromkeys(asked["documents"]))
    check(*(wrong for one in chosen for wrong in holding.document(act.session, task.dossier_id, one, "documents")))
    task.state, task.result = TaskState.DONE, asked["result"]
    task.done_by_name, task.done_at = act.actor.name, act.moment
    act.session.add_all(TaskDocument(task_id=task.id, document_id=one) for one in chosen)
    note(task, "finish", act=act, documents=len(chosen))
    act.session.expire(task, ["documents"])


def take_task_back(task: Task, asked: Asked, *, act: Act) -> None:
    """Take back a task that is not done. Raises NotAllowed, RuleBroken."""
    hold(holding.dossier_of(task, act), _HANDLE, act=act)
    holding.check_state(task, task.state, TaskState.GIVEN, TaskState.ACCEPTED)
    _answer(task, TaskState.TAKEN_BACK, act, asked["reason"])
    note(task, "take_back", act=act)


def ask_for_evidence(dossier: Dossier, asked: Asked, *, act: Act) -> EvidenceRequest:
    """Write down that evidence was asked for. Raises NotAllowed, RuleBroken, BadInput."""
    hold(dossier, _HANDLE, act=act)
    check(
        *holding.past(asked["requested_on"], act, "requested_on"),
        *holding.order(asked["requested_on"], asked["due_on"], "due_on"),
    )
    return make(EvidenceRequest, dossier, dict(asked), act=act, verb="request", due_on=asked["due_on"])


def receive_evidence(request: EvidenceRequest, asked: Asked, *, act: Act) -> None:
    """The evidence came: it is this document of the dossier. Raises NotAllowed, RuleBroken, BadInput."""
    hold(holding.dossier_of(request, act), _HANDLE, act=act)
    holding.check_state(request, request.state, EvidenceState.ASKED)
    check(
        *holding.document(act.session, request.dossier_id, asked["document_id"], "document_id"),
        *holding.past(asked["received_on"], act, "received_on"),
        *holding.order(request.requested_on, asked["received_on"], "received_on"),
    )
    request.state, request.received_on = EvidenceState.RECEIVED, asked["received_on"]
    request.document_id = asked["document_id"]
    note(request, "receive", act=act, document=asked["document_id"])


def give_up_evidence(request: EvidenceRequest, asked: Asked, *, act: Act) -> None:
    """The evidence will not come, for a reason. Raises NotAllowed, RuleBroken."""
    hold(holding.dossier_of(request, act), _HANDLE, act=act)
    holding.check_state(request, request.state, EvidenceState.ASKED)
    request.state, request.reason = EvidenceState.GIVEN_UP, asked["reason"]
    note(request, "give_up", act=act)


def let_go(dossier: Dossier, act: Act) -> None:
    """End what is still asked of others once a complaint was withdrawn or declined; see dossiers.followings."""
    if dossier.state not in _LET_GO or dossier.closed_at is not None:
        return
    why = LET_GO.format(state=label(dossier.state))
    for task in act.session.scalars(
        select(Task).where(Task.dossier_id == dossier.id, Task.state.in_((TaskState.GIVEN, TaskState.ACCEPTED)))
    ).unique():
        _answer(task, TaskState.TAKEN_BACK, act, why)
        note(task, "take_back", act=act)
    for request in act.session.scalars(
        select(EvidenceRequest).where(
            EvidenceRequest.dossier_id == dossier.id, EvidenceRequest.state == EvidenceState.ASKED
        )
    ).unique():
        request.state, request.reason = EvidenceState.GIVEN_UP, why
        note(request, "give_up", act=act)


def record_interview(dossier: Dossier, asked: Asked, *, act: Act) -> Interview:
    """Write down what a person said. Raises NotAllowed, RuleBroken, BadInput."""
    return make(Interview, dossier, _held(dossier, asked, act), act=act, verb="record")


def record_minutes(dossier: Dossier, asked: Asked, *, act: Act) -> Minutes:
    """Write down a meeting about the dossier. Raises NotAllowed, RuleBroken, BadInput."""
    return make(Minutes, dossier, _held(dossier, asked, act), act=act, verb="record")


def attach(row: Interview | Minutes | Consultation, asked: Asked, *, act: Act) -> None:
    """Say which document of the dossier is the signed record. Raises NotAllowed, RuleBroken, BadInput."""
    hold(holding.dossier_of(row, act), _HANDLE, act=act)
    check(*holding.document(act.session, row.dossier_id, asked["document_id"], "document_id"))
    before, row.document_id = row.document_id, asked["document_id"]
    note(row, "attach", act=act, document=asked["document_id"], before=before)


def consult(dossier: Dossier, asked: Asked, *, act: Act) -> Consultation:
    """Write down a question to others, with their opinion when it was given at once. Raises as the others do."""
    hold(dossier, _HANDLE, act=act)
    check(*_replied(dossier.id, asked["asked_on"], asked, act), *holding.past(asked["asked_on"], act, "asked_on"))
    return make(Consultation, dossier, dict(asked), act=act, verb="record")


def reply(consultation: Consultation, asked: Asked, *, act: Act) -> None:
    """Write down the opinion that was given. Raises NotAllowed, RuleBroken, BadInput."""
    hold(holding.dossier_of(consultation, act), _HANDLE, act=act)
    holding.check_state(consultation, bool(consultation.reply), False)
    check(*_replied(consultation.dossier_id, consultation.asked_on, asked, act))
    consultation.reply, consultation.replied_on = asked["reply"], asked["replied_on"]
    consultation.document_id = asked["document_id"]
    note(consultation, "reply", act=act)


def _held(dossier: Dossier, asked: Asked, act: Act) -> dict[str, Any]:
    """Hold the dossier and return what a record of something that took place says."""
    hold(dossier, _HANDLE, act=act)
    check(
        *holding.past(asked["at"], act, "at"),
        *holding.document(act.session, dossier.id, asked["document_id"], "document_id"),
    )
    return dict(asked)


def _replied(dossier_id: uuid.UUID, asked_on: Any, asked: Asked, act: Act) -> Sequence[Problem]:
    half = bool(asked["reply"]) != (asked["replied_on"] is not None)
    return [
        *([Problem("handling.reply_half", "replied_on" if asked["reply"] else "reply")] if half else []),
        *holding.past(asked["replied_on"], act, "replied_on"),
        *holding.order(asked_on, asked["replied_on"], "replied_on"),
        *holding.document(act.session, dossier_id, asked["document_id"], "document_id"),
    ]


def is_own(task: Task, actor: Actor) -> bool:
    """Tell whether the task is this person's to do: given by name, or to a unit in which the person handles."""
    return task.person_id == actor.id if task.person_id else not lacks(actor, _HANDLE, task.unit.path)


def _hold_task(task: Task, act: Act) -> None:
    """Hold a task for who is to do it: its person, else whoever handles in its unit. Raises NotAllowed, RuleBroken."""
    dossier = access.lock(act.session, holding.dossier_of(task, act))
    check_open(dossier)
    if not is_own(task, act.actor):
        raise NotAllowed("handling.not_yours")


def _answer(task: Task, state: TaskState, act: Act, reason: str = "") -> None:
    task.state, task.reason = state, reason
    task.answered_by, task.answered_by_name, task.answered_at = act.actor.id, act.actor.name, act.moment


def _unit(code: str, act: Act) -> Unit | None:
    try:
        return people.unit_by_code(act.session, code)
    except NotFound:
        return None


def _person(login: str, act: Act) -> Account | None:
    try:
        return people.by_login(act.session, login) if login else None
    except NotFound:
        return None


def _sees(dossier: Dossier, unit: Unit, act: Act) -> bool:
    """Tell whether the people of a unit see the dossier: a unit concerned with it lies at or below theirs."""
    concerned = select(Access.unit_id).where(Access.dossier_id == dossier.id)
    paths = act.session.scalars(select(Unit.path).where((Unit.id == dossier.unit_id) | Unit.id.in_(concerned)))
    return any(path.startswith(unit.path) for path in paths)


def _able(account: Account, dossier: Dossier, unit: Unit, act: Act) -> bool:
    """Tell whether somebody handles in the unit, is active, and sees the dossier."""
    person = people.person(act.session, account)
    if not account.active or not any(unit.path.startswith(path) for path in person.paths(_HANDLE)):
        return False
    return act.session.scalar(select(Dossier.id).where(Dossier.id == dossier.id, visible_to(person))) is not None
