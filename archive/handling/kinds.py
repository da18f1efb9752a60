"""The codes of handling. Words: archive.handling.labels."""

from enum import StrEnum


class Sheet(StrEnum):
    """The kinds of records kept of how a dossier is handled; also the names in their addresses."""

    TASKS = "tasks"
    EVIDENCE = "evidence"
    INTERVIEWS = "interviews"
    CONSULTATIONS = "consultations"
    MINUTES = "minutes"
    OPINIONS = "opinions"
    FULFILMENTS = "fulfilments"
    MEDIATIONS = "mediations"
    THIRD_PARTIES = "third-parties"
    MEASURES = "measures"
    COMPENSATIONS = "compensations"
    REVIEWS = "reviews"
    GRADINGS = "gradings"
    REPORTS = "reports"
    ACCOUNTABILITY = "accountability"
    FOLLOW_UPS = "follow-ups"


class Step(StrEnum):
    """What is done to such a record after it was made."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    FINISH = "finish"
    TAKE_BACK = "take-back"
    RECEIVE = "receive"
    GIVE_UP = "give-up"
    ATTACH = "attach"
    REPLY = "reply"
    DECIDE = "decide"
    CONCLUDE = "conclude"
    RESULT = "result"
    TELL = "tell"
    PAY = "pay"
    DROP = "drop"
    SEND = "send"
    SETTLE = "settle"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide-appeal"
    RECHECK = "recheck"
    STRIKE = "strike"


class TaskState(StrEnum):
    """Where a task stands."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class EvidenceState(StrEnum):
    """Where a request for evidence stands."""

    ASKED = "asked"
    RECEIVED = "received"
    GIVEN_UP = "given_up"


class ConsultationKind(StrEnum):
    """How others were asked."""

    INQUIRY = "inquiry"  # 咨询: one asks, one answers
    JOINT = "joint"  # 会商: several sit together


class Subject(StrEnum):
    """What an opinion is about; the values are those of the profiles' approvals."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ASSIGN = "assign"
    DECIDE = "decide"
    MEDIATE = "mediate"
    CLOSE = "close"
    ISSUE_LETTER = "issue_letter"
    COMPENSATE = "compensate"


class OpinionState(StrEnum):
    """Where an opinion stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"


class MediationOutcome(StrEnum):
    """How a meeting for mediation ended."""

    AGREED = "agreed"
    FAILED = "failed"
    ADJOURNED = "adjourned"  # another meeting follows


class ReviewLevel(StrEnum):
    """Which review it is; after the final one there is none."""

    INDEPENDENT = "independent"
    FINAL = "final"


class ReviewOutcome(StrEnum):
    """What the review says of the result."""

    UPHELD = "upheld"
    CHANGED = "changed"


class CompensationState(StrEnum):
    """Where a compensation stands."""

    PROMISED = "promised"
    PAID = "paid"
    DROPPED = "dropped"


class Worth(StrEnum):
    """What an entry that a demand is met is worth."""

    STANDS = "stands"
    STRUCK = "struck"
    STRIKES = "strikes"  # it strikes an earlier one


class Side(StrEnum):
    """Who is asked afterwards."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"


class ClusterState(StrEnum):
    """Where a group of like complaints stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SETTLED = "settled"


class Likeness(StrEnum):
    """In what the complaints of a group are alike."""

    RESPONDENT = "respondent"
    MATTER = "matter"
    PRODUCT = "product"
    CHOSEN = "chosen"  # put together by a person


class Stage(StrEnum):
    """How far a dossier is, as its complainant is told."""

    REGISTERED = "registered"
    SUPPLEMENT = "supplement"
    HANDLING = "handling"
    MEDIATING = "mediating"
    ANSWERED = "answered"
    REVIEWING = "reviewing"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
