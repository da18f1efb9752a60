"""Papers about lists, kept for ever: put into the store and locked before a row speaks of them, checked when read."""

import hashlib
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import NotFound, RuleBroken
from archive.core.ports import ports
from archive.disposal.kinds import PaperKind
from archive.disposal.transfer_models import Paper
from archive.documents.blobs import store_answers
from archive.retention import anchoring

PLACE = "papers"


def keep(
    about_id: uuid.UUID,
    kind: PaperKind,
    content: bytes,
    filename: str,
    *,
    media_type: str = "application/pdf",
    act: Act,
) -> Paper:
    """Keep a paper about a list; the same content twice is one paper. Raises StoreDown, NoRoom.

    The key holds a part of the content's hash, so that an attempt that was cut off is taken up by the next.
    """
    digest = hashlib.sha256(content).hexdigest()
    key = f"{PLACE}/{about_id.hex}/{kind.value}-{digest[:32]}"
    known = act.session.scalar(select(Paper).where(Paper.key == key))
    if known is not None:
        return known
    stored = anchoring.put_away(key, content, media_type)
    paper = Paper(
        about_id=about_id,
        kind=kind,
        key=key,
        store_version=stored.version_id,
        size=len(content),
        sha256=f"sha256:{digest}",
        filename=filename,
        media_type=media_type,
        kept_at=act.moment,
    )
    act.session.add(paper)
    act.session.flush()
    act.record("paper:keep", paper, kind=kind, sha256=paper.sha256, size=paper.size)
    return paper


def about(session: Session, about_id: uuid.UUID) -> Sequence[Paper]:
    """Return the papers about a list, the oldest first. One statement."""
    return session.scalars(select(Paper).where(Paper.about_id == about_id).order_by(Paper.id)).all()


def one(session: Session, about_id: uuid.UUID, paper_id: uuid.UUID) -> Paper:
    """Return a paper about a list. Raises NotFound."""
    found = session.scalar(select(Paper).where(Paper.id == paper_id, Paper.about_id == about_id))
    if found is None:
        raise NotFound("paper.unknown")
    return found


def fetch(paper: Paper) -> bytes:
    """Return a paper out of the store, and make sure it is the one. Raises RuleBroken, StoreDown."""
    with store_answers(), ports().store.open(paper.key, paper.store_version) as stream:
        content = stream.read()
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != paper.sha256:
        raise RuleBroken("paper.broken")
    return content
