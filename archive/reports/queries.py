"""Counts behind the overview. Only dossiers the reader may see are counted; every figure is one grouped statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.core.clock import SHANGHAI
from archive.dossiers import code_tables
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, Institution
from archive.dossiers.states import ENDED, CodeTable, State
from archive.people.rules import Person

MONTHS = 12


@dataclass(frozen=True)
class Count:
    """A value of a column and how many dossiers carry it."""

    value: str
    number: int


@dataclass(frozen=True)
class Month:
    """What came in and what ended in one month (`2026-03`)."""

    name: str
    registered: int
    ended: int


@dataclass(frozen=True)
class Overview:
    """All figures of the page."""

    total: int
    open: int
    by_state: Sequence[Count]
    by_channel: Sequence[Count]
    by_category: Sequence[Count]
    by_respondent: Sequence[Count]
    months: Sequence[Month]


def overview(session: Session, person: Person, *, today: date) -> Overview:
    """Return the figures of the last twelve months and of what is open. Seven statements."""
    seen = visible_to(person)
    first = today.replace(day=1) - relativedelta(months=MONTHS - 1)
    since = datetime(first.year, first.month, 1, tzinfo=SHANGHAI)
    recent = [seen, Dossier.registered_at >= since]
    by_state = _counts(session, Dossier.state, [seen])
    categories = code_tables.table(session, CodeTable.CATEGORY)
    return Overview(
        total=sum(count.number for count in by_state),
        open=sum(count.number for count in by_state if State(count.value) not in ENDED),
        by_state=by_state,
        by_channel=_counts(session, Dossier.channel, recent),
        by_category=[
            Count(categories.word(c.value) or "未分类", c.number) for c in _counts(session, Dossier.category, recent)
        ],
        by_respondent=_respondents(session, recent),
        months=_months(session, seen, first),
    )


def _counts(session: Session, column: InstrumentedAttribute[Any], where: Sequence[ColumnElement[bool]]) -> list[Count]:
    number = func.count()
    rows = session.execute(
        select(column, number).where(*where).group_by(column).order_by(number.desc(), column).limit(12)
    )
    return [Count(str(value), count) for value, count in rows]


def _respondents(session: Session, where: Sequence[ColumnElement[bool]]) -> list[Count]:
    number = func.count()
    rows = session.execute(
        select(Institution.name, number)
        .join(Dossier, Dossier.respondent_id == Institution.id)
        .where(*where)
        .group_by(Institution.name)
        .order_by(number.desc(), Institution.name)
        .limit(10)
    )
    return [Count(name, count) for name, count in rows]


def _months(session: Session, seen: ColumnElement[bool], first: date) -> list[Month]:
    """Count both kinds of every month in one statement each, by ranges: databases spell date arithmetic differently."""
    starts = [first + relativedelta(months=at) for at in range(MONTHS + 1)]
    moments = [datetime(day.year, day.month, 1, tzinfo=SHANGHAI) for day in starts]

    def per_month(column: InstrumentedAttribute[Any], bounds: Sequence[date | datetime]) -> list[int]:
        cases = [func.sum(case((and_(column >= a, column < b), 1), else_=0)) for a, b in pairwise(bounds)]
        row = session.execute(select(*cases).where(seen, column >= bounds[0])).one()
        return [int(figure or 0) for figure in row]

    registered = per_month(Dossier.registered_at, moments)
    ended = per_month(Dossier.closed_on, starts)
    return [Month(f"{day:%Y-%m}", a, b) for day, a, b in zip(starts, registered, ended, strict=False)]
