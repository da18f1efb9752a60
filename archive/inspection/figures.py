"""Figures of the desk: closings by month, expiries ahead, holds, destroyed; each only of what the person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.disposal.models import DisposalList, Stub
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering
from archive.retention import overview
from archive.retention.models import Hold
from archive.retention.overview import Overview

MONTHS = 24


@dataclass(frozen=True)
class Figures:
    """`closings` by month, the oldest first; `holds` in force by kind; `destroyed` by list of destruction."""

    kept: Overview
    closings: Mapping[str, int]
    holds: Mapping[str, int]
    destroyed: Sequence[tuple[str, int]]


def figures(session: Session, person: Person, now: datetime) -> Figures:
    """Return the figures. Eight statements."""
    today = shanghai_date(now)
    first = today.replace(day=1) - relativedelta(months=MONTHS - 1)
    closings = {f"{first + relativedelta(months=at):%Y-%m}": 0 for at in range(MONTHS)}
    year, month = func.extract("year", Dossier.closed_on), func.extract("month", Dossier.closed_on)
    for its_year, its_month, number in session.execute(
        select(year, month, func.count()).where(visible_to(person), Dossier.closed_on >= first).group_by(year, month)
    ):
        closings[f"{int(its_year)}-{int(its_month):02}"] = number
    mine = select(Dossier.id).where(visible_to(person))
    holds = session.execute(
        select(Hold.kind, func.count()).where(Hold.released_at.is_(None), Hold.dossier_id.in_(mine))
        .group_by(Hold.kind).order_by(func.count().desc())
    )  # fmt: skip
    paths = covering(person.paths(Permission.READ))
    of_list = select(DisposalList.number, func.count()).join(Stub, Stub.list_id == DisposalList.id)
    gone = session.execute(
        of_list.where(Stub.unit_path.in_(_paths_below(session, paths))).group_by(DisposalList.number)
        .order_by(DisposalList.number)
    )  # fmt: skip
    return Figures(
        overview.overview(session, person, now),
        closings,
        {kind.value: number for kind, number in holds},
        [(number, count) for number, count in gone],
    )


def _paths_below(session: Session, paths: Sequence[str]) -> list[str]:
    return [path for path in session.scalars(select(Unit.path)) if any(path.startswith(top) for top in paths)]
