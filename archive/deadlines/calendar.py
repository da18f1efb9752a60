"""Working days in China: an own table of days, exact where a year is known, provisional (暂定) and early where not.

Holidays move by State Council notice each autumn, and weekends are worked in exchange (调休), so a year without its
notice cannot be computed. There a date is provisional and errs early: Monday to Friday always count, Saturday and
Sunday count within twelve days of a festival (make-up days have lain up to eleven days away).
"""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import NamedTuple

import chinese_calendar
from chinese_calendar.constants import holidays

from archive.core.errors import BadInput, RuleBroken

# How far from a festival a weekend may be worked in exchange; eight and ten days were too few in 2008-2026.
MAKEUP_REACH = timedelta(days=12)
# New Year's notice reaches back into December (2018-12-29 worked, 2018-12-31 free), so a known year's last week is
# settled only when the next year is known too.
TURN_OF_YEAR = (12, 25)
_DAY = timedelta(days=1)
_WEEKDAYS = 5


class UnknownYear(RuleBroken):
    """A count of working days runs into a year without its notice, and the caller wanted certainty."""

    def __init__(self, year: int) -> None:
        super().__init__("calendar.unknown_year", year=year)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One row of the table. Of several rows for a date the highest version counts."""

    date: date
    is_workday: bool
    source: str
    notice_no: str = ""
    version: int = 1


class Counted(NamedTuple):
    """A date that was counted out, and whether it may still move later (暂定)."""

    date: date
    provisional: bool


class WorkCalendar:
    """The working days of known years, and a cautious guess for all others. A value: it never changes."""

    def __init__(self, days: Iterable[CalendarDay]) -> None:
        """Build from rows, whole years only. Raises BadInput naming the years that lack days."""
        table: dict[date, CalendarDay] = {}
        for day in days:
            if day.date not in table or day.version > table[day.date].version:
                table[day.date] = day
        per_year: dict[int, int] = defaultdict(int)
        for when in table:
            per_year[when.year] += 1
        incomplete = sorted(year for year, count in per_year.items() if count != _days_in(year))
        if incomplete:
            raise BadInput("calendar.incomplete_year", years="、".join(map(str, incomplete)))
        self._table = table
        self.years = frozenset(per_year)
        self._ordinals: dict[int, list[int]] = {}

    def knows(self, year: int) -> bool:
        """Tell whether the year's notice is in the table."""
        return year in self.years

    def is_settled(self, day: date) -> bool:
        """Tell whether it is certain that the day is worked or free."""
        return day.year in self.years and ((day.month, day.day) < TURN_OF_YEAR or day.year + 1 in self.years)

    def is_workday(self, day: date) -> bool:
        """Tell whether the day counts: by the table where it is settled, else by the cautious rule."""
        if self.is_settled(day):
            return self._table[day].is_workday
        return day.weekday() < _WEEKDAYS or _near_festival(day)

    def add(self, start: date, amount: int, *, strict: bool = False) -> Counted:
        """Return the `amount`-th working day after `start`, which itself is not counted (民法典 201); 0 is `start`.

        Raises UnknownYear in strict mode when a day on the way is not settled.
        """
        if amount <= 0:
            return Counted(start, False)
        year, rest = start.year, amount
        ordinals = self._workdays(year)
        index = bisect_right(ordinals, start.toordinal()) + rest - 1
        while index >= len(ordinals):
            index -= len(ordinals)
            year += 1
            ordinals = self._workdays(year)
        found = date.fromordinal(ordinals[index])
        unknown = self.unknown_year(start + _DAY, found)
        if strict and unknown:
            raise UnknownYear(unknown)
        return Counted(found, bool(unknown))

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie after `start`, up to and with `end`; 0 when `end` is not later."""
        if end <= start:
            return 0
        total = 0
        for year in range(start.year, end.year + 1):
            ordinals = self._workdays(year)
            total += bisect_right(ordinals, end.toordinal()) - bisect_right(ordinals, start.toordinal())
        return total

    def on_or_after(self, day: date) -> Counted:
        """Return the day, or the first working day after it: where a limit ends on a free day (民法典 203)."""
        if self.is_workday(day):
            return Counted(day, not self.is_settled(day))
        return self.add(day, 1)

    def unusual(self, start: date, end: date) -> Iterator[tuple[date, bool]]:
        """Yield (day, is_workday) for the free weekdays and worked weekends after `start` up to `end`: the reasons."""
        for offset in range(1, (end - start).days + 1):
            day = start + timedelta(days=offset)
            working = self.is_workday(day)
            if working != (day.weekday() < _WEEKDAYS):
                yield day, working

    def unknown_year(self, first: date, last: date) -> int:
        """Return the first unknown year on which a day from `first` to `last` depends, or 0."""
        reach = last.year + ((last.month, last.day) >= TURN_OF_YEAR)
        return next((year for year in range(first.year, reach + 1) if year not in self.years), 0)

    def _workdays(self, year: int) -> list[int]:
        """Return the ordinals of the year's working days, in order."""
        if year not in self._ordinals:
            first = date(year, 1, 1).toordinal()
            days = (date.fromordinal(first + offset) for offset in range(_days_in(year)))
            self._ordinals[year] = [day.toordinal() for day in days if self.is_workday(day)]
        return self._ordinals[year]


def packaged_days() -> list[CalendarDay]:
    """Return the rows of the years that the chinesecalendar package knows (2004 to the last notice it carries)."""
    known = sorted({day.year for day in holidays})
    source = f"chinesecalendar {version('chinesecalendar')}"
    first, last = date(known[0], 1, 1), date(known[-1], 12, 31)
    span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [CalendarDay(day, chinese_calendar.is_workday(day), source) for day in span]


@cache
def packaged_calendar() -> WorkCalendar:
    """Return the calendar of the package alone: where no database is at hand, and to seed the table."""
    return WorkCalendar(packaged_days())


@cache
def festivals(year: int) -> tuple[date, ...]:
    """Return 元旦, 春节, 清明, 劳动节, 端午, 中秋, 国庆 of a year; empty outside 2004-2099, where all days count.

    The lunar dates are in festivals.csv (computed with borax 4.1); 清明 by the formula of the 21st century.
    """
    if year not in _lunar():
        return ()
    spring, dragon_boat, mid_autumn = _lunar()[year]
    short = year % 100
    qingming = date(year, 4, int(short * 0.2422 + 4.81) - short // 4)
    return date(year, 1, 1), spring, qingming, date(year, 5, 1), dragon_boat, mid_autumn, date(year, 10, 1)


@cache
def _lunar() -> dict[int, tuple[date, date, date]]:
    text = files(__package__).joinpath("festivals.csv").read_text(encoding="utf-8")
    return {
        int(row["year"]): (_on(row, "spring"), _on(row, "dragon_boat"), _on(row, "mid_autumn"))
        for row in csv.DictReader(text.splitlines())
    }


def _on(row: dict[str, str], festival: str) -> date:
    return date.fromisoformat(f"{row['year']}-{row[festival]}")


def _near_festival(day: date) -> bool:
    """Tell whether the day lies within reach of a festival; yes where the festivals are not known, to err early."""
    around = [festivals(year) for year in (day.year - 1, day.year, day.year + 1)]
    if not all(around):
        return True
    return any(abs(day - festival) <= MAKEUP_REACH for year in around for festival in year)


def _days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
