"""Periods of reports and the days they fall due."""

from datetime import UTC, date, datetime

import pytest

from archive.core.errors import BadInput
from archive.procedures.loading import shipped
from archive.reports import periods
from archive.reports.counting import median, rate
from archive.reports.due import due_of
from archive.reports.models import ReportKind as Kind


@pytest.mark.parametrize(
    ("kind", "text", "first", "last"),
    [
        (Kind.WEEKLY, "2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        (Kind.WEEKLY, "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        (Kind.MONTHLY, "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (Kind.MONTHLY, "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        (Kind.HALF_YEAR, "2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        (Kind.HALF_YEAR, "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        (Kind.YEARLY, "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_its_days(kind: Kind, text: str, first: date, last: date) -> None:
    period = periods.parse(kind, text)
    assert (period.first, period.last) == (first, last)
    assert periods.containing(kind, first) == periods.containing(kind, last) == period
    assert periods.before(kind, period).last == date.fromordinal(first.toordinal() - 1)


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Kind.WEEKLY, "2025-W53"), (Kind.MONTHLY, "2026-13"), (Kind.HALF_YEAR, "2026-H3"), (Kind.YEARLY, "26"),
     (Kind.MONTHLY, "2026-00"), (Kind.WEEKLY, "2026-W00"), (Kind.YEARLY, "0001"), (Kind.MONTHLY, "2026")],
)  # fmt: skip
def test_what_is_no_period_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(BadInput):
        periods.parse(kind, text)


def test_a_period_begins_and_ends_at_midnight_in_shanghai() -> None:
    period = periods.parse(Kind.MONTHLY, "2026-03")
    assert period.begins_at.astimezone(UTC) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert period.ends_at.astimezone(UTC) == datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "text", "day", "by"),
    [
        (Kind.HALF_YEAR, "2026-H1", date(2026, 7, 30), "银监发"),
        (Kind.HALF_YEAR, "2026-H2", date(2027, 1, 30), "银监发"),
        (Kind.ANNUAL_PUBLIC, "2026", date(2027, 1, 31), "第六条"),
        (Kind.WEEKLY, "2026-W10", date(2026, 3, 13), "5.1.3"),
        (Kind.MONTHLY, "2026-02", date(2026, 2, 28), "5.1.3"),
    ],
)
def test_a_report_falls_due_as_its_text_says(kind: Kind, text: str, day: date, by: str) -> None:
    due = due_of(kind, periods.parse(kind, text), shipped().values())
    assert due is not None
    assert due.day == day
    assert by in due.basis or by == "银监发"


def test_a_yearly_report_for_the_house_is_due_to_nobody() -> None:
    assert due_of(Kind.YEARLY, periods.parse(Kind.YEARLY, "2026"), shipped().values()) is None


def test_medians_and_rates_by_hand() -> None:
    assert median({}) == ""
    assert median({3: 1}) == "3"
    assert median({3: 1, 8: 1}) == "5.5"
    assert median({1: 2, 4: 1, 30: 2}) == "4"
    assert (rate(0, 0), rate(2, 1), rate(1, 1), rate(1, 7), rate(199, 1)) == ("", "67", "50", "13", "100")
