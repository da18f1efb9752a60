"""The seam between the archive and whatever keeps its bytes: what a store does, what it answers, how it refuses.

A key names one version of one document, `dossier/document/version`, all opaque ids. It is written once. The store adds
a version id of its own; every later act names both, so that a delete marker or a second write by another hand never
changes what a dossier serves. A version can be locked until a moment and held without end; no lock is ever shortened.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_KEY = re.compile(rf"{_ID}/{_ID}/{_ID}")
_PREFIX = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_/-]{0,194})?")
_MEDIA_TYPE = re.compile(r"[ -~]{1,255}")
_VERSION_ID = re.compile(r"[A-Za-z0-9._~-]{1,1024}")


class StoreError(Exception):
    """Any refusal or failure of a store."""


class BlobError(StoreError):
    """A refusal about one version."""

    def __init__(self, key: str, version_id: str = "", detail: str = "") -> None:
        super().__init__(" ".join(part for part in (key, version_id, detail) if part))
        self.key = key
        self.version_id = version_id
        self.detail = detail


class BlobExists(BlobError):
    """The key was written already; keys are written once."""


class BlobMissing(BlobError):
    """The store holds no such version."""


class BlobDamaged(BlobError):
    """The bytes, or what is recorded about them, are not what was put."""


class BlobLocked(BlobError):
    """The version is locked or held, or the act would shorten its lock."""


class StoreUnavailable(StoreError):
    """The store does not answer or cannot be written; trying again later may succeed."""


class StoreFull(StoreError):
    """No room left; nothing was kept of the attempt."""


class StoreMisconfigured(StoreError):
    """The store answers, but is not set up so that the archive may trust it."""


class Promise(StrEnum):
    """What a store may or may not promise; `BlobStore.probe` names those it does not."""

    DELETE_LOCKED = "lock.delete"  # a locked version cannot be deleted
    SHORTEN = "lock.shorten"  # a lock cannot be shortened
    DOWNGRADE = "lock.downgrade"  # a COMPLIANCE lock cannot become a GOVERNANCE lock
    BYPASS = "lock.bypass"  # no header talks the store out of a lock
    OWNER = "lock.owner"  # locks bind whoever owns the account or the machine
    CLOCK = "lock.clock"  # locks are judged by another clock than the archive's own
    DELETE_HELD = "hold.delete"  # a held version cannot be deleted
    KEEPS_VERSION = "delete.marker"  # an unversioned delete leaves the version readable
    DURABLE = "bytes.durable"  # what was put outlives the process
    CHECKS_BODY = "body.checked"  # a body that differs from its checksum is refused
    WRITE_ONCE = "write.once"  # two writers of one key at the same moment: the store itself refuses one


# Without these a locked version is not safe: `probe(strict=True)` refuses. The others are worth knowing.
ESSENTIAL = frozenset(Promise) - {Promise.CHECKS_BODY, Promise.WRITE_ONCE}


@dataclass(frozen=True)
class Stored:
    """One version as the store holds it.

    `size` in bytes, of what is really there; `sha256` is `sha256:<hex>` as recorded at `put`, empty when the store has
    none (a foreign object, a delete marker, a lost record); `locked_until` is aware, in UTC, None when never locked.
    """

    key: str
    version_id: str
    size: int
    sha256: str
    locked_until: datetime | None = None
    held: bool = False
    delete_marker: bool = False


class BlobStore(Protocol):
    """Keeps bytes under write-once keys. Safe to share between threads and processes.

    Everything may raise StoreUnavailable, StoreFull and StoreMisconfigured; a malformed key, version id, range or date
    is a ValueError. No act returns before what it did can survive a crash of the archive.
    """

    def put(
        self, key: str, stream: BinaryIO, *, size: int | None = None, media_type: str = "application/octet-stream"
    ) -> Stored:
        """Store all of `stream` under a new key and read the record back.

        `size` is the announced length in bytes; another length raises BlobDamaged. Raises BlobExists when the key was
        written before. On any failure, the stream's own errors included, nothing is visible under the key.
        """

    def open(self, key: str, version_id: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """Return a stream (close it, or use `with`) of `length` bytes from `start`; shorter, or empty, past the end."""

    def stat(self, key: str, version_id: str) -> Stored:
        """Return the record of a version. Raises BlobMissing, also for a delete marker."""

    def verify(self, key: str, version_id: str) -> Stored:
        """Read all bytes again and compare with the record. Raises BlobDamaged."""

    def versions(self, prefix: str = "") -> Iterator[Stored]:
        """Yield everything whose key starts with `prefix`, in no promised order, delete markers and damage included."""

    def lock(self, key: str, version_id: str, until: datetime) -> Stored:
        """Lock a version until an aware moment in the future, rounded up to the second, and read the lock back.

        Raises BlobLocked when that would shorten the present lock.
        """

    def hold(self, key: str, version_id: str, on: bool) -> Stored:
        """Place or release the hold and read it back."""

    def erase(self, key: str, version_id: str) -> None:
        """Destroy one version (or remove a delete marker) and see it gone. Raises BlobLocked, BlobMissing."""

    def probe(self, strict: bool) -> list[str]:
        """Try what a store must refuse, on a tiny object, and name each `Promise` not kept.

        With `strict`, raises StoreMisconfigured when one of ESSENTIAL is among them.
        """

    def check(self) -> None:
        """Write and remove a few bytes, quickly; raises what is wrong."""

    def clock(self) -> datetime | None:
        """Return the moment by the clock that judges the locks, to the second; None when that is the archive's own."""


def check_key(key: str) -> str:
    """Return `key` when it is `dossier/document/version` with ids of letters, digits, `-` and `_`; else ValueError."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of the form dossier/document/version: {key!r}")
    return key


def check_new(key: str, media_type: str) -> None:
    """Refuse a malformed key, or a media type that is not a line of printable ASCII (it travels as a header)."""
    check_key(key)
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise ValueError(f"not a media type: {media_type!r}")


def check_version(key: str, version_id: str) -> None:
    """Refuse a malformed key or version id; to S3 an empty id would mean the latest, and deleting that, a marker."""
    check_key(key)
    if not _VERSION_ID.fullmatch(version_id):
        raise ValueError(f"not a version id: {version_id!r}")


def check_prefix(prefix: str) -> None:
    """Refuse a prefix no key can start with."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"not the beginning of a key: {prefix!r}")


def check_range(start: int, length: int | None) -> None:
    """Refuse a range before the beginning or of negative length."""
    if start < 0 or (length is not None and length < 0):
        raise ValueError(f"not a range: start {start}, length {length}")


def lock_end(until: datetime, now: datetime) -> datetime:
    """Return `until` in UTC, rounded up to the whole second all stores can keep. It must be aware and in the future."""
    if until.tzinfo is None:
        raise ValueError("the end of a lock must carry its zone")
    end = until.astimezone(UTC)
    if end.microsecond:
        end = end.replace(microsecond=0) + timedelta(seconds=1)
    if end <= now:
        raise ValueError(f"the end of a lock must lie in the future: {end}")
    return end


def judge_promises(broken: list[Promise], strict: bool) -> list[str]:
    """Return the unkept promises in a stable order; with `strict`, refuse when an essential one is among them."""
    essential = sorted(ESSENTIAL.intersection(broken))
    if strict and essential:
        raise StoreMisconfigured("the store does not promise " + ", ".join(essential))
    return [str(promise) for promise in sorted(set(broken))]


def utc_now() -> datetime:
    """Return the machine's moment, aware, in UTC."""
    return datetime.now(UTC)
