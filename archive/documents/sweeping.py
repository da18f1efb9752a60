"""Tidying up: uploads nobody continued, what killed processes left on the disk, blobs that no row speaks of."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import select

from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.core.ports import ports
from archive.documents import blobs, previews, rules, staging
from archive.documents.models import Rendition, Upload, Version
from storage.port import BlobLocked, BlobMissing, Stored

_SWEEPER = Machine("系统清理")
_WORK_LIFE = timedelta(days=1)
_BATCH = 500


@dataclass(frozen=True)
class Swept:
    """How much went: uploads, files on the disk, blobs."""

    uploads: int
    files: int
    blobs: int


def sweep(now: datetime) -> Swept:
    """Remove what nobody waits for any more; may run at any time, and twice. Raises StoreDown."""
    return Swept(_uploads(now), _files(now) + previews.trim(now), _blobs(now))


def _uploads(now: datetime) -> int:
    ids = db.session().scalars(select(Upload.id).where(Upload.expires_at < now)).all()
    gone = 0
    for upload_id in ids:
        try:
            with staging.alone(upload_id), acting(_SWEEPER, Origin("worker")) as act:
                upload = act.session.get(Upload, upload_id)
                if upload is not None and upload.expires_at < now:
                    act.session.delete(upload)
                    gone += 1
                    staging.discard(upload_id)
        except staging.Busy:
            continue
    return gone


def _files(now: datetime) -> int:
    """Remove files of uploads without a row, and workplaces of processes that were killed."""
    gone = 0
    for path in list(ports().settings.uploads.glob("*")):
        age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if path.is_dir():
            if age > _WORK_LIFE:
                shutil.rmtree(path, ignore_errors=True)
                gone += 1
        elif age > rules.UPLOAD_LIFE and db.session().get(Upload, _id(path.name)) is None:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _blobs(now: datetime) -> int:
    gone = 0
    with blobs.store_answers():
        old = _ours(now)
        while batch := list(islice(old, _BATCH)):
            for stored in _unreferenced(batch):
                gone += _erase(stored)
    return gone


def _ours(now: datetime) -> Iterator[Stored]:
    """Yield blobs put by `documents.blobs` longer ago than the grace period; their ids carry the moment."""
    for stored in ports().store.versions():
        mark, version_id = stored.key.rpartition("/")[2][:1], _id(stored.key.rpartition("/")[2][1:])
        if mark == blobs.MARK and version_id is not None and not stored.delete_marker:
            born = datetime.fromtimestamp((version_id.int >> 80) / 1000, UTC)
            if now - born > rules.BLOB_GRACE:
                yield stored


def _unreferenced(batch: Sequence[Stored]) -> list[Stored]:
    session = db.session()
    keys = [stored.key for stored in batch]
    known = {
        key
        for row in (Version, Rendition)
        for key in session.scalars(select(row.blob_key).where(row.blob_key.in_(keys)))
    }
    session.rollback()
    return [stored for stored in batch if stored.key not in known]


def _erase(stored: Stored) -> int:
    try:
        ports().store.erase(stored.key, stored.version_id)
    except (BlobLocked, BlobMissing):
        # Locked: filed once, and its row lost (an older database was restored). Never ours to decide.
        return 0
    with acting(_SWEEPER, Origin("worker")) as act:
        act.record("blob:sweep", None, key=stored.key, size=stored.size, sha256=stored.sha256)
    return 1


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return None
