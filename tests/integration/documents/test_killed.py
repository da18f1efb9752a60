"""A real server killed in the middle of an upload, and started again: what was acknowledged is there."""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.config import Settings
from archive.core.act import acting
from archive.core.db import db
from archive.core.ports import Ports
from archive.documents import staging
from archive.documents.models import Upload, Version
from archive.people import tokens
from archive.people.models import Account
from archive.people.rules import Permission
from tests import tus
from tests.builders import Office
from tests.dossier_builders import registered

ROOT = Path(__file__).parents[3]
SIZE = 40 << 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environ = {
        **os.environ,
        "ARCHIVE_HOME": str(settings.home),
        "ARCHIVE_DATABASE": settings.database_url.replace("+psycopg", ""),
        "ARCHIVE_STORE": settings.store_url,
        "ARCHIVE_SECRET_KEY": settings.secret_key,
        "ARCHIVE_FIELD_KEYS": " ".join(settings.field_keys),
        "ARCHIVE_HASH_KEY": settings.hash_key,
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket",
               "archive.web_entry:app"]  # fmt: skip
    process = subprocess.Popen(
        command, env=environ, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            assert process.poll() is None, "the server does not start"
            time.sleep(0.1)
        yield process
    finally:
        kill(process)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/api/v1/openapi.json")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 for the server and everything it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(port: int, method: str, path: str, token: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {**tus.TUS, "Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    try:
        connection.request(method, path, body=body, headers=sent)  # type: ignore[arg-type]
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer


def test_an_upload_goes_on_after_the_server_was_killed_in_the_middle_of_a_request(
    office: Office, settings: Settings, ports: Ports
) -> None:
    number = registered(office)
    with acting(office.person("officer")) as act:
        account = act.session.get_one(Account, office.accounts["officer"])
        scopes = {Permission.READ, Permission.DEPOSIT}
        _, token = tokens.issue(account, name="test", scopes=scopes, days=366, act=act)
    data = os.urandom(1 << 20) * (SIZE >> 20)
    port = free_port()

    def received() -> int:
        db.session.rollback()
        return db.session.scalars(select(Upload.received)).one()

    with server(settings, port) as process:
        made = ask(
            port, "POST", "/api/v1/uploads", token, Upload_Length=str(SIZE),
            Upload_Metadata=tus.metadata(dossier=number, filename="录像.mp4"),
        )  # fmt: skip
        assert made.status == 201
        url = made.getheader("Location") or ""

        def until_killed() -> Iterator[bytes]:
            for at in range(0, SIZE, 1 << 20):
                if at == 28 << 20:
                    while received() < 2 * staging.STEP:
                        time.sleep(0.05)
                    kill(process)
                yield data[at : at + (1 << 20)]

        with pytest.raises((OSError, http.client.HTTPException)):
            ask(
                port, "PATCH", url, token, until_killed(), Upload_Offset="0", Content_Length=str(SIZE),
                Content_Type="application/offset+octet-stream",
            )  # fmt: skip
    # What is left of the killed server may hold its port for a moment.
    port = free_port()
    kept = received()
    assert 2 * staging.STEP <= kept < SIZE
    with server(settings, port):
        assert ask(port, "HEAD", url, token).getheader("Upload-Offset") == str(kept)
        done = ask(
            port, "PATCH", url, token, data[kept:], Upload_Offset=str(kept),
            Content_Type="application/offset+octet-stream",
        )  # fmt: skip
        assert done.status == 204
    db.session.rollback()
    [version] = db.session.scalars(select(Version)).all()
    assert version.sha256 == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert ports.store.verify(version.blob_key, version.store_version).size == SIZE
    assert not list(settings.uploads.iterdir())


def test_a_server_killed_between_the_bytes_and_the_row_leaves_nothing_half_filed(
    office: Office, settings: Settings, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In this process: dying between two statements cannot be timed from outside.
    from archive.documents import receiving

    number = registered(office)
    person = office.person("officer")
    spec = {
        "dossier": number,
        "filename": "a.txt",
        "path": "",
        "document": None,
        "sha256": "",
        "kind": None,
        "title": "",
    }
    spec |= {"source": "", "dated_on": None, "brought_by": "", "paper_at": "", "note": ""}
    begun = receiving.begin(spec, 5, person)

    class Body:
        def read(self, _size: int) -> bytes:
            return b"12345"

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    file = receiving._file
    monkeypatch.setattr(receiving, "_file", dies)
    with pytest.raises(KeyboardInterrupt):
        receiving.receive(begun.id, Body(), offset=0, length=None, checksum=None, person=person)
    assert db.session.scalars(select(Version)).all() == []
    monkeypatch.setattr(receiving, "_file", file)
    assert receiving.find(begun.id, person).received == 4

    class Rest:
        def read(self, _size: int) -> bytes:
            return b"5"

    receiving.receive(begun.id, Rest(), offset=4, length=1, checksum=None, person=person)
    [version] = db.session.scalars(select(Version)).all()
    # The bytes of the attempt that died lie in the store still, until the sweep.
    assert len(list(ports.store.versions())) == 2
    with ports.store.open(version.blob_key, version.store_version) as stream:
        assert stream.read() == b"12345"
