"""Expressions that count: whose dossiers, when, in time or late, in how many days. Each figure's meaning stands in
`definitions`; periods are Shanghai dates whatever zone the database thinks in."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from archive.binding.models import DossierLimit
from archive.dossiers.models import Closing, Dossier
from archive.dossiers.states import State
from archive.people.models import Unit
from archive.reports.periods import Period

Counted = Mapping[str, Mapping[str, int]]


def units_below(paths: Sequence[str]) -> Select[uuid.UUID]:
    """Return the ids of the units at or below the paths."""
    return select(Unit.id).where(or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)))


def within(column: Any, period: Period) -> ColumnElement[bool]:
    """Return whether a moment lies in the period."""
    return and_(column >= period.begins_at, column < period.ends_at)


def ended_in(period: Period) -> ColumnElement[bool]:
    """Return whether a closing fell into the period and still stood at its end. At most one does of a dossier."""
    stood = or_(Closing.reopened_at.is_(None), Closing.reopened_at >= period.ends_at)
    return and_(Closing.closed_on >= period.first, Closing.closed_on <= period.last, stood)


def open_at(moment: datetime) -> ColumnElement[bool]:
    """Return whether a dossier was registered and not ended at the moment."""
    ended = exists().where(
        Closing.dossier_id == Dossier.id,
        Closing.closed_at < moment,
        or_(Closing.reopened_at.is_(None), Closing.reopened_at >= moment),
    )
    return and_(Dossier.registered_at < moment, ~ended)


def open_now() -> ColumnElement[bool]:
    """Return whether a dossier is in hand."""
    return Dossier.closed_at.is_(None)


def overdue_at(moment: datetime) -> ColumnElement[bool]:
    """Return whether the limit that governs a dossier was over at the moment, with nothing to show for it."""
    return and_(
        Dossier.due_at <= moment,
        Dossier.state != State.DECLINED,  # decided; what is left is to tell the complainant
        or_(Dossier.due_met_at.is_(None), Dossier.due_met_at > moment),
        or_(Dossier.answered_at.is_(None), Dossier.answered_at > moment),
    )


def timeliness(closed_at: Any) -> ColumnElement[str]:
    """Return on_time, late or no_limit for a dossier closed at the moment: by each of its limits, or by its one."""
    limits = exists().where(DossierLimit.dossier_id == Dossier.id, DossierLimit.operative_at.is_not(None))
    missed = exists().where(
        DossierLimit.dossier_id == Dossier.id,
        func.coalesce(DossierLimit.met_at, DossierLimit.ended_at) > DossierLimit.operative_at,
    )
    return case(
        (missed, "late"),
        (limits, "on_time"),
        (Dossier.due_at.is_(None), "no_limit"),
        (func.coalesce(Dossier.answered_at, closed_at) <= Dossier.due_at, "on_time"),
        else_="late",
    )


def days_taken(session: Session, closed_on: Any) -> ColumnElement[int]:
    """Return the days from the Shanghai date of receipt to the closing. The databases spell this differently."""
    if session.get_bind().dialect.name == "sqlite":
        received = func.date(Dossier.received_at, "+8 hours")
        return cast(func.julianday(closed_on) - func.julianday(received), Integer)
    taken: ColumnElement[int] = closed_on - cast(func.timezone("Asia/Shanghai", Dossier.received_at), Date)
    return taken


def part_of(column: ColumnElement[Any], starts: Sequence[date | datetime]) -> ColumnElement[Any]:
    """Return the place of the part a column lies in, by ranges: databases spell date arithmetic differently."""
    later = [(column < start, at) for at, start in enumerate(starts[1:])]
    return case(*later, else_=len(starts) - 1) if later else literal(0)


def figure(name: str, key: Any, source: Any, *where: ColumnElement[bool]) -> Select[str, str, int]:
    """Return the rows (name, key as text, how many) of a figure by its key."""
    text = func.coalesce(cast(key, String), "")
    query = select(literal(name).label("figure"), text.label("key"), func.count().label("number"))
    return query.select_from(source).where(*where).group_by(text)


def counted(session: Session, *figures: Select[str, str, int]) -> Counted:
    """Return the figures by name and key. One statement."""
    found: dict[str, dict[str, int]] = {}
    for name, key, number in session.execute(union_all(*figures)):
        found.setdefault(name, {})[key] = number
    return found


def median(histogram: Mapping[int, int]) -> str:
    """Return the median of values and how often each occurs, as text with at most one decimal; empty for none."""
    total = sum(histogram.values())
    if not total:
        return ""
    low, high = _at(histogram, (total - 1) // 2), _at(histogram, total // 2)
    return str(low) if low == high else f"{(low + high) / 2:g}"


def rate(part: int, rest: int) -> str:
    """Return a share in whole percent, rounded half up, as text; empty where there is nothing to divide."""
    whole = part + rest
    return str((200 * part + whole) // (2 * whole)) if whole else ""


def _at(histogram: Mapping[int, int], place: int) -> int:
    for value in sorted(histogram):
        place -= histogram[value]
        if place < 0:
            return value
    raise LookupError(place)
