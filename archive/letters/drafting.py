"""What a dossier already knows of a letter: gathered by path, so that only what is missing is asked for.

Personal numbers are opened here to be sealed again with the draft (see `personal`); nothing of them is shown.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.paging import PageRequest
from archive.core.ports import ports
from archive.documents import queries as documents
from archive.dossiers import code_tables, history
from archive.dossiers.models import Dossier, Move, Party
from archive.dossiers.states import CodeTable, PartyRole, Verb
from archive.letters import handled, obeying, personal
from archive.letters.asked import Asked
from archive.letters.facts import get
from archive.letters.kinds import Addressee, Kind, LetterKind, kind
from archive.letters.models import LetterRow
from archive.letters.states import LetterState, Relation
from archive.procedures import queries as procedures
from archive.retention import privacy, reading

# The codes of non-acceptance (中国人民银行令〔2020〕第5号, 第四十二条) as the notice's own choices.
_GROUNDS = {
    "42-1": "competence", "42-2": "identity", "42-3": "standing", "42-4": "pending", "42-5": "settled",
    "42-6": "offered", "42-7": "other", "supplement": "identity",
    # The same of 金融消费者投诉处理办法（XXGS）, 第十七条, and of the center's own rule.
    "17-1": "identity", "17-2": "standing", "17-3": "pending", "17-4": "settled", "17-5": "offered", "17-6": "other",
    "10-5": "identity", "out_of_scope": "competence",
}  # fmt: skip
# Printed by few letters: taken along only where the kind cannot do without.
_IF_NEEDED = frozenset({"complainant.id_no", "complainant.address"})
# What the offices that get a letter are, when the letter's kind leaves but one class.
_INSTITUTION = frozenset({Addressee.RESPONDENT, Addressee.BOTH_PARTIES})


def prefill(of: Kind, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a kind as far as they are known: nested, ready for its form. Pure."""
    facts: dict[str, Any] = {}
    for field in of.fields:
        value = known.get(field.path)
        if field.path in _IF_NEEDED and not field.required:
            continue
        if value in (None, "", [], {}):
            continue
        if isinstance(value, str):
            value = value[: field.most]
        personal.put(facts, field.path, value)
    return facts


def gather(
    session: Session, dossier: Dossier, of: Kind, *, about: LetterRow | None, author: str, now: datetime
) -> dict[str, Any]:
    """Return what is known, by path. Some ten statements; for some kinds seven more."""
    known: dict[str, Any] = {}
    for part in (
        _office(dossier, author),
        _addressee(dossier, of, obeying.asked(session, dossier, of)),
        _complaint(dossier, of),
        _complainant(dossier.parties),
        _moves(session, dossier),
        _refusal(session, dossier),
        _slip(session, dossier),
        _documents(session, dossier),
        _filing(session, dossier),
        {"redress": obeying.redress(session, dossier, of)} if of.field("redress") else {},
        handled.gather(session, dossier, of),
        _about(about) if about else {},
        _erasure(session, dossier) if of.code is LetterKind.ERASURE_REPLY else {},
        _times(session, about) if about and of.code is LetterKind.REMINDER else {},
        _receipt(about, dossier, author) if about and of.code is LetterKind.RECEIPT else {},
    ):
        # What is not known does not hide what another part knows.
        known |= {path: value for path, value in part.items() if value not in (None, "", [])}
    return known


def _office(dossier: Dossier, author: str) -> dict[str, Any]:
    settings = ports().settings
    return {
        "office.name": settings.office_name,
        "office.address": settings.office_address,
        "office.postcode": settings.office_postcode,
        "officer.name": dossier.officer.name if dossier.officer else author,
        "officer.phone": settings.office_phone,
        "dossier.filed_by": dossier.officer.name if dossier.officer else author,
        "mediation.mediators": [dossier.officer.name] if dossier.officer else [],
        "mediation.clerk": author,
    }


def _addressee(dossier: Dossier, of: Kind, asked: Asked) -> dict[str, Any]:
    named = asked.only_class
    classes = [one for one in of.addressees if one == named] or of.addressees
    only = classes[0] if len(classes) == 1 else None
    if dossier.respondent and (only in _INSTITUTION or Addressee.RESPONDENT in classes):
        return {"addressee.name": dossier.respondent.name, "addressee.class": Addressee.RESPONDENT.value}
    return {"addressee.class": only.value} if only else {}


