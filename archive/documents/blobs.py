"""Bytes into the store and out of it: before any row speaks of them, read back, under keys that are never shared."""

import hashlib
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.core.errors import ArchiveError, StoreDown
from archive.core.ids import new_id
from archive.core.ports import ports
from archive.documents.models import Rendition, Version
from archive.extraction import sniff
from storage.port import BlobDamaged, BlobMissing, StoreError, StoreFull

_CHUNK = 1 << 20
# Begins the last part of every key made here: what else lies in the store is never swept.
MARK = "e"


class NoRoom(ArchiveError):
    """The store or the disk is full; nothing was kept of this attempt."""

    status = 507


class Damaged(ArchiveError):
    """What the store gives back is not what was filed."""

    status = 500


@dataclass(frozen=True)
class Blob:
    """Bytes that are in the store and read back, and that no row speaks of yet. `size` in bytes, `sha256:<hex>`."""

    document_id: uuid.UUID
    version_id: uuid.UUID
    key: str
    store_version: str
    size: int
    sha256: str
    media_type: str


@contextmanager
def store_answers() -> Iterator[None]:
    """Turn what the store refuses into refusals a person understands."""
    try:
        yield
    except StoreFull as error:
        raise NoRoom("store.full") from error
    except BlobMissing as error:
        raise Damaged("store.missing") from error
    except BlobDamaged as error:
        raise Damaged("store.damaged") from error
    except StoreError as error:
        raise StoreDown("store.down") from error


def check() -> None:
    """Ask whether the store takes bytes at all, before somebody sends them. Raises StoreDown or NoRoom."""
    with store_answers():
        ports().store.check()


def keep(
    content: Path | BinaryIO, filename: str, *, dossier_id: uuid.UUID, document_id: uuid.UUID | None = None
) -> Blob:
    """Put bytes into the store and read them back; without `document_id`, as the first version of a new document.

    Call it before the transaction that writes the row: a large file takes its time. Every attempt has a key of its own,
    so one that fails leaves nothing in the way of the next; what it left behind is swept up (see `sweeping`).
    Raises StoreDown, NoRoom, Damaged.
    """
    if not isinstance(content, Path):
        with _spooled(content) as path:
            return keep(path, filename, dossier_id=dossier_id, document_id=document_id)
    document_id = document_id or new_id()
    version_id = new_id()
    key = f"{dossier_id.hex}/{document_id.hex}/{MARK}{version_id.hex}"
    media_type = sniff(content, filename)
    store = ports().store
    with store_answers(), content.open("rb") as stream:
        size = content.stat().st_size
        stored = store.put(key, stream, size=size, media_type=media_type)
        # Stores have been seen to say yes and keep something else: it counts when it reads back.
        found = store.verify(key, stored.version_id)
    return Blob(document_id, version_id, key, stored.version_id, found.size, found.sha256, media_type)


def open_version(version: Version | Rendition, *, start: int = 0, length: int | None = None) -> BinaryIO:
    """Return a stream of a version's bytes. Raises StoreDown, Damaged."""
    with store_answers():
        return ports().store.open(version.blob_key, version.store_version, start=start, length=length)


def fetch(version: Version | Rendition, path: Path) -> None:
    """Copy a version's bytes into a file and make sure they are what was filed. Raises StoreDown, Damaged."""
    digest = hashlib.sha256()
    with store_answers(), open_version(version) as stream, path.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    if f"sha256:{digest.hexdigest()}" != version.sha256:
        raise Damaged("store.damaged")


@contextmanager
def workplace() -> Iterator[Path]:
    """Give an empty folder on the disk of the uploads, where there is room for whole files; it goes afterwards."""
    uploads = ports().settings.uploads
    uploads.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=uploads) as folder:
        yield Path(folder)


@contextmanager
def _spooled(stream: BinaryIO) -> Iterator[Path]:
    with workplace() as folder:
        path = folder / "bytes"
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK)
        yield path
