"""What is kept, at a glance: how many expire in which month, how many are held, which alarms are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
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
    """Return the figures of what the person may see. Three statements."""
    mine = select(Dossier.id).where(visible_to(person))
    days = session.execute(
        select(Keeping.last_day, Keeping.disposable_at, func.count())
        .where(Keeping.destroyed_at.is_(None), Keeping.dossier_id.in_(mine))
        .group_by(Keeping.last_day, Keeping.disposable_at)
    ).all()
    in_force = select(Hold.dossier_id).where(Hold.released_at.is_(None))
    held = session.scalar(select(func.count()).select_from(Dossier).where(visible_to(person), Dossier.id.in_(in_force)))
    first = shanghai_date(now).year
    months = {first + at: [0] * 12 for at in range(YEARS)}
    for last_day, _, number in days:
        if last_day and last_day.year in months:
            months[last_day.year][last_day.month - 1] += number
    kept = sum(number for *_, number in days)
    permanent = sum(number for last_day, _, number in days if last_day is None)
    expired = sum(number for _, disposable_at, number in days if disposable_at and disposable_at <= now)
    return Overview(
        kept, permanent, expired, held or 0, months, alarms.counts(session), closings.count_awaiting(session, person)
    )
