"""The real service with the demonstration's people and dossiers, and a real browser before it."""

import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from archive import config, wiring
from archive.app import create_app
from archive.core.act import Act, Machine, acting
from archive.core.db import db
from archive.dossiers import demo as dossiers
from archive.dossiers.models import Dossier
from archive.people import demo as people
from archive.people import queries
from archive.people.rules import Person
from tests.commands import start
from tests.conftest import required
from tests.databases import Databases
from tests.journeys.browsing import Desks

CHROMIUM = "/usr/bin/chromium"
MOST_BYTES = 8 * 1024**2
_SECONDS = 60
# A browser for tests talks to the test's server and to nobody else.
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

T = TypeVar("T")


@dataclass
class Service:
    """A running archive, and a hand on its database from the side."""

    url: str
    app: Flask
    cookies: dict[str, Any] = field(default_factory=dict)

    def person(self, login: str) -> Person:
        return queries.person(db.session(), queries.by_login(db.session(), login))

    def do(self, login: str, what: Callable[[Act], T]) -> T:
        """Do something as a person, past the pages: what a journey only needs to be there."""
        with self.app.app_context(), acting(self.person(login)) as act:
            return what(act)

    def number(self, state: str) -> str:
        """Return the number of a dossier of the demonstration in this state."""
        with self.app.app_context():
            query = db.session.query(Dossier.number).filter_by(state=state, restricted=False)
            return str(query.order_by(Dossier.number).limit(1).scalar())


@pytest.fixture(scope="package")
def service(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`anjuan run`: web server and worker, on a database of the kind asked for, filled with the demonstration."""
    home = tmp_path_factory.mktemp("journeys")
    secrets = config.new_secrets()
    settings = config.Settings(
        home=home, database_url=databases.fresh(lasting=True), store_url=f"folder:{home / 'store'}", search_home=home / "search",
        secret_key=secrets["secret_key"], field_keys=(secrets["field_keys"],), hash_key=secrets["hash_key"],
    )  # fmt: skip
    app = create_app(ports=wiring.make_ports(settings))
    with app.app_context():
        with acting(Machine("test")) as act:
            act.moment -= dossiers.BEGINS
            people.demonstrate(act)
        dossiers.demonstrate()
    port = _free_port()
    process = start(
        settings, "run", "--bind", f"127.0.0.1:{port}", "--processes", "1",
        ARCHIVE_MAX_FILE_BYTES=str(MOST_BYTES), ARCHIVE_BASE_URL=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    try:
        _until(lambda: _answers(port))
        yield Service(f"http://127.0.0.1:{port}", app)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=40)
        with app.app_context():
            db.engine.dispose()
    assert "Traceback" not in errors, errors


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        required(f"{CHROMIUM} is missing (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def desks(browser: Browser, service: Service) -> Iterator[Desks]:
    """Pages of people; at the end nothing may stand in the browser's console but refusals the test meant."""
    desks = Desks(browser, service.url, service.cookies)
    yield desks
    desks.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _until(what: Callable[[], object]) -> None:
    end = time.monotonic() + _SECONDS
    while not what():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.1)
