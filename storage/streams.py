"""Reading streams in pieces: hashing on the way, and windows over a longer one."""

import errno
import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from storage.port import BlobDamaged, BlobStore, Stored, StoreFull, StoreUnavailable

CHUNK = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def os_errors() -> Iterator[None]:
    """Turn what the file system refuses into StoreFull or StoreUnavailable."""
    try:
        yield
    except OSError as error:
        kind = StoreFull if error.errno in _FULL else StoreUnavailable
        raise kind(str(error)) from error


def chunks(stream: BinaryIO, size: int = CHUNK) -> Iterator[bytes]:
    """Yield what `stream` has left in pieces of at most `size` bytes."""
    while chunk := stream.read(size):
        yield chunk


def digest(stream: BinaryIO) -> tuple[int, str]:
    """Read `stream` to its end; return its length in bytes and `sha256:<hex>`."""
    size, sha256 = 0, hashlib.sha256()
    for chunk in chunks(stream):
        size += len(chunk)
        sha256.update(chunk)
    return size, f"sha256:{sha256.hexdigest()}"


def check_size(key: str, announced: int | None, received: int) -> None:
    """Refuse a stream that ended early or ran on: half an exhibit is not an exhibit."""
    if announced is not None and announced != received:
        raise BlobDamaged(key, detail=f"{announced} bytes announced, {received} received")


def verify(store: BlobStore, key: str, version_id: str) -> Stored:
    """Read the bytes of a version and compare them with its record. Raises BlobDamaged."""
    stored = store.stat(key, version_id)
    with store.open(key, version_id) as stream:
        size, sha256 = digest(stream)
    if (size, sha256) != (stored.size, stored.sha256):
        raise BlobDamaged(key, version_id, f"recorded {stored.size} {stored.sha256}, read {size} {sha256}")
    return stored


@dataclass(frozen=True)
class Body:
    """A stream whose length in bytes and `sha256:<hex>` are known before it is read; `file` stands at its beginning."""

    file: BinaryIO
    size: int
    sha256: str


@contextmanager
def staged(stream: BinaryIO, in_memory: int) -> Iterator[Body]:
    """Read `stream` once to learn its length and hash, so that both can be sent ahead of the bytes.

    A stream that cannot be read twice is kept meanwhile: in memory up to `in_memory` bytes, else in a temporary file.
    """
    if stream.seekable():
        beginning = stream.tell()
        size, sha256 = digest(stream)
        stream.seek(beginning)
        yield Body(stream, size, sha256)
        return
    with tempfile.SpooledTemporaryFile(max_size=in_memory) as spool:
        for chunk in chunks(stream):
            with os_errors():
                spool.write(chunk)
        spool.seek(0)
        size, sha256 = digest(cast(BinaryIO, spool))
        spool.seek(0)
        yield Body(cast(BinaryIO, spool), size, sha256)


def pieces(key: str, body: Body, size: int) -> Iterator[bytes]:
    """Yield a body in pieces of exactly `size` bytes, but for the last; refuse it when it changed since."""
    sha256 = hashlib.sha256()
    while piece := b"".join(_exactly(body.file, size)):
        sha256.update(piece)
        yield piece
    if f"sha256:{sha256.hexdigest()}" != body.sha256:
        raise BlobDamaged(key, detail="the stream changed while it was being stored")


def _exactly(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (part := stream.read(size)):
        size -= len(part)
        yield part


class Window(io.RawIOBase):
    """At most `length` bytes (None: all) of a source from where it stands. Closing the window closes the source."""

    def __init__(self, source: BinaryIO, length: int | None) -> None:
        self._source = source
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        data = self._source.read(wanted)
        buffer[: len(data)] = data
        if self._left is not None:
            self._left -= len(data)
        return len(data)

    def readall(self) -> bytes:
        """Return all that is left; the inherited way asks for it in pieces of 8 KiB."""
        data = b"".join(_exactly(self._source, self._left)) if self._left is not None else self._source.read()
        self._left = 0
        return data

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def window(source: BinaryIO, length: int | None) -> BinaryIO:
    """Return a buffered stream over at most `length` bytes of `source`."""
    return io.BufferedReader(Window(source, length), buffer_size=CHUNK // 16)
