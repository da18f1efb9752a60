"""The files in which uploads wait: appended to, fsynced, then acknowledged; one writer at a time."""

import errno
import fcntl
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from werkzeug.exceptions import ClientDisconnected

from archive.core.errors import ArchiveError
from archive.core.ports import ports
from archive.documents import room
from archive.documents.blobs import NoRoom

PIECE = 256 << 10
# So much at most is lost when the process is killed in the middle of one long request.
STEP = 8 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Busy(ArchiveError):
    """Another request is writing to this upload at this moment."""

    status = 423


class Readable(Protocol):
    """What a request's body offers."""

    def read(self, size: int, /) -> bytes: ...


def place(upload_id: uuid.UUID) -> Path:
    """Return the file of an upload."""
    return ports().settings.uploads / upload_id.hex


def check_room(size: int, *, promised: int = 0) -> None:
    """Refuse `size` bytes the disk cannot hold, before they come, beside what is promised to others. Raises NoRoom."""
    if room.left() < promised + size:
        raise NoRoom("upload.no_room")


@contextmanager
def alone(upload_id: uuid.UUID) -> Iterator[int]:
    """Open an upload's file, made when missing, for one writer; gives its descriptor. Raises Busy.

    The lock is the kernel's: it goes with the process that holds it, whatever ends that.
    """
    path = place(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("upload.busy") from error
        try:
            yield file
        finally:
            # Closing alone would not do: a child being started by another thread still holds the file for a moment.
            fcntl.flock(file, fcntl.LOCK_UN)
    finally:
        os.close(file)


def size(file: int) -> int:
    """Return how many bytes the file holds, acknowledged or not."""
    return os.fstat(file).st_size


def append(
    file: int,
    body: Readable,
    *,
    start: int,
    most: int,
    advance: Callable[[int], None],
    digest: "hashlib._Hash | None" = None,
) -> int:
    """Write `body` from offset `start` on, at most `most` bytes, and return the offset reached, safely on disk.

    `advance` is told every offset that is safe. With `digest` nothing counts before all of it was checked, so
    `advance` is not called. A connection that breaks ends the body: what came before it is kept. Raises NoRoom, before
    the disk is so full that the database could not note what is safe; the upload goes on from there later.
    """
    # Bytes behind the last safe offset are of an attempt that was cut off.
    os.ftruncate(file, start)
    reached = safe = asked = start
    try:
        while reached < start + most and (piece := _read(body, min(PIECE, start + most - reached))):
            # One byte is what is left of an upload that waits for the store only (see `receiving._advance`).
            if most > 1 and (reached == start or reached - asked >= STEP):
                check_room(0)
                asked = reached
            if digest is not None:
                digest.update(piece)
            reached = _write(file, piece, reached)
            if digest is None and reached - safe >= STEP:
                os.fsync(file)
                advance(safe := reached)
    except NoRoom:
        # What does not count must not fill the disk until the upload expires.
        os.ftruncate(file, safe)
        raise
    os.fsync(file)
    if digest is None:
        advance(reached)
    return reached


def _read(body: Readable, size: int) -> bytes:
    try:
        return body.read(size)
    except (ClientDisconnected, OSError):
        return b""


def _write(file: int, piece: bytes, at: int) -> int:
    rest = memoryview(piece)
    try:
        while rest:
            written = os.pwrite(file, rest, at)
            rest, at = rest[written:], at + written
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom("upload.no_room") from error
        raise
    return at


def discard(upload_id: uuid.UUID) -> None:
    """Remove an upload's file, if there is one."""
    place(upload_id).unlink(missing_ok=True)
