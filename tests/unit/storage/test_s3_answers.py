"""How answers of S3 servers are read, those included that no server at hand can be brought to give."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree.ElementTree import ParseError

import pytest
import urllib3
from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3.exceptions import ProtocolError

from storage.port import (
    BlobDamaged,
    BlobExists,
    BlobLocked,
    BlobMissing,
    StoreFull,
    StoreMisconfigured,
    StoreUnavailable,
)
from storage.s3_store import S3Store
from storage.s3_wire import Wire, moment, s3_errors


def refusal(status: int, code: str) -> S3Error:
    response = urllib3.HTTPResponse(status=status)
    return S3Error(response, code, "a message", "/bucket/key", "request", "host")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal(404, "NoSuchKey"), BlobMissing),
        (refusal(404, "NoSuchVersion"), BlobMissing),
        (refusal(404, "NoSuchBucket"), StoreMisconfigured),
        (refusal(412, "PreconditionFailed"), BlobExists),
        (refusal(409, "ConditionalRequestConflict"), BlobExists),
        (refusal(400, "BadDigest"), BlobDamaged),
        (refusal(403, "AccessDenied"), StoreMisconfigured),
        (refusal(403, "RequestTimeTooSkewed"), StoreMisconfigured),
        (refusal(403, "QuotaExceeded"), StoreFull),
        (refusal(507, "XMinioStorageFull"), StoreFull),
        (refusal(500, "InternalError"), StoreUnavailable),
        (refusal(503, "SlowDown"), StoreUnavailable),
        (refusal(429, "TooManyRequests"), StoreUnavailable),
        (refusal(503, "XMinioServerNotInitialized"), StoreUnavailable),
        (ServerError("status 502", 502), StoreUnavailable),
        (ServerError("status 507", 507), StoreFull),
        (InvalidResponseError(502, "text/html", "<h1>Bad gateway</h1>"), StoreUnavailable),
        (ProtocolError("connection broken"), StoreUnavailable),
        (ParseError("not well-formed"), StoreUnavailable),
        (ValueError("XML element <Name> not found"), StoreUnavailable),
    ],
)
def test_each_failure_has_its_meaning(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught, s3_errors("d1/doc1/v1", "v"):
        raise error
    assert type(caught.value) is expected
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T02:32:24Z", "2026-11-22T02:32:24.000Z", "2026-11-22T02:32:24.000000000Z", "2026-11-22T10:32:24+08:00"],
)
def test_dates_are_read_however_many_digits_they_have(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 22, 2, 32, 24, tzinfo=UTC)


class Script:
    """An S3 server that answers as told: `method subresource` -> status and body; it keeps the requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, str]] = {
            "HEAD bucket": (200, ""),
            "GET versioning": (200, "<Configuration><Status>Enabled</Status></Configuration>"),
            "GET object-lock": (
                200,
                "<Configuration><ObjectLockEnabled>Enabled</ObjectLockEnabled></Configuration>",
            ),
            "PUT": (200, ""),
            "DELETE": (204, ""),
        }

    def answer(self, method: str, path: str) -> tuple[int, str]:
        place, _, query = path.partition("?")
        names = [part.partition("=")[0] for part in query.split("&") if part and not part.startswith("versionId")]
        asked = " ".join([method, *(names or ["bucket"] if place.count("/") == 1 else names)])
        self.asked.append(asked)
        return self.answers[asked]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def host(script: Script) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = script.answer(self.command, self.path)
            self.send_response(status)
            headers = {"Content-Type": "application/xml", "Content-Length": str(len(body)), "ETag": '"e"'}
            for name, value in (headers | {"x-amz-version-id": "v"}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_error_after_a_200_is_an_error_and_the_parts_are_given_up(script: Script, host: str) -> None:
    """AWS may begin its answer to the last word on an upload before it knows how it ends."""
    script.answers["POST uploads"] = (200, "<Result><UploadId>u</UploadId></Result>")
    script.answers["PUT partNumber uploadId"] = (200, "")
    script.answers["POST uploadId"] = (200, "<Error><Code>InternalError</Code></Error>")
    script.answers["DELETE uploadId"] = (204, "")
    wire = Wire(host, "bucket", "a", "b", "us-east-1", secure=False)
    with pytest.raises(StoreUnavailable, match="InternalError"):
        wire.put_parts("d1/doc1/v1", [b"1", b"2"], {})
    assert script.asked[-1] == "DELETE uploadId"


def retention(until: datetime, mode: str = "COMPLIANCE") -> tuple[int, str]:
    date = until.strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
    return 200, f"<Retention><Mode>{mode}</Mode><RetainUntilDate>{date}</RetainUntilDate></Retention>"


def test_a_server_that_would_shorten_a_lock_is_never_asked_to(script: Script, host: str) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    script.answers["GET retention"] = retention(until)
    store = S3Store(host, "bucket", "a", "b", secure=False)
    with pytest.raises(BlobLocked):
        store.lock("d1/doc1/v1", "v", until - timedelta(hours=1))
    assert "PUT retention" not in script.asked


@pytest.mark.parametrize("kept", ["nothing", "governance", "earlier"])
def test_a_lock_taken_with_a_nod_and_not_kept_is_refused(script: Script, host: str, kept: str) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    script.answers["PUT retention"] = (200, "")
    script.answers["GET retention"] = {
        "nothing": (404, "<Error><Code>NoSuchObjectLockConfiguration</Code></Error>"),
        "governance": retention(until, "GOVERNANCE"),
        "earlier": retention(until - timedelta(seconds=1)),
    }[kept]
    store = S3Store(host, "bucket", "a", "b", secure=False)
    with pytest.raises(StoreMisconfigured, match="was not kept"):
        store.lock("d1/doc1/v1", "v", until)


def test_a_hold_that_cannot_be_read_back_is_refused(script: Script, host: str) -> None:
    script.answers["PUT legal-hold"] = (200, "")
    store = S3Store(host, "bucket", "a", "b", secure=False)
    for code, message in [("NoSuchObjectLegalHold", "was not kept"), ("AccessDenied", "AccessDenied")]:
        script.answers["GET legal-hold"] = (403, f"<Error><Code>{code}</Code></Error>")
        with pytest.raises(StoreMisconfigured, match=message):
            store.hold("d1/doc1/v1", "v", True)


def test_the_probe_sees_through_an_emulator_that_nods_at_everything(script: Script, host: str) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    nothing = "<ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListVersionsResult>"
    script.answers |= {
        "GET delimiter encoding-type max-keys prefix versions": (200, nothing),
        "HEAD": (200, ""),
        "PUT retention": (200, ""),
        "GET retention": retention(until),
        "PUT legal-hold": (200, ""),
    }
    store = S3Store(host, "bucket", "a", "b", secure=False)
    expected = ["body.checked", "hold.delete", "lock.bypass", "lock.delete", "lock.downgrade", "lock.shorten"]
    assert store.probe(strict=False) == [*expected, "write.once"]
    with pytest.raises(StoreMisconfigured, match=r"hold\.delete, lock\.bypass, lock\.delete"):
        store.probe(strict=True)
