"""Reading off the rows what the rules ask about a dossier, and lists of what is kept."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
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
    """Return everything the answer rests on. Some seventeen statements."""
    return facts_of(session, [dossier], now)[dossier.id]


def facts_of(session: Session, dossiers: Sequence[Dossier], now: datetime) -> dict[uuid.UUID, Facts]:
    """Return the same for many dossiers, in as many statements as for one."""
    ids = [dossier.id for dossier in dossiers]
    kept = {row.dossier_id: row for row in session.scalars(select(Keeping).where(Keeping.dossier_id.in_(ids)))}
    asked = matching.asked_of(session, dossiers, today=shanghai_date(now))
    holds: dict[uuid.UUID, list[Held]] = defaultdict(list)
    in_force = select(Hold).where(Hold.dossier_id.in_(ids), Hold.released_at.is_(None))
    for hold in session.scalars(in_force.order_by(Hold.placed_at, Hold.id)):
        holds[hold.dossier_id].append(_held(hold))
    links, locks, clock = _linked(session, ids), _locks(session, ids), clocks.trust(session, now)
    found = {}
    for dossier in dossiers:
        keeping = kept.get(dossier.id)
        found[dossier.id] = Facts(
            now=now,
            ended=dossier.state in ENDED,
            closed_on=counted_from(dossier, keeping),
            claimed=keeping is not None and keeping.claimed,
            asked=asked[dossier.id],
            kept=keeping.promise if keeping else None,
            holds=tuple(holds[dossier.id]),
            links=tuple(links[dossier.id]),
            locks=locks[dossier.id],
            clock=clock,
        )
    return found


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


def last_report(session: Session, dossier_id: uuid.UUID) -> FilingReport | None:
    """Return what the last examination found. One statement."""
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
    return _joined(session, [dossier_id])[dossier_id]


def _joined(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return for each dossier those joined to it, over any number of steps. A statement a step."""
    beside: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    known = frontier = set(ids)
    while frontier:
        rows = session.execute(
            select(Joined.first_id, Joined.second_id).where(
                or_(Joined.first_id.in_(frontier), Joined.second_id.in_(frontier))
            )
        )
        for first, second in rows:
            beside[first].add(second)
            beside[second].add(first)
        frontier = set(beside) - known
        known = known | frontier
    return {one: _reached(one, beside) - {one} for one in ids}


def _reached(start: uuid.UUID, beside: Mapping[uuid.UUID, set[uuid.UUID]]) -> set[uuid.UUID]:
    found = frontier = {start}
    while frontier:
        frontier = {other for one in frontier for other in beside.get(one, ())} - found
        found = found | frontier
    return found


def _linked(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Linked]]:
    """Return for each dossier the joined ones that are still there, by number."""
    joined = _joined(session, ids)
    others = set().union(*joined.values())
    rows = session.execute(
        select(Dossier.id, Dossier.number, Dossier.closed_at, Keeping)
        .outerjoin(Keeping, Keeping.dossier_id == Dossier.id)
        .where(Dossier.id.in_(others))
        .order_by(Dossier.number)
    ).all() if others else []  # fmt: skip
    found: dict[uuid.UUID, list[Linked]] = {one: [] for one in ids}
    for other, number, closed_at, promised in rows:
        link = Linked(number, closed_at is not None, None)
        if promised:
            link = Linked(number, closed_at is not None, promised.promise, promised.claimed)
        for one in ids:
            if other in joined[one]:
                found[one].append(link)
    return found


def promised(session: Session, ids: set[uuid.UUID]) -> list[Promise]:
    """Return what is promised to these dossiers. One statement."""
    rows = session.scalars(select(Keeping).where(Keeping.dossier_id.in_(ids), Keeping.destroyed_at.is_(None)))
    return [row.promise for row in rows]


def _held(hold: Hold) -> Held:
    return Held(hold.kind, hold.basis, shanghai_date(hold.placed_at), hold.placed_by_name, hold.review_on)


def _locks(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Locks]:
    """Return for each dossier what is known of the store's locks on its files. Five statements."""
    files: Counter[uuid.UUID] = Counter()
    locked: Counter[uuid.UUID] = Counter()
    latest: dict[uuid.UUID, datetime] = {}
    for shelf in SHELVES:
        row, lock = shelf.row, shelf.lock
        there = select(row.dossier_id, func.count()).where(row.dossier_id.in_(ids)).group_by(row.dossier_id)
        for dossier_id, count in session.execute(there):
            files[dossier_id] += count
        held = select(lock.dossier_id, func.count(lock.locked_until), func.max(lock.locked_until))
        for dossier_id, count, until in session.execute(held.where(lock.dossier_id.in_(ids)).group_by(lock.dossier_id)):
            locked[dossier_id] += count
            if until is not None:
                latest[dossier_id] = max(until, latest.get(dossier_id, until))
    alarmed = alarms.open_counts(session, ids)
    return {one: Locks(files[one], locked[one], latest.get(one), alarmed.get(one, 0)) for one in ids}
