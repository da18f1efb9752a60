"""Blobs in a dictionary: for tests, and for rehearsals that must leave nothing behind."""

import hashlib
import io
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from storage import streams
from storage.port import (
    BlobExists,
    BlobLocked,
    BlobMissing,
    Promise,
    Stored,
    check_new,
    check_prefix,
    check_range,
    check_version,
    judge_promises,
    lock_end,
    utc_now,
)


class MemoryStore:
    """A BlobStore that forgets everything with the process; `now` can be replaced by a test's clock."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._guard = threading.RLock()
        self._blobs: dict[str, tuple[Stored, bytes]] = {}

    def put(
        self, key: str, stream: BinaryIO, *, size: int | None = None, media_type: str = "application/octet-stream"
    ) -> Stored:
        check_new(key, media_type)
        data = b"".join(streams.chunks(stream))
        streams.check_size(key, size, len(data))
        stored = Stored(key, uuid.uuid4().hex, len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
        with self._guard:
            if key in self._blobs:
                raise BlobExists(key)
            self._blobs[key] = (stored, data)
        return stored

    def open(self, key: str, version_id: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        data = self._find(key, version_id)[1]
        return io.BytesIO(data[start : None if length is None else start + length])

    def stat(self, key: str, version_id: str) -> Stored:
        return self._find(key, version_id)[0]

    def verify(self, key: str, version_id: str) -> Stored:
        return streams.verify(self, key, version_id)

    def versions(self, prefix: str = "") -> Iterator[Stored]:
        check_prefix(prefix)
        with self._guard:
            found = [stored for key, (stored, _) in self._blobs.items() if key.startswith(prefix)]
        yield from found

    def lock(self, key: str, version_id: str, until: datetime) -> Stored:
        end = lock_end(until, self._now())
        with self._guard:
            stored, data = self._find(key, version_id)
            if stored.locked_until and end < stored.locked_until:
                raise BlobLocked(key, version_id, f"until {stored.locked_until}")
            self._blobs[key] = (replace(stored, locked_until=end), data)
            return self.stat(key, version_id)

    def hold(self, key: str, version_id: str, on: bool) -> Stored:
        with self._guard:
            stored, data = self._find(key, version_id)
            self._blobs[key] = (replace(stored, held=on), data)
            return self.stat(key, version_id)

    def erase(self, key: str, version_id: str) -> None:
        with self._guard:
            stored, _ = self._find(key, version_id)
            if stored.held or (stored.locked_until and stored.locked_until > self._now()):
                raise BlobLocked(key, version_id, f"until {stored.locked_until}, held: {stored.held}")
            del self._blobs[key]

    def probe(self, strict: bool) -> list[str]:
        return judge_promises([Promise.DURABLE, Promise.OWNER, Promise.CLOCK], strict)

    def check(self) -> None:
        """Memory always answers."""

    def clock(self) -> datetime | None:
        return None

    def _find(self, key: str, version_id: str) -> tuple[Stored, bytes]:
        check_version(key, version_id)
        with self._guard:
            found = self._blobs.get(key)
        if found is None or found[0].version_id != version_id:
            raise BlobMissing(key, version_id)
        return found
