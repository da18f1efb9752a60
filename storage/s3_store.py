"""Blobs in a versioned S3 bucket with Object Lock.

Nothing a server answers to a write is believed: the version is read back before `put`, `lock` and `hold` return. Locks
and holds are set by requests of their own after the upload, because some servers drop those that come with it.
"""

import base64
import io
import logging
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from minio.commonconfig import COMPLIANCE
from minio.datatypes import Object

from storage import s3_bucket, s3_probe, streams
from storage.port import (
    BlobDamaged,
    BlobExists,
    BlobLocked,
    BlobMissing,
    Promise,
    Stored,
    StoreError,
    StoreMisconfigured,
    check_new,
    check_prefix,
    check_range,
    check_version,
    judge_promises,
    lock_end,
    utc_now,
)
from storage.s3_wire import PART, Wire, moment

_LOG = logging.getLogger(__name__)
_SHA256, _PUT_ID = "x-amz-meta-sha256", "x-amz-meta-put-id"


class S3Store:
    """A BlobStore in `bucket`; with `create_bucket`, it is made when missing. Nothing is sent before the first use."""

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        *,
        region: str = "us-east-1",
        secure: bool = True,
        create_bucket: bool = False,
    ) -> None:
        self._unchecked = Wire(endpoint, bucket, access_key, secret_key, region, secure)
        self._create_bucket = create_bucket
        self._conditional: bool | None = None

    def put(
        self, key: str, stream: BinaryIO, *, size: int | None = None, media_type: str = "application/octet-stream"
    ) -> Stored:
        check_new(key, media_type)
        with streams.staged(stream, PART) as body:
            streams.check_size(key, size, body.size)
            wire = self._wire
            # A small object is refused by its own condition. For the rest the store must look before and after: Ceph 16
            # knows no conditions, and SeaweedFS lets several writers pass who finish their parts at the same moment.
            checks = body.size > PART or not self._conditional
            if checks and self._written(key):
                raise BlobExists(key)
            put_id = uuid.uuid4().hex
            headers = {"Content-Type": media_type, _SHA256: body.sha256, _PUT_ID: put_id, "If-None-Match": "*"}
            try:
                if body.size > PART:
                    version_id = wire.put_parts(key, streams.pieces(key, body, PART), headers)
                else:
                    headers["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(body.sha256[7:])).decode()
                    version_id = wire.put(key, b"".join(streams.pieces(key, body, PART)), headers)
                stored = self.stat(key, version_id)
                if (stored.size, stored.sha256) != (body.size, body.sha256):
                    raise BlobDamaged(key, version_id, "the store does not say what was put")
                if checks and self._written(key)[0] != version_id:
                    raise BlobExists(key)
            except BaseException:
                self._undo(key, put_id)
                raise
        return stored

    def open(self, key: str, version_id: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        check_version(key, version_id)
        check_range(start, length)
        if length == 0:
            self.stat(key, version_id)
            return io.BytesIO()
        body = self._wire.get(key, version_id, start, length)
        return io.BytesIO() if body is None else streams.window(body, length)

    def stat(self, key: str, version_id: str) -> Stored:
        check_version(key, version_id)
        return _stored(self._wire.head(key, version_id), key, version_id)

    def verify(self, key: str, version_id: str) -> Stored:
        return streams.verify(self, key, version_id)

    def versions(self, prefix: str = "") -> Iterator[Stored]:
        check_prefix(prefix)
        listing = (found for found in self._wire.versions(prefix) if not str(found.object_name).startswith("."))
        with ThreadPoolExecutor(8) as pool:
            while page := list(islice(listing, 256)):
                yield from (stored for stored in pool.map(self._look, page) if stored)

    def lock(self, key: str, version_id: str, until: datetime) -> Stored:
        check_version(key, version_id)
        end = lock_end(until, utc_now())
        wire = self._wire
        present = wire.retention(key, version_id)
        if present and end < present[1]:
            raise BlobLocked(key, version_id, f"until {present[1]}")
        if present != (COMPLIANCE, end):
            try:
                wire.retain(key, version_id, end)
            except StoreMisconfigured:
                present = wire.retention(key, version_id)
                if present and end < present[1]:  # somebody else was quicker, and asked for longer
                    raise BlobLocked(key, version_id, f"until {present[1]}") from None
                raise
            kept = wire.retention(key, version_id)
            if not kept or kept[0] != COMPLIANCE or kept[1] < end:
                raise StoreMisconfigured(f"the lock of {key} {version_id} until {end} was not kept: {kept}")
        return self.stat(key, version_id)

    def hold(self, key: str, version_id: str, on: bool) -> Stored:
        check_version(key, version_id)
        wire = self._wire
        wire.hold(key, version_id, on)
        if wire.held(key, version_id) != on:
            raise StoreMisconfigured(f"the hold of {key} {version_id} was not {'kept' if on else 'released'}")
        return self.stat(key, version_id)

    def erase(self, key: str, version_id: str) -> None:
        check_version(key, version_id)
        wire = self._wire
        try:
            stored = self.stat(key, version_id)
        except BlobMissing:
            if not self._listed(key, version_id):
                raise
            # Listed without being readable: a delete marker, which nothing protects.
        else:
            if stored.held or (stored.locked_until and stored.locked_until > utc_now()):
                raise BlobLocked(key, version_id, f"until {stored.locked_until}, held: {stored.held}")
        try:
            wire.delete(key, version_id)
        except StoreMisconfigured:
            # Refused by the server: for a lock that HEAD does not show, or for want of permission.
            locked, held = wire.retention(key, version_id), wire.held(key, version_id)
            if locked or held:
                raise BlobLocked(key, version_id, f"{locked}, held: {held}") from None
            raise
        if self._listed(key, version_id):
            raise StoreMisconfigured(f"{key} {version_id} is still there after its deletion")

    def probe(self, strict: bool) -> list[str]:
        wire = self._wire
        broken = s3_probe.broken_promises(wire)
        if not self._conditional:
            broken.append(Promise.WRITE_ONCE)
        return judge_promises(broken, strict)

    def check(self) -> None:
        key = s3_bucket.scratch_key("check")
        wire = self._wire
        wire.delete(key, wire.put(key, b"check", {}))

    def clock(self) -> datetime | None:
        return self._wire.clock()

    @property
    def _wire(self) -> Wire:
        """The bucket, looked at once before its first use."""
        # Without a guard: threads that come together look twice, rather than wait in line for a server that is down.
        if self._conditional is None:
            self._conditional = s3_bucket.prepare(self._unchecked, create=self._create_bucket)
        return self._unchecked

    def _written(self, key: str) -> list[str]:
        """Return the version ids under a key, the oldest first: of two writers at one moment, that one has won."""
        found = [one for one in self._wire.versions(key) if one.object_name == key and not one.is_delete_marker]
        return [str(one.version_id) for one in reversed(found)]  # S3 lists the newest version of a key first

    def _listed(self, key: str, version_id: str) -> bool:
        found = self._wire.versions(key)
        return any(one.object_name == key and one.version_id == version_id for one in found)

    def _look(self, found: Object) -> Stored | None:
        key, version_id = str(found.object_name), str(found.version_id)
        if found.is_delete_marker:
            return Stored(key, version_id, 0, "", delete_marker=True)
        with suppress(BlobMissing):  # erased since it was listed
            return _stored(self._wire.head(key, version_id), key, version_id)
        return None

    def _undo(self, key: str, put_id: str) -> None:
        """Remove what a failed put may have left, known by its mark: the answer with the version id may be lost."""
        try:
            for version_id in self._written(key):
                with suppress(BlobMissing):  # another writer's, who has just undone it
                    if _headers(self._wire.head(key, version_id)).get(_PUT_ID) == put_id:
                        self._wire.delete(key, version_id)
        except StoreError as error:
            _LOG.warning("a failed put of %s may have left a version without an owner: %s", key, error)


def _headers(found: Object) -> Mapping[str, str]:
    return found.metadata or {}


def _stored(found: Object, key: str, version_id: str) -> Stored:
    headers = _headers(found)
    # A GOVERNANCE lock can be talked away, so it does not count as one.
    locked = headers.get("x-amz-object-lock-mode") == COMPLIANCE
    return Stored(
        key=key,
        version_id=version_id,
        size=found.size or 0,
        sha256=headers.get(_SHA256, ""),
        locked_until=moment(headers["x-amz-object-lock-retain-until-date"]) if locked else None,
        held=headers.get("x-amz-object-lock-legal-hold") == "ON",
    )
