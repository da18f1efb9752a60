"""File work for the folder store: every step relative to an open folder, no symbolic link ever followed.

Walking by descriptors means that a link planted in a path cannot lead a read, a write or a deletion elsewhere.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from storage.streams import os_errors

# What opening a link, or a file where a folder should be, answers: somebody put it there, the store never did.
FOREIGN = frozenset({errno.ELOOP, errno.ENOTDIR})
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def folder(name: str, parent: int | None = None) -> Iterator[int]:
    """Open a folder inside `parent` (None: an absolute path) and give its descriptor."""
    descriptor = os.open(name, _FOLDER, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def descend(parent: int, names: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
    """Open the folder `names` lead to below `parent`; with `create`, make what is missing, durably."""
    if not names:
        yield parent
        return
    if create and not exists(names[0], parent):
        with suppress(FileExistsError):
            os.mkdir(names[0], 0o700, dir_fd=parent)
        os.fsync(parent)
    with folder(names[0], parent) as child, descend(child, names[1:], create=create) as last:
        yield last


@contextmanager
def exclusive(descriptor: int) -> Iterator[None]:
    """Keep other threads and processes out of an open folder; a killed process lets go of it."""
    with os_errors():
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def exists(name: str, parent: int) -> bool:
    """Tell whether `parent` has an entry of that name, a dangling link included."""
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def entries(descriptor: int) -> list[str]:
    """Return the names in an open folder, sorted."""
    return sorted(os.listdir(descriptor))


def create_file(name: str, parent: int) -> int:
    """Open a new read-only file for writing; FileExistsError when the name is taken."""
    return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o444, dir_fd=parent)


def open_file(name: str, parent: int) -> int:
    """Open an ordinary file for reading; OSError with an errno of FOREIGN when it is anything else."""
    # O_NONBLOCK: a pipe planted under the name must not hang the reader.
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ELOOP, "not an ordinary file", name)
    return descriptor


def read_file(name: str, parent: int) -> bytes:
    """Return the content of a small ordinary file."""
    with os.fdopen(open_file(name, parent), "rb") as file:
        return file.read()


def write_file(name: str, parent: int, content: bytes) -> None:
    """Write a new small file and wait until the disk has it."""
    with os.fdopen(create_file(name, parent), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def remove_file(name: str, parent: int) -> None:
    """Remove a file, if it is there, durably."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=parent)
    os.fsync(parent)


def remove_draft(name: str, parent: int) -> None:
    """Remove a folder of files (or a file), as far as it is there."""
    with suppress(FileNotFoundError):
        try:
            with folder(name, parent) as inside:
                for entry in entries(inside):
                    os.unlink(entry, dir_fd=inside)
            os.rmdir(name, dir_fd=parent)
        except OSError as error:
            if error.errno not in FOREIGN:
                raise
            os.unlink(name, dir_fd=parent)


def sweep(parent: int, older_than: float) -> None:
    """Remove what a killed process left in the folder of drafts.

    Only what was last touched before `older_than` (seconds since the epoch) and what nobody is writing: a writer keeps
    the draft's folder locked, so an upload that stalls for hours is safe too.
    """
    for name in entries(parent):
        with suppress(FileNotFoundError):
            if os.stat(name, dir_fd=parent, follow_symlinks=False).st_mtime < older_than and not _busy(name, parent):
                remove_draft(name, parent)


def _busy(name: str, parent: int) -> bool:
    try:
        with folder(name, parent) as draft:
            fcntl.flock(draft, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        if error.errno not in FOREIGN:
            raise
    return False
