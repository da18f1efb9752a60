"""Blobs as read-only files in a folder: the embedded default.

    ROOT/anjuan-store                                     says that this is a store (and that its disk is mounted)
    ROOT/drafts/<random>/                                 what is being written
    ROOT/objects/<2 hex>/<dossier>/<document>/<version>/  data, record.json

A version is prepared as a folder of its own and appears by one rename, which refuses to replace a folder that holds
anything: bytes and record become visible together, and only once. Erasing goes the other way, bytes first, so that a
version is listed until its last byte is gone. Against whoever owns the files no lock of a file system helps; `probe` says so.
"""

import errno
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from storage import folder_record as records
from storage import streams
from storage.folder_files import (
    FOREIGN,
    create_file,
    descend,
    entries,
    exclusive,
    exists,
    folder,
    open_file,
    os_errors,
    read_file,
    remove_draft,
    remove_file,
    sweep,
    write_file,
)
from storage.folder_record import Entry, Record
from storage.port import (
    BlobDamaged,
    BlobExists,
    BlobLocked,
    BlobMissing,
    Promise,
    Stored,
    StoreMisconfigured,
    StoreUnavailable,
    check_key,
    check_prefix,
    check_range,
    check_version,
    judge_promises,
    lock_end,
    utc_now,
)

_MARK, _DRAFTS, _OBJECTS = "anjuan-store", "drafts", "objects"
_DATA, _RECORD = "data", "record.json"
_LEFTOVER_AGE = 3600  # seconds


class FolderStore:
    """A BlobStore in `root`; with `create`, an empty or missing folder becomes a store. `now` judges the locks."""

    def __init__(self, root: Path, *, create: bool = False, now: Callable[[], datetime] = utc_now) -> None:
        with os_errors():
            self._path = str(root.resolve())
            self._now = now
            if create:
                self._make(root.resolve())
            elif not (root / _MARK).exists():
                raise StoreMisconfigured(f"{root} is not a blob store")
        with self._root() as top, os_errors(), folder(_DRAFTS, top) as drafts:
            sweep(drafts, time.time() - _LEFTOVER_AGE)

    def put(
        self, key: str, stream: BinaryIO, *, size: int | None = None, media_type: str = "application/octet-stream"
    ) -> Stored:
        *above, name = _places(check_key(key))
        with self._root() as top, self._draft(top) as (drafts, draft_name, draft):
            # Asked before a gigabyte is written in vain; the rename decides.
            if self._written(top, key):
                raise BlobExists(key)
            received, sha256 = _write(stream, draft)
            streams.check_size(key, size, received)
            record = Record(key, uuid.uuid4().hex, received, sha256, media_type, self._now())
            with os_errors(), descend(top, tuple(above), create=True) as parent:
                write_file(_RECORD, draft, records.dump(record))
                os.fsync(draft)
                _publish(key, drafts, draft_name, parent, name)
        return self.stat(key, record.version_id)

    def open(self, key: str, version_id: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        with self._root() as top, self._version(top, key, version_id) as (inside, _), os_errors():
            file = os.fdopen(open_file(_DATA, inside), "rb", buffering=0)
            file.seek(start)
            return streams.window(file, length)

    def stat(self, key: str, version_id: str) -> Stored:
        with self._root() as top, self._version(top, key, version_id) as (inside, record):
            return _stored(record, inside)

    def verify(self, key: str, version_id: str) -> Stored:
        return streams.verify(self, key, version_id)

    def versions(self, prefix: str = "") -> Iterator[Stored]:
        check_prefix(prefix)
        with self._root() as top, os_errors(), folder(_OBJECTS, top) as objects:
            for places, key in _walk(objects, prefix):
                with suppress(BlobMissing):  # erased since it was listed
                    yield self._look(objects, places, key)

    def lock(self, key: str, version_id: str, until: datetime) -> Stored:
        now = self._now()
        end = lock_end(until, now)
        with self._root() as top, self._alone(top, key, version_id) as (inside, record):
            if record.locked_until and end < record.locked_until:
                raise BlobLocked(key, version_id, f"until {record.locked_until}")
            if end != record.locked_until:
                self._enter(top, inside, record.add(Entry(at=now, locked_until=end)))
        return self.stat(key, version_id)

    def hold(self, key: str, version_id: str, on: bool) -> Stored:
        with self._root() as top, self._alone(top, key, version_id) as (inside, record):
            if record.held != on:
                self._enter(top, inside, record.add(Entry(at=self._now(), held=on)))
        return self.stat(key, version_id)

    def erase(self, key: str, version_id: str) -> None:
        *above, name = _places(key)
        with self._root() as top:
            with self._alone(top, key, version_id) as (inside, record):
                if record.held or (record.locked_until and record.locked_until > self._now()):
                    raise BlobLocked(key, version_id, f"until {record.locked_until}, held: {record.held}")
                with os_errors():
                    remove_file(_DATA, inside)
                    remove_file(_RECORD, inside)
            # Not empty: somebody has written the key anew in this moment.
            with os_errors(), descend(top, tuple(above)) as parent, suppress(FileNotFoundError):
                _remove_empty(name, parent)

    def probe(self, strict: bool) -> list[str]:
        return judge_promises([Promise.OWNER, Promise.CLOCK], strict)

    def check(self) -> None:
        with self._root() as top, os_errors(), folder(_DRAFTS, top) as drafts:
            name = uuid.uuid4().hex
            try:
                write_file(name, drafts, bytes(4096))
            finally:
                remove_draft(name, drafts)

    def _make(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with folder(str(root)) as top:
            if exists(_MARK, top):
                return
            if set(entries(top)) - {_DRAFTS, _OBJECTS}:
                raise StoreMisconfigured(f"{root} is not empty and not a blob store")
            for name in (_DRAFTS, _OBJECTS):
                with suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=top)
            with suppress(FileExistsError):
                write_file(_MARK, top, b"1\n")
            os.fsync(top)

    @contextmanager
    def _root(self) -> Iterator[int]:
        """Open the root anew for every act: a disk that went away must not be replaced by its bare mount point."""
        with os_errors():
            top = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if not exists(_MARK, top):
                raise StoreUnavailable(f"{self._path} is not a blob store any more")
            yield top
        finally:
            os.close(top)

    @contextmanager
    def _draft(self, top: int) -> Iterator[tuple[int, str, int]]:
        """Give the folder of drafts, and the name and descriptor of a new draft, which is gone afterwards."""
        name = uuid.uuid4().hex
        with os_errors():
            drafts = os.open(_DRAFTS, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
        try:
            with os_errors():
                os.mkdir(name, 0o700, dir_fd=drafts)
            with folder(name, drafts) as draft, exclusive(draft):
                yield drafts, name, draft
        finally:
            remove_draft(name, drafts)
            os.close(drafts)

    @contextmanager
    def _version(self, top: int, key: str, version_id: str) -> Iterator[tuple[int, Record]]:
        """Open the folder of a version and read its record. Raises BlobMissing, BlobDamaged."""
        check_version(key, version_id)
        with _opened(key, version_id, top, (_OBJECTS, *_places(key)[1:])) as inside:
            record = _record(key, inside)
            if record.version_id != version_id:
                raise BlobMissing(key, version_id)
            yield inside, record
