"""Counts behind the overview. Only dossiers the reader may see are counted, and they are looked through once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import CTE, ColumnElement, Select, String, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from archive.core.clock import SHANGHAI
from archive.dossiers import code_tables
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, Institution
from archive.dossiers.states import ENDED, CodeTable, State
from archive.people.rules import Person

MONTHS = 12
_MOST = 10


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
    """All figures of the page. States count all dossiers; the others those registered in the last twelve months."""

    total: int
    open: int
    by_state: Sequence[Count]
    by_channel: Sequence[Count]
    by_category: Sequence[Count]
    by_respondent: Sequence[Count]
    months: Sequence[Month]


def overview(session: Session, person: Person, *, today: date) -> Overview:
    """Return the figures of the last twelve months and of what is open. Three statements."""
    first = today.replace(day=1) - relativedelta(months=MONTHS - 1)
    starts = [first + relativedelta(months=at) for at in range(MONTHS)]
    moments = [datetime(day.year, day.month, 1, tzinfo=SHANGHAI) for day in starts]
    seen = (
        select(
            Dossier.state,
            Dossier.channel,
            Dossier.category,
            Dossier.respondent_id,
            Dossier.registered_at,
            Dossier.closed_on,
        )
        .where(visible_to(person))
        .cte("seen")
    )
    recent = seen.c.registered_at >= moments[0]
    figures = _grouped(
        session,
        _count(seen, "state", seen.c.state),
        _count(seen, "channel", seen.c.channel, recent),
        _count(seen, "category", seen.c.category, recent),
        _count(seen, "respondent", func.coalesce(cast(seen.c.respondent_id, String), ""), recent),
        _count(seen, "registered", _month_of(seen.c.registered_at, moments), recent),
        _count(seen, "ended", _month_of(seen.c.closed_on, starts), seen.c.closed_on >= starts[0]),
    )
    categories = code_tables.table(session, CodeTable.CATEGORY)
    by_state = _most(figures["state"], len(State))
    return Overview(
        total=sum(count.number for count in by_state),
        open=sum(count.number for count in by_state if State(count.value) not in ENDED),
        by_state=by_state,
        by_channel=_most(figures["channel"], _MOST),
        by_category=[Count(categories.word(c.value) or "未分类", c.number) for c in _most(figures["category"], _MOST)],
        by_respondent=_respondents(session, figures["respondent"]),
        months=[
            Month(f"{day:%Y-%m}", figures["registered"].get(str(at), 0), figures["ended"].get(str(at), 0))
            for at, day in enumerate(starts)
        ],
    )


def _count(seen: CTE, name: str, value: ColumnElement[Any], *where: ColumnElement[bool]) -> Select[str, str, int]:
    text = cast(value, String).label("value")
    return select(literal(name).label("figure"), text, func.count().label("number")).select_from(seen).where(
        *where
    ).group_by(text)  # fmt: skip


def _month_of(column: ColumnElement[Any], starts: Sequence[date | datetime]) -> ColumnElement[Any]:
    """Return the place of the month a column lies in, by ranges: databases spell date arithmetic differently."""
    later = [(column < start, at) for at, start in enumerate(starts[1:])]
    return case(*later, else_=len(starts) - 1)


def _grouped(session: Session, *parts: Select[str, str, int]) -> Mapping[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {
        name: {} for name in ("state", "channel", "category", "respondent", "registered", "ended")
    }
    for figure, value, number in session.execute(union_all(*parts)):
        found[figure][value] = number
    return found


def _most(figures: Mapping[str, int], most: int) -> list[Count]:
    ordered = sorted(figures.items(), key=lambda item: (-item[1], item[0]))
    return [Count(value, number) for value, number in ordered[:most]]


def _respondents(session: Session, figures: Mapping[str, int]) -> list[Count]:
    top = [count for count in _most(figures, _MOST + 1) if count.value][:_MOST]
    key = cast(Institution.id, String)
    rows = session.execute(select(key, Institution.name).where(key.in_([count.value for count in top])))
    names = {value: name for value, name in rows}  # noqa: C416 - rows are no pairs to a type checker
    return [Count(names.get(count.value, ""), count.number) for count in top]
