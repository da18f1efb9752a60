"""Fixtures of all tests: a migrated database (SQLite, or with --database=postgresql), an application, actors."""

import gc
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event
from xdist.scheduler import LoadScopeScheduling

from archive import config, wiring
from archive.core.act import Act, Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.ports import Ports
from archive.people.rules import Role
from tests.builders import Office
from tests.databases import Databases, clear
from tests.mould import Mould
from tests.servers.s3 import s3_server  # noqa: F401 - a fixture

# A process of the tests holds some 500 MB: looking through all of it for rings costs a twentieth of the time.
gc.set_threshold(100_000, 50, 100)

# No test is about how long something takes: a busy machine is no fault. The same examples each time.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a Thursday


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


# What takes longest in one process comes first: else the others wait for it at the end.
LONG = (
    "tests/journeys/", "tests/integration/operating/", "tests/integration/importing/", "tests/web/test_access_matrix",
    "tests/web/test_hostile_input", "tests/integration/letters/", "tests/integration/disposal/",
)  # fmt: skip


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read, in the run on PostgreSQL, the tests of pure rules."""
    pure = collection_path == Path(__file__).parent / "unit"
    return True if pure and config.getoption("--database") != "sqlite" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, in the run on PostgreSQL, what touches no database: the run on SQLite has just done it."""
    items.sort(key=lambda item: next((at for at, part in enumerate(LONG) if item.nodeid.startswith(part)), len(LONG)))
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


SHARED = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of the run one folder: for the server and for the database that all others are copies of."""
    given = getattr(config, "workerinput", {}).get("shared")
    config.option.loadscopereorder = False  # by number of tests, which says nothing of how long they take
    config.stash[SHARED] = Path(given or tempfile.mkdtemp(prefix="anjuan-tests-"))


def pytest_configure_node(node: Any) -> None:
    node.workerinput["shared"] = str(node.config.stash[SHARED])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        clear(config.stash[SHARED])


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    shared, folder = request.config.stash[SHARED], tmp_path_factory.mktemp("databases")
    return Databases(request.config.getoption("--database"), shared, folder)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def secrets() -> dict[str, str]:
    return config.new_secrets()


@pytest.fixture(scope="session")
def mould() -> Mould:
    return Mould()


@dataclass
class Founded:
    """The office as it was founded first in this process: in which kept database, and which databases are copies."""

    kept: str = ""
    units: dict[str, uuid.UUID] = field(default_factory=dict)
    accounts: dict[str, uuid.UUID] = field(default_factory=dict)
    copies: set[str] = field(default_factory=set)


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1]  # whoever it is that connects


@pytest.fixture(scope="session")
def founded() -> Founded:
    return Founded()


@pytest.fixture
def settings(
    databases: Databases,
    tmp_path: Path,
    secrets: dict[str, str],
    founded: Founded,
    clock: FixedClock,
    request: pytest.FixtureRequest,
) -> config.Settings:
    if founded.kept and "office" in request.fixturenames and clock.now() == NOW:
        url = databases.fresh(like=founded.kept)
        founded.copies.add(_name(url))
    else:
        url = databases.fresh()
    return config.Settings(
        home=tmp_path,
        database_url=url,
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
def office(app: Flask, founded: Founded, databases: Databases, settings: config.Settings, clock: FixedClock) -> Office:
    """An office with units and people of every role; see tests.builders. Founded once in a process, then copied."""
    if _name(settings.database_url) in founded.copies:
        return Office(app, dict(founded.units), dict(founded.accounts))
    office = Office.founded(app)
    if not founded.kept and clock.now() == NOW:
        db.session.remove()
        db.engine.dispose()
        founded.kept = databases.keep(settings.database_url)
        founded.units, founded.accounts = dict(office.units), dict(office.accounts)
    return office


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
