"""Reads of the audit trail."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from archive.audit.models import Entry, content_of
from archive.audit.rules import Break, Link, first_break
from archive.core.db import Base
from archive.core.paging import Page, PageRequest, cut, serial

_CHUNK = 2000


def links(session: Session) -> Iterator[Link]:
    """Yield the whole chain from its beginning, a few thousand entries in memory at a time."""
    # Bare rows: as objects they would cost twice the time, and the session would keep them.
    query = select(*Entry.__table__.columns).order_by(Entry.seq).limit(_CHUNK)
    after = 0
    while rows := session.execute(query.where(Entry.seq > after)).all():
        for row in rows:
            yield Link(row.seq, content_of(row), row.previous, row.hash)
        after = rows[-1].seq


def verify(session: Session) -> Break | None:
    """Return the first bad entry of the whole trail, or None."""
    return first_break(links(session))


def count(session: Session) -> int:
    """Return how many entries there are."""
    return session.scalar(select(func.count()).select_from(Entry)) or 0


def entries(
    session: Session,
    page: PageRequest,
    *,
    dossier_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    actor_name: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Entry]:
    """Return entries, the newest first, from `since` up to but not including `until`. One statement."""
    query = select(Entry).order_by(Entry.seq.desc()).limit(page.size + 1)
    if dossier_id is not None:
        query = query.where(Entry.dossier_id == dossier_id)
    if actor_id is not None:
        query = query.where(Entry.actor_id == actor_id)
    if actor_name:
        query = query.where(Entry.actor_name == actor_name)
    if action:
        query = query.where(Entry.action.startswith(action, autoescape=True))
    if since is not None:
        query = query.where(Entry.at >= since)
    if until is not None:
        query = query.where(Entry.at < until)
    key = page.key(serial)
    if key is not None:
        query = query.where(Entry.seq < key[0])
    return cut(session.scalars(query).all(), page, lambda entry: [entry.seq])


def dossier_id(session: Session, text: str) -> uuid.UUID | None:
    """Return the id of the dossier with this number, or the id itself, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        dossier = _dossier_table()
        return session.scalar(select(dossier.c.id).where(dossier.c.number == text))


def numbers(session: Session, shown: Sequence[Entry]) -> dict[uuid.UUID, str]:
    """Return the numbers of the dossiers that entries speak of. One statement."""
    dossier = _dossier_table()
    ids = {entry.dossier_id for entry in shown if entry.dossier_id is not None}
    rows = session.execute(select(dossier.c.id, dossier.c.number).where(dossier.c.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _dossier_table() -> Table:
    # By the table's name: dossiers stand above the trail, which must not import them.
    return Base.metadata.tables["dossier"]


def head(session: Session) -> int:
    """Return the number of the newest entry, 0 before the first."""
    return session.scalar(select(func.max(Entry.seq))) or 0


def dossiers_since(session: Session, seq: int) -> list[uuid.UUID]:
    """Return the dossiers that entries after this number speak of."""
    found = session.scalars(select(Entry.dossier_id).where(Entry.seq > seq, Entry.dossier_id.is_not(None)).distinct())
    return [one for one in found if one is not None]
