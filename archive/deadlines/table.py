"""The calendar as the database holds it, and the yearly notices that grow it: pasted by one, confirmed by another."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.deadlines.calendar import CalendarDay, WorkCalendar
from archive.deadlines.models import DayRow, HolidayNotice
from archive.deadlines.notice import Notice, parse_notice
from archive.people.rules import Permission, Person

# By database and number of rows: rows are only ever added.
made: dict[tuple[str, int], WorkCalendar] = {}


def calendar(session: Session) -> WorkCalendar:
    """Return the calendar of the office. One statement; the days are read only when some were added."""
    database = str(session.get_bind().engine.url)
    count = session.scalar(select(func.count()).select_from(DayRow)) or 0
    key = (database, count)
    if key not in made:
        for old in [one for one in made if one[0] == database]:
            del made[old]
        rows = session.execute(select(DayRow.day, DayRow.is_workday, DayRow.source, DayRow.notice_no, DayRow.version))
        made[key] = WorkCalendar(CalendarDay(*row) for row in rows)
    return made[key]


def days_of(session: Session, year: int) -> Sequence[DayRow]:
    """Return the rows of a year, those that count last for each day."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return session.scalars(
        select(DayRow).where(DayRow.day.between(first, last)).order_by(DayRow.day, DayRow.version)
    ).all()


def notices(session: Session) -> Sequence[HolidayNotice]:
    """Return all notices ever pasted, the newest first."""
    return session.scalars(select(HolidayNotice).order_by(HolidayNotice.proposed_at.desc(), HolidayNotice.id)).all()


def notice(session: Session, notice_id: uuid.UUID) -> HolidayNotice:
    """Return a pasted notice. Raises NotFound."""
    found = session.get(HolidayNotice, notice_id)
    if found is None:
        raise NotFound("calendar.notice_unknown")
    return found


def read(row: HolidayNotice) -> Notice:
    """Return what a pasted notice says."""
    return parse_notice(row.text)


def propose(text: str, *, act: Act) -> HolidayNotice:
    """Enter a pasted notice as a proposal. Raises BadInput with line and reason of every doubt."""
    _check(act)
    found = parse_notice(text)
    if act.session.scalar(select(HolidayNotice.id).where(_waiting(found.year))):
        raise BadInput("calendar.notice", [Problem("calendar.notice.waiting", "text", {"year": found.year})])
    row = HolidayNotice(
        year=found.year,
        number=found.number,
        text=text,
        proposed_by=_id(act),
        proposed_by_name=act.actor.name,
        proposed_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("calendar:propose", row, year=row.year, number=row.number)
    return row


def confirm(row: HolidayNotice, *, act: Act) -> None:
    """Let a pasted notice count. Provisional limits are reckoned anew afterwards. Raises RuleBroken, NotAllowed."""
    _check(act)
    _open(row)
    if row.proposed_by == act.actor.id:
        raise RuleBroken("calendar.same_person")
    found = read(row)
    top = act.session.scalar(
        select(func.max(DayRow.version)).where(DayRow.day.between(date(row.year - 1, 12, 1), date(row.year, 12, 31)))
    )
    for day in found.days(version=(top or 0) + 1):
        act.session.add(
            DayRow(
                day=day.date,
                version=day.version,
                is_workday=day.is_workday,
                source=day.source,
                notice_no=day.notice_no,
                confirmed_by=act.actor.name,
            )
        )
    row.confirmed_by, row.confirmed_by_name, row.confirmed_at = _id(act), act.actor.name, act.moment
    act.record("calendar:confirm", row, year=row.year, number=row.number)


def drop(row: HolidayNotice, *, act: Act) -> None:
    """Give up a pasted notice. Raises RuleBroken, NotAllowed."""
    _check(act)
    _open(row)
    row.dropped_by_name, row.dropped_at = act.actor.name, act.moment
    act.record("calendar:drop", row, year=row.year)


def _waiting(year: int) -> ColumnElement[bool]:
    waits = HolidayNotice.confirmed_at.is_(None), HolidayNotice.dropped_at.is_(None)
    return and_(HolidayNotice.year == year, *waits)


def _open(row: HolidayNotice) -> None:
    if row.confirmed_at is not None or row.dropped_at is not None:
        raise RuleBroken("calendar.decided")


def _check(act: Act) -> None:
    if not (isinstance(act.actor, Person) and act.actor.paths(Permission.GOVERN)):
        raise NotAllowed("person.lacks", permission=Permission.GOVERN)


def _id(act: Act) -> uuid.UUID:
    if act.actor.id is None:
        raise NotFound("account.unknown")
    return act.actor.id