def _complaint(dossier: Dossier, of: Kind) -> dict[str, Any]:
    received = shanghai_date(dossier.received_at).isoformat()
    demands = handled.points(dossier.request)
    due = last_day(dossier.due_at)
    account = ports().vault.open(dossier.account_sealed) if dossier.account_sealed else dossier.account_tail
    return {
        "complaint.case_no": dossier.number,
        "complaint.received_on": received,
        "complaint.accepted_on": shanghai_date(dossier.accepted_at).isoformat() if dossier.accepted_at else None,
        "complaint.respondent": dossier.respondent.name if dossier.respondent else None,
        "complaint.product": dossier.product,
        "complaint.account": account,
        "complaint.happened_on": _day_words(dossier.occurred_on),
        "complaint.amount": str(dossier.amount) if dossier.amount is not None else None,
        "complaint.summary": dossier.facts,
        "complaint.demands": demands,
        "complaint.matter": dossier.title,
        "consultation.subject": dossier.title,
        "consultation.facts": dossier.facts,
        "referral.suspect": dossier.respondent.name if dossier.respondent else None,
        "referral.facts": dossier.facts,
        "mediation.matter": dossier.title,
        "mediation.facts": dossier.facts,
        "feedback.forwarded_on": received,
        "feedback.basics": dossier.facts,
        "feedback.dispute": dossier.request,
        "receipt.cause": dossier.title,
        # The limit of the dossier itself binds us; what we set others is for a person to say.
        "deadline.date": due.isoformat() if due and not of.reply else None,
        "deadline.rule": dossier.due_rule if due and not of.reply else None,
        "extension.from": due.isoformat() if due else None,
        "dossier.number": dossier.number,
        "dossier.case_no": dossier.number,
        "dossier.title": dossier.title,
        "dossier.opened_on": shanghai_date(dossier.registered_at).isoformat(),
        "dossier.closed_on": dossier.closed_on.isoformat() if dossier.closed_on else None,
        "handover.from_unit": dossier.unit.name,
    }


def _complainant(parties: Sequence[Party]) -> dict[str, Any]:
    complainants = [party for party in parties if party.role is PartyRole.COMPLAINANT] or list(parties)
    if not complainants:
        return {}
    first, vault = complainants[0], ports().vault
    return {
        "complainant.name": first.name if len(complainants) == 1 else f"{first.name}等{len(complainants)}人",
        "complainant.id_no": vault.open(first.id_number_sealed) if first.id_number_sealed else None,
        "complainant.phone": vault.open(first.phone_sealed) if first.phone_sealed else None,
        "complainant.address": vault.open(first.address_sealed) if first.address_sealed else None,
    }


def _moves(session: Session, dossier: Dossier) -> dict[str, Any]:
    found = session.scalar(
        select(Move)
        .where(Move.dossier_id == dossier.id, Move.verb == Verb.MEDIATE)
        .order_by(Move.at.desc(), Move.id.desc())
        .limit(1)
    )
    if found is None:
        return {}
    agreed = [found.facts.get(f"{side}_agreed_on") for side in ("complainant", "respondent")]
    return {"mediation.consented_on": max((day for day in agreed if day), default=None)}


def _refusal(session: Session, dossier: Dossier) -> dict[str, Any]:
    if not dossier.decline_reason:
        return {}
    code = dossier.decline_reason
    word = procedures.words(session, [code]).get(code)
    return {
        "refusal.ground": _GROUNDS.get(code.rpartition("/")[2], "other"),
        "refusal.reason": dossier.outcome or word or code_tables.table(session, CodeTable.NON_ACCEPTANCE).word(code),
        "refusal.proceeding": dossier.decline_link,
    }


def _slip(session: Session, dossier: Dossier) -> dict[str, Any]:
    slips = history.slips(session, dossier)
    if not slips:
        return {}
    latest = max(slips, key=lambda slip: slip.offered_at)
    return {
        "handover.from_unit": latest.from_unit.name,
        "handover.to_unit": latest.to_unit.name,
        "handover.reason": latest.note,
        "handover.approved_on": shanghai_date(latest.offered_at).isoformat(),
    }


