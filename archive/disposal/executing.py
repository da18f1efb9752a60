"""Destroying an approved list: object by object, each in a transaction of its own that asks everything again.

Killed at any moment it goes on where it stopped: what is to be erased is written down before, what is erased after;
an object the store does not know any more was erased by the attempt before.
"""

import logging
import uuid

from sqlalchemy import select

from archive.core.act import Act, Machine, Origin, acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import Problem, RuleBroken
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.disposal import certificates, erasing, operations, packs, queries, rules
from archive.disposal.kinds import LineState, ListState
from archive.disposal.models import DisposalLine, DisposalList, Erasure, Stub
from archive.documents import previews, staging
from archive.documents.models import Upload
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier
from archive.retention import clocks, locks, reading
from archive.retention.models import Keeping
from storage.port import BlobLocked, BlobMissing, BlobStore, StoreError

log = logging.getLogger("archive.disposal")

EXECUTOR = Machine("系统销毁")
_WORKER = Origin("worker")
_DONE = (LineState.DESTROYED, LineState.SKIPPED, LineState.RETAINED, LineState.DROPPED)


class Interrupted(Exception):
    """Destroying stops here for now; the list stays partial and says why."""


def run(list_id: uuid.UUID) -> ListState:
    """Destroy what is left of a list; return the state it ends in: certified, or partial with the reason written down.

    Raises RuleBroken and Refused when the list may not be destroyed at all now.
    """
    with acting(EXECUTOR, _WORKER) as act:
        found = _list(list_id, act)
        if found.state is ListState.CERTIFIED:
            return found.state
        if found.state is not ListState.EXECUTING:
            raise RuleBroken("disposal.state", state=found.state)
        operations.check_ready(found, act)
        _check_clock(act)
        waiting = [line.id for line in found.lines if line.state not in _DONE]
    trouble = ""
    for line_id in waiting:
        try:
            _destroy(line_id)
        except (Interrupted, StoreError) as error:
            log.warning("disposal of line %s stopped: %s", line_id, error)
            stopped = Problem("disposal.store", facts={"detail": f"{type(error).__name__}: {error}"})
            trouble = sentence(stopped) if isinstance(error, StoreError) else str(error)
    with acting(EXECUTOR, _WORKER) as act:
        found = _list(list_id, act)
        if any(line.state not in _DONE for line in found.lines):
            found.state, found.trouble = ListState.PARTIAL, trouble[:2000]
            act.record("disposal:interrupt", found, number=found.number)
            return found.state
    return certificates.certify(list_id)


def _destroy(line_id: uuid.UUID) -> None:
    with acting(EXECUTOR, _WORKER) as act:
        if not _intend(act.session.get_one(DisposalLine, line_id), act):
            return
    for erasure_id in _left(line_id):
        with acting(EXECUTOR, _WORKER) as act:
            _erase(erasure_id, act)
    with acting(EXECUTOR, _WORKER) as act:
        _finish(act.session.get_one(DisposalLine, line_id), act)


def _intend(line: DisposalLine, act: Act) -> bool:
    """Write down what is going to be erased; False when something spoke against it at the last moment."""
    if line.state in (LineState.ERASING, LineState.ERASED):
        return True
    dossier = act.session.get_one(Dossier, line.dossier_id)
    lock(act.session, dossier)
    _check_clock(act)
    reasons = [sentence(one) for one in reading.standing(act.session, dossier, act.moment).reasons]
    objects = operations.manifest(dossier.id, act)
    if operations.handed_over_now(dossier.id, act):
        reasons.append(sentence(RuleBroken("disposal.in_transfer", number=dossier.number)))
    if rules.digest(objects) != line.manifest_hash:
        reasons.append("卷内材料与清册不符")
    if reasons:
        line.state, line.reasons = LineState.SKIPPED, reasons
        act.record("disposal:skip", line.on, dossier=line.number, reasons=len(reasons))
        return False
    for one in objects:
        act.session.add(
            Erasure(
                line_id=line.id, dossier_id=dossier.id, key=one["key"], store_version=one["version"], size=one["size"],
                sha256=one["sha256"], intended_at=act.moment,
            )
        )  # fmt: skip
    line.state = LineState.ERASING
    act.session.flush()
    act.record("disposal:intend", line.on, dossier=line.number, objects=len(objects))
    return True


