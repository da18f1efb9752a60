"""The door: every endpoint says who may enter; one that says nothing is closed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_wtf.csrf import CSRFProtect

from archive.core.db import db
from archive.core.errors import NotAllowed, NotFound
from archive.people import queries, tokens
from archive.people.rules import Permission, Person, may

View = TypeVar("View", bound=Callable[..., Any])

ACCESS = "_archive_access"
PUBLIC, SIGNED_IN = "public", "signed_in"

# Endpoints of libraries, which carry no mark of ours: sign-in pages guard themselves, the rest are packaged files.
LIBRARY_ENDPOINTS = ("security.", "static", "bootstrap.static", "api-docs.")

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


def install(app: Flask) -> None:
    """Put the door in front of every request."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.before_request(_check)


def access_of(app: Flask, endpoint: str) -> str | Permission | None:
    """Return the mark of an endpoint: PUBLIC, SIGNED_IN, a Permission, or None when it is closed."""
    if endpoint.startswith(LIBRARY_ENDPOINTS):
        return PUBLIC
    found: str | Permission | None = getattr(app.view_functions[endpoint], ACCESS, None)
    return found


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: Flask answers 404 by itself
    access = access_of(current_app, request.endpoint)
    g.person = _who()
    if access == PUBLIC:
        return None
    if g.person is None:
        if request.path.startswith("/api/"):
            raise NotAllowed("person.sign_in")
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if g.person.scopes is None and request.method not in ("GET", "HEAD", "OPTIONS"):
        # A browser sends its cookie unasked; a token is only sent by who holds it.
        csrf.protect()
    if access is None:
        raise NotFound("page.unknown")
    if isinstance(access, Permission) and not may(g.person, access):
        raise NotAllowed("person.lacks", permission=access)
    return None


def _who() -> Person | None:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return tokens.person_of(header.removeprefix("Bearer ").strip())
    if current_user.is_authenticated:
        return queries.person(db.session(), current_user)
    return None


