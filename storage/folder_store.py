"""Blobs as read-only files in a folder: the embedded default.

    ROOT/anjuan-store                                     says that this is a store (and that its disk is mounted)
    ROOT/drafts/<random>/                                 what is being written
    ROOT/objects/<2 hex>/<dossier>/<document>/<version>/  data, record.json

A version is prepared as a folder of its own and appears by one rename, which refuses to replace a folder that holds
anything: bytes and record become visible together, and only once. Erasing goes the other way, bytes first, so that a
version is listed until its last byte is gone. Against whoever owns the files no such lock helps; `probe` says so.
"""

import errno
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from storage import folder_record as records
from storage import streams
from storage.folder_files import (
    create_file,
    descend,
    entries,
    exclusive,
    exists,
    folder,
    remove_draft,
    remove_file,
    sweep,
    write_file,
)
from storage.folder_layout import (
    DATA,
    DRAFTS,
    MARK,
    OBJECTS,
    RECORD,
    keys,
    look,
    open_data,
    places,
    read_record,
    stored,
    version_folder,
)
from storage.folder_record import Entry, Record
from storage.port import (
    BlobExists,
    BlobLocked,
    BlobMissing,
    Promise,
    Stored,
    StoreMisconfigured,
    StoreUnavailable,
    check_new,
    check_prefix,
    check_range,
    check_version,
    judge_promises,
    lock_end,
    utc_now,
)
from storage.streams import os_errors

_LEFTOVER_AGE = 3600  # seconds


