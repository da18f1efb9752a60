"""Input about handling, one schema for page and API. Where a value is picked from rows, `pick` names from which."""

from typing import Any

from marshmallow import fields

from archive.dossiers.states import NoticeChannel
from archive.handling.kinds import (
    ConsultationKind,
    MediationOutcome,
    ReviewLevel,
    ReviewOutcome,
    Side,
    Subject,
)
from archive.web.forms import Choice, Day, Flag, Form, Moment, Whole, Words, Yuan

_LONG, _SHORT = 8000, 2000


class Chosen(fields.UUID):
    """One of the dossier's own rows, by its id; blank when nothing is chosen."""

    default_error_messages = {"required": "input.required", "null": "input.required", "invalid_uuid": "input.choice"}

    def __init__(self, pick: str, **kwargs: Any) -> None:
        self.pick = pick
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
            kwargs.setdefault("allow_none", True)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "":
            if self.required:
                raise self.make_error("required")
            return None
        return super()._deserialize(value, attr, data, **kwargs)


class Several(fields.List[Any]):
    """Several of the dossier's own rows."""

    def __init__(self, pick: str) -> None:
        self.pick = pick
        super().__init__(fields.UUID(error_messages={"invalid_uuid": "input.choice"}), load_default=list)


class Picked(Words):
    """A code or login that is picked from a list the page knows."""

    def __init__(self, pick: str, **kwargs: Any) -> None:
        self.pick = pick
        super().__init__(**kwargs)


class NothingForm(Form):
    """Nothing is asked."""


class ReasonForm(Form):
    """Why."""

    reason = Words(most=_SHORT, required=True)


class TaskForm(Form):
    """What is to be done, by whom, until when."""

    what = Words(most=_SHORT, required=True)
    unit = Picked("units", most=40, required=True)
    person = Picked("persons", most=64)
    due_on = Day(required=True)


class FinishForm(Form):
    """What a task brought."""

    result = Words(most=_LONG, required=True)
    documents = Several("documents")


class EvidenceForm(Form):
    """What evidence was asked for."""

    what = Words(most=_SHORT, required=True)
    holder = Words(most=120, required=True)
    requested_on = Day(required=True)
    due_on = Day(required=True)


class ReceiveForm(Form):
    """The evidence came."""

    document_id = Chosen("documents", required=True)
    received_on = Day(required=True)


class InterviewForm(Form):
    """What a person said."""

    person = Words(most=120, required=True)
    capacity = Words(most=120)
    at = Moment(required=True)
    place = Words(most=200, required=True)
    interviewer = Words(most=120, required=True)
    content = Words(most=40_000, required=True)
    document_id = Chosen("documents")


class AttachForm(Form):
    """Which document is the signed record."""

    document_id = Chosen("documents", required=True)


class ReplyForm(Form):
    """The opinion that was given."""

    reply = Words(most=_LONG, required=True)
    replied_on = Day(required=True)
    document_id = Chosen("documents")


class ConsultationForm(Form):
    """A question to others; the opinion may come later."""

    kind = Choice(ConsultationKind, required=True)
    body = Words(most=200, required=True)
    question = Words(most=_LONG, required=True)
    asked_on = Day(required=True)
    reply = Words(most=_LONG)
    replied_on = Day()
    document_id = Chosen("documents")


class MinutesForm(Form):
    """A meeting about the dossier."""

    at = Moment(required=True)
    place = Words(most=200, required=True)
    chair = Words(most=120, required=True)
    attendees = Words(most=_SHORT, required=True)
    content = Words(most=40_000, required=True)
    resolution = Words(most=_LONG, required=True)
    document_id = Chosen("documents")


class OpinionForm(Form):
    """The handler's opinion."""

    subject = Choice(Subject, required=True)
    text = Words(most=20_000, required=True)


class DecisionForm(Form):
    """What is decided upon an opinion."""

    agreed = Flag()
    text = Words(most=_LONG, required=True)
    minutes = Chosen("minutes")


class FulfilmentForm(Form):
    """Which demand is met, and by what."""

    demand = Picked("demands", most=60, required=True)
    document_id = Chosen("documents")
    note = Words(most=_SHORT)


class MediationForm(Form):
    """When, where, by whom; and how both sides were told."""

    at = Moment(required=True)
    place = Words(most=200, required=True)
    mediator = Words(most=120, required=True)
    told = Words(most=_SHORT, required=True)


class MediationOutcomeForm(Form):
    """How the meeting went."""

    outcome = Choice(MediationOutcome, required=True)
    participants = Words(most=_SHORT, required=True)
    record = Words(most=40_000, required=True)
    record_document_id = Chosen("documents")
    agreement = Words(most=_LONG)
    agreement_document_id = Chosen("documents")


