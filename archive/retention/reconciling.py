"""Database against store, both ways, for every version: what is missing, changed, locked too short, or nobody's.

Memory stays flat: a thousand rows at a time. What is found becomes an alarm; nothing is repaired but a lock the store
holds longer than was written down.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import Row, func, select

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.db import db
from archive.core.ports import ports
from archive.retention import alarms, locks
from archive.retention.kinds import AlarmKind
from archive.retention.locks import SHELVES, Shelf
from storage.port import BlobDamaged, BlobMissing, BlobStore, Stored

_KEEPER, _WORKER = Machine("归档核对"), Origin("worker")
_BATCH, _THREADS = 1000, 8
# Bytes without a row may be an upload that is just being filed.
_GRACE = timedelta(days=8)
# Where the archive keeps what belongs to no dossier: certificates of destruction, papers about lists, records of what
# was taken out, anchors of the audit trail and their time stamps.
OWN = ("register/", "removals/", "anchors/", "stamps/", "papers/")
Seen: TypeAlias = tuple[Row[Any], Stored | None, list["Finding"]]
Compare: TypeAlias = Callable[[Row[Any], datetime | None], tuple[Stored | None, list["Finding"]]]


@dataclass(frozen=True)
class Finding:
    """Something that differs."""

    kind: AlarmKind
    key: str
    dossier_id: uuid.UUID | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Reconciled:
    """How many versions were looked at on either side, and how many findings there were."""

    rows: int
    stored: int
    findings: int


def reconcile() -> Reconciled:
    """Extend the locks that are due, then compare both sides. Raises StoreUnavailable."""
    locks.sweep()
    rows, first = _from_rows()
    stored, second = _from_store()
    return Reconciled(rows, stored, first + second)


def read_again(*, most_bytes: int, most_versions: int = 10_000) -> Reconciled:
    """Read whole what was not read for longest, within a budget, and compare hashes (rolling fixity)."""
    rows = sorted(_longest_unread(most_versions), key=lambda one: (one[1].read_at, one[1].id))[:most_versions]
    chosen: list[tuple[Shelf, Row[Any]]] = []
    total = 0
    for shelf, row in rows:
        if chosen and total + row.size > most_bytes:
            break
        chosen.append((shelf, row))
        total += row.size
    findings = [one for _, row in chosen for one in _read(ports().store, row)]
    with acting(_KEEPER, _WORKER) as act:
        for shelf, row in chosen:
            locks.note(act.session, shelf, row.id, row.dossier_id, read_at=act.moment)
        # What was rightly erased while this read on is not missing.
        keys = [one.key for one in findings if one.kind is AlarmKind.MISSING]
        erased = {
            key
            for shelf in SHELVES
            for key in act.session.scalars(
                select(shelf.row.blob_key)
                .join(shelf.lock, shelf.on)
                .where(shelf.row.blob_key.in_(keys), shelf.lock.erased_at.is_not(None))
            )
        }
        findings = [one for one in findings if one.kind is not AlarmKind.MISSING or one.key not in erased]
        sound(findings, act=act)
    return Reconciled(len(chosen), len(chosen), len(findings))


def _longest_unread(most: int) -> Iterator[tuple[Shelf, Row[Any]]]:
    session, never = db.session(), datetime(1970, 1, 1, tzinfo=UTC)
    for shelf in SHELVES:
        row, read_at = shelf.row, func.coalesce(shelf.lock.read_at, never)
        rows: Sequence[Any] = session.execute(
            select(
                row.id, row.dossier_id, row.blob_key, row.store_version, row.size, row.sha256, read_at.label("read_at")
            )
            .outerjoin(shelf.lock, shelf.on)
            .where(shelf.lock.erased_at.is_(None))
            .order_by(read_at, row.id)
            .limit(most)
        ).all()
        yield from ((shelf, row) for row in rows)
    session.rollback()


def sound(findings: Sequence[Finding], *, act: Act) -> None:
    """Make alarms of findings."""
    for one in findings:
        alarms.sound(one.kind, one.key, dossier_id=one.dossier_id, act=act, **one.facts)


def _from_rows() -> tuple[int, int]:
    looked = found = 0
    compare = partial(_compare, ports().store, now())
    with ThreadPoolExecutor(_THREADS) as pool:
        for shelf, batch in _rows():
            seen = _look(pool, compare, batch)
            if differing := [row.id for row, _, findings in seen if findings]:
                seen = [one for one in seen if not one[2]] + _look(pool, compare, _again(shelf, differing))
            with acting(_KEEPER, _WORKER) as act:
                for row, stored, findings in seen:
                    values = {"seen_at": act.moment}
                    if stored and stored.locked_until and stored.locked_until != row.locked_until:
                        values["locked_until"] = max(stored.locked_until, row.locked_until or stored.locked_until)
                    locks.note(act.session, shelf, row.id, row.dossier_id, **values)
                    sound(findings, act=act)
                    found += len(findings)
            looked += len(batch)
    return looked, found


def _look(pool: ThreadPoolExecutor, compare: Compare, batch: Sequence[Row[Any]]) -> list[Seen]:
    wanted = [locks.wanted_until(row, now()) for row in batch]
    return [(row, *seen) for row, seen in zip(batch, pool.map(compare, batch, wanted), strict=True)]


def _again(shelf: Shelf, ids: Sequence[uuid.UUID]) -> Sequence[Row[Any]]:
    """Read again what differs: cases are closed and locks set while this goes on, and only what stays is a finding."""
    which = shelf.row.id.in_(ids)
    locks.sweep_shelf(shelf, which)
    session = db.session()
    rows = session.execute(locks.query(shelf, which, uuid.UUID(int=0))).all()
    session.rollback()
    return rows


def _rows() -> Iterator[tuple[Shelf, Sequence[Row[Any]]]]:
    for shelf in SHELVES:
        session, after = db.session(), uuid.UUID(int=0)
        while True:
            rows = session.execute(locks.query(shelf, None, after)).all()
            session.rollback()
            if not rows:
                break
            yield shelf, rows
            after = rows[-1].id


def _compare(
    store: BlobStore, moment: datetime, row: Row[Any], wanted: datetime | None
) -> tuple[Stored | None, list[Finding]]:
    def finding(kind: AlarmKind, **facts: Any) -> Finding:
        return Finding(kind, row.blob_key, row.dossier_id, facts)

    try:
        stored = store.stat(row.blob_key, row.store_version)
    except BlobMissing:
        return None, [finding(AlarmKind.MISSING)]
    except BlobDamaged as error:
        return None, [finding(AlarmKind.DAMAGED, detail=error.detail)]
    found = []
    if (stored.size, stored.sha256) != (row.size, row.sha256):
        found.append(finding(AlarmKind.DAMAGED, size=stored.size, sha256=stored.sha256))
    recorded, held = row.locked_until, stored.locked_until
    if recorded is not None and (held is None or held < recorded) and recorded > moment:
        found.append(finding(AlarmKind.LOCK_SHORT, recorded=recorded, stored=held))
    elif held is not None and held != recorded:
        found.append(finding(AlarmKind.LOCK_DIFFERS, recorded=recorded, stored=held))
    elif wanted is not None:
        found.append(finding(AlarmKind.LOCK_SHORT, wanted=wanted, stored=held))
    return stored, found


def _from_store() -> tuple[int, int]:
    looked = found = 0
    everything = ports().store.versions()
    while batch := list(islice(everything, _BATCH)):
        findings = _strangers(batch)
        if findings:
            with acting(_KEEPER, _WORKER) as act:
                sound(findings, act=act)
        looked += len(batch)
        found += len(findings)
    return looked, found


def _strangers(batch: Sequence[Stored]) -> list[Finding]:
    session = db.session()
    keys = {stored.key for stored in batch}
    known: dict[str, Any] = {}
    for kept in (shelf.row for shelf in SHELVES):
        columns = (kept.blob_key, kept.store_version, kept.dossier_id)
        known |= {one.blob_key: one for one in session.execute(select(*columns).where(kept.blob_key.in_(keys)))}
    session.rollback()
    findings = []
    for stored in batch:
        row = known.get(stored.key)
        facts = {"version": stored.version_id, "size": stored.size}
        if row is None:
            if not stored.key.startswith(OWN) and _old(stored):
                findings.append(Finding(AlarmKind.EXTRA, stored.key, None, facts))
        elif stored.delete_marker:
            findings.append(Finding(AlarmKind.MARKER, stored.key, row.dossier_id, facts))
        elif stored.version_id != row.store_version:
            findings.append(Finding(AlarmKind.OVERWRITTEN, stored.key, row.dossier_id, facts))
    return findings


def _old(stored: Stored) -> bool:
    """Tell whether nobody can be about to file this: it is locked, foreign, or its id is old enough."""
    if stored.locked_until is not None:
        return True
    try:
        born = datetime.fromtimestamp((uuid.UUID(hex=stored.key.rpartition("/")[2][1:]).int >> 80) / 1000, UTC)
    except ValueError:
        return True
    return now() - born > _GRACE


def _read(store: BlobStore, row: Row[Any]) -> list[Finding]:
    try:
        stored = store.verify(row.blob_key, row.store_version)
    except BlobMissing:
        return [Finding(AlarmKind.MISSING, row.blob_key, row.dossier_id, {})]
    except BlobDamaged as error:
        return [Finding(AlarmKind.DAMAGED, row.blob_key, row.dossier_id, {"detail": error.detail})]
    if stored.sha256 != row.sha256:
        return [Finding(AlarmKind.DAMAGED, row.blob_key, row.dossier_id, {"sha256": stored.sha256})]
    return []
