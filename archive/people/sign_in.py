"""Flask-Security set up: hashing by argon2, the user loader, sessions; and limits on guessing by address.

Its own pages are left out. They write outside the archive's acts, so no entry would tell of a sign-in, and know other
ways in (a token in the URL, mail) that an office must not leave open. `security_pages` has ours.
"""

from datetime import timedelta
from typing import Any

from flask import Flask, Request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemyUserDatastore

from archive.core.db import db
from archive.core.ports import Ports
from archive.people import security_pages
from archive.people.models import Account
from archive.people.sessions import ClockedSessions

# Per address, above what a whole office behind one address needs in the morning. Counted in each server process.
GUESSES = "30 per minute; 300 per hour"


def install(app: Flask) -> None:
    """Set sign-in up. Expects the ports."""
    ports: Ports = app.extensions["archive_ports"]
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # A key that lasts: a new secret_key ends the sessions, it must not make every password wrong.
        SECURITY_PASSWORD_SALT=ports.settings.hash_key,
        # Its roles are not used: grants are the archive's own (see people.rules).
        SECURITY_JOIN_USER_ROLES=False,
    )
    store = SQLAlchemyUserDatastore(db, Account, None)  # type: ignore[arg-type]
    security = Security(app, store, register_blueprint=False)
    # Flask-Security would also take its own tokens, from a header or the address line; ours are people.tokens.
    security.login_manager.request_loader(_nobody)
    app.session_interface = ClockedSessions(ports.clock, timedelta(hours=ports.settings.session_hours))
    app.register_blueprint(security_pages.security)
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    # For other doors that stand open to everybody.
    app.extensions["archive_limiter"] = limiter
    for endpoint in ("security.login_now", "security.code_now"):
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(GUESSES)(view)


def _nobody(_request: Request) -> None:
    return None
