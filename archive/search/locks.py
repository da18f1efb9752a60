"""One writer at a time: a lock on a file, let go by the system when its process ends, however it ends."""

import fcntl
from pathlib import Path
from typing import IO

from archive.search.port import IndexBusy


class WriterLock:
    """An exclusive lock that is refused at once when another holder has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Raises IndexBusy. Does nothing when already held by this object."""
        if self._file:
            return
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise IndexBusy("search.index_busy", folder=str(self._path.parent)) from error
        self._file = file

    def release(self) -> None:
        if self._file:
            # Closing alone would not do: a child being started by another thread still holds the file for a moment.
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._file.close()
            self._file = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *exc: object) -> None:
        self.release()
