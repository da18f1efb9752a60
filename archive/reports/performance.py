"""How units and officers fare: what they have in hand, what they closed and how soon (KPI)."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from archive.core.db import tested
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


# By unit and officer; None for dossiers without an officer.
Found = Mapping[tuple[uuid.UUID, uuid.UUID | None], Line]


def by_unit(session: Session, found: Found) -> list[Line]:
    """Return the figures of each unit, in the order of the tree. One statement."""
    units = session.execute(select(Unit.id, Unit.name, Unit.code).order_by(Unit.path)).all()
    shares = _shares(found, 0)
    return [together(shares[unit_id], unit_id, name, code) for unit_id, name, code in units if unit_id in shares]


def by_officer(session: Session, found: Found) -> list[Line]:
    """Return the figures of each officer, by name; dossiers without an officer last. One statement."""
    shares = _shares(found, 1)
    nobodys = shares.pop(None, None)
    officers = session.execute(
        select(Account.id, Account.name, Account.username).where(Account.id.in_(shares)).order_by(Account.name)
    ).all()
    lines = [together(shares[account_id], account_id, name, login) for account_id, name, login in officers]
    return [*lines, *([together(nobodys, None, "尚无承办人")] if nobodys else [])]


def together(lines: Sequence[Line], key: uuid.UUID | None = None, name: str = "合计", code: str = "") -> Line:
    """Return the figures of all lines as one."""
    whole = Line(key, name, code)
    for line in lines:
        for figure_name in ("in_hand", "overdue_now", "registered", "closed", "on_time", "late", "reopened"):
            setattr(whole, figure_name, getattr(whole, figure_name) + getattr(line, figure_name))
        for days, number in line.days.items():
            whole.days[days] = whole.days.get(days, 0) + number
        whole.answers = whole.answers + line.answers
    return whole


def figures(session: Session, paths: Sequence[str], period: Period, now: datetime) -> Found:
    """Count the dossiers of the units at or below the paths, by unit and officer. Three statements."""
    if not paths:
        return {}
    scope = tested(Dossier.unit_id).in_(counting.units_below(paths))
    joined = Dossier.__table__.join(Closing.__table__)
    pair = cast(Dossier.unit_id, String) + "/" + func.coalesce(cast(Dossier.officer_id, String), "")
    counts = counting.counted(
        session,
        figure("in_hand", pair, Dossier, scope, counting.open_now()),
        figure("overdue_now", pair, Dossier, scope, counting.open_now(), counting.overdue_at(now)),
        figure("registered", pair, Dossier, scope, within(Dossier.registered_at, period)),
        figure("reopened", pair, joined, scope, within(Closing.reopened_at, period)),
    )
    found: dict[str, Line] = defaultdict(lambda: Line(None, ""))
    for name, by_key in counts.items():
        for key, number in by_key.items():
            setattr(found[key], name, number)
    in_time, days = counting.timeliness(Closing.closed_at), counting.days_taken(session, Closing.closed_on)
    done = (
        select(pair.label("key"), in_time.label("in_time"), days.label("days"))
        .select_from(joined)
        .where(scope, counting.ended_in(period), Closing.state == State.CLOSED)
        .cte("done")
    )
    columns = (done.c.key, done.c.days, done.c.in_time)
    for key, taken, kept, number in session.execute(select(*columns, func.count()).group_by(*columns)):
        line = found[key]
        line.closed += number
        line.days[taken] = line.days.get(taken, 0) + number
        line.on_time += number if kept == "on_time" else 0
        line.late += number if kept == "late" else 0
    for key, answers in satisfaction.by(session, pair, scope, period).items():
        found[key].answers = answers
    return {_pair(key): line for key, line in found.items()}


def _pair(key: str) -> tuple[uuid.UUID, uuid.UUID | None]:
    unit, officer = key.split("/")
    return uuid.UUID(unit), uuid.UUID(officer) if officer else None


def _shares(found: Found, place: int) -> dict[uuid.UUID | None, list[Line]]:
    shares: dict[uuid.UUID | None, list[Line]] = defaultdict(list)
    for key, line in found.items():
        shares[key[place]].append(line)
    return shares