def _left(line_id: uuid.UUID) -> list[uuid.UUID]:
    session = db.session()
    found = session.scalars(
        select(Erasure.id).where(Erasure.line_id == line_id, Erasure.erased_at.is_(None)).order_by(Erasure.key)
    ).all()
    session.rollback()
    return list(found)


def _erase(erasure_id: uuid.UUID, act: Act) -> None:
    """Erase one object. The dossier's row is held: a hold is placed before, and stops this, or waits until after."""
    erasure = act.session.get_one(Erasure, erasure_id)
    dossier = lock(act.session, act.session.get_one(Dossier, erasure.dossier_id))
    _check_clock(act)
    standing = reading.standing(act.session, dossier, act.moment)
    if standing.reasons:
        raise Interrupted(f"{dossier.number}: {'；'.join(sentence(one) for one in standing.reasons)}")
    remove(ports().store, erasure.key, erasure.store_version)
    erasure.erased_at = act.moment
    locks.note_erased(act.session, erasure.key, act.moment)
    act.session.flush()
    act.record("disposal:erase", erasure, key=erasure.key, sha256=erasure.sha256, size=erasure.size)


def remove(store: BlobStore, key: str, store_version: str) -> None:
    """Remove everything that lies under a key, and see that nothing is left."""
    try:
        store.erase(key, store_version)
    except BlobMissing:
        pass  # by the attempt before this one
    except BlobLocked as error:
        raise Interrupted(str(error)) from error
    for stored in list(store.versions(key)):
        if stored.key == key:
            store.erase(key, stored.version_id)
    if any(stored.key == key for stored in store.versions(key)):
        raise Interrupted(f"{key} is still there")


def _finish(line: DisposalLine, act: Act) -> None:
    """Put a stub in the dossier's place; its rows, texts, previews go. The database checks the warrant itself."""
    dossier = act.session.get_one(Dossier, line.dossier_id)
    lock(act.session, dossier)
    standing = reading.standing(act.session, dossier, act.moment)
    if standing.reasons:
        raise Interrupted(f"{dossier.number}: {'；'.join(sentence(one) for one in standing.reasons)}")
    line.state = LineState.ERASED
    act.session.flush()
    leave_stub(line, dossier, act)


def leave_stub(line: DisposalLine, dossier: Dossier, act: Act) -> None:
    """Remove a dossier of which no object is left, and write its stub."""
    uploads = act.session.scalars(select(Upload.id).where(Upload.dossier_id == dossier.id)).all()
    stub = Stub(
        dossier_id=dossier.id,
        number=line.number,
        filed_number=line.filed_number,
        title=line.title,
        year=line.year,
        registered_on=shanghai_date(dossier.registered_at),
        closed_on=line.closed_on,
        last_day=line.last_day,
        rule_code=line.rule_code,
        rule_version=line.rule_version,
        rule_basis=line.rule_basis,
        items=line.items,
        hashes=[one["sha256"] for one in line.manifest],
        list_id=line.list_id,
        list_number=line.on.number,
        unit_path=dossier.unit.path,
        destroyed_at=act.moment,
    )
    # The entry first: from it grows the job that takes the dossier out of the search index.
    act.record("dossier:destroy", dossier, number=line.number, list=line.on.number)
    dossier_id, on = dossier.id, line.on
    for upload_id in uploads:
        staging.discard(upload_id)
    previews.purge(dossier_id)
    packs.withdraw(dossier_id, act)
    erasing.delete_rows(act.session, dossier_id)
    act.session.merge(stub)
    kept = act.session.get_one(Keeping, dossier_id)
    kept.destroyed_at = act.moment
    line = act.session.get_one(DisposalLine, line.id)
    line.state, line.destroyed_at = LineState.DESTROYED, act.moment
    act.session.flush()
    act.record("disposal:destroy", on, number=on.number, dossier=line.number)


def _check_clock(act: Act) -> None:
    doubts = clocks.trust(act.session, act.moment).doubts
    if doubts:
        raise RuleBroken(doubts[0].code, **doubts[0].facts)
    clocks.check_store(act.moment)


def _list(list_id: uuid.UUID, act: Act) -> DisposalList:
    return queries.by_number(act.session, act.session.get_one(DisposalList, list_id).number)
