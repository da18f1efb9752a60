"""Locks in the store: set when the staging time is over or the dossier ends, extended in time, never shortened."""

import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db, rows_changed
from archive.core.ports import ports
from archive.documents.models import Rendition, Version
from archive.dossiers.models import Dossier
from archive.dossiers.states import ENDED
from archive.retention import alarms
from archive.retention.kinds import AlarmKind
from archive.retention.models import Hold, Keeping, RenditionLock, VersionLock
from archive.retention.periods import STAGING, lock_wanted
from storage.port import BlobLocked, BlobMissing, BlobStore, Stored, StoreError, StoreFull, StoreUnavailable

_KEEPER, _WORKER = Machine("归档保管"), Origin("worker")
# Rows in memory, and requests under way at once: an S3 server takes about a thousand locks a second from eight threads.
_BATCH, _THREADS = 1000, 8


@dataclass(frozen=True)
class Shelf:
    """Rows that stand for files in the store, and the rows in which their locks are written down."""

    row: type[Version] | type[Rendition]
    lock: type[VersionLock] | type[RenditionLock]
    key: str

    @property
    def on(self) -> ColumnElement[bool]:
        """The condition that joins the two."""
        return cast(ColumnElement[bool], getattr(self.lock, self.key) == self.row.id)


VERSIONS, RENDITIONS = Shelf(Version, VersionLock, "version_id"), Shelf(Rendition, RenditionLock, "rendition_id")
SHELVES = (VERSIONS, RENDITIONS)


@dataclass(frozen=True)
class Wanted:
    """A file whose lock is to end later than it does."""

    shelf: Shelf
    row_id: uuid.UUID
    dossier_id: uuid.UUID
    key: str
    store_version: str
    until: datetime


@dataclass(frozen=True)
class Done:
    """What became of one lock; without `stored` it failed for the reason given."""

    wanted: Wanted
    stored: Stored | None
    reason: str = ""


@dataclass(frozen=True)
class Sweep:
    """What a sweep did."""

    looked: int = 0
    extended: int = 0
    failed: int = 0

    def __add__(self, other: "Sweep") -> "Sweep":
        """Return both together."""
        return Sweep(self.looked + other.looked, self.extended + other.extended, self.failed + other.failed)


def extend_dossier(dossier_id: uuid.UUID) -> Sweep:
    """Lock every file of a dossier as long as is wanted. Raises StoreUnavailable, StoreFull."""
    return sum((sweep_shelf(shelf, shelf.row.dossier_id == dossier_id) for shelf in SHELVES), Sweep())


def extend(version_ids: Sequence[uuid.UUID]) -> Sweep:
    """Lock these versions as long as is wanted. Raises StoreUnavailable, StoreFull."""
    return sweep_shelf(VERSIONS, Version.id.in_(version_ids))


def sweep() -> Sweep:
    """Lock everything as long as is wanted: a thousand rows at a time, in the order of their ids.

    What the store refuses becomes an alarm; a store that does not answer raises, and the next sweep goes on.
    """
    return sum((sweep_shelf(shelf, None) for shelf in SHELVES), Sweep())


def sweep_shelf(shelf: Shelf, which: ColumnElement[bool] | None) -> Sweep:
    """Lock the files of one shelf as long as is wanted, all or those meant. Raises StoreUnavailable, StoreFull."""
    looked = extended = failed = 0
    lock = partial(_lock, ports().store)  # threads have no application context of their own
    with ThreadPoolExecutor(_THREADS) as pool:
        for size, wanted in _batches(shelf, which, now()):
            looked += size
            done = list(pool.map(lock, wanted))
            if done:
                with acting(_KEEPER, _WORKER) as act:
                    extended += sum(write_down(one, act=act) for one in done)
                    failed += sum(one.stored is None for one in done)
    return Sweep(looked, extended, failed)


