"""A real PostgreSQL on loopback for the test session: started by the tests, stopped by the tests."""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

# Nothing of a test outlives it: no need to wait for the disk, nor to compile statements that run once.
_HASTY = " ".join(
    f"-c {setting}"
    for setting in (
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
        "max_wal_size=4GB", "checkpoint_timeout=1h", "autovacuum=off", "jit=off",
    )
)  # fmt: skip


class NoPostgres(Exception):
    """PostgreSQL is not on this machine."""


def start(folder: Path) -> str:
    """Start a server in the folder, which it makes, and return its URL (without a database name)."""
    binaries = _bin()
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # PostgreSQL refuses to run as root.
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        folder.parent.chmod(0o711)  # it was made for root alone
    data = folder / "data"
    _run(folder, binaries / "initdb", "-D", data, "-U", "archive", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {_HASTY}"
    _run(folder, binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
    return f"postgresql+psycopg://archive@127.0.0.1:{port}"


def stop(folder: Path) -> None:
    """Stop the server in the folder, if there is one, and forget it."""
    if (folder / "data").is_dir():
        _run(folder, _bin() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop", check=False)
    shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, *command: object, check: bool = True) -> None:
    owner = folder.stat()
    subprocess.run(
        [str(part) for part in command],
        check=check,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **({"user": owner.st_uid, "group": owner.st_gid, "extra_groups": [owner.st_gid]} if os.geteuid() == 0 else {}),
    )


def _bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    inpath = shutil.which("initdb")
    if inpath is None:
        raise NoPostgres("initdb not found; Debian: apt-get install postgresql")
    return Path(inpath).parent
