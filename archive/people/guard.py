"""The door: every endpoint says who may enter; one that says nothing is closed."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_wtf.csrf import CSRFProtect

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem
from archive.core.ports import ports
from archive.people import credentials, queries, tokens
from archive.people.models import Account
from archive.people.rules import NotSignedIn, Permission, Person, may
from archive.web.problems import wants_json

View = TypeVar("View", bound=Callable[..., Any])

ACCESS = "_archive_access"
PUBLIC, SIGNED_IN = "public", "signed_in"

# Endpoints of libraries, which carry no mark of ours: packaged files and the API's description.
LIBRARY_ENDPOINTS = ("static", "bootstrap.static", "api-docs.")

# What somebody may do who must first choose a password of their own, or set up the second factor.
BEFORE_PASSWORD = ("security.change_password", "security.change_password_now", "security.logout")
BEFORE_SECOND_FACTOR = ("security.second", "security.second_on", "security.logout")

_SAFE = ("GET", "HEAD", "OPTIONS")

csrf = CSRFProtect()


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: the person must hold the permission somewhere; operations ask again for the unit concerned."""

    def mark(view: View) -> View:
        setattr(view, ACCESS, permission)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    setattr(view, ACCESS, PUBLIC)
    return view


def signed_in(view: View) -> View:
    """Mark a view that everybody signed in may open."""
    setattr(view, ACCESS, SIGNED_IN)
    return view


def person() -> Person:
    """Return who is asking. Only behind `requires` or `signed_in`."""
    found: Person = g.person
    return found


def account() -> Account:
    """Return the account of who is asking. Only behind `requires` or `signed_in`."""
    found = db.session().get(Account, person().id)
    if found is None:
        raise NotFound("account.unknown")
    return found


def confirm_password(password: str, field: str) -> None:
    """Ask for the password of who is signed in, in an act of its own: a failure stays counted. Raises BadInput."""
    with acting() as act:
        right = credentials.confirm_password(account(), password, act=act)
    if not right:
        raise BadInput("input.bad", [Problem("password.wrong", field)])


def install(app: Flask) -> None:
    """Put the door in front of every request."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # A form's token lives as long as the session: a page left open over lunch can still be sent.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    app.before_request(_check)
    app.after_request(_challenge)


def access_of(app: Flask, endpoint: str) -> str | Permission | None:
    """Return the mark of an endpoint: PUBLIC, SIGNED_IN, a Permission, or None when it is closed."""
    if endpoint.startswith(LIBRARY_ENDPOINTS):
        return PUBLIC
    found: str | Permission | None = getattr(app.view_functions[endpoint], ACCESS, None)
    return found


def _check() -> ResponseReturnValue | None:
    g.person = None
    if request.endpoint is None:
        # No such address: Flask answers that by itself; who is signed in keeps the frame of the pages around it.
        g.person = queries.person(db.session(), current_user) if current_user.is_authenticated else None
        return None
    if request.endpoint.startswith(LIBRARY_ENDPOINTS):
        return None
    access = access_of(current_app, request.endpoint)
    g.person = _who()
    if access != PUBLIC and g.person is None:
        return _to_sign_in()
    by_token = g.person is not None and g.person.scopes is not None
    if by_token and not request.path.startswith("/api/"):
        # Pages come with all that is one's own: a leaked token of the narrowest scope could sign its owner out.
        raise NotAllowed("token.pages")
    if request.method not in _SAFE and not by_token and current_app.config["WTF_CSRF_ENABLED"]:
        # A browser sends its cookie unasked; a token is only sent by who holds it.
        csrf.protect()
    if access == PUBLIC:
        return None
    if access is None:
        raise NotFound("page.unknown")
    if isinstance(access, Permission) and not may(g.person, access):
        raise NotAllowed("person.lacks", permission=access)
    return None if by_token else _first_things()


def _first_things() -> ResponseReturnValue | None:
    """Send somebody to the password or second factor that must be set before anything else."""
    if current_user.must_change_password:
        code, allowed = "password.due", BEFORE_PASSWORD
    elif ports().settings.second_factor and not current_user.second_factor:
        code, allowed = "code.due", BEFORE_SECOND_FACTOR
    else:
        return None
    if request.endpoint in allowed:
        return None
    if wants_json():
        raise NotAllowed(code)
    return redirect(url_for(allowed[0]))


def _who() -> Person | None:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return tokens.person_of(header.removeprefix("Bearer ").strip())
    if current_user.is_authenticated:
        return queries.person(db.session(), current_user)
    return None


def _to_sign_in() -> ResponseReturnValue:
    if wants_json():
        raise NotSignedIn("person.sign_in")
    if request.method in _SAFE:
        back = request.full_path.rstrip("?")
    else:
        # The form's own page, where the browser still has the draft.
        page = urlsplit(request.referrer or "")
        back = page.path + (f"?{page.query}" if page.query else "") if page.netloc == request.host else "/"
    return redirect(url_for("security.login", next=back))


def _challenge(response: Response) -> Response:
    if response.status_code == 401:
        response.headers.setdefault("WWW-Authenticate", 'Bearer realm="anjuan"')
    return response