def write_down(done: Done, *, act: Act) -> bool:
    """Keep what the store said about a lock; tell whether it holds."""
    one = done.wanted
    if done.stored is None:
        alarms.sound(
            AlarmKind.LOCK_FAILED, one.key, dossier_id=one.dossier_id, until=one.until, reason=done.reason, act=act
        )
        return False
    values = {"locked_until": done.stored.locked_until, "locked_at": act.moment}
    note(act.session, one.shelf, one.row_id, one.dossier_id, **values)
    return True


def note(session: Session, shelf: Shelf, row_id: uuid.UUID, dossier_id: uuid.UUID, **values: datetime | None) -> None:
    """Write what is known of a file's lock, whether or not there is a row yet."""
    # Updated first: an upsert would be taken for a row put in another's place (core.guards).
    known = update(shelf.lock).where(getattr(shelf.lock, shelf.key) == row_id).values(values)
    if rows_changed(session.execute(known.execution_options(synchronize_session=False))):
        return
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    session.execute(
        insert(shelf.lock)
        .values({shelf.key: row_id, "dossier_id": dossier_id, **values})
        .on_conflict_do_update(index_elements=[shelf.key], set_=values)
    )


def note_erased(session: Session, key: str, moment: datetime) -> None:
    """Write down that the file under a key was erased; nothing when no row speaks of it."""
    for shelf in SHELVES:
        found = session.execute(
            select(shelf.row.id, shelf.row.dossier_id).where(shelf.row.blob_key == key)
        ).one_or_none()
        if found is not None:
            note(session, shelf, found.id, found.dossier_id, erased_at=moment)


def _batches(shelf: Shelf, which: ColumnElement[bool] | None, moment: datetime) -> Iterator[tuple[int, list[Wanted]]]:
    session, after = db.session(), uuid.UUID(int=0)
    while True:
        rows = session.execute(query(shelf, which, after)).all()
        session.rollback()
        if not rows:
            return
        after = rows[-1].id
        yield len(rows), [one for row in rows if (one := _wanted(shelf, row, moment)) is not None]


def query(shelf: Shelf, which: ColumnElement[bool] | None, after: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """Return the statement for the next thousand files, all or those meant, with what their locks depend on."""
    row, lock = shelf.row, shelf.lock
    held = exists().where(Hold.dossier_id == row.dossier_id, Hold.released_at.is_(None))
    query = (
        select(
            row.id, row.dossier_id, row.blob_key, row.store_version, row.size, row.sha256,
            row.filed_at, Dossier.state, Dossier.closed_at, lock.locked_until, Keeping, held.label("held"),
        )
        .join(Dossier, Dossier.id == row.dossier_id)
        .outerjoin(lock, shelf.on)
        .outerjoin(Keeping, Keeping.dossier_id == row.dossier_id)
        .where(row.id > after, lock.erased_at.is_(None))
        .order_by(row.id)
        .limit(_BATCH)
    )  # fmt: skip
    return query if which is None else query.where(which)


def wanted_until(row: Row[Any], moment: datetime) -> datetime | None:
    """Return until when a version of the sweep's query is to be locked, None when nothing is to be done."""
    ended = row.state in ENDED and row.closed_at is not None
    if not ended and moment < row.filed_at + STAGING:
        return None
    return lock_wanted(
        filed_on=shanghai_date(row.filed_at),
        base_years=ports().settings.retention_years,
        kept=row.Keeping.promise if row.Keeping else None,
        ended=ended,
        held=row.held,
        locked=row.locked_until,
        now=moment,
    )


def _wanted(shelf: Shelf, row: Row[Any], moment: datetime) -> Wanted | None:
    until = wanted_until(row, moment)
    return None if until is None else Wanted(shelf, row.id, row.dossier_id, row.blob_key, row.store_version, until)


def _lock(store: BlobStore, one: Wanted) -> Done:
    try:
        return Done(one, store.lock(one.key, one.store_version, one.until))
    except BlobLocked:
        # Locked longer already: an older database was restored, or another hand was quicker. Believe the store.
        return Done(one, store.stat(one.key, one.store_version))
    except (StoreUnavailable, StoreFull):
        raise
    except BlobMissing:
        return Done(one, None, "missing")
    except StoreError as error:
        return Done(one, None, type(error).__name__)
