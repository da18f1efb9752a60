"""create_app(): the one place where the parts are joined."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from archive import config, wiring
from archive.core import labels
from archive.core.act import Shell
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, StoreDown
from archive.core.ports import Ports
from archive.core.resources import folder
from archive.people import guard
from archive.web import edge, filters, forms, problems

log = logging.getLogger("archive")


def create_app(settings: config.Settings | None = None, ports: Ports | None = None, *, pages: bool = True) -> Flask:
    """Return the application, joined as the settings say. Raises config.BadConfiguration.

    Without `pages` nobody can ask it anything, but it is there in half the time: enough for a command.
    """
    settings = settings or (ports.settings if ports else config.read())
    app = Flask("archive", template_folder=str(folder("templates") / "pages"), static_folder="web/static")
    app.config.update(_flask_settings(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    ports = ports or wiring.make_ports(settings)
    app.extensions["archive_ports"] = ports
    app.extensions["archive_shell"] = Shell(ports.clock, wiring.write_down)
    db.init_app(app)
    for words, refusals in wiring.feature_labels():
        labels.join(words, refusals)
    app.before_request(_name_the_request)
    edge.install(app)
    guard.install(app)
    app.before_request(edge.check)
    filters.install(app)
    wiring.join_features(app)
    if pages:
        wiring.install_pages(app)
    app.after_request(_headers)
    app.register_error_handler(ArchiveError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_down)
    app.register_error_handler(DataError, _not_storable)
    app.register_error_handler(Exception, _bug)
    return app


def _flask_settings(settings: config.Settings) -> Mapping[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not settings.embedded,
            # A connection of SQLite reads once how its tables are filled.
            "pool_recycle": 3600,
            # More statements than the 500 kept by default: each would be compiled again, some 4 ms of CPU.
            "query_cache_size": 3000,
            # What failed is told to who looks after the machine: not what stood in the rows.
            "hide_parameters": True,
        },
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        "SESSION_REFRESH_EACH_REQUEST": True,
        # Forms are small; files come in through uploads, in chunks of at most 16 MiB.
        "MAX_CONTENT_LENGTH": 17 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _name_the_request() -> None:
    g.request_id = uuid.uuid4().hex[:16]


CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; manifest-src 'self'"
)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Request-Id", getattr(g, "request_id", ""))
    if request.endpoint and not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


# Of an answer's headers those that its body decides.
_OWN_HEADERS = ("Content-Type", "Content-Length")


def _refused(error: ArchiveError) -> ResponseReturnValue:
    problems.note_refusal(error)
    return _answer(error.status, error)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if error.code == 422:
        # What flask-smorest found wrong with an API's arguments, by place (json, query) and field.
        messages: Mapping[str, Any] = getattr(error, "data", {}).get("messages", {})
        return _answer(
            422, BadInput("input.bad", [one for found in messages.values() for one in forms.problems(found)])
        )
    answer = current_app.make_response(_answer(error.code or 500, ArchiveError(f"http.{error.code}")))
    # What else the error tells: which methods an address takes, when to try again.
    answer.headers.extend((name, value) for name, value in error.get_headers() if name not in _OWN_HEADERS)
    return answer


def _database_down(error: OperationalError) -> ResponseReturnValue:
    log.exception("request %s: the database does not answer", g.get("request_id"))
    return _answer(503, StoreDown("database.down"))


def _not_storable(error: DataError) -> ResponseReturnValue:
    # PostgreSQL asked for what no column can hold: a NUL in a text, a number beyond its type.
    log.warning("request %s: %s", g.get("request_id"), error.orig)
    db.session.rollback()
    return _answer(422, BadInput("input.bad"))


def _bug(error: Exception) -> ResponseReturnValue:
    log.exception("request %s failed", g.get("request_id"))
    db.session.rollback()
    return _answer(500, ArchiveError("http.500", request_id=g.get("request_id", "")))


def _answer(status: int, error: ArchiveError) -> ResponseReturnValue:
    if problems.wants_json():
        return problems.as_json(status, error)
    # Nothing is counted in the rail: the database may be gone.
    g.counts = False
    return render_template("error.html", status=status, error=error, problems=getattr(error, "problems", ())), status