class FolderStore:
    """A BlobStore in `root`, which is made when it is missing or empty. `now` judges the locks."""

    def __init__(self, root: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        with os_errors():
            self._path = root.resolve()
            self._now = now
            _make(self._path)
            with self._root() as top, folder(DRAFTS, top) as drafts:
                sweep(drafts, time.time() - _LEFTOVER_AGE)

    def put(
        self, key: str, stream: BinaryIO, *, size: int | None = None, media_type: str = "application/octet-stream"
    ) -> Stored:
        check_new(key, media_type)
        with self._root() as top:
            # Asked before a gigabyte is written in vain; the rename in _publish decides.
            with suppress(BlobMissing), version_folder(top, key, "") as inside:
                read_record(key, inside)
                raise BlobExists(key)
            with self._draft(top) as (drafts, name, draft):
                received, sha256 = _write(stream, draft)
                streams.check_size(key, size, received)
                record = Record(key, uuid.uuid4().hex, received, sha256, media_type, self._now())
                with os_errors():
                    write_file(RECORD, draft, records.dump(record))
                    os.fsync(draft)
                    _publish(key, drafts, name, top)
        return self.stat(key, record.version_id)

    def open(self, key: str, version_id: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        with self._version(key, version_id) as (_, inside, record):
            file = os.fdopen(open_data(record, inside), "rb", buffering=0)
        file.seek(start)
        return streams.window(file, length)

    def stat(self, key: str, version_id: str) -> Stored:
        with self._version(key, version_id) as (_, inside, record):
            return stored(record, inside)

    def verify(self, key: str, version_id: str) -> Stored:
        return streams.verify(self, key, version_id)

    def versions(self, prefix: str = "") -> Iterator[Stored]:
        check_prefix(prefix)
        with self._root() as top, os_errors(), folder(OBJECTS, top) as objects:
            for key in keys(objects, prefix):
                with suppress(BlobMissing):  # erased since its name was read
                    yield look(top, key)

    def lock(self, key: str, version_id: str, until: datetime) -> Stored:
        now = self._now()
        end = lock_end(until, now)
        with self._version(key, version_id, alone=True) as (top, inside, record):
            if record.locked_until and end < record.locked_until:
                raise BlobLocked(key, version_id, f"until {record.locked_until}")
            if end != record.locked_until:
                _replace(top, inside, record.add(Entry(at=now, locked_until=end)))
        return self.stat(key, version_id)

    def hold(self, key: str, version_id: str, on: bool) -> Stored:
        with self._version(key, version_id, alone=True) as (top, inside, record):
            if record.held != on:
                _replace(top, inside, record.add(Entry(at=self._now(), held=on)))
        return self.stat(key, version_id)

    def erase(self, key: str, version_id: str) -> None:
        with self._version(key, version_id, alone=True) as (top, inside, record):
            if record.held or (record.locked_until and record.locked_until > self._now()):
                raise BlobLocked(key, version_id, f"until {record.locked_until}, held: {record.held}")
            *above, name = places(key)
            with os_errors():
                remove_file(DATA, inside)
                remove_file(RECORD, inside)
                with descend(top, (OBJECTS, *above)) as parent:
                    _remove_empty(name, parent)

    def probe(self, strict: bool) -> list[str]:
        return judge_promises([Promise.OWNER, Promise.CLOCK], strict)

    def clock(self) -> datetime | None:
        return None

    def check(self) -> None:
        name = uuid.uuid4().hex
        with self._root() as top, os_errors(), folder(DRAFTS, top) as drafts:
            try:
                write_file(name, drafts, bytes(4096))
            finally:
                remove_draft(name, drafts)

    @contextmanager
    def _root(self) -> Iterator[int]:
        """Open the root anew for every act: a disk that went away must not be replaced by its bare mount point."""
        with ExitStack() as stack:
            with os_errors():
                top = stack.enter_context(folder(str(self._path)))
                marked = exists(MARK, top)
            if not marked:
                raise StoreUnavailable(f"{self._path} is not a blob store any more")
            yield top

    @contextmanager
    def _draft(self, top: int) -> Iterator[tuple[int, str, int]]:
        """Give the folder of drafts, and the name and descriptor of a new draft; what is left of it goes afterwards."""
        name = uuid.uuid4().hex
        with ExitStack() as stack:
            with os_errors():
                drafts = stack.enter_context(folder(DRAFTS, top))
                os.mkdir(name, 0o700, dir_fd=drafts)
                stack.callback(_forget, name, drafts)
                draft = stack.enter_context(folder(name, drafts))
            stack.enter_context(exclusive(draft))
            yield drafts, name, draft

    @contextmanager
    def _version(self, key: str, version_id: str, *, alone: bool = False) -> Iterator[tuple[int, int, Record]]:
        """Open a version, `alone` without other writers. Gives the descriptors of root and version, and the record."""
        check_version(key, version_id)
        with self._root() as top, version_folder(top, key, version_id) as inside, ExitStack() as stack:
            if alone:
                stack.enter_context(exclusive(inside))
            record = read_record(key, inside)
            if record.version_id != version_id:
                raise BlobMissing(key, version_id)
            yield top, inside, record


def _make(root: Path) -> None:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder(str(root)) as top:
        if exists(MARK, top):
            return
        if set(entries(top)) - {DRAFTS, OBJECTS}:
            raise StoreMisconfigured(f"{root} is neither empty nor a blob store")
        for name in (DRAFTS, OBJECTS):
            with suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=top)
        with suppress(FileExistsError):  # two processes starting together
            write_file(MARK, top, b"1\n")
        os.fsync(top)


def _write(stream: BinaryIO, draft: int) -> tuple[int, str]:
    """Write all of `stream`; return its length and hash. The stream's own errors pass through as they are."""
    size, sha256 = 0, hashlib.sha256()
    with os_errors():
        file = create_file(DATA, draft)
    try:
        for chunk in streams.chunks(stream):
            size += len(chunk)
            sha256.update(chunk)
            rest = memoryview(chunk)
            with os_errors():
                while rest:
                    rest = rest[os.write(file, rest) :]
        with os_errors():
            os.fsync(file)
    finally:
        os.close(file)
    return size, f"sha256:{sha256.hexdigest()}"


def _publish(key: str, drafts: int, draft: str, top: int) -> None:
    """Let a finished draft appear under its key, once and for good, or not at all."""
    *above, name = places(key)
    with descend(top, (OBJECTS, *above), create=True) as parent:
        try:
            os.rename(draft, name, src_dir_fd=drafts, dst_dir_fd=parent)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise BlobExists(key) from error
            raise
        try:
            os.fsync(parent)
        except OSError:
            os.rename(name, draft, src_dir_fd=parent, dst_dir_fd=drafts)
            raise


def _replace(top: int, inside: int, record: Record) -> None:
    """Put a new record in the place of the old one, at once and durably."""
    name = uuid.uuid4().hex
    with os_errors(), folder(DRAFTS, top) as drafts:
        try:
            write_file(name, drafts, records.dump(record))
            os.rename(name, RECORD, src_dir_fd=drafts, dst_dir_fd=inside)
            os.fsync(inside)
        finally:
            remove_draft(name, drafts)


def _remove_empty(name: str, parent: int) -> None:
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        # Not empty: somebody has written the key anew in this moment.
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise
    os.fsync(parent)


def _forget(draft: str, drafts: int) -> None:
    with suppress(OSError):  # what cannot be removed now is swept at the next start
        remove_draft(draft, drafts)
