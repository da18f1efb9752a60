"""Databases of the tests: migrated once for all processes, copied for each test."""

import fcntl
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from archive.core import schema
from tests.servers import postgres

# Of each process: the databases of the test under way, and of the one before, whose servers may be stopping still.
KEPT = 4
EMPTY = "template"


class Databases:
    """Hands out fresh databases by copying one that was made once.

    `shared` is a folder of all processes of the run, with the migrated database and the server; `folder` is this
    process's own.
    """

    def __init__(self, kind: str, shared: Path, folder: Path) -> None:
        self.kind, self.shared, self.folder = kind, shared, folder
        self.server = ""
        self._made: list[str] = []

    def fresh(self, *, like: str = EMPTY, lasting: bool = False) -> str:
        """Return the URL of a copy of a kept database, by default one at head and empty.

        One that is not `lasting` goes a few tests later.
        """
        self._prepare()
        self._forget()
        name = f"t{uuid.uuid4().hex[:12]}"
        self._made += [] if lasting else [name]
        self._copy(like, name)
        return self._url(name)

    def keep(self, url: str) -> str:
        """Keep a copy of a database to which nobody is connected; return the name by which `fresh` copies it."""
        name = f"k{uuid.uuid4().hex[:12]}"
        self._copy(url.rsplit("/", 1)[1].removesuffix(".db"), name)
        return name

    def empty(self) -> str:
        """Return the URL of a database without any table."""
        self._prepare()
        name = f"e{uuid.uuid4().hex[:12]}"
        if self.kind == "postgresql":
            self._admin(f"CREATE DATABASE {name}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"{self.server}/{name}" if self.kind == "postgresql" else f"sqlite:///{self.folder / name}.db"

    def _copy(self, old: str, new: str) -> None:
        if self.kind == "postgresql":
            # Copying files is twice as fast as writing them into the log.
            self._admin(f"CREATE DATABASE {new} TEMPLATE {old} STRATEGY FILE_COPY")
            return
        folder = self.shared if old == EMPTY else self.folder
        shutil.copy(folder / f"{old}.db", self.folder / f"{new}.db")

    def _prepare(self) -> None:
        if self.server:
            return
        note = self.shared / "server"
        with _alone(self.shared / "lock"):
            if not note.exists():
                url = postgres.start(self.shared / "postgresql") if self.kind == "postgresql" else "sqlite"
                self.server = url
                if self.kind == "postgresql":
                    self._admin(f"CREATE DATABASE {EMPTY}")
                schema.upgrade(self._url(EMPTY) if self.kind == "postgresql" else f"sqlite:///{self.shared / EMPTY}.db")
                note.write_text(url)
            self.server = note.read_text()

    def _admin(self, statement: str) -> None:
        engine = create_engine(f"{self.server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _forget(self) -> None:
        # They lie in memory where the machine offers it: all of a run together would fill it.
        while len(self._made) >= KEPT:
            old = self._made.pop(0)
            if self.kind == "postgresql":
                self._admin(f"DROP DATABASE {old} WITH (FORCE)")
            for file in self.folder.glob(f"{old}.db*"):
                file.unlink()


def clear(shared: Path) -> None:
    """Stop what runs in the shared folder and forget it."""
    postgres.stop(shared / "postgresql")
    shutil.rmtree(shared, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
