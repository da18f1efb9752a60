"""What operations take: frozen values, parsed from forms, API bodies, import lines."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from archive.core.ids import new_id
from archive.dossiers.states import (
    Channel,
    NoticeChannel,
    NoticeKind,
    NoticeOutcome,
    PartyKind,
    PartyRole,
    Severity,
    Source,
    State,
)

# Written in place of a personal number, this removes it; a blank leaves it as it is (screens never send it back).
REMOVE = "-"


@dataclass(frozen=True)
class PartyValue:
    """A complainant, representative or agent as entered. `id` names the row when an existing one is changed."""

    name: str
    role: PartyRole = PartyRole.COMPLAINANT
    kind: PartyKind = PartyKind.NATURAL
    id_number: str = ""
    phone: str = ""
    address: str = ""
    mandate: str = ""
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class ContactValue:
    """One line for the contact register. `unit` is a unit's code; empty: the unit of who records it."""

    received_at: datetime
    channel: Channel
    person_name: str
    summary: str
    phone: str = ""
    in_scope: bool | None = None
    advice: str = ""
    leader_opinion: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Complaint:
    """What is registered of a complaint (受理投诉登记表), and changed later. `respondent` is the institution's name.

    `account` may be a whole account or card number, or only its last digits.
    """

    title: str
    received_at: datetime
    channel: Channel
    parties: tuple[PartyValue, ...]
    source: Source = Source.DIRECT
    respondent: str = ""
    respondent_person: str = ""
    category: str = ""
    cause: str = ""
    product: str = ""
    severity: Severity = Severity.NORMAL
    severity_reason: str = ""
    # A grade of a rule set's own scheme, `PROFILE/grade/reason`; it sets the two above.
    grade: str = ""
    amount: Decimal | None = None
    occurred_on: date | None = None
    facts: str = ""
    request: str = ""
    contract_no: str = ""
    account: str = ""
    unit: str = ""
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NoticeValue:
    """One attempt to tell the complainant something."""

    kind: NoticeKind
    channel: NoticeChannel
    outcome: NoticeOutcome
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Legacy:
    """A dossier from before this archive: its own number, the state it stands in, when it was filed and closed.

    `id` is the row it will have: known before, so that its files can be in the store first.
    """

    number: str
    complaint: Complaint
    state: State
    filed_at: datetime
    closed_on: date | None = None
    id: uuid.UUID = field(default_factory=new_id)
