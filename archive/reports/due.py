"""When a report falls due: by the fixed dates of the rule sets; of several the earliest holds. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from archive.deadlines.rules import next_date
from archive.procedures.profile import Profile
from archive.reports.models import ReportKind
from archive.reports.periods import Period


@dataclass(frozen=True)
class Due:
    """The day by which a report is to be made, to whom it goes, and the text and article that ask for it."""

    day: date
    basis: str
    to: str = ""


def due_of(kind: ReportKind, period: Period, profiles: Iterable[Profile]) -> Due | None:
    """Return when the report of a period is due, or None when no rule set gives a date.

    A fixed date (01-30, a weekday) is the first one after the period's last day; a month's end is that day itself.
    """
    found = []
    for profile in profiles:
        for report in profile.reports:
            limit = profile.limit(report.limit) if report.kind == kind.value and report.limit else None
            if limit is None or limit.every is None:
                continue
            from_ = period.last if limit.every.month_end else period.last + timedelta(days=1)
            found.append(Due(next_date(limit.every, from_), limit.reason, report.to))
    return min(found, key=lambda due: (due.day, due.basis), default=None)
