"""The codes of a dossier: states, kinds of parties, channels. Words: archive.core.labels."""

from enum import StrEnum


class State(StrEnum):
    """Where a dossier stands."""

    REGISTERED = "registered"  # 待受理
    SUPPLEMENTING = "supplementing"  # 待补充材料
    DECLINED = "declined"  # 不予受理
    ACCEPTED = "accepted"  # 已受理
    ASSIGNED = "assigned"  # 已分办，待接收
    INVESTIGATING = "investigating"  # 调查中
    ANSWERED = "answered"  # 已答复
    MEDIATING = "mediating"  # 调解中
    REVIEWING = "reviewing"  # 申请核查
    WITHDRAWN = "withdrawn"  # 已撤回
    CLOSED = "closed"  # 已办结


# Ended: the dossier is read-only and its retention runs. Declined and withdrawn ones are kept alike (retention, D1).
ENDED = frozenset({State.DECLINED, State.WITHDRAWN, State.CLOSED})


class PartyKind(StrEnum):
    """What a party is."""

    NATURAL = "natural"
    INDIVIDUAL_BUSINESS = "individual_business"
    ORGANISATION = "organisation"


class PartyRole(StrEnum):
    """What a party does in the dossier."""

    COMPLAINANT = "complainant"
    REPRESENTATIVE = "representative"
    AGENT = "agent"


class Channel(StrEnum):
    """How a contact reached the office; a procedure profile may allow fewer."""

    VISIT = "visit"
    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    FAX = "fax"
    WEB = "web"
    APP = "app"
    SOCIAL = "social"
    MEDIA = "media"
    TRANSFER = "transfer"
    OTHER = "other"


class Source(StrEnum):
    """From whom the complaint comes; limits depend on it."""

    DIRECT = "direct"
    PBC = "pbc"
    REGULATOR = "regulator"
    HOTLINE = "hotline"
    PETITION = "petition"
    ASSOCIATION = "association"
    OTHER_OFFICE = "other_office"


class Severity(StrEnum):
    """The core scheme to which each procedure's own scheme is mapped."""

    NORMAL = "normal"
    MAJOR = "major"
    URGENT = "urgent"


class KeyKind(StrEnum):
    """Kinds of personal numbers that are found through keyed hashes."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    ACCOUNT = "account"


class HandOverState(StrEnum):
    """Where a hand-over to a unit stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # by the side that offered it, or because the dossier ended


class Verb(StrEnum):
    """What is done to a dossier; moves and the timeline speak of these."""

    REGISTER = "register"
    TAKE_OVER = "take_over"  # a dossier from before this archive
    EDIT = "edit"
    REQUEST_SUPPLEMENT = "request_supplement"
    RECEIVE_SUPPLEMENT = "receive_supplement"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASSIGN = "assign"
    INVITE = "invite"  # ask another unit to co-operate; no change of state
    TAKE_BACK = "take_back"
    ACCEPT_HAND_OVER = "accept_hand_over"
    REFUSE_HAND_OVER = "refuse_hand_over"
    APPOINT = "appoint"
    INVESTIGATE = "investigate"
    ANSWER = "answer"
    MEDIATE = "mediate"
    REQUEST_REVIEW = "request_review"
    CONCLUDE_REVIEW = "conclude_review"
    NOTIFY = "notify"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ADDENDUM = "addendum"
    RECUSE = "recuse"
    LIFT_RECUSAL = "lift_recusal"
    RESTRICT = "restrict"
    OPEN_UP = "open_up"
    GRANT = "grant"
    REVOKE = "revoke"


class NoticeKind(StrEnum):
    """What a complainant is told."""

    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    SUPPLEMENT = "supplement"
    EXTENSION = "extension"
    FORWARDING = "forwarding"
    RESULT = "result"
    OTHER = "other"


class NoticeChannel(StrEnum):
    """By which way a complainant is told."""

    LETTER = "letter"
    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    VISIT = "visit"
    WEB = "web"


class NoticeOutcome(StrEnum):
    """What came of telling somebody."""

    REACHED = "reached"
    FAILED = "failed"  # this attempt did not reach the person
    IMPOSSIBLE = "impossible"  # given up for reasons on the complainant's side, after attempts that are on record


class CodeTable(StrEnum):
    """The code tables of the office; each can be imported whole."""

    CATEGORY = "category"
    CAUSE = "cause"
    NON_ACCEPTANCE = "non_acceptance"
    SEVERITY_REASON = "severity_reason"


class Need(StrEnum):
    """What a reason for non-acceptance must be linked to."""

    PROCEEDING = "proceeding"  # the court, arbitration or other body that has the matter already
    EARLIER = "earlier"  # the earlier dossier or settlement
