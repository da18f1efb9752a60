"""A real PostgreSQL on loopback for the test session: started by the tests, stopped by the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoPostgres(Exception):
    """PostgreSQL is not on this machine."""


def _bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    inpath = shutil.which("initdb")
    if inpath is None:
        raise NoPostgres("initdb not found; Debian: apt-get install postgresql")
    return Path(inpath).parent


@contextmanager
def running() -> Iterator[str]:
    """Start a server in a temporary folder and yield its URL (without a database name)."""
    binaries = _bin()
    folder = Path(tempfile.mkdtemp(prefix="anjuan-pg-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # PostgreSQL refuses to run as root.
    demote: dict[str, object] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        demote = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [user.pw_gid]}

    def run(*command: object) -> None:
        subprocess.run(
            [str(part) for part in command],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **demote,
        )

    data = folder / "data"
    run(binaries / "initdb", "-D", data, "-U", "archive", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    # Nothing of a test outlives it: no need to wait for the disk.
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    try:
        run(binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
        yield f"postgresql+psycopg://archive@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            check=False,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **demote,
        )
        shutil.rmtree(folder, ignore_errors=True)
