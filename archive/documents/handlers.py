"""Background steps: reading a version out of process, and tidying up."""

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from archive.core.act import Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.ports import ports
from archive.documents import blobs, operations, previews, queries, room, rules, sweeping
from archive.documents.kinds import Reading
from archive.documents.models import Version
from archive.dossiers.access import lock
from archive.extraction import DEFAULT, Child, Extraction, Limits, State, extract
from archive.jobs.operations import Task

_READER = Machine("系统读取")
_WORKER = Origin("worker")
_BATCH = 50


def read(tasks: Sequence[Task]) -> None:
    """Read versions: their page texts, what stands in the way of reading them, and the files found in them.

    May run twice and be killed anywhere: files found are filed under their number in the container, texts replaced as
    a whole. A store or a database that does not answer raises, so that the job comes back.
    """
    for task in tasks:
        if task.subject_id is not None:
            _read(task.subject_id)


def sweep(_tasks: Sequence[Task]) -> None:
    """Tidy up; see `sweeping`."""
    sweeping.sweep(now())


def _read(version_id: uuid.UUID) -> None:
    session = db.session()
    version = session.get(Version, version_id)
    if version is None or version.reading is not Reading.WAITING:
        return  # destroyed since, or read by whoever brought its text along
    filename, depth = version.filename, len(queries.lineage(session, version.document)) - 1
    with blobs.workplace() as folder:
        original, unpacked = folder / "original", folder / "unpacked"
        unpacked.mkdir()
        blobs.fetch(version, original)
        limits = _limits(session, version)
        session.rollback()  # reading takes minutes; no transaction stays open meanwhile
        found = _bounded(version_id, extract(original, filename, unpacked, depth=depth, limits=limits))
        _keep_children(version_id, found.children)
        with acting(_READER, _WORKER) as act:
            operations.note_reading(act.session.get_one(Version, version_id), found, act=act)
        _prepare_images(version_id, original)


def _limits(session: Session, version: Version) -> Limits:
    """Return what may be unpacked of a version, beside what its item holds already and the disk can take."""
    return dataclasses.replace(
        DEFAULT,
        total_bytes=ports().settings.max_unpacked_bytes,
        before_bytes=_found_elsewhere(session, version)[1],
        disk_bytes=room.left() // room.copies(),
    )


def _found_elsewhere(session: Session, version: Version) -> tuple[int, int]:
    """Return how many files, and bytes, were found in the version's item, but not in the version itself."""
    count, size = queries.found_below(session, queries.lineage(session, version.document)[0].id)
    here = queries.found_in(session, version)
    return count - len(here), size - sum(here.values())


def _bounded(version_id: uuid.UUID, found: Extraction) -> Extraction:
    """Refuse a container with which an item would hold too many files, or bytes, over all its levels."""
    if not found.children:
        return found
    session = db.session()
    count, size = _found_elsewhere(session, session.get_one(Version, version_id))
    session.rollback()
    count += len(found.children)
    size += sum(child.path.stat().st_size for child in found.children)
    for reason, held, most in (
        ("container.count", count, rules.MOST_FOUND),
        ("container.size", size, ports().settings.max_unpacked_bytes),
    ):
        if held > most:
            facts = {**found.facts, "found": held, "limit": most}
            return dataclasses.replace(found, state=State.REFUSED, reason=reason, children=(), facts=facts)
    return found


def _keep_children(version_id: uuid.UUID, children: Sequence[Child]) -> None:
    session = db.session()
    version = session.get_one(Version, version_id)
    dossier_id, there = version.dossier_id, queries.found_in(session, version)
    session.rollback()
    missing = [(number, child) for number, child in enumerate(children, start=1) if number not in there]
    # In batches: ten thousand files in one transaction would keep every other writer waiting.
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        kept = [(number, child, blobs.keep(child.path, child.name, dossier_id=dossier_id)) for number, child in batch]
        with acting(_READER, _WORKER) as act:
            container = act.session.get_one(Version, version_id)
            for number, child, blob in kept:
                operations.deposit_found(container, number, blob, child.name, _day(child.sent_at), act=act)


def _prepare_images(version_id: uuid.UUID, original: Path) -> None:
    session = db.session()
    images = previews.prepare(queries.detached(session, session.get_one(Version, version_id)), original)
    with acting(_READER, _WORKER) as act:
        version = act.session.get_one(Version, version_id)
        lock(act.session, version.document.dossier)
        act.session.refresh(version)
        if version.reading is Reading.TAKEN_OUT:
            previews.purge(version.dossier_id)
        else:
            version.images = images


def _day(sent_at: str) -> date | None:
    """Return the date of a moment as the container tells it; containers tell nonsense, too."""
    try:
        moment = datetime.fromisoformat(sent_at)
        # Without a zone it is the clock of the sender's machine; nearly all of them stand in China.
        return shanghai_date(moment) if moment.tzinfo else moment.date()
    except (ValueError, OverflowError):
        return None
