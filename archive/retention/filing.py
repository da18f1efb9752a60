"""Examining a dossier at filing: gathered from rows and store, kept as a report, refused when something fails."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import Problem, Refused, StoreDown
from archive.core.ports import ports
from archive.documents import queries as documents
from archive.documents.models import Document, Version
from archive.dossiers.models import Dossier
from archive.retention.four_properties import Check, Contents, Object, examine, failed
from archive.retention.models import FilingReport
from storage.port import BlobDamaged, BlobMissing, BlobStore, StoreError

_THREADS = 8


def examine_dossier(dossier: Dossier, *, act: Act) -> FilingReport:
    """Examine a dossier and keep the report. Raises Refused with what fails, StoreDown."""
    report = examine(contents(act.session, dossier))
    wrong = failed(report)
    if wrong:
        raise Refused("filing.failed", [_problem(check) for check in wrong], number=dossier.number)
    row = FilingReport(
        dossier_id=dossier.id,
        at=act.moment,
        by_name=act.actor.name,
        checks=[
            {"property": one.property.value, "code": one.code, "result": one.result.value, "about": list(one.about)}
            for one in report
        ],
    )
    act.session.add(row)
    act.session.flush()
    return row


def contents(session: Session, dossier: Dossier) -> Contents:
    """Return what is filed, as the rows and the store say. Three statements, and a question to the store a version."""
    rows = session.execute(
        select(Document.id, Document.item, Document.parent_id).where(Document.dossier_id == dossier.id)
    ).all()
    versions = session.scalars(select(Version).where(Version.dossier_id == dossier.id).order_by(Version.id)).all()
    labels = documents.labels(session, dossier.id)
    asked = [(version.blob_key, version.store_version) for version in versions]
    with ThreadPoolExecutor(_THREADS) as pool:
        stored = list(pool.map(partial(_ask, ports().store), asked))
    having = {version.document_id for version in versions}
    top = [row for row in rows if row.parent_id is None]
    return Contents(
        items=tuple(sorted(row.item for row in top)),
        empty_items=tuple(sorted(row.item for row in top if row.id not in having)),
        objects=tuple(
            Object(labels[version.document_id], version.size, version.sha256, found, version.reading.value)
            for version, found in zip(versions, stored, strict=True)
        ),
        fields=(("number", bool(dossier.number)), ("title", bool(dossier.title)), ("fonds", bool(dossier.fonds))),
    )


def _ask(store: BlobStore, asked: tuple[str, str]) -> tuple[int, str] | None:
    try:
        found = store.stat(*asked)
    except (BlobMissing, BlobDamaged):
        return None
    except StoreError as error:
        raise StoreDown("retention.store_down") from error
    return found.size, found.sha256


def _problem(check: Check) -> Problem:
    return Problem(f"filing.{check.code}", facts={"about": "、".join(check.about[:20])})
