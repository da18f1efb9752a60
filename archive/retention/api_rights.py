"""The API of what must not be kept, or not here: requests for erasure, documents filed in the wrong dossier."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import NotFound
from archive.documents import striking
from archive.dossiers import access
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.retention import forms, privacy, removal_pages, removing
from archive.retention.blueprints import api
from archive.web.idempotency import idempotent

_DOSSIER = "/dossiers/<number>"


@api.get(f"{_DOSSIER}/erasure-requests")
@requires(Permission.RESTRICT)
@api.response(200, forms.ErasureRequestBody(many=True))
def list_erasure_requests(number: str) -> Any:
    """List requests for erasure about a dossier, with what was decided."""
    session = db.session()
    return privacy.requests_of(session, access.find(session, number, person()))


@api.post(f"{_DOSSIER}/erasure-requests")
@requires(Permission.RESTRICT)
@idempotent
@api.arguments(forms.AnswerErasure)
@api.response(201, forms.ErasureRequestBody)
def answer_erasure(form: dict[str, Any], number: str) -> Any:
    """Decide on a request for erasure: restrict the dossier. The answer is a letter (erasure-reply)."""
    with acting() as act:
        return privacy.answer(access.find(act.session, number, person()), **form, act=act)


_REMOVAL = f"{_DOSSIER}/documents/<uuid:document_id>/removal"


@api.get(_REMOVAL)
@requires(Permission.READ)
@api.response(200, forms.RemovalBody)
def show_removal(number: str, document_id: uuid.UUID) -> Any:
    """Tell where it stands that a document filed by mistake is taken out."""
    found = striking.removal_of(db.session(), removal_pages.of_document(db.session(), number, document_id))
    if found is None:
        raise NotFound("removal.none")
    return found


@api.post(_REMOVAL)
@requires(Permission.DEPOSIT)
@idempotent
@api.arguments(forms.Reason)
@api.response(201, forms.RemovalBody)
def ask_removal(form: dict[str, Any], number: str, document_id: uuid.UUID) -> Any:
    """Ask that a document struck out be taken out: within 72 hours of filing, while nothing of it is locked."""
    with acting() as act:
        document = removal_pages.of_document(act.session, number, document_id)
        return removing.ask(document, reason=form["reason"], act=act)


@api.post(f"{_REMOVAL}/decision")
@requires(Permission.READ)
@api.arguments(forms.DecideRemoval)
@api.response(200, forms.RemovalBody)
def decide_removal(form: dict[str, Any], number: str, document_id: uuid.UUID) -> Any:
    """Confirm, or refuse, what another person asked; the worker takes out what is confirmed."""
    with acting() as act:
        document = removal_pages.of_document(act.session, number, document_id)
        return removing.decide(document, confirm=form["confirm"], act=act)
