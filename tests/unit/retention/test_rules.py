"""Why not: every reason is told, and whatever is in doubt keeps the dossier."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import Problem, Refused
from archive.retention import privacy, rules
from archive.retention.periods import Asked, Promise, longest, promise
from archive.retention.privacy import Ground
from archive.retention.rules import ClockTrust, Facts, Held, HoldKind, Linked, Locks

BASE = Asked("base", 1, "一般投诉案卷", 3, "第四十四条")
CREDIT = Asked("credit", 1, "征信投诉案卷", 10, "银办发〔2014〕73号")
CLOSED = date(2026, 11, 21)
EXPIRED = datetime(2029, 11, 21, 16, tzinfo=UTC)
HELD = Held(HoldKind.LITIGATION, "（2029）苏0582民初1号", date(2029, 1, 5), "法务甲")


def facts(**changes: object) -> Facts:
    due = Facts(now=EXPIRED, ended=True, closed_on=CLOSED, asked=(BASE,), kept=promise(CLOSED, BASE))
    return replace(due, **changes)


def reasons(found: Facts) -> list[str]:
    return [problem.code for problem in rules.evaluate(found).reasons]


def test_nothing_speaks_against_it_from_the_moment_after_the_last_day() -> None:
    assert rules.evaluate(facts()).destroyable
    assert reasons(facts(now=EXPIRED - timedelta(microseconds=1))) == ["kept.until"]


def test_every_reason_is_told_at_once() -> None:
    found = facts(
        now=EXPIRED - timedelta(days=1),
        holds=(HELD, replace(HELD, kind=HoldKind.AUDIT)),
        links=(Linked("2026-TS-000002", ended=False, kept=None),),
        locks=Locks(3, 3, EXPIRED + timedelta(hours=24), alarms=1),
        clock=ClockTrust((Problem("clock.spread"),)),
    )
    assert reasons(found) == [
        "kept.until", "kept.hold", "kept.hold", "kept.link", "kept.locked", "kept.alarm", "clock.spread",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({"ended": False}, "kept.open"),
        ({"closed_on": None}, "kept.no_date"),
        ({"claimed": True}, "kept.claimed"),
        ({"asked": ()}, "kept.no_rule"),
        ({"kept": None}, "kept.no_rule"),
    ],
)
def test_what_is_missing_keeps_the_dossier(missing: dict[str, object], reason: str) -> None:
    assert reasons(facts(**missing)) == [reason]


def test_scenario_25_reopening_and_closing_again_never_ends_earlier() -> None:
    first = promise(CLOSED, CREDIT)
    again = facts(closed_on=date(2030, 1, 10), asked=(BASE,), kept=first, now=datetime(2034, 1, 1, tzinfo=UTC))
    assert rules.evaluate(again).promise == first
    longer = facts(closed_on=date(2030, 1, 10), kept=promise(CLOSED, BASE))
    assert rules.evaluate(longer).promise.last_day == date(2033, 1, 10)


def test_scenario_26_joined_dossiers_are_kept_until_the_later_end() -> None:
    later = promise(date(2028, 5, 1), BASE)
    found = facts(links=(Linked("2026-TS-000002", ended=True, kept=later),))
    assert rules.evaluate(found).promise == later
    assert reasons(found) == ["kept.until", "kept.recompute"]


def test_scenario_27_a_longer_rule_counts_and_a_shorter_one_changes_nothing_kept() -> None:
    five = replace(BASE, version=2, years=5)
    raised = facts(asked=(five,))
    assert reasons(raised) == ["kept.until", "kept.recompute"]
    assert rules.evaluate(raised).promise.last_day == date(2031, 11, 21)
    lowered = facts(asked=(BASE,), kept=promise(CLOSED, five))
    assert rules.evaluate(lowered).promise.last_day == date(2031, 11, 21)


def test_scenario_08_a_permanent_rule_is_a_reason_for_ever() -> None:
    forever = replace(BASE, years=None)
    found = facts(asked=(forever,), kept=Promise(None, forever), now=datetime(2999, 1, 1, tzinfo=UTC))
    assert reasons(found) == ["kept.permanent"]
    assert not rules.evaluate(found).expired


def test_a_refusal_carries_every_reason() -> None:
    standing = rules.evaluate(facts(holds=(HELD,), closed_on=None))
    with pytest.raises(Refused) as refused:
        rules.check_destroyable("2026-TS-000001", standing)
    assert [problem.code for problem in refused.value.problems] == ["kept.no_date", "kept.hold"]
    rules.check_destroyable("2026-TS-000001", rules.evaluate(facts()))


@given(
    st.integers(1_577_836_800, 2_524_608_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.lists(st.sampled_from([BASE, CREDIT, replace(BASE, years=None)]), max_size=3),
    st.booleans(),
)
def test_nothing_is_destroyable_before_three_years_from_its_closing(
    now: datetime, closed_on: date | None, asked: list[Asked], ended: bool
) -> None:
    kept = longest(closed_on, asked) if closed_on else None
    found = rules.evaluate(Facts(now=now, ended=ended, closed_on=closed_on, asked=tuple(asked), kept=kept))
    if found.destroyable:
        assert ended
        assert closed_on is not None
        assert now >= promise(closed_on, BASE).disposable_at


def test_a_complainant_is_told_until_when_and_by_which_rule_but_not_what_for_it_is_held() -> None:
    before = facts(now=EXPIRED - timedelta(days=1))
    assert privacy.ground(before) == Ground("3年，至2029年11月21日", "一般投诉案卷，第四十四条", False, False)
    assert privacy.ground(facts()).over
    held = privacy.ground(facts(holds=(HELD,)))
    assert (held.over, "继续保管" in held.period, "苏0582" in held.period) == (False, True, False)
    for_ever = Asked("major", 1, "重大案卷", None, "保管期限表")
    kept = privacy.ground(facts(asked=(BASE, for_ever), kept=promise(CLOSED, for_ever)))
    assert kept == Ground("永久", "重大案卷，保管期限表", True, False)
    open_ = privacy.ground(facts(ended=False, closed_on=None, kept=None, asked=(BASE, CREDIT)))
    assert open_ == Ground("10年，自办结之日起计算，案件尚未办结", "征信投诉案卷，银办发〔2014〕73号", False, False)
