"""How long is long enough: calendar years in Shanghai, the longest rule, never shorter than before."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import config
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput
from archive.retention import periods
from archive.retention.periods import Asked, Trigger, longest, promise

BASE = Asked("base", 1, "一般投诉案卷", 3, "第四十四条")
CREDIT = Asked("credit", 1, "征信投诉案卷", 10, "银办发〔2014〕73号")
FOREVER = Asked("forever", 1, "永久案卷", None, "鉴定意见")
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
YEARS = st.integers(3, 100)


def until(closed_on: date, asked: Asked = BASE) -> tuple[date | None, datetime | None]:
    kept = promise(closed_on, asked)
    return kept.last_day, kept.disposable_at


def test_scenario_01_three_years_end_on_the_same_day_at_midnight_in_shanghai() -> None:
    assert until(date(2026, 11, 21)) == (date(2029, 11, 21), datetime(2029, 11, 21, 16, tzinfo=UTC))


def test_scenario_02_a_leap_day_falls_back_to_28_february() -> None:
    assert until(date(2024, 2, 29)) == (date(2027, 2, 28), datetime(2027, 2, 28, 16, tzinfo=UTC))


def test_scenario_03_28_february_stays_28_february_in_a_leap_year() -> None:
    assert until(date(2025, 2, 28))[0] == date(2028, 2, 28)


def test_scenario_04_the_closing_day_is_the_one_in_shanghai() -> None:
    assert shanghai_date(datetime(2026, 11, 21, 16, tzinfo=UTC)) == date(2026, 11, 22)
    assert shanghai_date(datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["1095 日", "1095天", "1095 days", "36 months", "3.5", "三年", "-3", "", "３年"])
def test_scenario_05_periods_are_calendar_years_only(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        periods.parse_years(text)
    assert refused.value.code == "retention.years_only"


@pytest.mark.parametrize(("text", "years"), [("3", 3), ("10 年", 10), ("30 years", 30), ("永久", None)])
def test_periods_are_read(text: str, years: int | None) -> None:
    assert periods.parse_years(text) == years


def test_scenario_06_a_setting_under_the_floor_does_not_start() -> None:
    with pytest.raises(config.BadConfiguration, match="floor is 3 calendar years"):
        config.read({"ARCHIVE_RETENTION_YEARS": "2"})


@pytest.mark.parametrize("years", [0, 1, 2, 101, True])
def test_no_rule_goes_under_the_floor(years: int) -> None:
    with pytest.raises(BadInput):
        periods.check_years(years)


def test_scenario_07_the_longest_rule_wins() -> None:
    found = longest(date(2026, 11, 21), [BASE, CREDIT])
    assert found is not None
    assert (found.asked, found.last_day) == (CREDIT, date(2036, 11, 21))
    shown = periods.ordered(date(2026, 11, 21), [BASE, CREDIT])
    assert [one.asked.code for one in shown] == ["credit", "base"]


def test_scenario_08_what_is_permanent_never_becomes_due() -> None:
    found = longest(date(2026, 11, 21), [FOREVER, CREDIT])
    assert found is not None
    assert found.permanent
    assert found.disposable_at is None


def test_the_year_end_option_counts_from_the_next_new_year() -> None:
    asked = Asked("accounts", 1, "会计类", 10, "第十三条", Trigger.YEAR_END)
    assert promise(date(2026, 3, 1), asked).last_day == date(2036, 12, 31)
    assert promise(date(2026, 12, 31), asked).last_day == date(2036, 12, 31)


@given(DAYS, YEARS)
def test_no_period_is_a_day_short_or_long(closed_on: date, years: int) -> None:
    last = periods.last_day(closed_on, years)
    assert last.year == closed_on.year + years
    if (closed_on.month, closed_on.day) == (2, 29) and (last.month, last.day) != (2, 29):
        assert (last.month, last.day) == (2, 28)
        assert (last + timedelta(days=1)).month == 3
    else:
        assert (last.month, last.day) == (closed_on.month, closed_on.day)


@given(DAYS, YEARS)
def test_the_last_day_runs_to_midnight_in_shanghai(closed_on: date, years: int) -> None:
    last = periods.last_day(closed_on, years)
    at = periods.disposable_at(last)
    assert shanghai_date(at) == last + timedelta(days=1)
    assert shanghai_date(at - timedelta(microseconds=1)) == last


ASKED = st.builds(
    Asked,
    st.sampled_from("abcde"),
    st.just(1),
    st.just("规则"),
    st.none() | YEARS,
    st.just("条"),
    st.sampled_from(Trigger),
)


@given(st.lists(st.tuples(DAYS, st.lists(ASKED, min_size=1))))
def test_whatever_happens_no_promise_becomes_shorter(history: list[tuple[date, list[Asked]]]) -> None:
    kept = None
    for closed_on, asked in history:
        after = periods.later(kept, longest(closed_on, asked))
        assert after is not None
        if kept is not None:
            assert after.permanent or (not kept.permanent and after.last_day >= kept.last_day)
        kept = after


MOMENTS = st.integers(946_684_800, 2_840_140_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(DAYS, st.none() | DAYS, st.booleans(), st.booleans(), st.none() | MOMENTS, MOMENTS)
def test_a_lock_is_only_ever_made_longer_and_covers_what_was_promised(
    filed_on: date, closed_on: date | None, ended: bool, held: bool, locked: datetime | None, now: datetime
) -> None:
    kept = promise(closed_on, BASE) if closed_on else None
    wanted = periods.lock_wanted(
        filed_on=filed_on, base_years=3, kept=kept, ended=ended, held=held, locked=locked, now=now
    )
    if wanted is not None:
        assert wanted > now
        assert locked is None or wanted > locked
    stands = max((one for one in (wanted, locked) if one), default=now)
    if not ended or held or kept is None:
        assert stands >= now + periods.AHEAD
    elif kept.disposable_at > now:
        assert stands >= kept.disposable_at + periods.LOCK_MARGIN
