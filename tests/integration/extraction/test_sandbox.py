"""What the child process may not do, and that it never outlives whoever started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.extraction import Limits, sandbox
from archive.extraction.values import MIB
from tests.integration.extraction import files


def bound(code: str, limits: Limits | None = None) -> subprocess.CompletedProcess[str]:
    """Run code after the child has bound itself."""
    given = limits or Limits()
    lines = f"from archive.extraction.child import bind\nfrom archive.extraction import Limits\nbind({given!r})\n{code}"
    return subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False, timeout=30)


def test_the_child_reaches_no_network() -> None:
    if subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets nobody leave the network")
    code = "import socket\nsocket.create_connection(('127.0.0.1', {}), timeout=5)"
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        found = bound(code.format(server.getsockname()[1]))
    assert "Network is unreachable" in found.stderr or "ENETUNREACH" in found.stderr


def test_the_child_gets_no_more_memory_than_its_limit() -> None:
    found = bound("bytearray(400 << 20)", Limits(memory=300 * MIB))
    assert "MemoryError" in found.stderr


def test_the_child_ends_by_itself_when_nobody_stops_it() -> None:
    started = time.monotonic()
    found = bound("while True: pass", Limits(seconds=-9))
    assert found.returncode in (-signal.SIGALRM, -signal.SIGXCPU)
    assert time.monotonic() - started < 10


def test_the_child_sees_no_secret_and_imports_nothing_from_its_folder(tmp_path: Path) -> None:
    assert not {"ARCHIVE_SECRET_KEY", "HTTP_PROXY", "http_proxy"} & sandbox.environment(tmp_path).keys()
    assert set(sandbox.environment(tmp_path)) <= {"PATH", "HOME", "TMPDIR", "LANG", "TZ", "PYTHONPATH",
                                                  "PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS"}  # fmt: skip
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    document = tmp_path / "document"
    document.write_text("甲")
    job = {"path": str(document), "filename": "a.txt", "depth": 0}
    assert sandbox.run("read", job, tmp_path, Limits()) is sandbox.End.DONE


def test_when_the_worker_is_killed_its_child_dies_too(tmp_path: Path) -> None:
    document, workdir = tmp_path / "document", tmp_path / "work"
    document.write_bytes(files.a_pdf(*("关于投诉处理的情况说明" * 20 for _ in range(5000))))
    workdir.mkdir()
    lines = (
        f"from pathlib import Path\nfrom archive.extraction import extract\n"
        f"extract(Path({str(document)!r}), 'a.pdf', Path({str(workdir)!r}))"
    )
    worker = subprocess.Popen([sys.executable, "-c", lines])
    result = workdir / sandbox.RESULT
    until = time.monotonic() + 20
    while time.monotonic() < until and not (result.exists() and result.stat().st_size):
        time.sleep(0.05)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    time.sleep(0.5)
    size = result.stat().st_size
    time.sleep(0.5)
    assert 0 < size == result.stat().st_size
    assert b'"end"' not in result.read_bytes()
