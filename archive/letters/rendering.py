"""Letters set out of process: warm presses used again and again, with a time limit; never where pages are answered."""

import atexit
import contextlib
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import archive
from archive.core.errors import ArchiveError, RuleBroken
from archive.letters import press
from archive.letters.content import Letter
from archive.letters.make import Files
from archive.letters.seal_picture import Seal

SECONDS = 60.0  # for one letter, the start of the press and the reading of fonts included
MOST_PRESSES = 2  # of one process at a time; more would only wait for a processor
LETTERS_A_PRESS = 500  # then a fresh one: nothing a library keeps may grow without end
_PASSED_ON = ("PATH", "HOME", "XDG_CACHE_HOME", "ARCHIVE_FONTS", "ARCHIVE_HOME")
_ROOT = Path(archive.__file__).resolve().parent.parent


class PressFailed(ArchiveError):
    """No letter came out; the facts tell operators why."""

    status = 503


def render(letter: Letter, seal: Seal | None = None) -> Files:
    """Return both files of a letter, their texts compared, a seal drawn where the letter has room for one.

    Raises RuleBroken when the texts differ, PressFailed when the press fails or takes too long.
    """
    word, pdf = _asked(press.job("both", letter, seal))
    return Files(pdf=pdf, docx=word)


def pictures(letter: Letter, *, pages: int = 3, width: int = 900) -> Sequence[bytes]:
    """Return the first pages of a letter as PNG, `width` pixels wide. Raises PressFailed."""
    return _asked(press.job("pictures", letter, pages=pages, width=width))


def pages_of(pdf: bytes, *, pages: int, width: int) -> Sequence[bytes]:
    """Return the first pages of a PDF that was made here as PNG, `width` pixels wide. Raises PressFailed."""
    return _asked({"work": "pages", "pages": pages, "width": width}, [pdf])


class _Press:
    """One child process that sets letters."""

    def __init__(self) -> None:
        self.owner, self.letters = os.getpid(), 0
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "archive.letters.press"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "LANG": "C.UTF-8", "TZ": "Asia/Shanghai", "PYTHONPATH": str(_ROOT)},
            start_new_session=True,
        )

    def ask(
        self, job: dict[str, Any], seconds: float, files: Sequence[bytes] = ()
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Return the answer. Raises TimeoutError, EOFError or OSError when there is none."""
        self.letters += 1
        assert self._child.stdin is not None
        press.send(self._child.stdin, job, files)  # type: ignore[arg-type]
        return press.receive(self._reader(time.monotonic() + seconds))

    def _reader(self, until: float) -> Callable[[int], bytes]:
        assert self._child.stdout is not None
        source = self._child.stdout.fileno()
        poll = select.poll()
        poll.register(source, select.POLLIN | select.POLLHUP)

        def read(count: int) -> bytes:
            parts = bytearray()
            while len(parts) < count:
                if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
                    raise TimeoutError
                part = os.read(source, min(count - len(parts), 1 << 20))
                if not part:
                    raise EOFError
                parts += part
            return bytes(parts)

        return read

    @property
    def usable(self) -> bool:
        """Whether it is ours, alive and not worn out."""
        return self.owner == os.getpid() and self.letters < LETTERS_A_PRESS and self._child.poll() is None

    def close(self) -> None:
        """End the child, unless it belongs to the process we were forked from."""
        if self.owner != os.getpid():
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


_idle: "queue.LifoQueue[_Press]" = queue.LifoQueue()
_room = threading.BoundedSemaphore(MOST_PRESSES)


def _asked(job: dict[str, Any], sent: Sequence[bytes] = ()) -> list[bytes]:
    with _room:
        for last in (False, True):
            found = _waiting()
            fresh = found is None
            current = found or _Press()
            try:
                head, files = current.ask(job, SECONDS, sent)
                break
            except TimeoutError:
                current.close()
                raise PressFailed("press.late", seconds=int(SECONDS)) from None
            except (EOFError, OSError, ValueError) as error:
                current.close()
                # One that had waited may have gone meanwhile; a fresh one that breaks is told of.
                if fresh or last:
                    raise PressFailed("press.broken", reason=type(error).__name__) from error
        _idle.put(current)
    if "refused" in head:
        raise RuleBroken(head["refused"], **head["facts"])
    if "failed" in head:
        raise PressFailed("press.failed", reason=head["failed"])
    return files


def _waiting() -> _Press | None:
    while True:
        try:
            found = _idle.get_nowait()
        except queue.Empty:
            return None
        if found.usable:
            return found
        found.close()


@atexit.register
def close() -> None:
    """End the presses that wait; for the end of the process and for tests."""
    while (found := _waiting()) is not None:
        found.close()
