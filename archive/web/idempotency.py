"""Requests that may be sent twice: `Idempotency-Key` on creating POSTs, ETag and If-Match on changes.

The key is claimed in the transaction of the act itself (see `wiring.write_down`), so a request whose answer was lost is
never carried out a second time, even when both arrive at once. Header after the IETF draft "The Idempotency-Key HTTP
Header Field".
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, g, has_request_context, make_response, request
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from archive.core.act import Act, acting
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, RuleBroken
from archive.web.models import SeenRequest


class Stale(ArchiveError):
    """The caller changed what somebody else changed before: If-Match names an old version."""

    status = 412


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a creating view be sent twice with the same key and answer the same."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(*args, **kwargs)
        if len(key) > 80:
            raise BadInput("idempotency.key")
        before = _seen(key)
        if before is not None:
            return before
        g.idempotency = (key, _fingerprint())
        try:
            response = make_response(view(*args, **kwargs))
        except IntegrityError:
            db.session.rollback()
            twin = _seen(key)
            if twin is None:
                raise
            return twin
        finally:
            g.pop("idempotency", None)
        _keep(key, response)
        return response

    return once


def claim(act: Act) -> None:
    """Write the request's key in the act's transaction, once, so that a twin cannot commit."""
    if not has_request_context() or "idempotency" not in g or act.actor.id is None:
        return
    key, fingerprint = g.pop("idempotency")
    act.session.add(SeenRequest(person_id=act.actor.id, key=key, fingerprint=fingerprint, at=act.moment))
    act.session.flush()


# What a request says outside of its body: all that the creation of an upload says (tus).
_TELLING = ("Upload-Length", "Upload-Metadata")


def _fingerprint() -> str:
    told = "".join(f"{name}: {request.headers.get(name, '')}\n" for name in _TELLING)
    return hashlib.sha256(f"{request.method} {request.full_path}\n{told}".encode() + request.get_data()).hexdigest()


def _seen(key: str) -> Response | None:
    found = db.session.scalar(select(SeenRequest).where(SeenRequest.person_id == g.person.id, SeenRequest.key == key))
    if found is None:
        return None
    if found.fingerprint != _fingerprint():
        raise BadInput("idempotency.reused")
    if found.status == 0:
        raise RuleBroken("idempotency.done")
    response: Response = current_app.response_class(found.body, status=found.status, content_type="application/json")
    if found.location:
        response.headers["Location"] = found.location
    if found.etag:
        response.headers["ETag"] = found.etag
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(key: str, response: Response) -> None:
    if response.status_code >= 400:
        return
    with acting() as act:
        act.session.execute(
            update(SeenRequest)
            .where(SeenRequest.person_id == g.person.id, SeenRequest.key == key)
            .values(
                status=response.status_code,
                body=response.get_data(as_text=True),
                location=response.headers.get("Location", ""),
                etag=response.headers.get("ETag", ""),
            )
        )


def etag(revision: int | str) -> str:
    """Return the entity tag of a row's revision."""
    return f'"{revision}"'


def check_match(revision: int | str) -> None:
    """Refuse a change whose If-Match names another version than the present one. Raises Stale."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != "*" and etag(revision) not in [tag.strip() for tag in wanted.split(",")]:
        raise Stale("version.stale")
