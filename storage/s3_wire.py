"""The few S3 requests the store needs, answered in the store's own words.

The SDK signs, sends and parses. Where its public calls cannot pass a header (`If-None-Match`, `Content-MD5` of a part)
or stumble over what real servers answer (Ceph's dates with nanoseconds, "never locked" under several codes), the
request is composed here and sent through the SDK's own `_execute`, the only private name used.
"""

import base64
import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import ParseError

import certifi
import urllib3
from defusedxml import ElementTree
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.datatypes import Object
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from minio.retention import Retention
from urllib3.exceptions import HTTPError

from storage.port import (
    BlobDamaged,
    BlobExists,
    BlobMissing,
    StoreError,
    StoreFull,
    StoreMisconfigured,
    StoreUnavailable,
)

PART = 5 << 20  # bytes; the smallest part S3 allows, so that memory stays flat
_PARALLEL = 3  # parts under way at once
_TIMEOUT = urllib3.Timeout(connect=3, read=60)  # seconds

_BLOB_ERRORS = {
    "NoSuchKey": BlobMissing,
    "NoSuchVersion": BlobMissing,
    "PreconditionFailed": BlobExists,
    "ConditionalRequestConflict": BlobExists,
    "BadDigest": BlobDamaged,
    "XAmzContentSHA256Mismatch": BlobDamaged,
}
_FULL = frozenset({"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded"})
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "RequestTimeout", "InternalError", "TooManyRequests"})
# What servers answer for a version that was never locked or held. Anything else is "cannot say".
_NEVER_SET = frozenset(
    {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "NoSuchObjectLegalHold"}
)


@contextmanager
def s3_errors(key: str = "", version_id: str = "") -> Iterator[None]:
    """Turn every failure of the SDK, the server or the network into a StoreError."""
    try:
        yield
    except S3Error as error:
        raise _translated(error, key, version_id) from error
    except ServerError as error:
        raise (StoreFull if error.status_code == 507 else StoreUnavailable)(str(error)) from error
    except (InvalidResponseError, MinioException, HTTPError) as error:
        raise StoreUnavailable(str(error)) from error
    except (ParseError, ValueError) as error:  # whatever answered there, it did not speak S3
        raise StoreUnavailable(f"not an S3 answer: {error}") from error


def _translated(error: S3Error, key: str, version_id: str) -> StoreError:
    code, status = error.code or "", error.response.status
    if code in _FULL or status == 507:
        return StoreFull(code)
    if code in _BUSY or status >= 500 or status == 429:
        return StoreUnavailable(f"{status} {code}")
    if code in _BLOB_ERRORS:
        return _BLOB_ERRORS[code](key, version_id, code)
    return StoreMisconfigured(f"{status} {code}: {error.message}")


