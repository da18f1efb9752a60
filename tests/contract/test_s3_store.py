"""What only an S3 server can do to us: markers, foreign versions, careless buckets, lost answers, closed doors."""

import hashlib
import io
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from minio import Minio
from minio.commonconfig import ENABLED, GOVERNANCE
from minio.error import S3Error
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from storage import open_store
from storage.port import (
    BlobDamaged,
    BlobLocked,
    BlobMissing,
    BlobStore,
    Promise,
    Stored,
    StoreMisconfigured,
    StoreUnavailable,
)
from storage.s3_store import S3Store

if TYPE_CHECKING:
    from tests.servers.s3 import Endpoint


BYTES = b"a contract and two receipts"
KEY = "d1/doc1/v1"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> "Endpoint":
    endpoint: Endpoint = request.getfixturevalue("s3_server")
    return endpoint


@pytest.fixture
def root(server: "Endpoint") -> Minio:
    """The account that may do everything, without the store in between."""
    host = server.url.removeprefix("http://")
    return Minio(host, server.access_key, server.secret_key, secure=False, region="us-east-1")


@pytest.fixture
def bucket() -> str:
    return f"t-{uuid.uuid4().hex}"


@pytest.fixture
def opened(server: "Endpoint", bucket: str) -> Callable[..., BlobStore]:
    def open_it(*, create_bucket: bool = False, host: str = "", secret_key: str = "") -> BlobStore:
        url = f"s3://{host or server.url.removeprefix('http://')}/{bucket}?secure=0"
        secret_key = secret_key or server.secret_key
        return open_store(url, access_key=server.access_key, secret_key=secret_key, create_bucket=create_bucket)

    return open_it


@pytest.fixture
def store(opened: Callable[..., BlobStore]) -> BlobStore:
    return opened(create_bucket=True)


def a_blob(store: BlobStore, data: bytes = BYTES) -> Stored:
    return store.put(KEY, io.BytesIO(data))


def content(store: BlobStore, stored: Stored) -> bytes:
    with store.open(stored.key, stored.version_id) as stream:
        return stream.read()


def in_an_hour() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def test_an_unversioned_delete_only_lays_a_marker_that_is_told_and_removable(
    store: BlobStore, root: Minio, bucket: str
) -> None:
    stored = a_blob(store)
    root.remove_object(bucket, KEY)

    assert content(store, stored) == BYTES
    found = {one.delete_marker: one for one in store.versions()}
    assert found[False] == stored
    marker = found[True]
    assert (marker.key, marker.size, marker.sha256) == (KEY, 0, "")
    with pytest.raises(BlobMissing):
        store.stat(KEY, marker.version_id)

    store.erase(KEY, marker.version_id)
    assert list(store.versions()) == [stored]


def test_another_hands_version_changes_nothing_that_is_served(store: BlobStore, root: Minio, bucket: str) -> None:
    stored = a_blob(store)
    root.put_object(bucket, KEY, io.BytesIO(b"forged"), 6)
    assert content(store, stored) == BYTES
    assert sorted((one.size, one.sha256) for one in store.versions()) == [(6, ""), (stored.size, stored.sha256)]


def test_the_root_account_cannot_delete_or_shorten_a_lock(store: BlobStore, root: Minio, bucket: str) -> None:
    stored = a_blob(store, bytes(12 << 20))
    until = in_an_hour()
    store.lock(KEY, stored.version_id, until)
    with pytest.raises(S3Error, match="AccessDenied"):
        root.remove_object(bucket, KEY, version_id=stored.version_id)
    for mode, moment in [("COMPLIANCE", until - timedelta(seconds=1)), (GOVERNANCE, until)]:
        with pytest.raises(S3Error, match="AccessDenied"):
            root.set_object_retention(bucket, KEY, Retention(mode, moment), version_id=stored.version_id)
    assert store.verify(KEY, stored.version_id).locked_until == until


def test_a_governance_lock_set_by_another_hand_does_not_count_as_one(
    store: BlobStore, root: Minio, bucket: str
) -> None:
    stored = a_blob(store)
    until = in_an_hour()
    root.set_object_retention(bucket, KEY, Retention(GOVERNANCE, until), version_id=stored.version_id)
    assert store.stat(KEY, stored.version_id).locked_until is None
    with pytest.raises(BlobLocked):
        store.erase(KEY, stored.version_id)
    with pytest.raises(StoreMisconfigured):
        store.lock(KEY, stored.version_id, until)


def test_a_stream_that_changes_between_two_readings_leaves_nothing(store: BlobStore, root: Minio, bucket: str) -> None:
    class Changing(io.BytesIO):
        def seek(self, position: int, whence: int = 0) -> int:
            self.getbuffer()[-1] += 1
            return super().seek(position, whence)

    for size in (1000, 12 << 20):
        with pytest.raises(BlobDamaged, match="changed"):
            store.put(KEY, Changing(bytes(size)))
    assert list(store.versions()) == []
    assert root._list_multipart_uploads(bucket).uploads == []  # nothing invisible takes room either


def test_a_small_upload_carries_its_checksum(store: BlobStore, root: Minio, bucket: str) -> None:
    stored = a_blob(store)
    found = root.stat_object(bucket, KEY, version_id=stored.version_id)
    assert found.metadata
    assert found.metadata["x-amz-meta-sha256"] == stored.sha256 == f"sha256:{hashlib.sha256(BYTES).hexdigest()}"
    assert Promise.CHECKS_BODY not in store.probe(strict=False)


