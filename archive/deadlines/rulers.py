"""How time is counted: natural days, working days, the clock on the wall, and office hours. One shape, four rulers.

A ruler has points (dates, or moments) and whole grains (days, or microseconds) between them. Days end at 24:00 in
Shanghai, written as 00:00 of the day after, unless the office lets them end at its closing hour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol, TypeVar

from archive.core.clock import SHANGHAI, shanghai_date
from archive.deadlines.calendar import WorkCalendar
from archive.procedures.limit import Clock, ServiceHours, Span, Unit

P = TypeVar("P", date, datetime)
_DAY = timedelta(days=1)
_GRAIN = timedelta(microseconds=1)
_LONGEST_SEARCH = 4000  # days; a limit in hours that does not end within ten years is a mistake in the hours


class Ruler(Protocol[P]):
    """Counts from point to point."""

    def point(self, moment: datetime) -> P:
        """Return the point at which a moment lies."""

    def grains(self, span: Span) -> int:
        """Return how many grains a span has."""

    def advance(self, start: P, grains: int) -> tuple[P, bool]:
        """Return the point so many grains after `start`, and whether it is provisional."""

    def between(self, start: P, end: P) -> int:
        """Return the grains after `start` up to `end`; 0 when `end` is not later."""

    def end(self, point: P) -> datetime:
        """Return the last moment of the point, aware, in Shanghai."""

    def lawful_end(self, point: P) -> tuple[datetime, bool]:
        """Return the last moment by law, moved off a free day (民法典 203), and whether it is provisional."""


@dataclass(frozen=True, slots=True)
class NaturalDays:
    """日: every day counts; the day of the event does not (民法典 201)."""

    calendar: WorkCalendar
    closes: time | None

    def point(self, moment: datetime) -> date:
        return shanghai_date(moment)

    def grains(self, span: Span) -> int:
        return span.amount

    def advance(self, start: date, grains: int) -> tuple[date, bool]:
        return start + timedelta(days=grains), False

    def between(self, start: date, end: date) -> int:
        return max(0, (end - start).days)

    def end(self, point: date) -> datetime:
        if self.closes:
            return datetime.combine(point, self.closes, SHANGHAI)
        return datetime.combine(point + _DAY, time(), SHANGHAI)

    def lawful_end(self, point: date) -> tuple[datetime, bool]:
        day, provisional = self.calendar.on_or_after(point)
        return self.end(day), provisional


class WorkingDays(NaturalDays):
    """工作日: days that the State Council's notice makes working days."""

    __slots__ = ()

    def advance(self, start: date, grains: int) -> tuple[date, bool]:
        return self.calendar.add(start, grains)

    def between(self, start: date, end: date) -> int:
        return self.calendar.count(start, end)


@dataclass(frozen=True, slots=True)
class WallClock:
    """Minutes and hours, day and night."""

    unit: timedelta

    def point(self, moment: datetime) -> datetime:
        return moment.astimezone(SHANGHAI)

    def grains(self, span: Span) -> int:
        return span.amount * (self.unit // _GRAIN)

    def advance(self, start: datetime, grains: int) -> tuple[datetime, bool]:
        return start + grains * _GRAIN, False

    def between(self, start: datetime, end: datetime) -> int:
        return max(0, (end - start) // _GRAIN)

    def end(self, point: datetime) -> datetime:
        return point

    def lawful_end(self, point: datetime) -> tuple[datetime, bool]:
        return point, False


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Minutes and hours that only run while the office is open on a working day."""

    unit: timedelta
    hours: ServiceHours
    calendar: WorkCalendar

    def point(self, moment: datetime) -> datetime:
        return moment.astimezone(SHANGHAI)

    def grains(self, span: Span) -> int:
        return span.amount * (self.unit // _GRAIN)

    def advance(self, start: datetime, grains: int) -> tuple[datetime, bool]:
        left = grains * _GRAIN
        for offset in range(_LONGEST_SEARCH):
            day = start.date() + timedelta(days=offset)
            opens, closes = self._window(day)
            begin = max(start, opens)
            if self.calendar.is_workday(day) and begin + left <= closes:
                return begin + left, not self.calendar.is_settled(day)
            if self.calendar.is_workday(day):
                left -= max(timedelta(), closes - begin)
        raise OverflowError("a limit in office hours never ends")

    def between(self, start: datetime, end: datetime) -> int:
        open_time = timedelta()
        for offset in range((end.date() - start.date()).days + 1):
            day = start.date() + timedelta(days=offset)
            if self.calendar.is_workday(day):
                opens, closes = self._window(day)
                open_time += max(timedelta(), min(end, closes) - max(start, opens))
        return open_time // _GRAIN

    def end(self, point: datetime) -> datetime:
        return point

    def lawful_end(self, point: datetime) -> tuple[datetime, bool]:
        return point, False

    def _window(self, day: date) -> tuple[datetime, datetime]:
        return (
            datetime.combine(day, self.hours.opens, SHANGHAI),
            datetime.combine(day, self.hours.closes, SHANGHAI),
        )


_CLOCK_UNITS: Mapping[Unit, timedelta] = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}


def ruler_for(unit: Unit, clock: Clock, calendar: WorkCalendar) -> Ruler[Any]:
    """Return the ruler of a unit under a profile's clock."""
    if unit in _CLOCK_UNITS and clock.service_hours:
        return OfficeHours(_CLOCK_UNITS[unit], clock.service_hours, calendar)
    if unit in _CLOCK_UNITS:
        return WallClock(_CLOCK_UNITS[unit])
    days: Callable[[WorkCalendar, time | None], NaturalDays] = WorkingDays if unit is Unit.WORKDAY else NaturalDays
    return days(calendar, clock.business_close)
