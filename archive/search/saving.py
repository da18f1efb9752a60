"""Searches people keep: saved ones, private or shared with a unit, with alerts; and the last ones of each person."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session, joinedload

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.masking import masked
from archive.core.ports import ports
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may
from archive.search.fields import FIELDS, FieldKind
from archive.search.language import QueryProblem, parse
from archive.search.models import RecentSearch, SavedSearch
from archive.search.port import Sort
from archive.search.queries import FACETS, Asked
from archive.search.query import All, Any, Field, Node, Not

MOST_SAVED = 100  # of one person
MOST_ALERTS = 20  # of one person: each is a search of its own twice an hour
RECENT = 20


def save(
    person: Person, asked: Asked, *, title: str, unit: Unit | None = None, alert: bool = False, act: Act
) -> SavedSearch:
    """Keep a search under a name. Raises as `_check`."""
    if _count(act.session, person) >= MOST_SAVED:
        raise RuleBroken("saved.too_many", most=MOST_SAVED)
    _check(act.session, person, asked, unit, alert=alert)
    saved = SavedSearch(
        account_id=person.id,
        unit_id=unit.id if unit else None,
        title=masked(title),
        query_sealed=ports().vault.seal(asked.query),
        filters={name: sorted(values) for name, values in asked.filters.items()},
        sort=asked.sort,
        created_at=act.moment,
        alert=alert,
    )
    act.session.add(saved)
    act.session.flush()
    act.record("saved_search:add", saved, title=saved.title, unit=unit.name if unit else "", alert=alert)
    return saved


def change(saved: SavedSearch, person: Person, *, title: str, unit: Unit | None, alert: bool, act: Act) -> None:
    """Change the name, with whom it is shared, and whether there are alerts. Raises as `_check`."""
    _check(act.session, person, asked_of(saved), unit, alert=alert and not saved.alert)
    if alert and not saved.alert:
        # Alerts begin from what is found when they are counted first.
        saved.counted_at, saved.seen_ids, saved.new_ids, saved.trouble = None, [], [], ""
    saved.title, saved.unit_id, saved.alert = masked(title), unit.id if unit else None, alert
    act.record("saved_search:edit", saved, title=saved.title, unit=unit.name if unit else "", alert=alert)


def remove(saved: SavedSearch, *, act: Act) -> None:
    """Forget a saved search."""
    act.record("saved_search:remove", saved, title=saved.title)
    act.session.delete(saved)


def mark_seen(saved: SavedSearch) -> None:
    """Count what was new as seen."""
    saved.seen_ids, saved.new_ids = [*saved.seen_ids, *saved.new_ids], []


def own(session: Session, person: Person, saved_id: uuid.UUID) -> SavedSearch:
    """Return the person's own saved search. Raises NotFound, the same for another's."""
    found = session.scalar(
        select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.account_id == person.id)
        .options(joinedload(SavedSearch.unit))
    )  # fmt: skip
    if found is None:
        raise NotFound("saved.unknown")
    return found


def visible(session: Session, person: Person) -> Sequence[SavedSearch]:
    """Return the person's own saved searches, then those shared with them. One statement."""
    query = select(SavedSearch).outerjoin(Unit, Unit.id == SavedSearch.unit_id)
    query = query.where(or_(SavedSearch.account_id == person.id, _shared_with(person)))
    query = query.options(joinedload(SavedSearch.unit), joinedload(SavedSearch.owner))
    return session.scalars(
        query.order_by(SavedSearch.account_id != person.id, SavedSearch.title, SavedSearch.id).limit(2 * MOST_SAVED)
    ).all()


def asked_of(row: SavedSearch | RecentSearch) -> Asked:
    """Return a kept search as it is asked."""
    filters = {name: frozenset(values) for name, values in row.filters.items() if name in FACETS}
    return Asked(ports().vault.open(row.query_sealed), filters, Sort(row.sort))


def note_recent(person: Person, asked: Asked, total: int, *, act: Act) -> None:
    """Remember a search among the person's last ones; the same words again move to the top."""
    rows = recent(act.session, person)
    doubled = [row.id for row, before in rows if before.query == asked.query]
    kept = [row.id for row, _ in rows if row.id not in doubled][: RECENT - 1]
    act.session.execute(delete(RecentSearch).where(RecentSearch.account_id == person.id, RecentSearch.id.not_in(kept)))
    act.session.add(
        RecentSearch(
            account_id=person.id,
            at=act.moment,
            query_sealed=ports().vault.seal(asked.query),
            filters={name: sorted(values) for name, values in asked.filters.items()},
            sort=asked.sort,
            total=total,
        )
    )


def recent(session: Session, person: Person) -> list[tuple[RecentSearch, Asked]]:
    """Return the person's last searches, the newest first. One statement."""
    rows = session.scalars(
        select(RecentSearch).where(RecentSearch.account_id == person.id)
        .order_by(RecentSearch.at.desc(), RecentSearch.id.desc()).limit(RECENT)
    )  # fmt: skip
    return [(row, asked_of(row)) for row in rows]


def clear_recent(session: Session, person: Person) -> None:
    """Forget the person's last searches."""
    session.execute(delete(RecentSearch).where(RecentSearch.account_id == person.id))


def names_numbers(query: str) -> bool:
    """Tell whether a query asks for a number of a person: such a one is nobody else's business."""
    if masked(query) != query:
        return True
    try:
        return _has_sealed(parse(query, seal=lambda _, number: number).root)
    except QueryProblem:
        return False


def _has_sealed(node: Node) -> bool:
    match node:
        case All(parts) | Any(parts):
            return any(map(_has_sealed, parts))
        case Not(part):
            return _has_sealed(part)
        case Field(name):
            return FIELDS[name].kind is FieldKind.SEALED
    return False


def _check(session: Session, person: Person, asked: Asked, unit: Unit | None, *, alert: bool) -> None:
    """Raise BadInput for a query without words or one that others must not read, NotAllowed for a foreign unit,
    RuleBroken for one alert too many."""
    if not asked.query.strip():
        raise BadInput("input.bad", [Problem("query.empty", "q")])
    if unit is not None and not may(person, Permission.SEARCH, unit.path):
        raise NotAllowed("saved.foreign_unit", unit=unit.name)
    if unit is not None and names_numbers(asked.query):
        raise BadInput("input.bad", [Problem("saved.numbers", "unit")])
    if alert and _count(session, person, SavedSearch.alert.is_(True)) >= MOST_ALERTS:
        raise RuleBroken("saved.too_many_alerts", most=MOST_ALERTS)


def _count(session: Session, person: Person, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(SavedSearch).where(SavedSearch.account_id == person.id, *conditions)
    return session.scalar(query) or 0


def _shared_with(person: Person) -> ColumnElement[bool]:
    """Return the condition that the unit is one the person works in, one above it or one below it."""
    paths = person.paths(Permission.SEARCH)
    above = {f"/{'/'.join(parts[:end])}/" for path in paths for parts in [path.strip("/").split("/")]
             for end in range(1, len(parts) + 1)}  # fmt: skip
    return or_(Unit.path.in_(above), *(Unit.path.startswith(path, autoescape=True) for path in paths))
