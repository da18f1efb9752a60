"""Fixtures of all tests: a migrated database (SQLite, or with --database=postgresql), an application, actors."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text
from xdist.scheduler import LoadScopeScheduling

from archive import config, wiring
from archive.core import schema
from archive.core.act import Act, Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.ports import Ports
from archive.people.rules import Role
from tests.builders import Office
from tests.mould import Mould
from tests.servers import postgres
from tests.servers.s3 import s3_server  # noqa: F401 - a fixture

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a Thursday


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, in the run on PostgreSQL, what touches no database: the run on SQLite has just done it."""
    if config.getoption("--database") == "sqlite":
        return
    without = [item for item in items if "databases" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if "databases" in getattr(item, "fixturenames", ())]


class Sharing(LoadScopeScheduling):
    """Hands out tests file by file, those of one costly server (a browser's archive, S3) to one process."""

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.split("::", 1)[0]
        if name.startswith("tests/journeys/"):
            return "browser"
        return "s3" if "store" in name else name


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


def required(reason: str) -> None:
    """Skip for a server the machine lacks; fail where all servers are promised."""
    if os.environ.get("ANJUAN_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


# Of each process: the databases of the test under way, and of the one before, whose servers may be stopping still.
KEPT = 4


class Databases:
    """Hands out fresh migrated databases by copying one that was migrated once."""

    def __init__(self, kind: str, folder: Path, stack: ExitStack) -> None:
        self.kind, self.folder, self.stack = kind, folder, stack
        self.server = ""
        self._migrated = False
        self._made: list[str] = []

    def _prepare(self) -> None:
        if self.kind == "postgresql":
            self.server = self.stack.enter_context(postgres.running())
            self._admin("CREATE DATABASE template_archive")
            schema.upgrade(f"{self.server}/template_archive")
        else:
            schema.upgrade(f"sqlite:///{self.folder / 'template.db'}")
        self._migrated = True

    def _admin(self, statement: str) -> None:
        engine = create_engine(f"{self.server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def fresh(self, *, lasting: bool = False) -> str:
        """Return the URL of an empty database at head; one not `lasting` goes a few tests later."""
        if not self._migrated:
            self._prepare()
        self._forget()
        name = f"t{uuid.uuid4().hex[:12]}"
        self._made += [] if lasting else [name]
        if self.kind == "postgresql":
            self._admin(f"CREATE DATABASE {name} TEMPLATE template_archive")
            return f"{self.server}/{name}"
        shutil.copy(self.folder / "template.db", self.folder / f"{name}.db")
        return f"sqlite:///{self.folder / name}.db"

    def _forget(self) -> None:
        # They lie in memory where the machine offers it: all of a run together would fill it.
        while len(self._made) >= KEPT:
            old = self._made.pop(0)
            if self.kind == "postgresql":
                self._admin(f"DROP DATABASE {old} WITH (FORCE)")
            for file in self.folder.glob(f"{old}.db*"):
                file.unlink()

    def empty(self) -> str:
        """Return the URL of a database without any table."""
        name = f"e{uuid.uuid4().hex[:12]}"
        if self.kind == "postgresql":
            if not self._migrated:
                self._prepare()
            self._admin(f"CREATE DATABASE {name}")
            return f"{self.server}/{name}"
        return f"sqlite:///{self.folder / name}.db"


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with ExitStack() as stack:
        yield Databases(request.config.getoption("--database"), tmp_path_factory.mktemp("databases"), stack)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def secrets() -> dict[str, str]:
    return config.new_secrets()


@pytest.fixture(scope="session")
def mould() -> Mould:
    return Mould()


@pytest.fixture
def settings(databases: Databases, tmp_path: Path, secrets: dict[str, str]) -> config.Settings:
    return config.Settings(
        home=tmp_path,
        database_url=databases.fresh(),
        store_url=f"folder:{tmp_path / 'store'}",
        search_home=tmp_path / "search",
        secret_key=secrets["secret_key"],
        field_keys=(secrets["field_keys"],),
        hash_key=secrets["hash_key"],
    )


@pytest.fixture
def ports(settings: config.Settings, clock: FixedClock) -> Ports:
    return wiring.make_ports(settings, clock)


@pytest.fixture
def app(mould: Mould, ports: Ports) -> Iterator[Flask]:
    app = mould.cast(ports)
    app.config["TESTING"] = True
    # One context stays open across all requests, and `g` with it: who asked before is forgotten first.
    app.before_request_funcs[None].insert(0, lambda: g.__dict__.clear())
    # Tests post without reading a form's token first; tests/web/people switches this on again.
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def act(app: Flask) -> Iterator[Act]:
    """An act of the machine that is committed at the end of the test, unless the test fails before."""
    with acting(Machine("test")) as act:
        yield act


@pytest.fixture
def office(app: Flask) -> Office:
    """An office with units and people of every role; see tests.builders."""
    return Office.founded(app)


@pytest.fixture
def sign_in(app: Flask, office: Office) -> Callable[[Role], FlaskClient]:
    """Return a browser-like client signed in as the office's person of a role (CSRF is off in these)."""

    def client(role: Role) -> FlaskClient:
        return office.client(role)

    return client


@contextmanager
def counting(limit: int) -> Iterator[list[str]]:
    """Fail when more than `limit` SQL statements run inside; the statements are in the list for the message."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK", "COMMIT", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) <= limit, f"{len(seen)} statements:\n" + "\n".join(seen)
