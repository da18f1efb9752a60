"""The records of handling by kind: what each asks, what is done with it, and who may. Pages and API share them."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.core.act import Act, Actor
from archive.core.errors import NotAllowed
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.dossiers.rules import lacks
from archive.handling import (
    accounting,
    conditions,
    deciding,
    following,
    forms,
    holding,
    investigating,
    measuring,
    models,
    settling,
)
from archive.handling.kinds import (
    CompensationState,
    EvidenceState,
    OpinionState,
    Sheet,
    Step,
    TaskState,
    Worth,
)
from archive.handling.models_base import Sheeted
from archive.people.rules import Permission
from archive.web.forms import Form

_P = Permission


@dataclass(frozen=True)
class Doing:
    """A step of a record: what it asks, what it does, when it is offered, and the permission without which never."""

    form: type[Form]
    do: Callable[..., object]
    open: Callable[[Any], bool]
    permission: Permission = _P.HANDLE
    # Whose step it is, where that is more than a permission in the dossier's unit.
    whose: Callable[[Any, Dossier, Actor], bool] | None = None


@dataclass(frozen=True)
class Record:
    """A kind of record: its table, the form that makes one, its steps. `reads` shows it, `makes` writes it."""

    model: type[Sheeted]
    form: type[Form]
    make: Callable[..., Sheeted]
    steps: Mapping[Step, Doing] = field(default_factory=dict)
    makes: Permission = _P.HANDLE
    reads: Permission = _P.READ
    # Whether one can be made when the dossier has ended.
    after_end: bool = False


def _its_doer(task: models.Task, _dossier: Dossier, actor: Actor) -> bool:
    return investigating.is_own(task, actor)


def _open_task(task: models.Task) -> bool:
    return task.state in (TaskState.GIVEN, TaskState.ACCEPTED)


def _given(task: models.Task) -> bool:
    return task.state is TaskState.GIVEN


def _unattached(row: Any) -> bool:
    return row.document_id is None


_ATTACH = Doing(forms.AttachForm, investigating.attach, _unattached)

RECORDS: Mapping[Sheet, Record] = {
    Sheet.TASKS: Record(
        models.Task,
        forms.TaskForm,
        investigating.give_task,
        {
            Step.ACCEPT: Doing(forms.NothingForm, investigating.accept_task, _given, whose=_its_doer),
            Step.REFUSE: Doing(forms.ReasonForm, investigating.refuse_task, _given, whose=_its_doer),
            Step.FINISH: Doing(forms.FinishForm, investigating.finish_task, _open_task, whose=_its_doer),
            Step.TAKE_BACK: Doing(forms.ReasonForm, investigating.take_task_back, _open_task),
        },
    ),
    Sheet.EVIDENCE: Record(
        models.EvidenceRequest,
        forms.EvidenceForm,
        investigating.ask_for_evidence,
        {
            Step.RECEIVE: Doing(
                forms.ReceiveForm, investigating.receive_evidence, lambda r: r.state is EvidenceState.ASKED
            ),
            Step.GIVE_UP: Doing(
                forms.ReasonForm, investigating.give_up_evidence, lambda r: r.state is EvidenceState.ASKED
            ),
        },
    ),
    Sheet.INTERVIEWS: Record(
        models.Interview, forms.InterviewForm, investigating.record_interview, {Step.ATTACH: _ATTACH}
    ),
    Sheet.CONSULTATIONS: Record(
        models.Consultation,
        forms.ConsultationForm,
        investigating.consult,
        {Step.REPLY: Doing(forms.ReplyForm, investigating.reply, lambda c: not c.reply), Step.ATTACH: _ATTACH},
    ),
    Sheet.MINUTES: Record(models.Minutes, forms.MinutesForm, investigating.record_minutes, {Step.ATTACH: _ATTACH}),
    Sheet.OPINIONS: Record(
        models.Opinion,
        forms.OpinionForm,
        deciding.propose,
        {
            Step.DECIDE: Doing(
                forms.DecisionForm,
                deciding.decide,
                lambda o: o.state is OpinionState.WAITING,
                _P.READ,
                deciding.may_decide,
            )
        },
    ),
    Sheet.FULFILMENTS: Record(
        models.Fulfilment,
        forms.FulfilmentForm,
        conditions.record,
        {Step.STRIKE: Doing(forms.ReasonForm, conditions.strike, lambda f: f.worth is Worth.STANDS)},
    ),
    Sheet.MEDIATIONS: Record(
        models.Mediation,
        forms.MediationForm,
        settling.arrange,
        {Step.CONCLUDE: Doing(forms.MediationOutcomeForm, settling.conclude_mediation, lambda m: m.outcome is None)},
    ),
    Sheet.THIRD_PARTIES: Record(models.ThirdParty, forms.ThirdPartyForm, measuring.name_third_party),
    Sheet.MEASURES: Record(
        models.Measure,
        forms.MeasureForm,
        measuring.take_measure,
        {
            Step.RESULT: Doing(forms.MeasureResultForm, measuring.note_result, lambda m: not m.result),
            Step.TELL: Doing(
                forms.MeasureToldForm, measuring.tell_result, lambda m: bool(m.result) and m.told_on is None
            ),
        },
    ),
    Sheet.COMPENSATIONS: Record(
        models.Compensation,
        forms.CompensationForm,
        measuring.promise,
        {
            Step.PAY: Doing(forms.PaymentForm, measuring.pay, lambda c: c.state is CompensationState.PROMISED),
            Step.DROP: Doing(
                forms.ReasonForm, measuring.drop, lambda c: c.state is CompensationState.PROMISED, _P.DECIDE
            ),
        },
    ),
    Sheet.REVIEWS: Record(
        models.Review,
        forms.ReviewForm,
        settling.open_review,
        {
            Step.CONCLUDE: Doing(
                forms.ReviewOutcomeForm,
                settling.conclude_review,
                lambda r: r.outcome is None,
                _P.DECIDE,
                lambda r, _dossier, actor: r.reviewer_id == actor.id,
            )
        },
        makes=_P.DECIDE,
    ),
    Sheet.GRADINGS: Record(models.Grading, forms.GradingForm, measuring.grade, makes=_P.DECIDE),
    Sheet.REPORTS: Record(
        models.MajorReport,
        forms.ReportForm,
        measuring.plan_report,
        {Step.SEND: Doing(forms.SentForm, measuring.send_report, lambda r: r.sent_at is None)},
    ),
    Sheet.ACCOUNTABILITY: Record(
        models.Accountability,
        forms.AccountabilityForm,
        accounting.hold_to_account,
        {
            Step.APPEAL: Doing(forms.AppealForm, accounting.appeal, lambda a: a.appealed_on is None, _P.DECIDE),
            Step.DECIDE_APPEAL: Doing(
                forms.AppealOutcomeForm,
                accounting.decide_appeal,
                lambda a: a.appealed_on is not None and a.appeal_decided_on is None,
                _P.DECIDE,
            ),
            Step.RECHECK: Doing(
                forms.RecheckForm,
                accounting.recheck,
                lambda a: a.appeal_decided_on is not None and a.recheck_decided_on is None,
                _P.DECIDE,
            ),
        },
        makes=_P.DECIDE,
        reads=_P.SANCTION,
        after_end=True,
    ),
    Sheet.FOLLOW_UPS: Record(
        models.FollowUp,
        forms.FollowUpForm,
        following.record,
        {
            Step.SETTLE: Doing(
                forms.SettlementForm,
                following.settle,
                lambda f: bool(f.reopen_reason) and f.settled_at is None,
                _P.DECIDE,
            )
        },
        after_end=True,
    ),
}


def make(sheet: Sheet, dossier: Dossier, asked: Mapping[str, Any], *, act: Act) -> Sheeted:
    """Make a record of the dossier. Raises what its operation raises."""
    return RECORDS[sheet].make(dossier, asked, act=act)


def take(sheet: Sheet, step: Step, dossier: Dossier, row_id: uuid.UUID, asked: Mapping[str, Any], *, act: Act) -> Any:
    """Do a step of a record of the dossier and return the record. Raises NotFound, and what its operation raises."""
    # Held first and read then: of two who do the same step the second sees what the first did.
    access.lock(act.session, dossier)
    row = one(sheet, dossier, row_id, act.actor, act.session)
    act.session.refresh(row)
    RECORDS[sheet].steps[step].do(row, asked, act=act)
    return row


def one(sheet: Sheet, dossier: Dossier, row_id: uuid.UUID, person: Any, session: Any) -> Any:
    """Return a record of the dossier to who may read its kind. Raises NotFound, NotAllowed."""
    check_reader(sheet, dossier, person)
    return holding.row_of(session, RECORDS[sheet].model, dossier, row_id)


def check_reader(sheet: Sheet, dossier: Dossier, person: Any) -> None:
    """Refuse who may not read records of this kind in the dossier's unit. Raises NotAllowed.

    What everybody reads who sees the dossier asks for nothing more.
    """
    permission = RECORDS[sheet].reads
    if permission is not _P.READ and lacks(person, permission, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=permission)


def offered(sheet: Sheet, row: Any, dossier: Dossier, actor: Actor) -> list[Step]:
    """Return the steps of a record that the actor may take now."""
    found = []
    for step, doing in RECORDS[sheet].steps.items():
        if dossier.closed_at is not None and not RECORDS[sheet].after_end:
            continue
        if doing.whose is not None:
            may = doing.whose(row, dossier, actor)
        else:
            may = not lacks(actor, doing.permission, dossier.unit.path)
        if may and doing.open(row):
            found.append(step)
    return found


def makeable(sheet: Sheet, dossier: Dossier, actor: Actor) -> bool:
    """Tell whether the actor may make such a record now, as far as permission and the dossier's end go."""
    record = RECORDS[sheet]
    ended = dossier.closed_at is not None and not record.after_end
    return not ended and not lacks(actor, record.makes, dossier.unit.path)
