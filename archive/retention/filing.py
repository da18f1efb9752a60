"""Examining a dossier at filing, yearly and at transfer: gathered from rows and store, kept as a report."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import Problem, Refused, StoreDown
from archive.core.ports import ports
from archive.documents import queries as documents
from archive.documents import renditions as renditions_of
from archive.documents.kinds import Reading
from archive.documents.models import Document, Version
from archive.dossiers.models import Dossier
from archive.retention import scanning
from archive.retention.four_properties import Check, Contents, Object, examine, failed
from archive.retention.kinds import Occasion, Scanned
from archive.retention.models import FilingReport, Scan
from storage.port import BlobDamaged, BlobMissing, BlobStore, StoreError

_THREADS = 8
# Bytes that are scanned while somebody waits for the closing; what is larger was scanned by the worker, or is not yet.
_SCAN_AT_CLOSING = 64 * 1024**2


def examine_dossier(dossier: Dossier, *, act: Act) -> FilingReport:
    """Examine a dossier at filing and keep the report. Raises Refused with what fails, StoreDown."""
    versions = act.session.scalars(select(Version).where(Version.dossier_id == dossier.id).order_by(Version.id)).all()
    scanning.scan_now(versions, most_bytes=_SCAN_AT_CLOSING, act=act)
    return write_down(dossier, check(contents(act.session, dossier), dossier), Occasion.FILING, act=act)


def check(found: Contents, dossier: Dossier) -> list[Check]:
    """Return the report on what was found. Raises Refused with what fails."""
    report = examine(found)
    wrong = failed(report)
    if wrong:
        raise Refused("filing.failed", [problem(one) for one in wrong], number=dossier.number)
    return report


def write_down(dossier: Dossier, report: Sequence[Check], occasion: Occasion, *, act: Act) -> FilingReport:
    """Keep a report, whatever it says."""
    row = FilingReport(
        dossier_id=dossier.id,
        at=act.moment,
        by_name=act.actor.name,
        checks=[
            {"property": one.property.value, "code": one.code, "result": one.result.value, "about": list(one.about)}
            for one in report
        ],
        occasion=occasion,
    )
    act.session.add(row)
    act.session.flush()
    return row


def contents(session: Session, dossier: Dossier, *, renditions: bool = False) -> Contents:
    """Return what is filed, as the rows and the store say; `renditions`: also which office documents lack PDF/A.

    Five statements, and a question to the store a version. Raises StoreDown.
    """
    rows = session.execute(
        select(Document.id, Document.item, Document.parent_id).where(Document.dossier_id == dossier.id)
    ).all()
    versions = session.scalars(select(Version).where(Version.dossier_id == dossier.id).order_by(Version.id)).all()
    labels = documents.labels(session, dossier.id)
    having = {version.document_id for version in versions}
    said = {row.version_id: row for row in session.scalars(select(Scan).where(Scan.dossier_id == dossier.id))}
    versions = [version for version in versions if version.reading is not Reading.TAKEN_OUT]
    asked = [(version.blob_key, version.store_version) for version in versions]
    with ThreadPoolExecutor(_THREADS) as pool:
        stored = list(pool.map(partial(_ask, ports().store), asked))
    top = [row for row in rows if row.parent_id is None]
    without = set(renditions_of.lacking(session, dossier.id)) if renditions else set()
    return Contents(
        items=tuple(sorted(row.item for row in top)),
        empty_items=tuple(sorted(row.item for row in top if row.id not in having)),
        objects=tuple(
            Object(
                labels[version.document_id], version.size, version.sha256, found, version.reading.value,
                _scanned(said.get(version.id)),
            )
            for version, found in zip(versions, stored, strict=True)
        ),
        fields=(("number", bool(dossier.number)), ("title", bool(dossier.title)), ("fonds", bool(dossier.fonds))),
        without_rendition=tuple(labels[one.document_id] for one in versions if one.id in without)
        if renditions
        else None,
    )  # fmt: skip


def _scanned(scan: Scan | None) -> str:
    if scan is None or scan.result is Scanned.TOO_LARGE:
        return ""
    return "accepted" if scan.accepted_at is not None else scan.result.value


def _ask(store: BlobStore, asked: tuple[str, str]) -> tuple[int, str] | None:
    try:
        found = store.stat(*asked)
    except (BlobMissing, BlobDamaged):
        return None
    except StoreError as error:
        raise StoreDown("retention.store_down") from error
    return found.size, found.sha256


def problem(check: Check) -> Problem:
    """Return the reason a failed line gives."""
    return Problem(f"filing.{check.code}", facts={"about": "、".join(check.about[:20])})
