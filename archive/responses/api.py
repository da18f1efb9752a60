"""The API of responses."""
# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from archive.core.act import acting
from archive.core.db import db
from archive.documents.api_documents import check_entitled, entitled
from archive.dossiers import access
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.responses import forms, operations, queries
from archive.responses.models import Response
from archive.web.idempotency import check_match, etag, idempotent

api = Blueprint("responses_api", __name__, url_prefix="/api/v1", description="Replies received")

_ROOT = "/dossiers/<number>/responses"
_ONE = f"{_ROOT}/<uuid:response_id>"


@api.get(_ROOT)
@requires(Permission.READ)
@api.response(200, forms.ResponseBody(many=True))
def index(number: str) -> Any:
    """List the replies in a dossier, the latest first."""
    session = db.session()
    return queries.of_dossier(session, access.find(session, number, person()))


@api.post(_ROOT)
@requires(Permission.DEPOSIT)
@idempotent
@api.arguments(forms.NewResponseForm)
@api.response(201, forms.ResponseBody)
def record(value: dict[str, Any], number: str) -> Any:
    """Record that a document of the dossier is a reply."""
    with acting() as act:
        response = operations.record(entitled(act.session, number, value["document"]), value, act=act)
    return response, 201, {"ETag": etag(response.revision)}


@api.get(_ONE)
@requires(Permission.READ)
@api.response(200, forms.ResponseBody)
def show(number: str, response_id: uuid.UUID) -> Any:
    """Return a reply."""
    session = db.session()
    response = queries.response(session, access.find(session, number, person()), response_id)
    return response, 200, {"ETag": etag(response.revision)}


@api.patch(_ONE)
@requires(Permission.DEPOSIT)
@api.arguments(forms.ResponseForm(partial=True))
@api.response(200, forms.ResponseBody)
def revise(changes: dict[str, Any], number: str, response_id: uuid.UUID) -> Any:
    """Correct what is said about a reply. Honours If-Match."""
    with acting() as act:
        response = changeable(act.session, number, response_id)
        check_match(response.revision)
        operations.revise(response, changes, act=act)
    return response, 200, {"ETag": etag(response.revision)}


@api.post(f"{_ONE}/strike")
@requires(Permission.DEPOSIT)
@api.arguments(forms.StrikeForm)
@api.response(204)
def strike(value: dict[str, Any], number: str, response_id: uuid.UUID) -> None:
    """Take the record back; the document stays."""
    with acting() as act:
        operations.strike(changeable(act.session, number, response_id), reason=value["reason"], act=act)


def changeable(session: Session, number: str, response_id: uuid.UUID) -> Response:
    """Return a reply the caller may change. Raises NotFound, NotAllowed."""
    dossier = access.find(session, number, person())
    response = queries.response(session, dossier, response_id)
    check_entitled(session, dossier)
    return response
