"""Refusals as problem+json (RFC 9457), and the trail they leave."""

import logging

from flask import Response, g, json, request

from archive.core.act import acting
from archive.core.errors import ArchiveError, NotAllowed, Problem, RuleBroken
from archive.core.labels import sentence

log = logging.getLogger("archive")


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
    """Write a refused act into the trail: who tried what. Failing to write it must not hide the refusal itself."""
    if not isinstance(error, (NotAllowed, RuleBroken)) or g.get("person") is None:
        return
    try:
        with acting() as act:
            act.record("request:refused", None, code=error.code, method=request.method, path=request.path)
    except Exception:
        log.exception("request %s: the refusal could not be noted", g.get("request_id"))
