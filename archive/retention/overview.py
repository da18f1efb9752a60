"""What is kept, at a glance: how many expire in which month, how many are held, which alarms are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Person
from archive.retention import alarms, closings
from archive.retention.models import Hold, Keeping

YEARS = 12


@dataclass(frozen=True)
class Overview:
    """`months` maps a year to its twelve months' numbers of dossiers whose last day falls there."""

    kept: int
    permanent: int
    expired: int
    held: int
    months: Mapping[int, list[int]]
    alarms: Mapping[str, int]
    closings: int

    @property
    def most(self) -> int:
        """The largest number in any month, at least one; for the shades of the heat map."""
        return max((number for row in self.months.values() for number in row), default=0) or 1


def overview(session: Session, person: Person, now: datetime) -> Overview:
    """Return the figures of what the person may see. Six statements."""
    mine = select(Dossier.id).where(visible_to(person))
    live = (Keeping.destroyed_at.is_(None), Keeping.dossier_id.in_(mine))
    kept = session.scalar(select(func.count()).select_from(Keeping).where(*live)) or 0
    permanent = session.scalar(select(func.count()).where(*live, Keeping.permanent)) or 0
    expired = session.scalar(select(func.count()).where(*live, Keeping.disposable_at <= now)) or 0
    in_force = exists().where(Hold.dossier_id == Dossier.id, Hold.released_at.is_(None))
    held = session.scalar(select(func.count()).select_from(Dossier).where(visible_to(person), in_force)) or 0
    first = shanghai_date(now).year
    year, month = func.extract("year", Keeping.last_day), func.extract("month", Keeping.last_day)
    rows = session.execute(
        select(year, month, func.count()).where(*live, Keeping.last_day.is_not(None)).group_by(year, month)
    )
    months = {first + at: [0] * 12 for at in range(YEARS)}
    for its_year, its_month, number in rows:
        if int(its_year) in months:
            months[int(its_year)][int(its_month) - 1] = number
    return Overview(
        kept, permanent, expired, held, months, alarms.counts(session), closings.count_awaiting(session, person)
    )
