"""Taking out what was filed in the wrong dossier, another person's papers say, as long as nothing of it is locked.

Asked with a reason by who may deposit, of a document that was struck out; confirmed by another person who closes or
keeps; then erased file by file, in acts of their own that ask everything again. The row stays: number, size, SHA-256,
who, when, why; a locked record in the store tells the same to a database restored from before. Once staging is over
(72 hours) the lock in the store wins, and striking out is all that is left.
Source: retention specification D5 (wrong-file correction before the lock).
"""

import contextlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from archive.audit.models import Entry
from archive.core.act import Act, Actor, Machine, Origin, acting
from archive.core.db import Base, db
from archive.core.errors import NotAllowed, Problem, Refused, RuleBroken, StoreDown
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.documents import previews, staging, striking
from archive.documents import rules as documents
from archive.documents.kinds import Kind, Reading, RemovalState
from archive.documents.kinds import Origin as Came
from archive.documents.models import Document, PageText, Removal, Upload, Version
from archive.dossiers import rules as dossiers
from archive.dossiers.access import lock
from archive.people.rules import Permission
from archive.retention import clocks, locks, reading, removal_records
from archive.retention.models import VersionLock
from archive.retention.periods import STAGING
from storage.port import BlobLocked, BlobMissing, BlobStore, StoreError

_REMOVER, _WORKER = Machine("误存更正"), Origin("worker")
# What is not begun an hour before the lock is due is not begun.
LAST_CALL = timedelta(hours=1)
# Rows that are part of a document; any other that names it cites it.
_PARTS = frozenset(
    {"document", "version", "page_text", "strike", "custody_entry", "document_look", "version_lock", "upload", "scan",
     "removal"}
)  # fmt: skip
_BLANK, _NAMELESS = "（误存，内容已移出）", "已移出"


class Stopped(Exception):
    """Something speaks against it at the last moment; the message says what, in words for the office."""


def hindrances(session: Session, document: Document, now: datetime) -> list[Problem]:
    """Return everything that speaks against taking a document out. Some twenty-five statements."""
    found = []
    if not documents.is_open(document.dossier):
        found.append(Problem("removal.ended"))
    if document.parent_id is not None:
        found.append(Problem("removal.inside"))
    if document.origin is not Came.UPLOAD:
        found.append(Problem("removal.origin"))
    if reading.holds_in_force(session, document.dossier_id):
        found.append(Problem("removal.held"))
    if document.id not in striking.standing(session, document.dossier_id):
        found.append(Problem("removal.not_struck"))
    versions = files(session, document)
    # The later of the two clocks: neither alone makes room for what the lock is due to close.
    at = max(now, clocks.database_now(session))
    if any(one.filed_at + STAGING - LAST_CALL <= at for one in versions):
        found.append(Problem("removal.late"))
    ids = [one.id for one in versions]
    locked = select(VersionLock).where(VersionLock.version_id.in_(ids), VersionLock.locked_until.is_not(None))
    if session.scalar(select(locked.exists())):
        found.append(Problem("removal.locked"))
    if _cited(session, document, ids):
        found.append(Problem("removal.cited"))
    return found


