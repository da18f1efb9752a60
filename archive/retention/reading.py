"""Reading off the rows what the rules ask about a dossier, and lists of what is kept."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.errors import NotFound
from archive.dossiers.models import Dossier
from archive.dossiers.states import ENDED
from archive.retention import alarms, clocks, matching
from archive.retention.locks import SHELVES
from archive.retention.models import FilingReport, Hold, Joined, Keeping
from archive.retention.periods import Promise
from archive.retention.rules import Facts, Held, Linked, Locks, Standing, evaluate


def facts(session: Session, dossier: Dossier, now: datetime) -> Facts:
    """Return everything the answer rests on. Seventeen statements."""
    keeping = session.get(Keeping, dossier.id)
    return Facts(
        now=now,
        ended=dossier.state in ENDED,
        closed_on=counted_from(dossier, keeping),
        claimed=keeping is not None and keeping.claimed,
        asked=matching.asked_of(session, [dossier], today=shanghai_date(now))[dossier.id],
        kept=keeping.promise if keeping else None,
        holds=tuple(_held(hold) for hold in holds_in_force(session, dossier.id)),
        links=tuple(linked(session, dossier.id)),
        locks=_locks(session, dossier.id),
        clock=clocks.trust(session, now),
    )


def counted_from(dossier: Dossier, keeping: Keeping | None) -> date | None:
    """Return the day of closing that counts: a later one, where the day that came with an old dossier did not stand."""
    if dossier.closed_on is None or keeping is None:
        return dossier.closed_on
    return max(dossier.closed_on, keeping.closed_on)


def standing(session: Session, dossier: Dossier, now: datetime) -> Standing:
    """Return how a dossier stands, with every reason against destroying it."""
    return evaluate(facts(session, dossier, now))


def keeping(session: Session, dossier_id: uuid.UUID) -> Keeping | None:
    """Return what is promised to the dossier, None before it first ended."""
    return session.get(Keeping, dossier_id)


def filing_report(session: Session, dossier_id: uuid.UUID) -> FilingReport | None:
    """Return what the last examination at filing found. One statement."""
    query = select(FilingReport).where(FilingReport.dossier_id == dossier_id).order_by(FilingReport.id.desc())
    return session.scalars(query.limit(1)).first()


def holds_in_force(session: Session, dossier_id: uuid.UUID) -> Sequence[Hold]:
    """Return the holds that are not released, the oldest first. One statement."""
    return session.scalars(
        select(Hold).where(Hold.dossier_id == dossier_id, Hold.released_at.is_(None)).order_by(Hold.placed_at, Hold.id)
    ).all()


def holds_of(session: Session, dossier_id: uuid.UUID) -> Sequence[Hold]:
    """Return all holds a dossier ever had, the newest first. One statement."""
    query = select(Hold).where(Hold.dossier_id == dossier_id).order_by(Hold.placed_at.desc(), Hold.id.desc())
    return session.scalars(query).all()


def hold(session: Session, dossier_id: uuid.UUID, hold_id: uuid.UUID) -> Hold:
    """Return a hold of the dossier. Raises NotFound."""
    found = session.get(Hold, hold_id)
    if found is None or found.dossier_id != dossier_id:
        raise NotFound("hold.unknown")
    return found


def joined_ids(session: Session, dossier_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the dossiers joined to this one, over any number of steps."""
    found, frontier = {dossier_id}, {dossier_id}
    while frontier:
        rows = session.execute(
            select(Joined.first_id, Joined.second_id).where(
                or_(Joined.first_id.in_(frontier), Joined.second_id.in_(frontier))
            )
        )
        frontier = {one for pair in rows for one in pair} - found
        found |= frontier
    return found - {dossier_id}


def linked(session: Session, dossier_id: uuid.UUID) -> list[Linked]:
    """Return the joined dossiers that are still there. Two or more statements."""
    ids = joined_ids(session, dossier_id)
    if not ids:
        return []
    rows = session.execute(
        select(Dossier.number, Dossier.closed_at, Keeping)
        .outerjoin(Keeping, Keeping.dossier_id == Dossier.id)
        .where(Dossier.id.in_(ids))
        .order_by(Dossier.number)
    )
    return [
        Linked(number, closed_at is not None, promised.promise, promised.claimed)
        if promised
        else Linked(number, closed_at is not None, None)
        for number, closed_at, promised in rows
    ]


def promised(session: Session, ids: set[uuid.UUID]) -> list[Promise]:
    """Return what is promised to these dossiers. One statement."""
    rows = session.scalars(select(Keeping).where(Keeping.dossier_id.in_(ids), Keeping.destroyed_at.is_(None)))
    return [row.promise for row in rows]


def _held(hold: Hold) -> Held:
    return Held(hold.kind, hold.basis, shanghai_date(hold.placed_at), hold.placed_by_name, hold.review_on)


def _locks(session: Session, dossier_id: uuid.UUID) -> Locks:
    files, locked, latest = 0, 0, None
    for shelf in SHELVES:
        lock = shelf.lock
        files += session.scalar(select(func.count()).where(shelf.row.dossier_id == dossier_id)) or 0
        row = session.execute(
            select(func.count(lock.locked_until), func.max(lock.locked_until)).where(lock.dossier_id == dossier_id)
        ).one()
        locked, latest = locked + row[0], max(filter(None, (latest, row[1])), default=None)
    return Locks(files, locked, latest, len(alarms.open_of(session, dossier_id)))
