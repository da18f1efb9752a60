"""The API of documents: contents, descriptions, order, custody, texts, bytes."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import NotAllowed
from archive.core.paging import PageRequest
from archive.documents import forms, operations, queries, serving, striking
from archive.documents.models import Document
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import check_match, etag, idempotent

api = Blueprint("documents_api", __name__, url_prefix="/api/v1", description="Documents of a dossier")

_ROOT = "/dossiers/<number>/documents"
_ONE = f"{_ROOT}/<uuid:document_id>"
_VERSION = f"{_ONE}/versions/<int:n>"


@api.get(_ROOT)
@requires(Permission.READ)
@api.arguments(forms.ContentsQuery, location="query")
@api.response(200, forms.ContentsBody)
def contents(query: dict[str, Any], number: str) -> Any:
    """List the items of a dossier in the order of its contents."""
    session = db.session()
    dossier = access.find(session, number, person())
    return queries.contents(session, dossier, PageRequest(**query))


@api.get(_ONE)
@requires(Permission.READ)
@api.response(200, forms.WholeBody)
def show(number: str, document_id: uuid.UUID) -> Any:
    """Return a document with its versions and the custody of its paper original."""
    session = db.session()
    _, document, _ = queries.at(session, number, document_id, person())
    return _whole(session, document), 200, {"ETag": etag(document.revision)}


@api.get(f"{_ONE}/found")
@requires(Permission.READ)
@api.arguments(forms.ContentsQuery, location="query")
@api.response(200, forms.ContentsBody)
def found(query: dict[str, Any], number: str, document_id: uuid.UUID) -> Any:
    """List the files found in a container: an archive, a mail."""
    session = db.session()
    dossier, document, _ = queries.at(session, number, document_id, person())
    return queries.contents(session, dossier, PageRequest(**query), parent=document)


@api.patch(_ONE)
@requires(Permission.DEPOSIT)
@api.arguments(forms.DocumentDescription(partial=True))
@api.response(200, forms.WholeBody)
def describe(changes: dict[str, Any], number: str, document_id: uuid.UUID) -> Any:
    """Correct what is said about a document. Honours If-Match."""
    with acting() as act:
        document = entitled(act.session, number, document_id)
        check_match(document.revision)
        operations.describe(document, changes, act=act)
    return _whole(db.session(), document), 200, {"ETag": etag(document.revision)}


@api.post(f"{_ONE}/place")
@requires(Permission.DEPOSIT)
@api.arguments(forms.ItemPlace)
@api.response(204)
def place(wanted: dict[str, Any], number: str, document_id: uuid.UUID) -> None:
    """Move an item behind another one of the contents."""
    with acting() as act:
        operations.place(entitled(act.session, number, document_id), after=wanted["after"], act=act)


@api.post(f"{_ONE}/strike")
@requires(Permission.DEPOSIT)
@api.arguments(forms.StrikeOut)
@api.response(204)
def strike(form: dict[str, Any], number: str, document_id: uuid.UUID) -> None:
    """Strike a document out as filed in the wrong dossier; `into` also files it in the right one."""
    strike_out(number, document_id, form)


@api.post(f"{_ONE}/unstrike")
@requires(Permission.DEPOSIT)
@api.arguments(forms.LiftStrike)
@api.response(204)
def unstrike(form: dict[str, Any], number: str, document_id: uuid.UUID) -> None:
    """Let a struck document count again."""
    with acting() as act:
        striking.lift(entitled(act.session, number, document_id), reason=form["reason"], act=act)


@api.post(f"{_ONE}/custody")
@requires(Permission.DEPOSIT)
@idempotent
@api.arguments(forms.CustodyNote)
@api.response(201, forms.CustodyBody)
def note_custody(entry: dict[str, Any], number: str, document_id: uuid.UUID) -> Any:
    """Add a link to the chain of custody of the paper original."""
    with acting() as act:
        return operations.note_custody(entitled(act.session, number, document_id), **entry, act=act)


@api.post(f"{_VERSION}/retry")
@requires(Permission.DEPOSIT)
@api.response(202)
def retry(number: str, document_id: uuid.UUID, n: int) -> None:
    """Have a version read again."""
    with acting() as act:
        document = entitled(act.session, number, document_id)
        operations.retry(queries.version(act.session, document, n), act=act)


@api.get(f"{_VERSION}/twins")
@requires(Permission.READ)
@api.response(200, forms.TwinBody(many=True))
def twins(number: str, document_id: uuid.UUID, n: int) -> Any:
    """List where else the same bytes lie, as far as the caller may see it."""
    session = db.session()
    _, _, version = queries.at(session, number, document_id, person(), n)
    return queries.twins(session, version, person())


@api.get(f"{_VERSION}/pages/<int:no>")
@requires(Permission.READ)
@api.response(200, forms.PageTextBody)
def page_text(number: str, document_id: uuid.UUID, n: int, no: int) -> Any:
    """Return the text of a page, with the places of its words."""
    session = db.session()
    _, _, version = queries.at(session, number, document_id, person(), n)
    page = queries.page_text(session, version, no)
    serving.record(version, person(), afresh=False, download=False)
    return page


@api.get(f"{_VERSION}/content")
@requires(Permission.READ)
@api.response(200, {"format": "binary", "type": "string"}, content_type="application/octet-stream")
def content(number: str, document_id: uuid.UUID, n: int) -> Response:
    """Return a version's bytes; ranges are honoured."""
    session = db.session()
    dossier, document, version = queries.at(session, number, document_id, person(), n)
    label = queries.label(session, document)
    return serving.original(version, dossier.number, label, person(), download=True)


@api.get(f"{_VERSION}/pages/<int:no>/image/<int:width>")
@requires(Permission.READ)
@api.response(200, {"format": "binary", "type": "string"}, content_type="image/webp")
def page_image(number: str, document_id: uuid.UUID, n: int, no: int, width: int) -> Response:
    """Return the image of a page, 160, 800, 1200, 1600 or 2400 pixels wide."""
    _, _, version = queries.at(db.session(), number, document_id, person(), n)
    return serving.page_image(version, no, width, person())


def strike_out(number: str, document_id: uuid.UUID, form: dict[str, Any]) -> None:
    """Strike a document out; into the right dossier it goes only where the caller may deposit."""

    def found(session: Session) -> tuple[Document, Dossier | None]:
        document = entitled(session, number, document_id)
        into = access.find(session, form["into"], person()) if form["into"] else None
        if into is not None:
            check_entitled(session, into)
        return document, into

    document, into = found(db.session())
    striking.check(db.session(), document, into)
    copy = striking.copied(db.session(), document, into) if into else None
    with acting() as act:
        document, into = found(act.session)
        striking.strike(document, reason=form["reason"], into=into, copy=copy, act=act)


def entitled(session: Session, number: str, document_id: uuid.UUID) -> Document:
    """Return a document the caller may change. Raises NotFound, NotAllowed."""
    dossier, document, _ = queries.at(session, number, document_id, person())
    check_entitled(session, dossier)
    return document


def check_entitled(session: Session, dossier: Dossier) -> None:
    """Refuse who may not deposit in a unit concerned with the dossier. Raises NotAllowed."""
    if not queries.may_in(session, person(), Permission.DEPOSIT, dossier):
        raise NotAllowed("document.may_not")


def _whole(session: Session, document: Document) -> Document:
    # Reckoned from those it was found in, so no column of its own.
    document.label = queries.label(session, document)
    return document