def ask(document: Document, *, reason: str, act: Act) -> Removal:
    """Ask that a struck document be taken out. Raises NotAllowed, Refused with every reason, RuleBroken."""
    dossier = lock(act.session, document.dossier)
    if dossiers.lacks(act.actor, Permission.DEPOSIT, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.DEPOSIT)
    before = striking.removal_of(act.session, document)
    # What stopped half-way, by a hold say, may be asked for again.
    if before is not None and before.state is not RemovalState.REFUSED and not before.trouble:
        raise RuleBroken("removal.twice")
    _check(document, act)
    if act.actor.id is None:
        raise NotAllowed("person.sign_in")
    row = Removal(
        document_id=document.id,
        dossier_id=dossier.id,
        reason=reason,
        asked_by=act.actor.id,
        asked_by_name=act.actor.name,
        asked_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("removal:ask", row, item=document.item)
    return row


def may_decide(actor: Actor, path: str) -> bool:
    """Tell whether somebody closes or keeps in the unit with this path."""
    return any(not dossiers.lacks(actor, one, path) for one in (Permission.CLOSE, Permission.KEEP))


def decide(document: Document, *, confirm: bool, act: Act) -> Removal:
    """Confirm or refuse what another person asked; the worker does the rest. Raises NotAllowed, Refused, RuleBroken."""
    dossier = lock(act.session, document.dossier)
    row = striking.removal_of(act.session, document)
    if not may_decide(act.actor, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.CLOSE)
    if row is None:
        raise RuleBroken("removal.none")
    if row.state is not RemovalState.ASKED:
        raise RuleBroken("removal.decided")
    if act.actor.id is None or act.actor.id == row.asked_by:
        raise RuleBroken("removal.same_person")
    if confirm:
        _check(document, act)
    row.state = RemovalState.CONFIRMED if confirm else RemovalState.REFUSED
    row.decided_by, row.decided_by_name, row.decided_at = act.actor.id, act.actor.name, act.moment
    act.session.flush()
    act.record(f"removal:{'confirm' if confirm else 'refuse'}", row, item=document.item)
    return row


def run(removal_id: uuid.UUID) -> None:
    """Take out what was confirmed, file by file; if killed, it goes on where it stopped. Raises StoreDown."""
    with acting(_REMOVER, _WORKER) as act:
        _begin(act.session.get_one(Removal, removal_id), act)
    while not _once(removal_id):
        pass  # something was unpacked from it in the meantime


def resume() -> None:
    """Go on with what was confirmed and is not done: the store was away for longer than a job is tried."""
    session = db.session()
    left = session.scalars(select(Removal.id).where(Removal.state == RemovalState.CONFIRMED)).all()
    session.rollback()
    for one in left:
        run(one)


def _begin(row: Removal, act: Act) -> None:
    """Write down once that nothing spoke against it: what was begun in time the database lets be written to its end."""
    begun = exists().where(
        Entry.dossier_id == row.dossier_id, Entry.action == "removal:begin", Entry.subject_id == row.id
    )
    if row.state is not RemovalState.CONFIRMED or act.session.scalar(select(begun)):
        return
    if not hindrances(act.session, row.document, act.moment):
        act.record("removal:begin", row, item=row.document.item)


def _once(removal_id: uuid.UUID) -> bool:
    """Take out all files there are now; return whether that was the end of it."""
    trouble = ""
    try:
        while (version_id := _next(removal_id)) is not None:
            with acting(_REMOVER, _WORKER) as act:
                _erase(removal_id, version_id, act)
    except Stopped as stopped:
        trouble = str(stopped)
    with acting(_REMOVER, _WORKER) as act:
        return finish(act.session.get_one(Removal, removal_id), trouble, act)


def files(session: Session, document: Document) -> Sequence[Version]:
    """Return all versions of a document and of what was found in it, the deepest last. One statement."""
    inside = aliased(Document)
    tree = select(Document.id).where(Document.id == document.id).cte(recursive=True)
    tree = tree.union_all(select(inside.id).join(tree, inside.parent_id == tree.c.id))
    query = select(Version).where(Version.document_id.in_(select(tree.c.id))).order_by(Version.id)
    return session.scalars(query).all()


def _check(document: Document, act: Act) -> None:
    found = hindrances(act.session, document, act.moment)
    if found:
        raise Refused("removal.not_now", found)


def _cited(session: Session, document: Document, version_ids: Sequence[uuid.UUID]) -> bool:
    """Tell whether any row names the document, what was found in it or a version: read off the tables themselves."""
    own = {"document": {one.document_id for one in files(session, document)}, "version": set(version_ids)}
    for table in Base.metadata.sorted_tables:
        if table.name in _PARTS:
            continue
        naming = [
            key.parent.in_(own[key.column.table.name]) for key in table.foreign_keys if key.column.table.name in own
        ]
        if naming and session.scalar(select(exists().where(or_(*naming)))):
            return True
    return False


def _next(removal_id: uuid.UUID) -> uuid.UUID | None:
    session = db.session()
    row = session.get_one(Removal, removal_id)
    ids = [one.id for one in files(session, row.document)] if row.state is RemovalState.CONFIRMED else []
    gone = set(session.scalars(erased(ids)))
    session.rollback()
    return next((one for one in ids if one not in gone), None)


def erased(version_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Return the statement for those of the versions that are marked as erased."""
    return select(VersionLock.version_id).where(
        VersionLock.version_id.in_(version_ids), VersionLock.erased_at.is_not(None)
    )


def _erase(removal_id: uuid.UUID, version_id: uuid.UUID, act: Act) -> None:
    """Erase one file, or raise Stopped with the reason.

    The dossier's row is held: a hold is placed before, and stops this, or waits until after.
    """
    row, version = act.session.get_one(Removal, removal_id), act.session.get_one(Version, version_id)
    lock(act.session, row.document.dossier)
    act.session.refresh(row)
    found = hindrances(act.session, row.document, act.moment)
    # Where a kill left the row behind its bytes, the row follows.
    if found and not _gone(ports().store, version):
        raise Stopped("".join(map(sentence, found)))
    erase_file(row, version, act)


def erase_file(row: Removal, version: Version, act: Act) -> None:
    """Erase one file of a confirmed removal and leave its record in the store. Raises Stopped, StoreDown, NoRoom."""
    # Told to the database first: it refuses what it knows to be late, locked or held before any byte is gone.
    locks.note_erased(act.session, version.blob_key, act.moment)
    act.session.flush()
    try:
        _remove(ports().store, version)
    except BlobLocked as error:
        raise Stopped(sentence(RuleBroken("removal.store", reason=str(error)))) from error
    except StoreError as error:
        raise StoreDown("retention.store_down") from error
    removal_records.keep(row, version, act=act)
    act.record("removal:erase", row, version=version.id, size=version.size, sha256=version.sha256)


def _gone(store: BlobStore, version: Version) -> bool:
    try:
        return not any(stored.key == version.blob_key for stored in store.versions(version.blob_key))
    except StoreError as error:
        raise StoreDown("retention.store_down") from error


def _remove(store: BlobStore, version: Version) -> None:
    with contextlib.suppress(BlobMissing):  # by the attempt before this one
        store.erase(version.blob_key, version.store_version)
    for stored in list(store.versions(version.blob_key)):
        if stored.key == version.blob_key:
            store.erase(stored.key, stored.version_id)


def finish(row: Removal, trouble: str, act: Act) -> bool:
    """Blank what the rows of erased files said, and their texts, images and uploads; say how it ended.

    False, and nothing done, where a file came in since the last look and nothing speaks against taking it out.
    """
    dossier = lock(act.session, row.document.dossier)
    act.session.refresh(row)
    if row.state is not RemovalState.CONFIRMED:
        return True
    versions = files(act.session, row.document)
    gone = set(act.session.scalars(erased([one.id for one in versions])))
    if not trouble and any(one.id not in gone for one in versions):
        return False
    for upload_id in act.session.scalars(select(Upload.id).where(Upload.version_id.in_(gone))).all():
        staging.discard(upload_id)
    act.session.execute(delete(Upload).where(Upload.version_id.in_(gone)))
    act.session.execute(delete(PageText).where(PageText.version_id.in_(gone)))
    for version in versions:
        if version.id in gone:
            version.reading, version.reason, version.facts = Reading.TAKEN_OUT, "", {}
            version.filename, version.pages, version.characters, version.images = _NAMELESS, 0, 0, 0
    for document in {one.document_id for one in versions} - {one.document_id for one in versions if one.id not in gone}:
        _blank(act.session.get_one(Document, document))
    previews.purge(dossier.id)
    # The database lets a version be blanked as long as its removal is confirmed and not done.
    act.session.flush()
    row.state = RemovalState.DONE if gone else RemovalState.REFUSED
    row.done_at, row.trouble = act.moment, trouble
    act.session.flush()
    act.record("removal:finish", row, item=row.document.item, files=len(gone), left=len(versions) - len(gone))
    act.record("document:take_out", row.document, item=row.document.item)
    return True


def _blank(document: Document) -> None:
    document.title, document.kind = _BLANK, Kind.OTHER
    document.source = document.brought_by = document.note = document.path = document.paper_at = ""
    document.dated_on = None