def _documents(session: Session, dossier: Dossier) -> dict[str, Any]:
    lines = documents.contents(session, dossier, PageRequest(200)).rows
    return {
        "handover.items": [line.document.title for line in lines],
        # The hand-over list of an office that takes the matter over: each file with its hash.
        "materials": [
            {"name": line.document.title, "copies": 1, "sha256": line.version.sha256.removeprefix("sha256:")}
            | ({"pages": line.version.pages} if line.version.pages else {})
            for line in lines
        ],
        "items": [
            {"title": line.document.title, "author": line.document.source, "page": str(line.document.item)}
            | ({"date": line.document.dated_on.isoformat()} if line.document.dated_on else {})
            for line in lines
        ],
        "dossier.documents": len(lines) or None,
        "dossier.pages": sum(line.version.pages for line in lines) or None,
    }


def _filing(session: Session, dossier: Dossier) -> dict[str, Any]:
    kept = reading.keeping(session, dossier.id)
    if kept is None:
        return {}
    return {
        "dossier.number": kept.filed_number,
        "dossier.retention": "永久" if kept.permanent else f"{kept.rule_years}年",
        "dossier.kept_until": kept.last_day.isoformat() if kept.last_day else None,
    }


def _erasure(session: Session, dossier: Dossier) -> dict[str, Any]:
    """Return what was decided on the last request for erasure. One statement."""
    asked = next(iter(privacy.requests_of(session, dossier)), None)
    if asked is None:
        return {}
    return {
        "erasure.received_on": asked.received_on.isoformat(),
        "erasure.asked": asked.note or "删除你的个人信息",
        "erasure.over": asked.granted,
        "erasure.permanent": asked.permanent,
        "erasure.period": asked.period,
        "erasure.rule": asked.rule,
        "erasure.restricted_on": shanghai_date(asked.answered_at).isoformat(),
    }


def _about(first: LetterRow) -> dict[str, Any]:
    """Return what a letter says of the earlier one it belongs to."""
    said, day = first.facts, first.issued_on.isoformat() if first.issued_on else None
    transfer = first.kind is LetterKind.TRANSFER
    return {
        "addressee.name": first.addressee,
        "addressee.class": get(said, "addressee.class") or kind(first.kind).addressees[0].value,
        "original.name": kind(first.kind).name,
        "original.number": first.number,
        "original.date": day,
        "reminder.number": first.number,
        "reminder.sent_on": day,
        "reminder.due_on": first.reply_due.isoformat() if first.reply_due else None,
        "forwarded.how": "transferred" if transfer else "assigned",
        "forwarded.office": get(said, "addressee.name"),
        "forwarded.reason": get(said, "transfer.reason" if transfer else "assignment.reason"),
        "forwarded.until": get(said, "deadline.date"),
        "forwarded.number": first.number,
        "forwarded.sent_on": day,
    }


def _times(session: Session, about: LetterRow) -> dict[str, Any]:
    """Return the how manieth reminder of a letter this is."""
    sent = select(func.count()).where(
        LetterRow.about_id == about.id,
        LetterRow.relation == Relation.REMINDS,
        LetterRow.issued_at.is_not(None),
        LetterRow.state != LetterState.VOID,
    )
    return {"reminder.times": (session.scalar(sent) or 0) + 1}


def _receipt(about: LetterRow, dossier: Dossier, author: str) -> dict[str, Any]:
    address = next((party.address_sealed for party in dossier.parties if party.address_sealed), None)
    to_complainant = about.addressee == (dossier.parties[0].name if dossier.parties else "")
    return {
        "documents": [
            {"name": kind(about.kind).name, "copies": 1} | ({"number": about.number} if about.number else {})
        ],
        "receipt.to": about.addressee,
        "receipt.address": ports().vault.open(address) if address and to_complainant else None,
        "receipt.method": "post",
        "receipt.servers": [author],
    }


def last_day(due_at: datetime | None) -> date | None:
    """Return the last day of a limit that ends at 24:00, which is the next day's first moment."""
    return shanghai_date(due_at - timedelta(microseconds=1)) if due_at else None


def _day_words(day: date | None) -> str | None:
    return f"{day.year}年{day.month}月{day.day}日" if day else None
