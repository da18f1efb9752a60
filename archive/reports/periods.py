"""The periods of reports: calendar dates in Asia/Shanghai, both ends counted. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput
from archive.reports.models import ReportKind


@dataclass(frozen=True)
class Part:
    """A part of a period, for its trend: the name and its first day."""

    name: str
    first: date


@dataclass(frozen=True)
class Period:
    """A span of days with the code people write: 2026-W10, 2026-03, 2026-H1, 2026."""

    code: str
    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        """The moment it begins."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """The moment it is over, which is no longer part of it."""
        after = self.last + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)

    @property
    def words(self) -> str:
        """The period as people say it."""
        if "W" in self.code:
            return f"{self.code[:4]} 年第 {int(self.code[6:])} 周（{self.first:%m-%d} 至 {self.last:%m-%d}）"
        if "H" in self.code:
            return f"{self.code[:4]} 年{'上' if self.code.endswith('1') else '下'}半年"
        return f"{self.code[:4]} 年 {int(self.code[5:])} 月" if "-" in self.code else f"{self.code} 年"

    def parts(self) -> list[Part]:
        """Return what the trend counts by: days of a week, weeks of a month (by days 1, 8, 15 …), months of longer."""
        days = (self.last - self.first).days + 1
        if days <= 7:
            return [Part(f"{day:%m-%d}", day) for day in (self.first + timedelta(days=at) for at in range(days))]
        if days <= 31:
            starts = [self.first + timedelta(days=at) for at in range(0, 28, 7)]
            return [Part(f"{day:%m-%d} 起", day) for day in starts]
        months = range(self.first.month, self.last.month + 1)
        return [Part(f"{self.first.year}-{month:02}", date(self.first.year, month, 1)) for month in months]


def parse(kind: ReportKind, text: str) -> Period:
    """Return the period of a kind of report. Raises BadInput."""
    found = re.fullmatch(_SHAPES[kind], text)
    if found is None or not 1990 <= int(found["year"]) <= 2199:
        raise BadInput("report.period", kind=kind, period=text[:20])
    year, part = int(found["year"]), int(found.groupdict().get("part") or 0)
    try:
        if kind is ReportKind.WEEKLY:
            first = date.fromisocalendar(year, part, 1)
            return Period(text, first, first + timedelta(days=6))
        if kind is ReportKind.MONTHLY:
            return Period(text, date(year, part, 1), _before(year, part + 1))
    except ValueError:
        raise BadInput("report.period", kind=kind, period=text[:20]) from None
    if kind is ReportKind.HALF_YEAR:
        return Period(text, date(year, 6 * part - 5, 1), _before(year, 6 * part + 1))
    return Period(text, date(year, 1, 1), date(year, 12, 31))


def containing(kind: ReportKind, day: date) -> Period:
    """Return the period of a kind in which the day lies."""
    if kind is ReportKind.WEEKLY:
        year, week, _ = day.isocalendar()
        return parse(kind, f"{year}-W{week:02}")
    if kind is ReportKind.MONTHLY:
        return parse(kind, f"{day:%Y-%m}")
    if kind is ReportKind.HALF_YEAR:
        return parse(kind, f"{day.year}-H{1 if day.month <= 6 else 2}")
    return parse(kind, f"{day.year}")


def any_of(text: str, today: date) -> Period:
    """Return the period of whatever kind the text writes; without a text the present month. Raises BadInput."""
    if not text:
        return containing(ReportKind.MONTHLY, today)
    kind = next((kind for kind, shape in _SHAPES.items() if re.fullmatch(shape, text)), ReportKind.MONTHLY)
    return parse(kind, text)


def before(kind: ReportKind, period: Period) -> Period:
    """Return the period before."""
    return containing(kind, period.first - timedelta(days=1))


_SHAPES = {
    ReportKind.WEEKLY: r"(?P<year>\d{4})-W(?P<part>\d{2})",
    ReportKind.MONTHLY: r"(?P<year>\d{4})-(?P<part>\d{2})",
    ReportKind.HALF_YEAR: r"(?P<year>\d{4})-H(?P<part>[12])",
    ReportKind.YEARLY: r"(?P<year>\d{4})",
    ReportKind.ANNUAL_PUBLIC: r"(?P<year>\d{4})",
}


def _before(year: int, month: int) -> date:
    """Return the day before the first of a month, which may be the thirteenth."""
    return date(year + month // 13, (month - 1) % 12 + 1, 1) - timedelta(days=1)
