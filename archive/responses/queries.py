"""Reads about responses."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.core.errors import NotFound
from archive.documents.models import Document
from archive.dossiers.models import Dossier
from archive.responses.models import Response


def of_dossier(session: Session, dossier: Dossier) -> Sequence[Response]:
    """Return the replies in a dossier, the latest first, with their documents. One statement."""
    return session.scalars(
        select(Response)
        .where(Response.dossier_id == dossier.id)
        .order_by(Response.received_on.desc(), Response.id.desc())
        .options(joinedload(Response.document))
    ).all()


def response(session: Session, dossier: Dossier, response_id: uuid.UUID) -> Response:
    """Return a reply of the dossier. Raises NotFound."""
    found = session.scalar(select(Response).where(Response.id == response_id, Response.dossier_id == dossier.id))
    if found is None:
        raise NotFound("response.unknown")
    return found


def of_document(session: Session, document_id: uuid.UUID) -> Response | None:
    """Return what a document was recorded as, if it was."""
    return session.scalar(select(Response).where(Response.document_id == document_id))


def candidates(session: Session, dossier: Dossier, *, limit: int = 300) -> Sequence[Document]:
    """Return the documents not yet recorded as replies, those filed last first. One statement."""
    taken = select(Response.document_id).where(Response.dossier_id == dossier.id)
    return session.scalars(
        select(Document)
        .where(Document.dossier_id == dossier.id, Document.id.not_in(taken))
        .order_by(Document.filed_at.desc(), Document.id.desc())
        .limit(limit)
    ).all()
