"""Uploads from their beginning to the filed version: staged bytes, the store, the row, in this order."""

import io
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import func, select

from archive.core.act import Act, acting, now
from archive.core.db import db
from archive.core.errors import NotAllowed
from archive.core.ids import new_id
from archive.core.ports import ports
from archive.documents import blobs, names, operations, queries, room, rules, staging, tus
from archive.documents.kinds import Kind
from archive.documents.models import Upload
from archive.documents.staging import Readable
from archive.documents.tus import Checksum
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.people.rules import Permission, Person


@dataclass(frozen=True)
class Begun:
    """An upload as a plain value: bytes are received for minutes, and no transaction may stay open meanwhile."""

    id: uuid.UUID
    dossier_id: uuid.UUID
    document_id: uuid.UUID | None
    filename: str
    size: int
    received: int
    sha256: str
    filed: bool


def entrance(number: str, person: Person) -> Dossier:
    """Return the dossier into which the person may deposit. Raises NotFound (hidden alike), NotAllowed, RuleBroken."""
    dossier = access.find(db.session(), number, person)
    _check_entrance(dossier, person, new_item=True)
    return dossier


def _check_entrance(dossier: Dossier, person: Person, *, new_item: bool) -> None:
    session = db.session()
    if not queries.may_in(session, person, Permission.DEPOSIT, dossier):
        raise NotAllowed("document.may_not")
    rules.check_open(dossier)
    if new_item:
        rules.check_room(queries.number_of_items(session, dossier.id), ports().settings.max_files_per_dossier)


def begin(spec: dict[str, Any], size: int, person: Person) -> Begun:
    """Accept an upload of `size` bytes, or refuse it before anything is sent. `spec` as `forms.UploadSpec` loads it."""
    settings = ports().settings
    if size > settings.max_file_bytes:
        raise tus.TooLarge("upload.too_large", most=settings.max_file_bytes)
    dossier = access.find(db.session(), spec["dossier"], person)
    document_id = spec["document"]
    _check_entrance(dossier, person, new_item=document_id is None)
    if document_id is not None:
        queries.document(db.session(), dossier, document_id)
    staging.check_room(size * room.copies(), promised=_promised(now()))
    blobs.check()
    told = {field: spec[field] for field in operations.DESCRIBED}
    told["dated_on"] = spec["dated_on"].isoformat() if spec["dated_on"] else None
    upload = Upload(
        id=new_id(),
        account_id=person.id,
        dossier_id=dossier.id,
        document_id=document_id,
        filename=names.shown(spec["filename"]),
        particulars={**told, "path": names.folder(spec["path"])},
        size=size,
        received=0,
        sha256=f"sha256:{spec['sha256']}" if spec["sha256"] else "",
    )
    begun = _plain(upload)
    # Nothing will follow on an empty file, so it is filed at once.
    blob = None if size else _keep(io.BytesIO(), begun)
    with acting(person) as act:
        upload.created_at, upload.expires_at = act.moment, act.moment + rules.UPLOAD_LIFE
        act.session.add(upload)
        act.session.flush()
        if blob is not None:
            _file(upload, blob, person, act)
    return begun


def _promised(moment: datetime) -> int:
    """Return the bytes that uploads under way will still take of the disk. One statement."""
    lately = moment + rules.UPLOAD_LIFE - rules.UPLOAD_ACTIVE
    rest = Upload.size * room.copies() - Upload.received
    going_on = select(func.sum(rest)).where(Upload.version_id.is_(None), Upload.expires_at > lately)
    return int(db.session().scalar(going_on) or 0)


def find(upload_id: uuid.UUID, person: Person) -> Begun:
    """Return the person's own upload as a plain value. Raises NotFound, also once the dossier is hidden from them."""
    session = db.session()
    upload = queries.upload(session, upload_id, person)
    access.find_by_id(session, upload.dossier_id, person)
    begun = _plain(upload)
    session.rollback()
    return begun