class Wire:
    """One bucket of one S3 server. Opening it sends nothing."""

    def __init__(self, endpoint: str, bucket: str, access_key: str, secret_key: str, region: str, secure: bool) -> None:
        self.bucket = bucket
        http = urllib3.PoolManager(
            maxsize=16,
            timeout=_TIMEOUT,
            cert_reqs="CERT_REQUIRED",
            ca_certs=os.environ.get("SSL_CERT_FILE") or certifi.where(),
            # Writing requests are never sent twice: whether the first one arrived cannot be known.
            retries=urllib3.Retry(connect=1, read=1, redirect=0, status=0, other=0, allowed_methods=["GET", "HEAD"]),
        )
        try:
            self.client = Minio(endpoint, access_key, secret_key, secure=secure, region=region, http_client=http)
        except ValueError as error:
            raise StoreMisconfigured(str(error)) from error

    def put(self, key: str, data: bytes, headers: dict[str, str]) -> str:
        """Store an object in one request and return its version id."""
        answer = self.send("PUT", key, body=data, headers={**headers, "Content-MD5": md5(data)})
        return _version_of(answer)

    def put_parts(self, key: str, pieces: Iterable[bytes], headers: dict[str, str]) -> str:
        """Store an object in parts and return its version id; invisible until the last request has succeeded."""
        answer = self.send("POST", key, headers=headers, query={"uploads": ""})
        upload = _text(answer.data, "UploadId")
        try:
            etags = self._send_parts(key, upload, pieces)
            parts = "".join(
                f'<Part><PartNumber>{number}</PartNumber><ETag>"{etag}"</ETag></Part>'
                for number, etag in enumerate(etags, 1)
            )
            body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
            condition = {name: value for name, value in headers.items() if name == "If-None-Match"}
            sent = {"Content-Type": "application/xml", "Content-MD5": md5(body), **condition}
            answer = self.send("POST", key, body=body, headers=sent, query={"uploadId": upload})
            if ElementTree.fromstring(answer.data).tag.endswith("Error"):  # S3 may say 200 before it knows how it ends
                raise StoreUnavailable(_text(answer.data, "Code"))
        except BaseException:
            with suppress(StoreError):
                self.send("DELETE", key, query={"uploadId": upload})
            raise
        return _version_of(answer)

    def head(self, key: str, version_id: str) -> Object:
        """Return what the server says about a version. Raises BlobMissing, also for a delete marker."""
        try:
            with s3_errors(key, version_id):
                return self.client.stat_object(self.bucket, key, version_id=version_id)
        except BlobMissing:
            # The answer to HEAD is the same when the bucket itself is gone, and that is not "erased".
            with s3_errors():
                if not self.client.bucket_exists(self.bucket):
                    raise StoreMisconfigured(f"there is no bucket {self.bucket}") from None
            raise

    def get(self, key: str, version_id: str, start: int, length: int | None) -> BinaryIO | None:
        """Return the open body of a version from `start`; None when the range begins past its end."""
        try:
            with s3_errors(key, version_id):
                answer = self.client.get_object(
                    self.bucket, key, offset=start, length=length or 0, version_id=version_id
                )
        except StoreMisconfigured as error:
            if isinstance(error.__cause__, S3Error) and error.__cause__.code == "InvalidRange":
                return None
            raise
        return cast(BinaryIO, _Body(answer, key, version_id))

    def versions(self, prefix: str) -> Iterator[Object]:
        """Yield every version and delete marker whose key starts with `prefix`."""
        with s3_errors():
            yield from self.client.list_objects(self.bucket, prefix=prefix, recursive=True, include_version=True)

    def delete(self, key: str, version_id: str) -> None:
        """Delete one version or delete marker; deleting what is not there is no error to S3."""
        self.send("DELETE", key, query={"versionId": version_id})

    def retention(self, key: str, version_id: str) -> tuple[str, datetime] | None:
        """Return mode and end of a version's lock; None when it was never locked."""
        try:
            answer = self.send("GET", key, query={"versionId": version_id, "retention": ""})
        except StoreMisconfigured as error:
            if _never_set(error):
                return None
            raise
        return _text(answer.data, "Mode"), moment(_text(answer.data, "RetainUntilDate"))

    def retain(self, key: str, version_id: str, until: datetime) -> None:
        """Lock a version in COMPLIANCE mode."""
        with s3_errors(key, version_id):
            self.client.set_object_retention(self.bucket, key, Retention(COMPLIANCE, until), version_id=version_id)

    def held(self, key: str, version_id: str) -> bool:
        """Tell whether a version is under legal hold."""
        try:
            answer = self.send("GET", key, query={"versionId": version_id, "legal-hold": ""})
        except StoreMisconfigured as error:
            if _never_set(error):
                return False
            raise
        return _text(answer.data, "Status") == "ON"

    def hold(self, key: str, version_id: str, on: bool) -> None:
        """Place or release the legal hold of a version."""
        with s3_errors(key, version_id):
            change = self.client.enable_object_legal_hold if on else self.client.disable_object_legal_hold
            change(self.bucket, key, version_id=version_id)

    def clock(self) -> datetime:
        """Return the moment in the `Date` header of an answer, which RFC 9110 (6.6.1) asks of every server."""
        with s3_errors():
            answer = self.client._execute("GET", self.bucket, query_params=cast(Any, {"location": ""}))
            told = parsedate_to_datetime(str(answer.headers.get("date")))
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)

    def send(
        self,
        method: str,
        key: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        """Send a signed request about a key and return the whole answer (a urllib3 response)."""
        with s3_errors(key, (query or {}).get("versionId", "")):
            return self.client._execute(
                method,
                self.bucket,
                key,
                body=body,
                headers=cast(Any, dict(headers or {})),
                query_params=cast(Any, query),
            )

    def _send_parts(self, key: str, upload: str, pieces: Iterable[bytes]) -> list[str]:
        def send(number: int, piece: bytes) -> str:
            query = {"partNumber": str(number), "uploadId": upload}
            answer = self.send("PUT", key, body=piece, headers={"Content-MD5": md5(piece)}, query=query)
            return str(answer.headers.get("etag", "")).strip('"')

        etags: list[str] = []
        waiting: deque[Future[str]] = deque()
        with ThreadPoolExecutor(_PARALLEL) as pool:
            for number, piece in enumerate(pieces, 1):
                if len(waiting) == _PARALLEL:
                    etags.append(waiting.popleft().result())
                waiting.append(pool.submit(send, number, piece))
            etags.extend(future.result() for future in waiting)
        return etags


class _Body:
    """The body of an answer as a readable source; a broken connection is StoreUnavailable, not a short exhibit."""

    def __init__(self, answer: Any, key: str, version_id: str) -> None:
        self._answer = answer
        self._names = (key, version_id)

    def read(self, size: int = -1) -> bytes:
        with s3_errors(*self._names):
            return cast(bytes, self._answer.read(size))

    def close(self) -> None:
        self._answer.close()
        self._answer.release_conn()


def moment(text: str) -> datetime:
    """Read a date of an S3 answer, however many digits its seconds have."""
    parsed = datetime.fromisoformat(text)
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _never_set(error: StoreError) -> bool:
    return isinstance(error.__cause__, S3Error) and error.__cause__.code in _NEVER_SET


def _version_of(answer: Any) -> str:
    version_id = answer.headers.get("x-amz-version-id")
    if not version_id:
        raise StoreMisconfigured("the store gave no version id: the bucket is not versioned")
    return str(version_id)


def _text(xml: bytes, tag: str) -> str:
    with s3_errors():
        found = ElementTree.fromstring(xml).findtext("{*}" + tag)
        if not found:
            raise ValueError(f"no {tag}")
        return str(found)


def md5(data: bytes) -> str:
    """Return the value of a Content-MD5 header."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
