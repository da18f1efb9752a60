"""After a restore: files taken out since the backup stand in the database again, and go again before anybody works.

Each lies recorded in the store, locked. What a record tells is done again only where it fits to the byte what the
database and the store have, two persons decided it, and nothing is held, ended or locked; otherwise an alarm tells why.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from itertools import groupby, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import Problem, StoreDown
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.documents import striking
from archive.documents.kinds import RemovalState
from archive.documents.models import Document, Removal, Strike, Version
from archive.dossiers.access import lock
from archive.retention import alarms, register, removal_records, removing
from archive.retention.kinds import AlarmKind
from archive.retention.models import VersionLock
from archive.retention.removal_records import Record
from storage.port import Stored, StoreError

log = logging.getLogger("archive.retention")

_REPLAYER, _WORKER = Machine("恢复后重新移出"), Origin("worker")
_BATCH = 500
# The 72 hours are about a first taking out; that it is struck out is written down again from the record.
_NO_MATTER = frozenset({"removal.late", "removal.not_struck"})
# Even of bytes that are gone the database writes nothing down then.
_BARRED = frozenset({"removal.ended", "removal.held", "removal.locked"})


def pending() -> list[Stored]:
    """Return the records in the store of files that stand in the database as never taken out. Raises StoreDown."""
    session, found = db.session(), []
    lying = iter(register.lying(removal_records.PLACE))
    while batch := list(islice(lying, _BATCH)):
        ids = {removal_records.version_of(one.key) for one in batch}
        query = select(Version.id).outerjoin(VersionLock, VersionLock.version_id == Version.id)
        standing = set(session.scalars(query.where(Version.id.in_(ids), VersionLock.erased_at.is_(None))))
        found += [one for one in batch if removal_records.version_of(one.key) in standing]
    session.rollback()
    return found


def replay() -> int:
    """Take out again what the records tell; return how many files went. Repeatable. Raises StoreDown."""
    records, gone = [], 0
    for stored in pending():
        try:
            records.append(removal_records.read(register.content(stored)))
        except ValueError:
            _sound(stored.key, None, sentence(Problem("recall.broken")))
    records.sort(key=lambda one: (one.removal_id, one.version_id))
    for _, told in groupby(records, lambda one: one.removal_id):
        gone += _again(list(told))
    return gone


def _again(records: Sequence[Record]) -> int:
    """Take out the files of one removal; all of those recorded, or none.

    A record lies there before the database has it, so it may tell of a removal that was cut off in its midst: that one
    stays confirmed, and whoever was at it goes on with what has no record yet.
    """
    first = records[0]
    try:
        # First in the trail, then done: the database lets be marked after so long only what the trail tells of.
        with acting(_REPLAYER, _WORKER) as act:
            trouble = _recall(records, act)
            if trouble is None:
                return 0
        with acting(_REPLAYER, _WORKER) as act:
            row = act.session.get_one(Removal, first.removal_id)
            lock(act.session, row.document.dossier)
            for record in records:
                removing.erase_file(row, act.session.get_one(Version, record.version_id), act)
            if not removing.finish(row, "", act) and trouble:
                removing.finish(row, trouble, act)
    except removing.Stopped as error:
        _sound(first.lies_at, first.dossier_id, str(error))
        return 0
    log.warning("taken out again after a restore: %s files of removal %s", len(records), first.removal_id)
    return len(records)


def _recall(records: Sequence[Record], act: Act) -> str | None:
    """Write down again that it was struck out, asked and decided; None where a worker is just taking it out.

    Returns the words for files that have no record, empty where the database had it confirmed. Raises Stopped with what
    speaks against it.
    """
    told = records[0]
    document = act.session.get(Document, told.document_id)
    if document is None or document.dossier_id != told.dossier_id:
        raise _unfit("document")
    lock(act.session, document.dossier)
    if act.session.scalars(removing.erased([one.version_id for one in records])).first() is not None:
        return None
    if told.decided.person in (None, told.asked.person) or told.asked.person is None:
        raise _unfit("persons")
    found = removing.hindrances(act.session, document, act.moment)
    against = [one for one in found if one.code not in _NO_MATTER]
    versions = {one.id: one for one in removing.files(act.session, document)}
    for record in records:
        _check(record, versions, against)
    row = act.session.get(Removal, told.removal_id)
    if row is not None and (
        row.document_id != told.document_id or row.state in (RemovalState.DONE, RemovalState.REFUSED)
    ):
        raise _unfit("decided")
    if document.id not in striking.standing(act.session, document.dossier_id):
        _strike(told, act.session)
    confirmed = row is not None and row.state is RemovalState.CONFIRMED
    if row is None:
        row = Removal(
            id=told.removal_id, document_id=told.document_id, dossier_id=told.dossier_id, reason=told.reason,
            asked_by=told.asked.person, asked_by_name=told.asked.name, asked_at=told.asked.at,
        )  # fmt: skip
        act.session.add(row)
        act.session.flush()
    row.state = RemovalState.CONFIRMED
    row.decided_by, row.decided_by_name, row.decided_at = told.decided.person, told.decided.name, told.decided.at
    act.session.flush()
    act.record("removal:recall", row, item=document.item, files=len(records))
    return "" if confirmed else sentence(Problem("removal.recalled"))


def _check(record: Record, versions: Mapping[uuid.UUID, Version], against: Sequence[Problem]) -> None:
    version = versions.get(record.version_id)
    if version is None or (version.blob_key, version.store_version, version.size, version.sha256) != (
        record.key, record.store_version, record.size, record.sha256
    ):  # fmt: skip
        raise _unfit("file")
    try:
        there = [one for one in ports().store.versions(record.key) if one.key == record.key]
    except StoreError as error:
        raise StoreDown("retention.store_down") from error
    if any(
        not one.delete_marker and (one.version_id, one.sha256) != (record.store_version, record.sha256) for one in there
    ):
        raise _unfit("bytes")
    if any(one.locked_until or one.held for one in there):
        raise _unfit("locked")
    if barring := [one for one in against if there or one.code in _BARRED]:
        raise removing.Stopped("".join(map(sentence, barring)))


def _strike(told: Record, session: Session) -> None:
    # Without the account's id: the account may be younger than the backup.
    session.add(
        Strike(
            document_id=told.document_id, dossier_id=told.dossier_id, reason=told.struck_reason,
            moved_to=told.moved_to, struck_by_name=told.struck.name, struck_at=told.struck.at,
        )
    )  # fmt: skip
    session.flush()


def _unfit(code: str) -> removing.Stopped:
    return removing.Stopped(sentence(Problem(f"recall.{code}")))


def _sound(key: str, dossier_id: uuid.UUID | None, reason: str) -> None:
    log.warning("not taken out again after a restore: %s: %s", key, reason)
    with acting(_REPLAYER, _WORKER) as act:
        alarms.sound(AlarmKind.REMOVAL, key, dossier_id=dossier_id, reason=reason, act=act)
