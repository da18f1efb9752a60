"""What the records of handling tell a letter: mediations, consultations, opinions, compensation, measures, extensions.

Each part is read only for kinds that have a field for it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.models import LimitExtension
from archive.core import masking
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.labels import label
from archive.dossiers import extras
from archive.dossiers.models import Dossier, Notice
from archive.dossiers.states import NoticeOutcome
from archive.handling.kinds import (
    CompensationState,
    ConsultationKind,
    EvidenceState,
    OpinionState,
    Side,
    Subject,
    TaskState,
)
from archive.handling.models import (
    Compensation,
    Consultation,
    EvidenceRequest,
    FollowUp,
    MajorReport,
    Measure,
    Mediation,
    Opinion,
    Task,
)
from archive.letters.facts import parse_date
from archive.letters.kinds import Kind
from archive.letters.wording import chinese_date

_TICK = timedelta(microseconds=1)
Known = dict[str, Any]


def gather(session: Session, dossier: Dossier, of: Kind) -> Known:
    """Return what is on record, by path, for the fields of the kind. At most seven statements."""
    has = {field.path for field in of.fields}
    known: Known = {}
    for paths, part in _PARTS:
        if has & paths:
            known |= part(session, dossier)
    return known


def points(text: str) -> list[str]:
    """Return the single points of a text: one a line, or numbered, or parted by semicolons. Pure."""
    parts = re.split(r"[\n；;]|(?<=[。\s])(?=\d{1,2}[.．、)）]\D)", text)
    bare = (re.sub(r"^[\s　]*[（(]?\d{1,2}[.．、)）](?!\d)", "", part).strip(" \r　。") for part in parts)
    return [part for part in bare if part]


def clock_words(at: datetime) -> str:
    """Return the hour as a notice prints it: 上午9时, 下午2时30分. Pure."""
    local = at.astimezone(SHANGHAI)
    hour = local.hour if local.hour <= 12 else local.hour - 12
    half = "上午" if local.hour < 12 else "下午"
    return f"{half}{hour}时" + (f"{local.minute}分" if local.minute else "")


def _mediation(session: Session, dossier: Dossier) -> Known:
    found = _latest(session, Mediation, dossier)
    if found is None:
        return {}
    complainants = {party.name for party in dossier.parties}
    mediators = _names(found.mediator)
    sides = {**dict.fromkeys(complainants, "投诉人"), **dict.fromkeys(mediators, "调解员")}
    return {
        "mediation.held_on": shanghai_date(found.at).isoformat(),
        "mediation.hour": clock_words(found.at),
        "mediation.place": found.place,
        "mediation.mediators": mediators,
        "mediation.outcome": found.outcome.value if found.outcome else None,
        "present": [
            {"name": name} | ({"side": sides[name]} if name in sides else {}) for name in _names(found.participants)
        ],
        "statements": [{"words": one} for one in points(found.record)],
        "terms": points(found.agreement),
    }


def _consultation(session: Session, dossier: Dossier) -> Known:
    """Tell of the question that waits for its answer."""
    query = _of(Consultation, dossier).where(
        Consultation.kind == ConsultationKind.INQUIRY, Consultation.replied_on.is_(None)
    )
    found = session.scalars(query).first()
    return {} if found is None else {"addressee.name": found.body, "questions": points(found.question)}


def _extension(session: Session, dossier: Dossier) -> Known:
    query = select(LimitExtension).where(LimitExtension.dossier_id == dossier.id, LimitExtension.granted.is_(True))
    granted = session.scalars(query.order_by(LimitExtension.decided_at.desc(), LimitExtension.id.desc())).all()
    if not granted:
        return {"feedback.extension": "未延期。"}
    last = granted[0]
    told = (
        f"{_day(one.decided_at)}经批准，{one.name}延长至{chinese_date(shanghai_date(one.until))}，理由：{one.reason}"
        for one in reversed(granted)
    )
    return {
        "extension.from": (shanghai_date(last.due_before - _TICK).isoformat() if last.due_before else None),
        "extension.until": shanghai_date(last.until).isoformat(),
        "extension.reason": last.reason,
        "extension.approver": last.decided_by_name,
        "extension.approved_on": shanghai_date(last.decided_at).isoformat() if last.decided_at else None,
        "extension.rule": last.article,
        "feedback.extension": _sentences(told),
    }


def _finding(session: Session, dossier: Dossier) -> Known:
    """Tell what was found: the evidence that came, and the opinion that was agreed to."""
    received = session.scalars(_of(EvidenceRequest, dossier).where(EvidenceRequest.state == EvidenceState.RECEIVED))
    evidence = "、".join(dict.fromkeys(one.document.title if one.document else one.what for one in received))
    agreed = _of(Opinion, dossier).where(Opinion.state == OpinionState.APPROVED, Opinion.subject == Subject.DECIDE)
    opinion = session.scalars(agreed).first()
    said = opinion.text if opinion else ""
    demands = points(dossier.request)
    # One opinion is the reason for one demand; which part of it belongs to which of several, a person says.
    reason = {"reason": said} if said and len(demands) == 1 else {}
    row = {"claim": dossier.facts, "evidence": evidence, "finding": said}
    found = _sentences((said, f"证据：{evidence}" if evidence else ""))
    return {
        "findings": [{name: text for name, text in row.items() if text}] if dossier.facts else [],
        "decisions": [{"demand": demand} | reason for demand in demands],
        "feedback.findings": found,
        "rectification.facts": found,
        "apology.fact": said,
    }


def _amends(session: Session, dossier: Dossier) -> Known:
    """Tell what the complainant was promised, and what was done about firms that work for the institution."""
    query = _of(Compensation, dossier).where(Compensation.state != CompensationState.DROPPED)
    promised = list(reversed(session.scalars(query).all()))
    taken = list(reversed(session.scalars(_of(Measure, dossier)).all()))
    amends = _sentences(map(_promise, promised))
    measures = _sentences(map(_measure, taken))
    return {
        "result.performance": amends + measures,
        "apology.remedy": amends,
        "performance.how": amends,
        "performance.until": max((one.due_on.isoformat() for one in promised if one.due_on), default=None),
        "measures": [f"对{one.third_party.name}{one.name}：{one.detail}" for one in taken],
    }


def _work_done(session: Session, dossier: Dossier) -> Known:
    done = reversed(session.scalars(_of(Task, dossier).where(Task.state == TaskState.DONE)).unique().all())
    return {"assignment.done": _sentences(f"{one.what}：{one.result}" if one.result else one.what for one in done)}


def _contact(session: Session, dossier: Dossier) -> Known:
    """Tell when the complainant was told what, and how content they were when asked afterwards."""
    reached = select(Notice).where(Notice.dossier_id == dossier.id, Notice.outcome == NoticeOutcome.REACHED)
    told = (
        f"{_day(one.at)}{label(one.channel)}告知{label(one.kind)}"
        for one in session.scalars(reached.order_by(Notice.at, Notice.id))
    )
    asked = _of(FollowUp, dossier).where(FollowUp.side == Side.COMPLAINANT, FollowUp.reached.is_(True))
    last = session.scalars(asked).first()
    satisfaction = ""
    if last is not None:
        score = f"满意度{last.score}分（满分5分）" if last.score else ""
        satisfaction = f"{_day(last.at)}回访，{score}{'，' if score and last.words else ''}{last.words}"
    return {"feedback.contact": _sentences(told), "feedback.satisfaction": _sentences([satisfaction])}


def _reported(session: Session, dossier: Dossier) -> Known:
    sent = reversed(session.scalars(_of(MajorReport, dossier).where(MajorReport.sent_at.is_not(None))).all())
    told = (
        f"本件已作为重大事项于{_day(one.sent_at)}报送{one.receiver}{f'（{one.reference}）' if one.reference else ''}"
        for one in sent
    )
    return {"feedback.basics": _sentences([dossier.facts, *told])}


def _extra(session: Session, dossier: Dossier) -> Known:
    """Tell the fields that the rule sets of the office add to a kind of complaint, as they are printed."""
    kind = str(dossier.custom.get(extras.KIND) or "")
    if not kind:
        return {}
    fields = extras.names(session).fields
    named = ((fields.get((kind, code)), value) for code, value in dossier.custom.items())
    return {
        "extra": [
            {"name": field.name, "value": printed(field.type, value)[:500]}
            for field, value in named
            if field is not None and value not in (None, "")
        ]
    }


def printed(kind: str, value: Any) -> str:
    """Return the value of an extra field as a letter prints it; a private number masked. Pure."""
    if isinstance(value, bool):
        return "是" if value else "否"
    day = parse_date(value) if kind == "date" else None
    if day is not None:
        return chinese_date(day)
    if kind == "moment":
        at = datetime.fromisoformat(str(value))
        return chinese_date(at.astimezone(SHANGHAI).date()) + clock_words(at)
    if kind == "money":
        return f"{Decimal(str(value)):,.2f}元"
    return masking.mask_phone(str(value)) if kind == "phone" else str(value)


_PARTS: Sequence[tuple[frozenset[str], Callable[[Session, Dossier], Known]]] = (
    (frozenset({"mediation.place", "terms"}), _mediation),
    (frozenset({"consultation.subject"}), _consultation),
    (frozenset({"extension.until", "feedback.extension"}), _extension),
    (frozenset({"findings", "feedback.findings", "rectification.facts", "apology.fact"}), _finding),
    (frozenset({"result.performance", "apology.remedy", "performance.how", "measures"}), _amends),
    (frozenset({"assignment.done"}), _work_done),
    (frozenset({"feedback.contact"}), _contact),
    (frozenset({"feedback.basics"}), _reported),
    (frozenset({"extra"}), _extra),
)


def _of(model: Any, dossier: Dossier) -> Any:
    """Return the query for the records of a dossier, the latest first."""
    return select(model).where(model.dossier_id == dossier.id).order_by(model.made_at.desc(), model.id.desc())


def _latest(session: Session, model: Any, dossier: Dossier) -> Any:
    return session.scalars(_of(model, dossier)).unique().first()


def _promise(one: Compensation) -> str:
    amount = f"{one.amount:,.2f}元" if one.amount is not None else ""
    when = f"于{chinese_date(one.paid_on)}" if one.paid_on else f"于{chinese_date(one.due_on)}前" if one.due_on else ""
    return f"{one.payer}{when}{one.name}{amount}{'，' if one.detail else ''}{one.detail}"


def _measure(one: Measure) -> str:
    result = f"，结果：{one.result}" if one.result else ""
    return f"{chinese_date(one.taken_on)}对{one.third_party.name}{one.name}：{one.detail}{result}"


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[\s、，,；;]+", text) if name]


def _sentences(parts: Iterable[str]) -> str:
    """Return the parts as sentences, one behind the other, the empty ones left out."""
    return "".join(f"{part.rstrip('。；; ')}。" for part in parts if part)


def _day(at: datetime | None) -> str:
    return chinese_date(shanghai_date(at)) if at else ""