def receive(
    upload_id: uuid.UUID, body: Readable, *, offset: int, length: int | None, checksum: Checksum | None, person: Person
) -> int:
    """Take in the next bytes and return the offset reached; when they are the last, file the version.

    The last byte is acknowledged by the filing itself: when the store does not answer, the bytes stay and whoever asks
    is told to send the last one again. Raises WrongOffset, TooLarge, Mismatch, Busy, NoRoom, StoreDown, RuleBroken.
    """
    find(upload_id, person)  # whose it is, before a file is touched
    with staging.alone(upload_id) as file:
        begun = find(upload_id, person)  # and how far it is, now that nobody else writes
        if begun.filed and offset == begun.size:
            return begun.size  # the answer to the last piece was lost
        if staging.size(file) < begun.received:
            # The disk was emptied behind our back: without this, zeros would be filed in place of the bytes.
            _advance(begun, 0, person)
            raise tus.WrongOffset("upload.offset", received=0)
        if offset != begun.received:
            raise tus.WrongOffset("upload.offset", received=begun.received)
        left = begun.size - offset
        if length is not None and length > left:
            raise tus.TooLarge("upload.too_large", most=begun.size)
        digest = tus.hasher(checksum.algorithm) if checksum else None
        reached = staging.append(
            file, body, start=offset, most=left, advance=lambda safe: _advance(begun, safe, person), digest=digest
        )
        if checksum and digest:
            # A piece cut short is no mismatch worth another name: all of it is sent again.
            if digest.digest() != checksum.value:
                raise tus.Mismatch("upload.checksum")
            _advance(begun, reached, person)
        if reached == begun.size:
            _complete(begun, person)
    return reached


def _advance(begun: Begun, safe: int, person: Person) -> None:
    with acting(person) as act:
        upload = act.session.get_one(Upload, begun.id)
        upload.received = max(0, min(safe, begun.size - 1))
        upload.expires_at = act.moment + rules.UPLOAD_LIFE


def _complete(begun: Begun, person: Person) -> None:
    session = db.session()
    # Everything may have changed while the bytes came: closing, the last free place. Asked before a gigabyte is stored.
    _check_entrance(access.find_by_id(session, begun.dossier_id, person), person, new_item=begun.document_id is None)
    session.rollback()
    # Where the store lies on the same disk the bytes lie there twice for a moment; elsewhere filing takes none of it.
    if room.copies() > 1:
        staging.check_room(begun.size)
    try:
        blob = _keep(staging.place(begun.id), begun)
    except tus.Mismatch:
        # Not what the sender has: nothing of it can be trusted, so it begins anew.
        _advance(begun, 0, person)
        raise
    with acting(person) as act:
        _file(act.session.get_one(Upload, begun.id), blob, person, act)
    staging.discard(begun.id)


def _keep(content: Path | BinaryIO, begun: Begun) -> blobs.Blob:
    blob = blobs.keep(content, begun.filename, dossier_id=begun.dossier_id, document_id=begun.document_id)
    if begun.sha256 and begun.sha256 != blob.sha256:
        raise tus.Mismatch("upload.checksum")
    return blob


def _file(upload: Upload, blob: blobs.Blob, person: Person, act: Act) -> None:
    dossier = access.find_by_id(act.session, upload.dossier_id, person)
    if upload.document_id is not None:
        document = queries.document(act.session, dossier, upload.document_id)
        version = operations.add_version(document, blob, upload.filename, act=act)
    else:
        told = dict(upload.particulars)
        told["kind"] = Kind(told["kind"]) if told["kind"] else None
        told["dated_on"] = date.fromisoformat(told["dated_on"]) if told["dated_on"] else None
        version = operations.deposit(dossier, blob, upload.filename, act=act, **told)
    upload.version_id, upload.received = version.id, upload.size


def abandon(upload_id: uuid.UUID, person: Person) -> None:
    """Throw an upload away; what was filed from it stays."""
    find(upload_id, person)
    with staging.alone(upload_id):
        with acting(person) as act:
            act.session.delete(queries.upload(act.session, upload_id, person))
        staging.discard(upload_id)


def _plain(upload: Upload) -> Begun:
    return Begun(
        upload.id, upload.dossier_id, upload.document_id, upload.filename, upload.size, upload.received, upload.sha256,
        upload.version_id is not None,
    )  # fmt: skip
