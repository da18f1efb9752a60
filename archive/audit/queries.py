"""Reads of the audit trail."""

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.audit.rules import Break, Link, first_break
from archive.core.paging import Page, PageRequest, cut

_CHUNK = 2000


def links(session: Session) -> Iterator[Link]:
    """Yield the whole chain from its beginning, a few thousand entries in memory at a time."""
    after = 0
    while True:
        # Not rows as objects: the session would keep every one it has seen.
        rows = session.scalars(select(Entry).where(Entry.seq > after).order_by(Entry.seq).limit(_CHUNK)).all()
        if not rows:
            return
        for entry in rows:
            yield entry.link()
        after = rows[-1].seq
        session.expunge_all()


def verify(session: Session) -> Break | None:
    """Return the first bad entry of the whole trail, or None."""
    return first_break(links(session))


def entries(
    session: Session,
    page: PageRequest,
    *,
    dossier_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    action: str = "",
) -> Page[Entry]:
    """Return entries, the newest first. One statement."""
    query = select(Entry).order_by(Entry.seq.desc()).limit(page.size + 1)
    if dossier_id is not None:
        query = query.where(Entry.dossier_id == dossier_id)
    if actor_id is not None:
        query = query.where(Entry.actor_id == actor_id)
    if action:
        query = query.where(Entry.action.startswith(action, autoescape=True))
    key = page.key()
    if key is not None:
        query = query.where(Entry.seq < int(key[0]))
    return cut(session.scalars(query).all(), page, lambda entry: [entry.seq])
