"""Refusals as problem+json (RFC 9457), and the trail they leave."""

import logging

from flask import Response, current_app, g, json, request
from limits import parse as parse_limit

from archive.core.act import acting
from archive.core.errors import ArchiveError, NotAllowed, Problem, RuleBroken
from archive.core.labels import sentence

log = logging.getLogger("archive")

# What is not there, or hidden from who asks; told alike. Misses of other kinds are wrong addresses.
TRIED = frozenset({"dossier.unknown"})
_NOTED = parse_limit("30 per minute")
_LONGEST_PATH = 300


def wants_json() -> bool:
    """Tell whether the caller is a machine or a script of ours."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def as_json(status: int, error: ArchiveError) -> Response:
    """Return a refusal as application/problem+json; `errors` lists every reason with its field."""
    found: tuple[Problem, ...] = getattr(error, "problems", ())
    body = {
        "type": f"urn:anjuan:problem:{error.code}",
        "title": sentence(error),
        "status": status,
        "code": error.code,
        "request_id": g.get("request_id", ""),
        "errors": [{"code": one.code, "field": one.field, "detail": sentence(one)} for one in found],
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, content_type="application/problem+json; charset=utf-8")


def note_refusal(error: ArchiveError) -> None:
    """Write a refused act into the trail: who tried what. Failing to write it must not hide the refusal itself.

    Dossiers that are hidden or missing count: numbers are tried. So many a person and minute, then one is enough.
    """
    if (not isinstance(error, (NotAllowed, RuleBroken)) and error.code not in TRIED) or g.get("person") is None:
        return
    limits = current_app.extensions["archive_limiter"].limiter
    if error.code in TRIED and not limits.hit(_NOTED, "refused", str(g.person.id)):
        return
    try:
        with acting() as act:
            path = request.path[:_LONGEST_PATH]
            act.record("request:refused", None, code=error.code, method=request.method, path=path)
    except Exception:
        log.exception("request %s: the refusal could not be noted", g.get("request_id"))