def test_a_missing_bucket_is_made_only_when_asked(opened: Callable[..., BlobStore]) -> None:
    closed = opened()
    for act in (closed.check, lambda: a_blob(closed), lambda: list(closed.versions())):
        with pytest.raises(StoreMisconfigured, match="no bucket"):
            act()
    opened(create_bucket=True).check()
    opened(create_bucket=True).check()
    closed.check()


def test_a_bucket_that_went_away_is_not_an_erased_version(store: BlobStore, root: Minio, bucket: str) -> None:
    # Else every dossier in it could be certified as destroyed.
    stored = a_blob(store)
    store.erase(KEY, stored.version_id)
    root.remove_bucket(bucket)
    for ask in (store.stat, store.erase, store.open):
        with pytest.raises(StoreMisconfigured):
            ask(KEY, stored.version_id)


def test_a_bucket_without_object_lock_is_refused(opened: Callable[..., BlobStore], root: Minio, bucket: str) -> None:
    root.make_bucket(bucket)
    with pytest.raises(StoreMisconfigured, match="not versioned"):
        opened().check()
    root.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    with pytest.raises(StoreMisconfigured, match="ObjectLockConfiguration"):
        opened().check()


def test_a_bucket_that_locks_by_itself_is_refused(opened: Callable[..., BlobStore], root: Minio, bucket: str) -> None:
    root.make_bucket(bucket, object_lock=True)
    root.set_object_lock_config(bucket, ObjectLockConfig(GOVERNANCE, 1, DAYS))
    with pytest.raises(StoreMisconfigured, match="by default"):
        opened().check()


def test_a_wrong_secret_is_a_mistake_of_the_settings(opened: Callable[..., BlobStore], store: BlobStore) -> None:
    store.check()
    with pytest.raises(StoreMisconfigured):
        opened(secret_key="wrong").check()


def test_a_closed_port_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody else gets the port
        store = open_store(f"s3://127.0.0.1:{taken.getsockname()[1]}/bucket?secure=0", access_key="a", secret_key="b")
        begun = datetime.now(UTC)
        for act in (
            store.check,
            lambda: a_blob(store),
            lambda: store.open(KEY, "1"),
            lambda: store.stat(KEY, "1"),
            lambda: list(store.versions()),
            lambda: store.lock(KEY, "1", in_an_hour()),
            lambda: store.hold(KEY, "1", True),
            lambda: store.erase(KEY, "1"),
            lambda: store.probe(strict=True),
        ):
            with pytest.raises(StoreUnavailable):
                act()
        assert datetime.now(UTC) - begun < timedelta(seconds=5)


class Wire:
    """A network between store and server that can be cut at a chosen moment."""

    def __init__(self, host: str) -> None:
        self._to = (host.split(":")[0], int(host.split(":")[1]))
        self._door = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._door.getsockname()[1]}"
        self.lose_answer_to: bytes | None = None
        self.cut_after: int | None = None  # bytes of the next answers
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(self._to)
                doomed = threading.Event()
                self._start(self._forth, near, far, doomed)
                self._start(self._back, far, near, doomed)

    def _forth(self, near: socket.socket, far: socket.socket, doomed: threading.Event) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                if self.lose_answer_to and data.startswith(self.lose_answer_to):
                    self.lose_answer_to = None
                    doomed.set()
                far.sendall(data)
        self._hang_up(near, far)

    def _back(self, far: socket.socket, near: socket.socket, doomed: threading.Event) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if doomed.is_set():
                    break
                if self.cut_after is not None:
                    near.sendall(data[: self.cut_after])
                    self.cut_after -= len(data)
                    if self.cut_after <= 0:
                        break
                else:
                    near.sendall(data)
        self._hang_up(near, far)

    @staticmethod
    def _hang_up(*ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


@pytest.fixture
def wire(server: "Endpoint") -> Iterator[Wire]:
    wire = Wire(server.url.removeprefix("http://"))
    yield wire
    wire.close()


@pytest.mark.parametrize("size", [1000, 12 << 20])
def test_an_upload_whose_answer_is_lost_leaves_nothing(
    opened: Callable[..., BlobStore], wire: Wire, bucket: str, size: int
) -> None:
    store = opened(create_bucket=True, host=wire.host)
    store.check()
    # The answer to the request that makes the object visible: the put itself, or the last word on its parts.
    wire.lose_answer_to = f"{'PUT' if size == 1000 else 'POST'} /{bucket}/{KEY}".encode()
    if size > 1000:
        wire.lose_answer_to += b"?uploadId="
    with pytest.raises(StoreUnavailable):
        a_blob(store, bytes(size))
    assert wire.lose_answer_to is None
    assert list(store.versions()) == []
    assert content(store, a_blob(store)) == BYTES


def test_a_connection_cut_while_reading_is_not_a_short_exhibit(opened: Callable[..., BlobStore], wire: Wire) -> None:
    store = opened(create_bucket=True, host=wire.host)
    stored = a_blob(store, bytes(4 << 20))
    wire.cut_after = 1 << 20
    with pytest.raises(StoreUnavailable), store.open(KEY, stored.version_id) as stream:
        while stream.read(1 << 16):
            pass


def test_a_server_without_conditional_writes_is_watched_by_the_store(
    store: BlobStore, root: Minio, bucket: str
) -> None:
    """Ceph 16 takes a second write of a key whatever the condition; then the oldest version wins."""
    assert isinstance(store, S3Store)
    store.check()
    store._conditional = False
    stored = a_blob(store)
    assert list(store.versions()) == [stored]
    assert store.probe(strict=True) == [Promise.WRITE_ONCE]
