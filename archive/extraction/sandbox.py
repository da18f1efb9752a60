"""Runs one piece of work on a hostile file in a process of its own, and tells how that process ended.

The child lives in its own session with a bare environment, no network where the kernel allows it, and limits on memory,
processor time, file size and open files, which it takes upon itself before it touches the file (`child.py`). The whole
session is killed when time is over, and in any case at the end, so that no program it started is left behind.
"""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Any

import archive
from archive.extraction.values import Limits

RESULT, LOG = "result.jsonl", "child.log"
ROOT = Path(archive.__file__).resolve().parent.parent
TICK = 0.5  # seconds between two looks at the child


class End(Enum):
    """How a child ended."""

    DONE = auto()
    TIME = auto()
    MEMORY = auto()
    CRASH = auto()


def run(work: str, job: dict[str, Any], workdir: Path, limits: Limits, alive: Callable[[], None] | None = None) -> End:
    """Run `work` (a name in `child.WORKS`) with `job` in `workdir`, where it leaves its files and `result.jsonl`.

    `alive` is called about twice a second while the child works; an error it raises stops the child and is passed on.
    Raises OSError when no process can be started at all.
    """
    result, log = workdir / RESULT, workdir / LOG
    result.write_bytes(b"")
    with log.open("wb") as errors:
        child = subprocess.Popen(
            # -P: a file in the working directory must never be taken for a module.
            [sys.executable, "-P", "-m", "archive.extraction", work],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=workdir,
            env=environment(workdir),
            start_new_session=True,
        )
    try:
        assert child.stdin is not None
        # By pipe, not by argument: names of files are personal data, and arguments show in every process list.
        with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
            pipe.write(json.dumps({**job, "limits": dataclasses.asdict(limits)}).encode())
        return _watch(child, result, limits, alive)
    finally:
        # Before the leader is reaped nobody else can own its number; afterwards the group is merely empty.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def environment(workdir: Path) -> dict[str, str]:
    """Return all the child knows of the outside: no secrets, no proxies, its own home."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(workdir),
        "TMPDIR": str(workdir),
        "LANG": "C.UTF-8",
        "TZ": "Asia/Shanghai",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "2",
    }


def _watch(child: subprocess.Popen[bytes], result: Path, limits: Limits, alive: Callable[[], None] | None) -> End:
    started = heard = time.monotonic()
    written = 0
    while True:
        now = time.monotonic()
        size = result.stat().st_size
        if size != written:
            written, heard = size, now
        rest = min(started + limits.seconds - now, heard + limits.silent_seconds - now)
        if rest <= 0:
            return End.TIME
        try:
            return _ended(child.wait(min(TICK, rest)))
        except subprocess.TimeoutExpired:
            if alive:
                alive()


def _ended(code: int) -> End:
    """Tell the end by the exit status; a kill we did not send comes from the kernel, which ran out of memory."""
    ends = {0: End.DONE, -signal.SIGXCPU: End.TIME, -signal.SIGALRM: End.TIME, -signal.SIGKILL: End.MEMORY}
    return ends.get(code, End.CRASH)
