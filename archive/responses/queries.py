"""Reads about responses."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from archive.core.errors import NotFound
from archive.documents import striking
from archive.documents.models import Document
from archive.dossiers.models import Dossier
from archive.responses.models import Response


def counted(session: Session, dossier_ids: Sequence[uuid.UUID]) -> Select[Response]:
    """Return the query for the replies that count in these dossiers: not those struck out as filed wrongly (误归).

    One statement, and one a level of what was struck out.
    """
    struck = striking.struck_out(session, dossier_ids)
    return select(Response).where(Response.dossier_id.in_(dossier_ids), Response.document_id.not_in(struck))


def of_dossier(session: Session, dossier: Dossier) -> Sequence[Response]:
    """Return the replies that count in a dossier, the latest first, with their documents. Two statements."""
    return session.scalars(
        counted(session, [dossier.id])
        .order_by(Response.received_on.desc(), Response.id.desc())
        .options(joinedload(Response.document))
    ).all()


def response(session: Session, dossier: Dossier, response_id: uuid.UUID) -> Response:
    """Return a reply of the dossier. Raises NotFound, also for one that does not count."""
    found = session.scalar(counted(session, [dossier.id]).where(Response.id == response_id))
    if found is None:
        raise NotFound("response.unknown")
    return found


def of_document(session: Session, document_id: uuid.UUID) -> Response | None:
    """Return what a document was recorded as, if it was."""
    return session.scalar(select(Response).where(Response.document_id == document_id))


def candidates(session: Session, dossier: Dossier, *, limit: int = 300) -> Sequence[Document]:
    """Return the documents not yet recorded as replies, those filed last first. Two statements."""
    taken = select(Response.document_id).where(Response.dossier_id == dossier.id)
    struck = striking.struck_out(session, [dossier.id])
    return session.scalars(
        select(Document)
        .where(Document.dossier_id == dossier.id, Document.id.not_in(taken), Document.id.not_in(struck))
        .order_by(Document.filed_at.desc(), Document.id.desc())
        .limit(limit)
    ).all()
