"""Reading streams in pieces: hashing on the way, and windows over a longer one."""

import hashlib
import io
from collections.abc import Iterator
from typing import BinaryIO

from storage.port import BlobDamaged, BlobStore, Stored

CHUNK = 1 << 20


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

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def window(source: BinaryIO, length: int | None) -> BinaryIO:
    """Return a buffered stream over at most `length` bytes of `source`."""
    return io.BufferedReader(Window(source, length), buffer_size=CHUNK // 4)
