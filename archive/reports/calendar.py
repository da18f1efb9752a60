"""Which reports are due, and whether they were made in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.reminding import Owed
from archive.core.clock import shanghai_date
from archive.core.labels import label
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering
from archive.procedures import queries as procedures
from archive.reports.due import Due, due_of
from archive.reports.models import ReportKind, ReportSnapshot
from archive.reports.periods import Period, before, containing

# A report that waits is reminded of so long before it is due.
_AHEAD = timedelta(days=15)
# So many past periods of each kind are looked at.
_LOOKED_AT = {
    ReportKind.WEEKLY: 3, ReportKind.MONTHLY: 2, ReportKind.HALF_YEAR: 2, ReportKind.ANNUAL_PUBLIC: 1,
}  # fmt: skip


class CallState(StrEnum):
    """How a report that is asked for stands."""

    MADE = "made"
    MADE_LATE = "made_late"
    WAITING = "waiting"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Call:
    """A report that is asked for: of which period, by when, and the one that was made first."""

    kind: ReportKind
    period: Period
    due: Due
    state: CallState
    snapshot: ReportSnapshot | None = None


def calls(session: Session, unit: Unit, today: date) -> list[Call]:
    """Return the reports of the last periods that are over, those due first on top. Three statements."""
    asked: list[tuple[ReportKind, Period, Due]] = []
    owed = procedures.followed(session, [unit.path], today)
    for kind, count in _LOOKED_AT.items():
        period = before(kind, containing(kind, today))
        for _ in range(count):
            due = due_of(kind, period, owed)
            if due is not None:
                asked.append((kind, period, due))
            period = before(kind, period)
    codes = [period.code for _, period, _ in asked]
    query = select(ReportSnapshot).where(
        ReportSnapshot.unit_id == unit.id, ReportSnapshot.period.in_(codes), ReportSnapshot.replaces_id.is_(None)
    )
    first = {(row.kind, row.period): row for row in session.scalars(query)}
    found = [
        Call(
            kind, period, due, state_of(due.day, first.get((kind, period.code)), today), first.get((kind, period.code))
        )
        for kind, period, due in asked
    ]
    return sorted(found, key=lambda call: (call.snapshot is not None, call.due.day))


def state_of(due: date, made: ReportSnapshot | None, today: date) -> CallState:
    """Return how a report stands that was due on a day."""
    if made is not None:
        return CallState.MADE_LATE if shanghai_date(made.made_at) > due else CallState.MADE
    return CallState.OVERDUE if today > due else CallState.WAITING


def reminders(session: Session, person: Person, now: datetime) -> list[Owed]:
    """Return the reports a person's own unit owes, soon or already late. Five statements at most."""
    tops = covering(person.paths(Permission.REPORT))
    today = shanghai_date(now)
    unit = session.scalar(select(Unit).where(Unit.path.in_(tops)).order_by(Unit.path).limit(1)) if tops else None
    if unit is None:
        return []
    return [
        Owed(
            f"{unit.name} {call.period.words}{label(call.kind)}", "reports.made", call.due.day,
            call.state is CallState.OVERDUE,
        )
        for call in calls(session, unit, today)
        if call.state is CallState.OVERDUE or (call.state is CallState.WAITING and call.due.day - today <= _AHEAD)
    ]  # fmt: skip


def choices(today: date) -> Sequence[tuple[str, str]]:
    """Return periods one looks at often, as (code, words)."""
    month, half = containing(ReportKind.MONTHLY, today), containing(ReportKind.HALF_YEAR, today)
    year = containing(ReportKind.YEARLY, today)
    sooner = before(ReportKind.MONTHLY, month), before(ReportKind.HALF_YEAR, half), before(ReportKind.YEARLY, year)
    return [(one.code, one.words) for one in (month, sooner[0], half, sooner[1], year, sooner[2])]
