"""The papers a dossier gets when it is filed away, kept with it as PDF/A: 卷皮, 卷内目录, 四性检测报告."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.act import now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.labels import label
from archive.core.ports import ports
from archive.disposal import rules, sheets
from archive.documents import renditions, striking
from archive.documents.kinds import RenditionKind
from archive.documents.models import Document, Rendition, Version
from archive.dossiers import code_tables
from archive.dossiers.models import Closing, Dossier
from archive.dossiers.states import CodeTable
from archive.letters.compose import compose
from archive.people.models import Account
from archive.retention import reading
from archive.retention.four_properties import Property, Result
from archive.retention.labels import CHECKS
from archive.retention.models import FilingReport, Keeping
from archive.retention.rules import said_at

_STRUCK = "误归，不计"


def make(dossier_id: uuid.UUID) -> int:
    """Make the papers of a filed dossier as it stands, and the PDF/A its office documents lack; tell how many.

    Repeatable: what says the same as the one made last is not made again. Raises StoreDown, Damaged.
    """
    session = db.session()
    if not _is_filed(session, dossier_id):
        return 0
    made = renditions.make(dossier_id)  # first: the catalogue tells of them
    dossier, kept = session.get_one(Dossier, dossier_id), session.get_one(Keeping, dossier_id)
    wanted = {
        RenditionKind.COVER: cover(session, dossier, kept),
        RenditionKind.CATALOGUE: catalogue(session, dossier, kept.filed_number),
    }
    report = reading.last_report(session, dossier_id)
    if report is not None:
        wanted[RenditionKind.EXAMINATION] = examination(dossier, kept, report)
    from archive.letters import pdf  # here: the renderer loads slowly, and only the worker sets papers

    missing = {kind: said for kind, said in wanted.items() if not _there(session, dossier_id, kind, _digest(said))}
    session.rollback()  # setting takes its time; no transaction stays open meanwhile
    for kind, said in missing.items():
        letter = kind is not RenditionKind.EXAMINATION
        made_of = pdf.render(compose(kind.value, said)) if letter else sheets.examination(said)
        renditions.keep_paper(dossier_id, kind, made_of, _digest(said))
    return made + len(missing)


def cover(session: Session, dossier: Dossier, kept: Keeping) -> dict[str, Any]:
    """Return what the cover says, as the letter kind `cover` takes it. Five statements."""
    pages = session.scalar(select(func.sum(Version.pages)).where(Version.dossier_id == dossier.id)) or 0
    closed_by = session.scalar(
        select(Account.name)
        .join(Closing, Closing.closed_by == Account.id)
        .where(Closing.dossier_id == dossier.id, Closing.reopened_at.is_(None))
    )
    words = code_tables.table(session, CodeTable.CATEGORY)
    paper = {
        "number": kept.filed_number,
        "case_no": dossier.number,
        "title": dossier.title,
        "category": f"金融消费者投诉·{words.word(dossier.category) or '未分类'}",
        "opened_on": shanghai_date(dossier.registered_at).isoformat(),
        "closed_on": kept.closed_on.isoformat(),
        "retention": "永久" if kept.rule_years is None else f"{kept.rule_years}年",
        "documents": striking.counted(session, dossier.id),
        "pages": pages,
        "filed_by": closed_by or ports().settings.office_name,
    }
    if kept.last_day is not None:
        paper["kept_until"] = kept.last_day.isoformat()
    respondent = dossier.respondent.name if dossier.respondent else dossier.respondent_person
    return {
        "office": {"name": ports().settings.office_name},
        "dossier": paper,
        "complainant": {"name": dossier.parties[0].name if dossier.parties else "不详"},
        "complaint": {"respondent": respondent or "不详"},
    }


def catalogue(session: Session, dossier: Dossier, filed_number: str) -> dict[str, Any]:
    """Return what the catalogue says, as the letter kind `catalogue` takes it. Three statements."""
    struck = striking.standing(session, dossier.id)
    archival = set(
        session.scalars(
            select(Version.document_id)
            .join(Rendition, Rendition.version_id == Version.id)
            .where(Version.dossier_id == dossier.id)
        )
    )
    rows = session.scalars(
        select(Document).where(Document.dossier_id == dossier.id, Document.parent_id.is_(None)).order_by(Document.item)
    )
    items = [
        {
            "number": "",
            "author": row.source or row.brought_by,
            "title": row.title,
            "date": row.dated_on.isoformat() if row.dated_on else "",
            "page": str(row.item),
            "note": _STRUCK if row.id in struck else "有PDF/A" if row.id in archival else "",
        }
        for row in rows
    ]
    return {
        "office": {"name": ports().settings.office_name},
        "dossier": {"number": filed_number or dossier.number, "title": dossier.title},
        "items": items,
    }


def examination(dossier: Dossier, kept: Keeping, report: FilingReport) -> dict[str, Any]:
    """Return what the report on an examination says. Costs no statement."""
    results = [Result(one["result"]) for one in report.checks]
    counted = [(results.count(Result.NOTED), "提示"), (results.count(Result.NOT_RUN), "未检测")]
    said = "".join(f"，{count}项{word}" for count, word in counted if count)
    conclusion = f"{'不合格' if Result.FAILED in results else '合格'}{said}"
    return {
        "number": dossier.number,
        "filed_number": kept.filed_number,
        "title": dossier.title,
        "occasion": label(report.occasion),
        "at": said_at(report.at),
        "by": report.by_name,
        "conclusion": conclusion,
        "checks": [
            {
                "property": label(Property(one["property"])),
                "what": CHECKS[one["code"]],
                "result": label(Result(one["result"])),
                "about": "、".join(one["about"])
                if one["code"] == "fields" or not one["about"]
                else _items(one["about"]),
            }
            for one in report.checks
        ],
    }


def _items(labels: Sequence[str]) -> str:
    return f"第{'、'.join(labels)}件"


def _is_filed(session: Session, dossier_id: uuid.UUID) -> bool:
    dossier, kept = session.get(Dossier, dossier_id), session.get(Keeping, dossier_id)
    if dossier is None or kept is None or dossier.closed_on is None:
        return False
    # What may be put on a disposal list stands as it is: its list names every file.
    return kept.permanent or (kept.disposable_at is not None and now() < kept.disposable_at)


def _there(session: Session, dossier_id: uuid.UUID, kind: RenditionKind, source: str) -> bool:
    newest = session.scalar(
        select(Rendition.source)
        .where(Rendition.dossier_id == dossier_id, Rendition.kind == kind)
        .order_by(Rendition.id.desc())
        .limit(1)
    )
    return newest == source


def _digest(facts: Mapping[str, Any]) -> str:
    return f"sha256:{hashlib.sha256(rules.canonical(facts)).hexdigest()}"
