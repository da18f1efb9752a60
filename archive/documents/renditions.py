"""What the archive makes itself to keep beside the evidence: office documents as PDF/A, papers of a whole dossier.

Made by the worker once a dossier is filed, stored and described like a version, locked and destroyed with the dossier.
"""

import io
import logging
import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import BadInput, NotFound
from archive.documents import blobs, queries
from archive.documents.blobs import Blob
from archive.documents.kinds import Reading, RenditionKind
from archive.documents.models import Rendition, Version
from archive.dossiers.models import Dossier
from archive.extraction import to_pdf
from archive.extraction.service import CONVERTED

log = logging.getLogger("archive.documents")

_MAKER, _WORKER = Machine("归档制件"), Origin("worker")
# ISO 19005 wants this in the open part of the file.
_PDF_A = b"pdfaid:part"


def make(dossier_id: uuid.UUID) -> int:
    """Make the PDF/A that a dossier's office documents lack; return how many. Nothing where no converter is installed.

    One version at a time, each in an act of its own, so that it may be killed and run again. Raises StoreDown, Damaged.
    """
    return sum(_make(version_id) for version_id in lacking(db.session(), dossier_id))


def lacking(session: Session, dossier_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Return the versions of office kinds that have no PDF/A. One statement."""
    has = exists().where(Rendition.version_id == Version.id)
    return session.scalars(
        select(Version.id)
        .where(Version.dossier_id == dossier_id, Version.media_type.in_(CONVERTED), ~has)
        .where(Version.reading != Reading.TAKEN_OUT)
        .order_by(Version.id)
    ).all()


def of_dossier(session: Session, dossier_id: uuid.UUID) -> Sequence[Rendition]:
    """Return what was made of a dossier, the oldest first. One statement."""
    return session.scalars(
        select(Rendition).where(Rendition.dossier_id == dossier_id).order_by(Rendition.filed_at, Rendition.id)
    ).all()


def one(session: Session, dossier: Dossier, rendition_id: uuid.UUID) -> Rendition:
    """Return a rendition of the dossier. Raises NotFound."""
    found = session.scalar(select(Rendition).where(Rendition.id == rendition_id, Rendition.dossier_id == dossier.id))
    if found is None:
        raise NotFound("rendition.unknown")
    return found


def read(rendition: Rendition) -> bytes:
    """Return a rendition's bytes, as they were stored. Raises StoreDown, Damaged."""
    with blobs.workplace() as folder:
        blobs.fetch(rendition, folder / "bytes")
        return (folder / "bytes").read_bytes()


def keep_paper(dossier_id: uuid.UUID, kind: RenditionKind, content: bytes, source: str) -> None:
    """Keep a paper of a dossier. Raises StoreDown, NoRoom, Damaged."""
    blob = blobs.keep(io.BytesIO(content), f"{kind.value}.pdf", dossier_id=dossier_id)
    with acting(_MAKER, _WORKER) as act:
        _write(blob, dossier_id, None, kind, source, act)


def _make(version_id: uuid.UUID) -> int:
    session = db.session()
    version = queries.detached(session, session.get_one(Version, version_id))
    with blobs.workplace() as folder:
        blobs.fetch(version, folder / "original")
        (work := folder / "work").mkdir()
        try:
            made = to_pdf(folder / "original", version.media_type, work, archival=True)
        except BadInput as error:
            # Encrypted or broken evidence is kept as it came; the examination of the dossier tells it.
            log.warning("no PDF/A of version %s: %s", version_id, error.facts.get("reason"))
            return 0
        if made is None or not _is_archival(made):
            return 0
        blob = blobs.keep(made, "rendition.pdf", dossier_id=version.dossier_id, document_id=version.document_id)
    with acting(_MAKER, _WORKER) as act:
        _write(blob, version.dossier_id, version.id, RenditionKind.PDFA, version.sha256, act)
    return 1


def _is_archival(path: Path) -> bool:
    return _PDF_A in path.read_bytes()


def _write(
    blob: Blob, dossier_id: uuid.UUID, version_id: uuid.UUID | None, kind: RenditionKind, source: str, act: Act
) -> None:
    row = Rendition(
        id=blob.version_id,
        dossier_id=dossier_id,
        version_id=version_id,
        kind=kind,
        blob_key=blob.key,
        store_version=blob.store_version,
        size=blob.size,
        sha256=blob.sha256,
        source=source,
        filed_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("rendition:make", row, kind=kind, size=blob.size, sha256=blob.sha256)
