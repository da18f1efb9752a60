"""Striking out what was filed in the wrong dossier (误归): nothing is taken away, all see that it does not count.

A struck document keeps its number, its bytes, its place in the trail and the lock in the store; the contents show it
struck through and count without it. What it says is not found by searching, not told to who asks what is held about
them, and open only to who struck it, the officer, who closes, keeps or audits (`queries.at`). Where the right dossier
is known, the newest version is filed there as well.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import RuleBroken
from archive.documents import blobs, operations, queries, rules
from archive.documents.blobs import Blob
from archive.documents.kinds import RemovalState
from archive.documents.models import Document, Removal, Strike
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier

Hearer = Callable[[Dossier, Act], None]
_hearers: list[Hearer] = []


def heard_by(*hearers: Hearer) -> None:
    """Let features hear that a document counts no longer, or again; naming one twice changes nothing."""
    _hearers.extend(one for one in hearers if one not in _hearers)


def standing(session: Session, dossier_id: uuid.UUID) -> Mapping[uuid.UUID, Strike]:
    """Return the strikings in force of a dossier, by document. One statement."""
    rows = session.scalars(select(Strike).where(Strike.dossier_id == dossier_id, Strike.lifted_at.is_(None)))
    return {row.document_id: row for row in rows}


def struck_out(session: Session, dossier_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return the documents struck out of these dossiers, and all that was found in them. A statement a level."""
    rows = session.scalars(
        select(Strike.document_id).where(Strike.dossier_id.in_(dossier_ids), Strike.lifted_at.is_(None))
    )
    found = below = set(rows)
    while below:
        below = set(session.scalars(select(Document.id).where(Document.parent_id.in_(below)))) - found
        found = found | below
    return found


def counted(session: Session, dossier_id: uuid.UUID) -> int:
    """Return how many items of a dossier count: those not struck out. Two statements."""
    struck = session.scalar(
        select(func.count())
        .select_from(Strike)
        .join(Document, Document.id == Strike.document_id)
        .where(Strike.dossier_id == dossier_id, Strike.lifted_at.is_(None), Document.parent_id.is_(None))
    )
    return queries.number_of_items(session, dossier_id) - (struck or 0)


def removal_of(session: Session, document: Document) -> Removal | None:
    """Return the last request to take a document out, None when nobody asked. One statement."""
    query = select(Removal).where(Removal.document_id == document.id).order_by(Removal.id.desc()).limit(1)
    return session.scalars(query).first()


def check(session: Session, document: Document, into: Dossier | None) -> None:
    """Raise RuleBroken where a document may not be struck out; see `strike`. Two statements at most."""
    rules.check_open(document.dossier)
    if document.parent_id is not None:
        raise RuleBroken("strike.inside")
    if into is not None and into.id == document.dossier_id:
        raise RuleBroken("strike.same")
    if document.id in standing(session, document.dossier_id):
        raise RuleBroken("strike.twice")


def copied(session: Session, document: Document, into: Dossier) -> Blob:
    """Put a document's newest version into the store once more, for another dossier; ends the transaction.

    Call it before the act: two gigabytes take their time, in which nobody else could write. Raises StoreDown, Damaged.
    """
    dossier_id = into.id
    version = queries.detached(session, queries.version(session, document))
    with blobs.workplace() as folder:
        blobs.fetch(version, folder / "bytes")
        return blobs.keep(folder / "bytes", version.filename, dossier_id=dossier_id)


def strike(
    document: Document, *, reason: str, into: Dossier | None = None, copy: Blob | None = None, act: Act
) -> Strike:
    """Strike a document out as filed in the wrong dossier, and file its newest version in the right one, if given.

    `copy` is the version's bytes in the store (`copied`), given with `into`. Raises RuleBroken (dossier ended,
    struck already, a file found inside another, the same dossier, a newer version).
    """
    if (into is None) != (copy is None):
        raise ValueError("the right dossier and the bytes for it go together")
    dossier = lock(act.session, document.dossier)
    check(act.session, document, into)
    row = Strike(
        document_id=document.id,
        dossier_id=dossier.id,
        reason=reason,
        moved_to=into.number if into else "",
        struck_by=act.actor.id,
        struck_by_name=act.actor.name,
        struck_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("document:strike", document, item=document.item, moved_to=row.moved_to)
    _tell(dossier, act)
    if into and copy:
        _move(document, dossier, into, copy, act)
    return row


def lift(document: Document, *, reason: str, act: Act) -> None:
    """Take a striking back: the document counts again. Raises RuleBroken."""
    dossier = lock(act.session, document.dossier)
    rules.check_open(dossier)
    row = standing(act.session, dossier.id).get(document.id)
    if row is None:
        raise RuleBroken("strike.none")
    leaves = exists().where(Removal.document_id == document.id, Removal.state != RemovalState.REFUSED)
    if act.session.scalar(select(leaves)):
        raise RuleBroken("strike.removal")
    row.lifted_by_name, row.lifted_at, row.lifted_reason = act.actor.name, act.moment, reason
    act.session.flush()
    act.record("document:unstrike", document, item=document.item)
    _tell(dossier, act)


def _tell(dossier: Dossier, act: Act) -> None:
    for hearer in _hearers:
        hearer(dossier, act)


def _move(document: Document, source: Dossier, into: Dossier, copy: Blob, act: Act) -> None:
    version = queries.version(act.session, document)
    if copy.sha256 != version.sha256:
        raise RuleBroken("strike.newer")
    operations.deposit(
        into,
        copy,
        version.filename,
        kind=document.kind,
        title=document.title,
        source=document.source,
        dated_on=document.dated_on,
        brought_by=document.brought_by,
        note=f"误归入 {source.number} 第 {document.item} 件，移入本卷",
        act=act,
    )
