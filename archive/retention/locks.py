"""Locks in the store: set when the staging time is over or the dossier ends, extended in time, never shortened."""

import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.ports import ports
from archive.documents.models import Version
from archive.dossiers.models import Dossier
from archive.dossiers.states import ENDED
from archive.retention import alarms
from archive.retention.kinds import AlarmKind
from archive.retention.models import Hold, Keeping, VersionLock
from archive.retention.periods import STAGING, lock_wanted
from storage.port import BlobLocked, BlobMissing, BlobStore, Stored, StoreError, StoreFull, StoreUnavailable

_KEEPER, _WORKER = Machine("归档保管"), Origin("worker")
# Rows in memory, and requests under way at once: an S3 server takes about a thousand locks a second from eight threads.
_BATCH, _THREADS = 1000, 8


@dataclass(frozen=True)
class Wanted:
    """A version whose lock is to end later than it does."""

    version_id: uuid.UUID
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

    looked: int
    extended: int
    failed: int


def extend_dossier(dossier_id: uuid.UUID) -> Sweep:
    """Lock every version of a dossier as long as is wanted. Raises StoreUnavailable, StoreFull."""
    return sweep(Version.dossier_id == dossier_id)


def extend(version_ids: Sequence[uuid.UUID]) -> Sweep:
    """Lock these versions as long as is wanted. Raises StoreUnavailable, StoreFull."""
    return sweep(Version.id.in_(version_ids))


def sweep(which: ColumnElement[bool] | None = None) -> Sweep:
    """Lock all versions, or those meant, as long as is wanted: a thousand rows at a time, in the order of their ids.

    What the store refuses becomes an alarm; a store that does not answer raises, and the next sweep goes on.
    """
    looked = extended = failed = 0
    lock = partial(_lock, ports().store)  # threads have no application context of their own
    with ThreadPoolExecutor(_THREADS) as pool:
        for size, wanted in _batches(which, now()):
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
    note(act.session, one.version_id, one.dossier_id, locked_until=done.stored.locked_until, locked_at=act.moment)
    return True


def note(session: Session, version_id: uuid.UUID, dossier_id: uuid.UUID, **values: datetime | None) -> None:
    """Write what is known of a version's lock, whether or not there is a row yet."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    session.execute(
        insert(VersionLock)
        .values(version_id=version_id, dossier_id=dossier_id, **values)
        .on_conflict_do_update(index_elements=["version_id"], set_=values)
    )


def _batches(which: ColumnElement[bool] | None, moment: datetime) -> Iterator[tuple[int, list[Wanted]]]:
    session, after = db.session(), uuid.UUID(int=0)
    while True:
        rows = session.execute(query(which, after)).all()
        session.rollback()
        if not rows:
            return
        after = rows[-1].id
        yield len(rows), [one for row in rows if (one := _wanted(row, moment)) is not None]


def query(which: ColumnElement[bool] | None, after: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """Return the statement for the next thousand versions, all or those meant, with what their locks depend on."""
    held = exists().where(Hold.dossier_id == Version.dossier_id, Hold.released_at.is_(None))
    query = (
        select(
            Version.id, Version.dossier_id, Version.blob_key, Version.store_version, Version.size, Version.sha256,
            Version.filed_at, Dossier.state, Dossier.closed_at, VersionLock.locked_until, Keeping, held.label("held"),
        )
        .join(Dossier, Dossier.id == Version.dossier_id)
        .outerjoin(VersionLock, VersionLock.version_id == Version.id)
        .outerjoin(Keeping, Keeping.dossier_id == Version.dossier_id)
        .where(Version.id > after, VersionLock.erased_at.is_(None))
        .order_by(Version.id)
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


def _wanted(row: Row[Any], moment: datetime) -> Wanted | None:
    until = wanted_until(row, moment)
    return None if until is None else Wanted(row.id, row.dossier_id, row.blob_key, row.store_version, until)


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
