"""How units and officers fare: what they have in hand, what they closed and how soon (KPI)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from archive.dossiers.models import Closing, Dossier
from archive.dossiers.states import State
from archive.people.models import Account, Unit
from archive.reports import counting, satisfaction
from archive.reports.counting import figure, within
from archive.reports.periods import Period


@dataclass
class Line:
    """The figures of a unit or officer; what each means stands in `definitions`."""

    id: uuid.UUID | None
    name: str
    code: str = ""
    in_hand: int = 0
    overdue_now: int = 0
    registered: int = 0
    closed: int = 0
    on_time: int = 0
    late: int = 0
    reopened: int = 0
    days: dict[int, int] = field(default_factory=dict)
    answers: satisfaction.Answers = field(default_factory=satisfaction.Answers)

    @property
    def on_time_rate(self) -> str:
        """Whole percent of what had a limit; empty for none."""
        return counting.rate(self.on_time, self.late)

    @property
    def median_days(self) -> str:
        """The middle of the days taken; empty for none."""
        return counting.median(self.days)

    @property
    def satisfaction(self) -> str:
        """Whole percent of the answers; empty for none."""
        return self.answers.rate

    def plain(self) -> dict[str, Any]:
        """Return the line as a report freezes it."""
        names = ("code", "name", "registered", "closed", "on_time", "late", "reopened")
        shown = {name: getattr(self, name) for name in names}
        return shown | {"median_days": self.median_days, "on_time_rate": self.on_time_rate}


def by_unit(session: Session, paths: Sequence[str], period: Period, now: datetime) -> list[Line]:
    """Return the figures of each unit at or below the paths that has any. Four statements."""
    found = _figures(session, Dossier.unit_id, paths, period, now)
    units = session.execute(select(Unit.id, Unit.name, Unit.code).order_by(Unit.path)).all()
    return [_line(unit_id, name, code, found) for unit_id, name, code in units if unit_id in found]


def by_officer(session: Session, paths: Sequence[str], period: Period, now: datetime) -> list[Line]:
    """Return the figures of each officer who has any, by name; dossiers without an officer last. Four statements."""
    found = _figures(session, Dossier.officer_id, paths, period, now)
    ids = [officer_id for officer_id in found if officer_id is not None]
    officers = session.execute(
        select(Account.id, Account.name, Account.username).where(Account.id.in_(ids)).order_by(Account.name)
    ).all()
    lines = [_line(account_id, name, login, found) for account_id, name, login in officers]
    return [*lines, *([_line(None, "尚无承办人", "", found)] if None in found else [])]


def together(lines: Sequence[Line]) -> Line:
    """Return the figures of all lines as one."""
    whole = Line(None, "合计")
    for line in lines:
        for name in ("in_hand", "overdue_now", "registered", "closed", "on_time", "late", "reopened"):
            setattr(whole, name, getattr(whole, name) + getattr(line, name))
        for days, number in line.days.items():
            whole.days[days] = whole.days.get(days, 0) + number
        whole.answers = whole.answers + line.answers
    return whole


Found = Mapping[uuid.UUID | None, Mapping[str, Any]]


def _line(key: uuid.UUID | None, name: str, code: str, found: Found) -> Line:
    return Line(key, name, code, **found[key])


def _figures(session: Session, of: Any, paths: Sequence[str], period: Period, now: datetime) -> Found:
    """Count by a column of the dossier. Three statements."""
    if not paths:
        return {}
    scope = Dossier.unit_id.in_(counting.units_below(paths))
    joined = Dossier.__table__.join(Closing.__table__)
    counts = counting.counted(
        session,
        figure("in_hand", of, Dossier, scope, counting.open_now()),
        figure("overdue_now", of, Dossier, scope, counting.open_now(), counting.overdue_at(now)),
        figure("registered", of, Dossier, scope, within(Dossier.registered_at, period)),
        figure("reopened", of, joined, scope, within(Closing.reopened_at, period)),
    )
    found: dict[uuid.UUID | None, dict[str, Any]] = {}
    for name, by_key in counts.items():
        for key, number in by_key.items():
            found.setdefault(uuid.UUID(key) if key else None, {})[name] = number
    in_time, days = counting.timeliness(Closing.closed_at), counting.days_taken(session, Closing.closed_on)
    done = (
        select(of.label("key"), in_time.label("in_time"), days.label("days"))
        .select_from(joined)
        .where(scope, counting.ended_in(period), Closing.state == State.CLOSED)
        .cte("done")
    )
    late = func.sum(case((done.c.in_time == "late", 1), else_=0))
    on_time = func.sum(case((done.c.in_time == "on_time", 1), else_=0))
    query = select(done.c.key, done.c.days, func.count(), on_time, late).group_by(done.c.key, done.c.days)
    for whose, taken, number, kept, missed in session.execute(query):
        line = found.setdefault(whose, {})
        line.setdefault("days", {})[taken] = number
        for name, more in (("closed", number), ("on_time", kept), ("late", missed)):
            line[name] = line.get(name, 0) + int(more)
    for whose, answers in satisfaction.by(session, of, scope, period).items():
        found.setdefault(whose, {})["answers"] = answers
    return found
