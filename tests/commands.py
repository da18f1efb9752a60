"""Running the operator's tool on the test's own database."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from archive.cli import main
from archive.config import Settings

ROOT = Path(__file__).resolve().parent.parent


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Return the variables by which a process stands on these settings."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ARCHIVE_HOME": str(settings.home),
        "ARCHIVE_DATABASE": settings.database_url.replace("+psycopg", ""),
        "ARCHIVE_STORE": settings.store_url,
        "ARCHIVE_SEARCH_HOME": str(settings.search_home),
        "ARCHIVE_SECRET_KEY": settings.secret_key,
        "ARCHIVE_FIELD_KEYS": " ".join(settings.field_keys),
        "ARCHIVE_HASH_KEY": settings.hash_key,
        **more,
    }


def start(settings: Settings, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start `anjuan` with these arguments, as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "archive", *arguments], env=environment(settings, **more), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def anjuan(settings: Settings, *arguments: str, code: int = 0) -> str:
    """Run `anjuan` in this process, check its exit code, return what it printed."""
    done = CliRunner().invoke(main, arguments, env=environment(settings))
    assert done.exit_code == code, f"exit {done.exit_code}\n{done.stdout}\n{done.stderr}\n{done.exception!r}"
    return done.stdout
