"""Working days: the golden vectors, the cautious guess for unknown years, and what always holds."""

from datetime import date, timedelta

import pytest
from chinese_calendar import get_holiday_detail
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import BadInput
from archive.deadlines.calendar import (
    CalendarDay,
    UnknownYear,
    WorkCalendar,
    festivals,
    packaged_calendar,
    packaged_days,
)

CALENDAR = packaged_calendar()
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
ANY_DAY = st.dates(date(2000, 1, 1), date(2040, 12, 31))
AMOUNTS = st.integers(0, 300)


def known_before(year: int) -> WorkCalendar:
    return WorkCalendar(day for day in packaged_days() if day.date.year < year)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 13), 15, date(2026, 3, 12)),
        (date(2026, 9, 24), 5, date(2026, 10, 9)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 1, 1), 1, date(2026, 1, 4)),
        (date(2026, 9, 24), 60, date(2026, 12, 24)),
    ],
)
def test_the_golden_vectors_of_2026_hold(start: date, amount: int, end: date) -> None:
    assert CALENDAR.add(start, amount) == (end, False)


def test_a_count_into_a_year_without_notice_is_provisional_and_errs_early() -> None:
    # 2027-01-01 will be free, but which days around it are worked instead nobody knows yet.
    assert CALENDAR.add(date(2026, 12, 31), 1) == (date(2027, 1, 1), True)


def test_strict_mode_refuses_a_year_without_notice_and_names_it() -> None:
    with pytest.raises(UnknownYear) as refused:
        CALENDAR.add(date(2026, 12, 31), 1, strict=True)
    assert refused.value.facts == {"year": 2027}


def test_a_weekend_in_an_unknown_year_counts_only_near_a_festival() -> None:
    assert CALENDAR.is_workday(date(2027, 1, 16)) is False  # Saturday, between New Year and Spring Festival
    assert CALENDAR.is_workday(date(2027, 1, 9)) is True  # Saturday, 8 days after New Year
    assert CALENDAR.is_workday(date(2027, 2, 6)) is True  # Saturday, Spring Festival itself
    assert CALENDAR.is_workday(date(2027, 2, 8)) is True  # Monday, surely free: counting it errs early
    assert CALENDAR.is_workday(date(2027, 7, 3)) is False  # Saturday, far from all


def test_where_the_festivals_themselves_are_unknown_every_day_counts() -> None:
    assert CALENDAR.add(date(2150, 7, 1), 7) == (date(2150, 7, 8), True)


def test_the_last_week_of_the_last_known_year_is_not_settled_for_new_year_may_reach_into_it() -> None:
    known_2018 = known_before(2019)
    assert known_2018.is_settled(date(2018, 12, 24))
    assert not known_2018.is_settled(date(2018, 12, 29))
    assert known_before(2020).is_settled(date(2018, 12, 29))
    # With the notice of 2019 the 29th was worked: a date computed before it came must not lie later.
    assert known_2018.add(date(2018, 12, 27), 2).date <= known_before(2020).add(date(2018, 12, 27), 2).date


def test_a_provisional_date_was_never_late_in_nineteen_years_but_for_the_parade_of_2015() -> None:
    late = []
    for year in range(2008, 2027):
        ignorant = known_before(year)
        for offset in range(-70, 365, 3):
            start = date(year, 1, 1) + timedelta(days=offset)
            for amount in (1, 5, 15, 60):
                true = CALENDAR.add(start, amount).date
                guess = ignorant.add(start, amount)
                if true.year <= year and guess.date > true:
                    late.append((start, amount))
                if guess.date != true:
                    assert guess.provisional
    assert {(start.year, start.month) for start, _ in late} <= {(2015, 9)}


def test_a_day_off_work_is_moved_to_the_next_working_day() -> None:
    assert CALENDAR.on_or_after(date(2026, 10, 1)) == (date(2026, 10, 8), False)
    assert CALENDAR.on_or_after(date(2026, 10, 10)) == (date(2026, 10, 10), False)


def test_the_unusual_days_explain_a_count() -> None:
    days = dict(CALENDAR.unusual(date(2026, 9, 19), date(2026, 10, 10)))
    assert days[date(2026, 9, 20)] is True
    assert days[date(2026, 9, 25)] is False
    assert date(2026, 9, 26) not in days  # a free Saturday surprises nobody


def test_half_a_year_of_days_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        WorkCalendar(day for day in packaged_days() if day.date < date(2026, 6, 1))
    assert refused.value.facts == {"years": "2026"}


def test_of_two_rows_for_a_day_the_higher_version_counts() -> None:
    correction = CalendarDay(date(2026, 3, 2), False, "更正", version=2)
    for rows in ([*packaged_days(), correction], [correction, *packaged_days()]):
        assert WorkCalendar(rows).is_workday(date(2026, 3, 2)) is False


def test_the_festivals_are_those_on_which_the_country_was_free() -> None:
    for year in range(2008, 2027):
        for day in festivals(year):
            assert get_holiday_detail(day)[0], day


@given(ANY_DAY, AMOUNTS)
def test_counting_forth_and_back_agrees(start: date, amount: int) -> None:
    end = CALENDAR.add(start, amount).date
    assert CALENDAR.count(start, end) == amount


@given(ANY_DAY, st.integers(1, 300))
def test_a_counted_day_is_a_working_day_and_lies_after_the_start(start: date, amount: int) -> None:
    end = CALENDAR.add(start, amount).date
    assert end > start
    assert CALENDAR.is_workday(end)


@given(ANY_DAY, AMOUNTS, AMOUNTS)
def test_counting_in_two_steps_is_counting_at_once(start: date, first: int, second: int) -> None:
    assert CALENDAR.add(CALENDAR.add(start, first).date, second).date == CALENDAR.add(start, first + second).date


@given(DAYS, AMOUNTS)
def test_without_any_notice_a_date_is_never_later_than_with_all_of_them(start: date, amount: int) -> None:
    end = CALENDAR.add(start, amount)
    parade = date(2015, 9, 6)  # the one-off that nothing foretold
    if not end.provisional and not start < parade <= end.date and start.year >= 2008:
        assert WorkCalendar([]).add(start, amount).date <= end.date
