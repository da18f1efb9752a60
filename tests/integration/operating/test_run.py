"""`anjuan run` as a real service: killed in parts, it comes back; stopped, nothing stays."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from archive.audit.queries import verify
from archive.config import Settings
from archive.core.act import acting
from archive.core.db import db
from archive.documents import operations as documents
from archive.documents.kinds import Reading
from archive.documents.models import Version
from archive.jobs.models import Job, JobState
from tests.builders import Office
from tests.commands import anjuan, environment, start
from tests.dossier_builders import dossier, registered

SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], object], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.2)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def children(pid: int) -> dict[int, str]:
    """Return the descendants of a process with their command lines."""
    found: dict[int, str] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
            command = (path.parent / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(path.parent.name)] = f"{parent} {command}"
    mine: dict[int, str] = {}
    todo = [pid]
    while todo:
        above = todo.pop()
        for child, line in found.items():
            parent, _, command = line.partition(" ")
            if int(parent) == above:
                mine[child] = command
                todo.append(child)
    return mine


def child(pid: int, word: str) -> int:
    found = [one for one, command in children(pid).items() if word in command]
    return min(found) if found else 0


@pytest.fixture
def service(office: Office, settings: Settings) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    process = start(settings, "run", "--bind", f"127.0.0.1:{port}", "--processes", "1")
    try:
        until(lambda: answers(port) and child(process.pid, "worker_entry"))
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=40)


def deposited(office: Office, number: str, text: str) -> object:
    with acting(office.person("officer")) as act:
        return documents.deposit(dossier(number), io.BytesIO(text.encode()), "材料.txt", act=act).id


def reading(version_id: object) -> Reading:
    db.session.rollback()
    return db.session.get_one(Version, version_id).reading


def found(settings: Settings, query: str) -> int:
    return len(anjuan(settings, "search", query, "--json").splitlines())


def test_what_is_killed_comes_back_and_finishes_and_stopping_leaves_no_process_behind(
    service: tuple[subprocess.Popen[str], int], office: Office, settings: Settings
) -> None:
    process, port = service
    number = registered(office)
    versions = [deposited(office, number, f"第{serial}份材料提到背书连续性") for serial in range(6)]
    for _ in range(3):
        time.sleep(0.7)
        if pid := child(process.pid, "worker_entry"):
            os.kill(pid, signal.SIGKILL)
    for pid in [one for one, command in children(process.pid).items() if "gunicorn" in command]:
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(reading(version) is Reading.READ for version in versions))
    until(lambda: not db.session.scalars(select(Job.id).where(Job.state == JobState.FAILED)).all())
    until(lambda: found(settings, "第5份材料 背书连续") == 1)
    until(lambda: answers(port))
    assert verify(db.session()) is None
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/search/?q={'%E9%95%BF' * 1000}", timeout=5)
    assert refused.value.code == 414
    assert "检索式过长" in refused.value.read().decode()
    parts = children(process.pid)
    assert len(parts) >= 2
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=40)
    assert "stopped" in out
    assert process.returncode == 0
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in parts), 10)


def test_half_a_configuration_does_not_start(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archive", "run"], env=environment(settings, ARCHIVE_RETENTION_YEARS="1"),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "floor is 3" in done.stderr


def test_the_doctor_names_what_is_wrong(app: Flask, settings: Settings) -> None:
    out = anjuan(settings, "doctor")
    assert "worker: never seen" in out
    assert "ERROR" not in out
    broken = start(settings, "doctor", ARCHIVE_STORE="s3://127.0.0.1:9/none")
    told, _ = broken.communicate(timeout=120)
    assert broken.returncode == 1
    assert "ERROR    store" in told
