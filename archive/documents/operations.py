"""Writes about documents: deposit, further versions, descriptions, order, custody, looks. None of them commits."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from archive.core.act import Act
from archive.core.errors import BadInput, Problem, RuleBroken
from archive.core.ids import new_id
from archive.core.ports import ports
from archive.documents import blobs, names, queries, rules
from archive.documents.blobs import Blob
from archive.documents.kinds import CustodyEvent, Kind, Origin, Reading, RemovalState
from archive.documents.models import CustodyEntry, Document, Look, PageText, Removal, Version
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier
from archive.extraction import Extraction

# What a person may say about a document, and correct as long as the dossier is open.
DESCRIBED = ("kind", "title", "source", "dated_on", "brought_by", "paper_at", "note")


def deposit(
    dossier: Dossier,
    content: Blob | Path | BinaryIO,
    filename: str,
    *,
    kind: Kind | None = None,
    title: str = "",
    source: str = "",
    dated_on: date | None = None,
    brought_by: str = "",
    paper_at: str = "",
    note: str = "",
    path: str = "",
    origin: Origin = Origin.UPLOAD,
    act: Act,
) -> Version:
    """File a new item at the end of the dossier's contents and return its first version.

    `content` is a file, a stream, or bytes already in the store (`blobs.keep`: the way for large ones, before the act).
    Without a kind it is guessed from the name. Raises RuleBroken (dossier ended, too many items), StoreDown, NoRoom.
    """
    lock(act.session, dossier)
    # What is taken over may have ended elsewhere already; what the office still writes about an ended dossier (更正,
    # 反馈, 送达回证) belongs to it, and `letters` asks whether it may be written.
    if origin not in (Origin.IMPORT, Origin.LETTER):
        rules.check_open(dossier)
    items = queries.number_of_items(act.session, dossier.id)
    rules.check_room(items, ports().settings.max_files_per_dossier)
    name = names.shown(filename)
    blob = content if isinstance(content, Blob) else blobs.keep(content, name, dossier_id=dossier.id)
    document = Document(
        id=blob.document_id,
        dossier_id=dossier.id,
        item=items + 1,
        kind=kind or rules.guess_kind(name),
        title=title or names.stem(name),
        source=source,
        dated_on=dated_on,
        brought_by=brought_by,
        paper_at=paper_at,
        note=note,
        origin=origin,
        path=path,
        filed_at=act.moment,
    )
    return _file(document, blob, name, act)


def deposit_found(
    container: Version, number: int, blob: Blob, name: str, dated_on: date | None, *, act: Act
) -> Version:
    """File what was found as file `number` of a container, linked to it.

    An ended dossier takes it too: it is no new evidence, it lay in the dossier already.
    """
    parent = container.document
    lock(act.session, parent.dossier)
    rules.check_there(_afresh(container, act))
    items = act.session.scalar(select(func.count()).where(Document.parent_id == parent.id)) or 0
    shown = names.shown(name)
    document = Document(
        id=blob.document_id,
        dossier_id=parent.dossier_id,
        parent_id=parent.id,
        found_in=container.n,
        found_as=number,
        item=items + 1,
        kind=rules.guess_kind(shown),
        title=names.stem(shown),
        source=parent.source,
        dated_on=dated_on,
        brought_by=parent.brought_by,
        origin=Origin.EXTRACTED,
        path=names.folder(name),
        filed_at=act.moment,
    )
    return _file(document, blob, shown, act)


def _file(document: Document, blob: Blob, name: str, act: Act) -> Version:
    act.session.add(document)
    act.session.flush()
    act.record("document:deposit", document, item=document.item, kind=document.kind, origin=document.origin)
    return _version(document, blob, name, 1, act)


def add_version(document: Document, content: Blob | Path | BinaryIO, filename: str, *, act: Act) -> Version:
    """File a further version of a document; the ones before stay as they are. Raises as `deposit`."""
    dossier = lock(act.session, document.dossier)
    rules.check_open(dossier)
    rules.check_there(queries.version(act.session, document))
    leaves = exists().where(Removal.document_id == document.id, Removal.state == RemovalState.CONFIRMED)
    if act.session.scalar(select(leaves)):
        # It would go too, though no two persons have seen it.
        raise RuleBroken("version.leaving")
    name = names.shown(filename)
    blob = (
        content
        if isinstance(content, Blob)
        else blobs.keep(content, name, dossier_id=document.dossier_id, document_id=document.id)
    )
    return _version(document, blob, name, queries.version(act.session, document).n + 1, act)


def _version(document: Document, blob: Blob, name: str, n: int, act: Act) -> Version:
    version = Version(
        id=blob.version_id,
        document_id=document.id,
        dossier_id=document.dossier_id,
        n=n,
        blob_key=blob.key,
        store_version=blob.store_version,
        filename=name,
        media_type=blob.media_type,
        size=blob.size,
        sha256=blob.sha256,
        filed_at=act.moment,
        filed_by=act.actor.id,
        filed_by_name=act.actor.name,
    )
    version.document = document
    act.session.add(version)
    act.session.flush()
    act.record("version:deposit", version, n=n, size=blob.size, sha256=blob.sha256, media_type=blob.media_type)
    return version


def describe(document: Document, changes: Mapping[str, Any], *, act: Act) -> None:
    """Correct what is said about a document; the trail keeps old and new. Raises RuleBroken when the dossier ended."""
    rules.check_open(lock(act.session, document.dossier))
    changed = {}
    for field in DESCRIBED:
        if field not in changes or changes[field] == getattr(document, field):
            continue
        before, after = getattr(document, field), changes[field]
        if field in ("kind", "title") and not after:
            raise BadInput("input.bad", [Problem("input.required", field)])
        setattr(document, field, after)
        changed[field] = [_told(before), _told(after)]
    if changed:
        act.session.flush()
        act.record("document:describe", document, changed=changed)


def _told(value: Any) -> Any:
    return rules.without_numbers(value) if isinstance(value, str) and not isinstance(value, Kind) else value


def place(document: Document, *, after: int, act: Act) -> None:
    """Move an item behind item number `after` of the contents, 0 for the front. Raises RuleBroken, BadInput."""
    dossier = lock(act.session, document.dossier)
    rules.check_open(dossier)
    act.session.refresh(document)
    if document.parent_id is not None or not 0 <= after <= queries.number_of_items(act.session, dossier.id):
        raise BadInput("document.place")
    new, between, step = rules.shift(document.item, after)
    if new == document.item:
        return
    act.session.execute(
        update(Document)
        .where(
            Document.dossier_id == dossier.id,
            Document.parent_id.is_(None),
            Document.item >= between.start,
            Document.item < between.stop,
        )
        .values(item=Document.item + step)
        .execution_options(synchronize_session=False)
    )
    act.record("document:place", document, before=document.item, after=new)
    document.item = new
    act.session.flush()
    act.session.expire_all()


def note_custody(
    document: Document,
    *,
    event: CustodyEvent,
    holder: str,
    place: str = "",
    at: datetime | None = None,
    note: str = "",
    act: Act,
) -> CustodyEntry:
    """Add a link to the chain of custody of the paper original: who has it since when, where it lies.

    An ended dossier takes it too: paper goes on being lent and returned.
    """
    entry = CustodyEntry(
        id=new_id(),
        document_id=document.id,
        dossier_id=document.dossier_id,
        at=at or act.moment,
        event=event,
        holder=holder,
        place=place,
        note=note,
        recorded_by=act.actor.id,
        recorded_by_name=act.actor.name,
    )
    document.paper_at = place or holder
    act.session.add(entry)
    act.session.flush()
    act.record("document:custody", document, event=event, at=entry.at)
    return entry


def note_reading(version: Version, found: Extraction, *, act: Act) -> None:
    """Keep what reading a version found, in place of what an earlier reading found. Raises NotFound when taken out."""
    lock(act.session, version.document.dossier)
    rules.check_there(_afresh(version, act))
    act.session.execute(delete(PageText).where(PageText.version_id == version.id))
    if found.pages:
        act.session.execute(
            insert(PageText),
            [
                {
                    "version_id": version.id,
                    "no": page.no,
                    "text": page.text,
                    "source": page.source,
                    "boxes": [list(box) for box in page.boxes],
                    "width": page.width,
                    "height": page.height,
                    "label": page.label[:200],
                }
                for page in found.pages
            ],
        )
    version.reading, version.reason = Reading(found.state.value), found.reason
    version.facts, version.pages, version.read_at = found.facts, len(found.pages), act.moment
    version.characters = sum(len(page.text) for page in found.pages)
    act.session.flush()
    act.record(
        "version:read", version, state=found.state, reason=found.reason, pages=version.pages, found=len(found.children)
    )


def _afresh(version: Version, act: Act) -> Version:
    # Reading takes minutes; meanwhile the version may have been taken out.
    act.session.refresh(version)
    return version


def retry(version: Version, *, act: Act) -> None:
    """Have a version read again, as after a component was installed. Harmless while another reading runs."""
    rules.check_there(version)
    act.record("version:retry", version, n=version.n, before=version.reading, reason=version.reason)
    version.reading, version.reason = Reading.WAITING, ""


def look(version: Version, viewer: uuid.UUID, *, download: bool = False, act: Act) -> None:
    """Record that somebody looks at a document or takes its file away."""
    # Two pages opened at once: neither may fail over the other's row.
    upsert = postgresql.insert if act.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    act.session.execute(
        upsert(Look)
        .values(account_id=viewer, version_id=version.id, at=act.moment)
        .on_conflict_do_update(index_elements=["account_id", "version_id"], set_={"at": act.moment})
    )
    verb = "download" if download else "show"
    act.record(f"document:{verb}", version.document, n=version.n, sha256=version.sha256)
