"""One application for all tests of a process: joining it takes longer than most tests, and compiling its pages too.

Each test gets it on its own database, store, settings and clock; what a test changed in it is undone before the next.
"""

from collections import defaultdict
from typing import Any

from flask import Flask

from archive import wiring
from archive.app import create_app
from archive.core.act import Shell
from archive.core.db import db
from archive.core.loading import loading
from archive.core.ports import Ports
from archive.deadlines import table
from archive.deadlines.calendar import WorkCalendar
from archive.deadlines.models import DayRow

_HOOKS = ("before_request_funcs", "after_request_funcs", "teardown_request_funcs")


class Mould:
    """Keeps the application as it was joined."""

    def __init__(self) -> None:
        self._app: Flask | None = None
        self._config: dict[str, Any] = {}
        self._extensions: dict[str, Any] = {}
        self._hooks: dict[str, Any] = {}
        self._calendar, self._days = WorkCalendar(()), 0
        self._compiled: Any = None
        self._dialect: Any = None

    def cast(self, ports: Ports) -> Flask:
        """Return the application standing on these ports. All ports of a process share their secrets."""
        if self._app is None:
            with loading():
                self._app = create_app(ports=ports)
            # Passwords are hashed slowly on purpose, a hundred times a run.
            self._app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=64)
            self._config, self._extensions = dict(self._app.config), dict(self._app.extensions)
            self._hooks = {name: self._copy(name) for name in _HOOKS}
            with self._app.app_context():
                self._calendar = table.calendar(db.session())
                self._days = db.session.query(DayRow).count()
                db.session.remove()
                self._compiled, self._dialect = db.engine._compiled_cache, db.engine.dialect
            return self._app
        app = self._app
        self._undo(app)
        app.config["SQLALCHEMY_DATABASE_URI"] = ports.settings.database_url
        app.extensions["archive_ports"] = ports
        app.extensions["archive_shell"] = Shell(ports.clock, wiring.write_down)
        app.session_interface.clock = ports.clock  # type: ignore[attr-defined]
        # The database is joined anew, which Flask lets happen only before the first request.
        app._got_first_request = False
        teardowns, contexts = list(app.teardown_appcontext_funcs), list(app.shell_context_processors)
        del app.extensions["sqlalchemy"]
        db.init_app(app)
        app.teardown_appcontext_funcs, app.shell_context_processors = teardowns, contexts
        with app.app_context():
            # Statements are compiled, and the calendar is read, once for all databases of this process: all are copies
            # of one. SQLAlchemy keeps compiled statements by engine and dialect.
            engine = db.engine
            engine.dialect, engine._compiled_cache = self._dialect, self._compiled
            table.made[(str(engine.url), self._days)] = self._calendar
        return app

    def _undo(self, app: Flask) -> None:
        app.config.clear()
        app.config.update(self._config)
        app.extensions.clear()
        app.extensions.update(self._extensions)
        for name, hooks in self._hooks.items():
            setattr(app, name, defaultdict(list, {scope: list(found) for scope, found in hooks.items()}))
        for limiter in app.extensions.get("limiter", ()):
            limiter.reset()

    def _copy(self, name: str) -> dict[Any, Any]:
        return {scope: list(found) for scope, found in getattr(self._app, name).items()}
