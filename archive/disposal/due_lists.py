"""The due list of each month as it stood: frozen in the store for ever, its SHA-256 in the audit trail.

Whoever asks years later what was due when, and why it was not on a list, is not answered from what has changed since.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import NotFound
from archive.core.labels import sentence
from archive.core.sheets import Column, Sheet, as_bytes
from archive.disposal import papers, rules
from archive.disposal.kinds import PaperKind
from archive.disposal.transfer_models import Paper
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Permission, Person, may
from archive.retention import reading
from archive.retention.models import Keeping
from archive.retention.rules import Standing, evaluate

_CLERK, _WORKER = Machine("系统制件"), Origin("worker")
_COLUMNS = (
    Column("档号", 30), Column("案号", 18), Column("办结日期", 12), Column("保管至", 12), Column("规则", 24),
    Column("当时不能销毁的原因", 80),
)  # fmt: skip
_AT_ONCE = 500
# Two years of them are offered; older ones are read by their address.
_SHOWN = 24


@dataclass(frozen=True)
class DueList:
    """What was due in a month: the paper that is kept, when it was taken, the lines the person may see, of how many."""

    paper: Paper
    month: str
    taken_at: datetime
    lines: Sequence[dict[str, Any]]
    total: int


def note_month() -> Paper | None:
    """Freeze what is due at present, once a month; return the paper, None when the month has one. Raises StoreDown.

    Some seventeen statements for five hundred dossiers.
    """
    session, moment = db.session(), now()
    month = f"{shanghai_date(moment):%Y-%m}"
    about = uuid.uuid5(uuid.NAMESPACE_URL, f"anjuan:due:{month}")
    if papers.about(session, about):
        session.rollback()
        return None
    taken = {"month": month, "taken_at": moment.isoformat(), "lines": _due(session, moment)}
    session.rollback()
    with acting(_CLERK, _WORKER) as act:
        return papers.keep(
            about, PaperKind.DUE_LIST, rules.canonical(taken), f"{month}.json", media_type="application/json", act=act
        )


def listed(session: Session) -> Sequence[Paper]:
    """Return the last months' lists, the newest first. One statement."""
    query = select(Paper).where(Paper.kind == PaperKind.DUE_LIST).order_by(Paper.id.desc())
    return session.scalars(query.limit(_SHOWN)).all()


def read(session: Session, paper_id: uuid.UUID, person: Person) -> DueList:
    """Return a month's list, checked against its hash, with the lines of units where the person keeps dossiers.

    What is there still and hidden from the person is left out. Two statements. Raises NotFound, RuleBroken, StoreDown.
    """
    paper = session.get(Paper, paper_id)
    if paper is None or paper.kind is not PaperKind.DUE_LIST:
        raise NotFound("paper.unknown")
    found = json.loads(papers.fetch(paper))
    over = (Keeping.disposable_at <= datetime.fromisoformat(found["taken_at"]), ~visible_to(person))
    query = select(Dossier.id).join(Keeping, Keeping.dossier_id == Dossier.id).where(*over)
    hidden = {str(one) for one in session.scalars(query)}
    lines = [
        line for line in found["lines"]
        if may(person, Permission.KEEP, line["unit"]) and line["dossier"] not in hidden
    ]  # fmt: skip
    return DueList(paper, found["month"], datetime.fromisoformat(found["taken_at"]), lines, len(found["lines"]))


def workbook(found: DueList) -> bytes:
    """Return a month's list as .xlsx, its hash above."""
    rows = (
        (line["filed_number"], line["number"], date.fromisoformat(line["closed_on"]),
         date.fromisoformat(line["last_day"]), line["rule"], "".join(line["reasons"]))
        for line in found.lines
    )  # fmt: skip
    above = (f"{found.month} 到期清单，共 {found.total} 卷，所列 {len(found.lines)} 卷", f"校验值 {found.paper.sha256}")
    return as_bytes(Sheet(f"到期清单 {found.month}", _COLUMNS, rows, above))


def _due(session: Session, moment: datetime) -> list[dict[str, Any]]:
    query = (
        select(Dossier.id)
        .join(Keeping, Keeping.dossier_id == Dossier.id)
        .where(Dossier.closed_at.is_not(None), Keeping.destroyed_at.is_(None), Keeping.disposable_at <= moment)
        .order_by(Keeping.disposable_at, Dossier.id)
    )
    due, found = session.scalars(query).all(), []
    for start in range(0, len(due), _AT_ONCE):
        ids = due[start : start + _AT_ONCE]
        rows = select(Dossier, Keeping).join(Keeping, Keeping.dossier_id == Dossier.id).where(Dossier.id.in_(ids))
        by_id = {dossier.id: (dossier, kept) for dossier, kept in session.execute(rows)}
        facts = reading.facts_of(session, [dossier for dossier, _ in by_id.values()], moment)
        found += [
            _line(*by_id[one], evaluate(facts[one])) for one in ids if one in by_id
        ]  # gone since, by a destruction
    return found


def _line(dossier: Dossier, kept: Keeping, standing: Standing) -> dict[str, Any]:
    return {
        "dossier": str(dossier.id),
        "unit": dossier.unit.path,
        "number": dossier.number,
        "filed_number": kept.filed_number,
        "closed_on": kept.closed_on.isoformat(),
        "last_day": kept.last_day.isoformat() if kept.last_day else None,
        "rule": kept.rule_name,
        "reasons": [sentence(one) for one in standing.whatever_the_clock.reasons],
    }
