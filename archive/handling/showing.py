"""How the records of handling are shown: one card each, made of words and values by one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from archive.core.act import Actor
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.labels import label
from archive.documents.models import Document
from archive.dossiers.models import Dossier
from archive.handling import records
from archive.handling.deciding import next_approver
from archive.handling.kinds import Sheet, Step
from archive.handling.labels import field_word
from archive.handling.models import Opinion
from archive.web.filters import amount, day, moment


@dataclass(frozen=True)
class Shape:
    """What a card shows: its headline, what stands beside one another, what is read as text, documents, a limit.

    Names are attributes of the record; `unit.name` is called by the word of `unit`.
    """

    head: str
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    state: str = ""
    due: str = ""
    is_open: Callable[[Any], bool] = lambda row: False


SHAPES = {
    Sheet.TASKS: Shape(
        "what",
        ("unit.name", "person.name", "answered_by_name", "answered_at", "done_by_name", "done_at"),
        ("reason", "result"),
        ("documents",),
        "state",
        "due_on",
        lambda row: row.state in ("given", "accepted"),
    ),
    Sheet.EVIDENCE: Shape(
        "what",
        ("holder", "requested_on", "received_on"),
        ("reason",),
        ("document",),
        "state",
        "due_on",
        lambda row: row.state == "asked",
    ),
    Sheet.INTERVIEWS: Shape("person", ("capacity", "at", "place", "interviewer"), ("content",), ("document",)),
    Sheet.CONSULTATIONS: Shape("body", ("kind", "asked_on", "replied_on"), ("question", "reply"), ("document",)),
    Sheet.MINUTES: Shape("at", ("place", "chair", "attendees"), ("content", "resolution"), ("document",)),
    Sheet.OPINIONS: Shape("subject", (), ("text",), (), "state"),
    Sheet.FULFILMENTS: Shape("name", ("basis",), ("note", "reason"), ("document",), "worth"),
    Sheet.MEDIATIONS: Shape(
        "at",
        ("place", "mediator", "told", "participants"),
        ("record", "agreement"),
        ("record_document", "agreement_document"),
        "outcome",
    ),
    Sheet.THIRD_PARTIES: Shape("name", (), ("part",)),
    Sheet.MEASURES: Shape(
        "name",
        ("third_party.name", "taken_on", "result_on", "told_on"),
        ("detail", "result", "complainant_view"),
        (),
        "",
        "due_on",
        lambda row: not row.result,
    ),
    Sheet.COMPENSATIONS: Shape(
        "name",
        ("amount", "payer", "promised_on", "paid_on"),
        ("detail", "reason"),
        ("document",),
        "state",
        "due_on",
        lambda row: row.state == "promised",
    ),
    Sheet.REVIEWS: Shape("level", ("reviewer.name", "concluded_at"), ("grounds", "text"), (), "outcome"),
    Sheet.GRADINGS: Shape("grade_name", ("profile", "reason_name", "before", "after"), ("note",)),
    Sheet.REPORTS: Shape(
        "receiver",
        ("basis", "sent_at", "sent_by_name", "reference"),
        ("text",),
        (),
        "",
        "due_at",
        lambda row: row.sent_at is None,
    ),
    Sheet.ACCOUNTABILITY: Shape(
        "person",
        (
            "basis",
            "amount",
            "decided_by",
            "decided_on",
            "referred_to",
            "appeal_until",
            "appeal_basis",
            "appealed_on",
            "appeal_decided_by",
            "appeal_decided_on",
            "recheck_decided_by",
            "recheck_decided_on",
        ),
        ("cause", "sanction", "appeal_grounds", "appeal_outcome", "recheck_outcome"),
    ),
    Sheet.FOLLOW_UPS: Shape(
        "side",
        ("at", "channel", "reached", "score", "settled_by_name", "settled_at"),
        ("words", "remarks", "reopen_reason", "settlement"),
    ),
}


@dataclass(frozen=True)
class Decided:
    """One decision as drawn under its opinion."""

    name: str
    words: str
    text: str
    agreed: bool
    minutes: str


@dataclass(frozen=True)
class Card:
    """A record as drawn. `due` is a date, `late` whether it lies behind; `awaits` tells who must act next."""

    id: str
    head: str
    state: StrEnum | None
    due: str
    late: bool
    facts: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    documents: Sequence[tuple[str, Document]]
    decisions: Sequence[Decided]
    awaits: str
    made: str
    steps: Sequence[Step]


def cards(sheet: Sheet, rows: Sequence[Any], dossier: Dossier, actor: Actor, now: datetime) -> list[Card]:
    """Return the records as cards, with the steps the actor may take."""
    return [_card(sheet, row, dossier, actor, now) for row in rows]


def _card(sheet: Sheet, row: Any, dossier: Dossier, actor: Actor, now: datetime) -> Card:
    shape = SHAPES[sheet]
    waits = shape.is_open(row) and dossier.closed_at is None
    until = getattr(row, shape.due) if shape.due else None
    late = until is not None and waits and (until < now if isinstance(until, datetime) else until < shanghai_date(now))
    opinion = row if isinstance(row, Opinion) else None
    return Card(
        id=str(row.id),
        head=spoken(getattr(row, shape.head)) or f"{field_word(sheet, shape.head)}待定",
        state=getattr(row, shape.state) if shape.state else None,
        due=_until(until),
        late=late,
        facts=_named(sheet, row, shape.facts),
        texts=_named(sheet, row, shape.texts),
        documents=[(field_word(sheet, name), one) for name in shape.documents for one in _documents(row, name)],
        decisions=[_decided(one) for one in opinion.decisions] if opinion else (),
        awaits=_awaits(opinion) if opinion else "",
        made=f"{row.made_by_name}　{moment(row.made_at)}",
        steps=records.offered(sheet, row, dossier, actor),
    )


def _until(value: date | datetime | None) -> str:
    """Return a limit: an end of day, which is the next day's first moment, by its day."""
    if isinstance(value, datetime) and value.astimezone(SHANGHAI).time() == time(0):
        return day(value - timedelta(microseconds=1))
    return spoken(value)


def spoken(value: Any) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return f"{amount(value)} 元"
    return label(value)


def _named(sheet: Sheet, row: Any, names: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for name in names:
        value = row
        for part in name.split("."):
            value = getattr(value, part) if value is not None else None
        if value not in (None, ""):
            found.append((field_word(sheet, name.split(".")[0]).removesuffix("（可不填）"), spoken(value)))
    return found


def _documents(row: Any, name: str) -> list[Document]:
    found = getattr(row, name)
    return list(found) if isinstance(found, list) else [found] if found is not None else []


def _decided(one: Any) -> Decided:
    words = f"{'同意' if one.agreed else '退回'}　{moment(one.at)}"
    minutes = f"{moment(one.minutes.at)} 会议纪要" if one.minutes else ""
    return Decided(one.by_name, words, one.text, one.agreed, minutes)


def _awaits(opinion: Opinion) -> str:
    approver = next_approver(opinion)
    if approver is None:
        return ""
    named = f"{approver.name}（{label(approver.role)}）" if approver.name else label(approver.role)
    return f"等待{named}审批" + (f"，依据{approver.article}" if approver.article else "")