class ThirdPartyForm(Form):
    """A firm and its part in the complaint."""

    name = Words(most=120, required=True)
    part = Words(most=_SHORT, required=True)


class MeasureForm(Form):
    """A measure on a firm."""

    third_party_id = Chosen("third_parties", required=True)
    measure = Picked("measures", most=40, required=True)
    detail = Words(most=_LONG, required=True)
    taken_on = Day(required=True)
    due_on = Day()


class MeasureResultForm(Form):
    """What it brought."""

    result = Words(most=_LONG, required=True)
    result_on = Day(required=True)


class MeasureToldForm(Form):
    """When the complainant was told, and what he thinks of it."""

    told_on = Day(required=True)
    complainant_view = Words(most=_SHORT)


class CompensationForm(Form):
    """What was promised."""

    kind = Picked("compensations", most=40, required=True)
    amount = Yuan()
    detail = Words(most=_SHORT, required=True)
    payer = Words(most=120, required=True)
    promised_on = Day(required=True)
    due_on = Day()


class PaymentForm(Form):
    """That it was given, and what proves it."""

    paid_on = Day(required=True)
    document_id = Chosen("documents", required=True)


class ReviewForm(Form):
    """Who looks at the result again, and why."""

    level = Choice(ReviewLevel, required=True)
    reviewer = Picked("reviewers", most=64, required=True)
    grounds = Words(most=_SHORT, required=True)


class ReviewOutcomeForm(Form):
    """What the review says."""

    outcome = Choice(ReviewOutcome, required=True)
    text = Words(most=20_000, required=True)


class GradingForm(Form):
    """A grade of a procedure's own scheme: `profile/grade` or `profile/grade/reason`."""

    grade = Picked("grades", most=160, required=True)
    note = Words(most=_SHORT, required=True)


class ReportForm(Form):
    """A report that is due."""

    receiver = Words(most=120, required=True)
    due_at = Moment(required=True)
    basis = Words(most=200)


class SentForm(Form):
    """The report as it was sent."""

    receiver = Words(most=120, required=True)
    reference = Words(most=80)
    text = Words(most=20_000, required=True)


class AccountabilityForm(Form):
    """Who answers for what, and how."""

    person = Words(most=120, required=True)
    cause = Words(most=_SHORT, required=True)
    sanction = Words(most=_SHORT, required=True)
    basis = Words(most=260)
    amount = Yuan()
    decided_by = Words(most=120, required=True)
    decided_on = Day(required=True)
    referred_to = Words(most=200)


class AppealForm(Form):
    """Who was sanctioned asks for a review."""

    appealed_on = Day(required=True)
    appeal_grounds = Words(most=_SHORT, required=True)


class AppealOutcomeForm(Form):
    """What came of the review."""

    appeal_decided_by = Words(most=120, required=True)
    appeal_decided_on = Day(required=True)
    appeal_outcome = Words(most=_SHORT, required=True)


class RecheckForm(Form):
    """What came of it when the office above looked again at the review."""

    recheck_decided_by = Words(most=120, required=True)
    recheck_decided_on = Day(required=True)
    recheck_outcome = Words(most=_SHORT, required=True)


class FollowUpForm(Form):
    """An attempt to ask a side afterwards."""

    side = Choice(Side, required=True)
    channel = Choice(NoticeChannel, required=True)
    at = Moment(required=True)
    reached = Flag()
    score = Whole(least=1, most=5, load_default=None, allow_none=True)
    words = Words(most=_SHORT)
    remarks = Words(most=_SHORT)
    reopen_reason = Words(most=_SHORT)


class SettlementForm(Form):
    """What becomes of a proposal to take the dossier up again."""

    reopened = Flag()
    settlement = Words(most=_SHORT, required=True)


class GroupForm(Form):
    """Dossiers to be put together."""

    name = Words(most=200, required=True)
    numbers = Words(most=_SHORT, required=True)


class NoteForm(Form):
    """Words to a decision about a group."""

    note = Words(most=_SHORT, required=True)


class EmergencyForm(NoteForm):
    """Whether the emergency plan runs."""

    emergency = Flag()


class ClusterReportForm(Form):
    """To whom the report went, and under which number."""

    receiver = Words(most=120, required=True)
    reference = Words(most=80)


class MemberForm(Form):
    """A dossier, by its number."""

    number = Words(most=60, required=True)


class ProgressForm(Form):
    """What a complainant types."""

    number = Words(most=60, required=True)
    code = Words(most=40, required=True)
