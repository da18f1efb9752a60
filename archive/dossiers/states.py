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
