"""How limits run: pauses, new starts, closing hours, office hours, lights."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import BadInput
from archive.deadlines.calendar import UnknownYear
from archive.deadlines.history import Due, History, Pause, PauseKind, State, StepKind
from archive.deadlines.rules import due, evaluate, next_date, operative, state
from archive.procedures.limit import Clock, Limit, Schedule, ServiceHours, Span, Unit
from tests.unit.deadlines.cases import CALENDAR, at, ends_at, last_day, limit, reckon

PAUSING = Clock(pause_on=("supplement", "appraisal"))


def a_limit(amount: int, unit: Unit, clock: Clock = PAUSING, **more: object) -> Limit:
    plain = Limit("T1", "办理", "handle", "第一条", "received", "handled", Span(amount, unit), clock=clock, key="A.T1")
    return replace(plain, **more)  # type: ignore[arg-type]


def run(one: Limit, start: str, *pauses: Pause, **more: object) -> Due:
    found = due(one, History({"received": at(start)}, pauses, **more), CALENDAR)  # type: ignore[arg-type]
    assert found is not None
    return found


def supplement(start: str, end: str | None = None) -> Pause:
    return Pause(PauseKind.SUPPLEMENT, at(start), "补正通知书", at(end) if end else None, "补正材料" if end else "")


def test_a_limit_has_not_started_before_its_event() -> None:
    assert due(limit("XXGS.T07"), History({"received": at("2026-03-02")}), CALENDAR) is None


def test_the_day_is_that_of_shanghai_whatever_the_zone_of_the_moment() -> None:
    late_in_london = datetime.fromisoformat("2026-03-02T16:30:00+00:00")  # 00:30 on 3 March in Shanghai
    found = due(a_limit(1, Unit.DAY), History({"received": late_in_london}), CALENDAR)
    assert found is not None
    assert last_day(found) == "2026-03-04"


def test_a_natural_day_limit_keeps_its_safe_date_beside_the_legal_one() -> None:
    found = run(a_limit(15, Unit.DAY), "2026-09-20")
    assert (found.last_day, found.legal_last_day) == (date(2026, 10, 5), date(2026, 10, 8))
    assert found.trace[-1].kind is StepKind.MOVED


def test_a_right_of_the_complainant_ends_on_the_legal_date() -> None:
    found = reckon("CBIRC3.C02", "2026-09-01")  # 30 days later is 1 October
    assert last_day(found) == "2026-10-08"


def test_a_working_day_limit_is_provisional_in_a_year_without_notice_and_strict_mode_refuses() -> None:
    fifteen = limit("YJF13.T10")
    assert reckon("YJF13.T10", "2026-12-21").provisional
    with pytest.raises(UnknownYear):
        due(fifteen, History({"received": at("2026-12-21")}), CALENDAR, strict=True)


def test_the_office_may_let_its_days_end_at_closing_time() -> None:
    found = run(a_limit(2, Unit.WORKDAY, Clock(business_close=time(17, 30))), "2026-03-02")
    assert ends_at(found) == "2026-03-04 17:30"


def test_the_days_of_a_supplement_do_not_count() -> None:
    # Five days from the 2nd: 3rd, 4th, then asked on the 4th and complete on the 10th: 11th, 12th, 13th.
    found = run(a_limit(5, Unit.DAY), "2026-03-02", supplement("2026-03-04", "2026-03-10"))
    assert last_day(found) == "2026-03-13"
    assert [step.kind for step in found.trace] == ["start", "pause", "resume", "counted"]


def test_working_days_in_a_pause_do_not_count_either() -> None:
    found = run(a_limit(5, Unit.WORKDAY), "2026-03-02", supplement("2026-03-04", "2026-03-10"))
    assert last_day(found) == "2026-03-13"


def test_overlapping_pauses_count_once() -> None:
    appraisal = Pause(PauseKind.APPRAISAL, at("2026-03-06"), "委托书", at("2026-03-12"), "鉴定报告")
    found = run(a_limit(5, Unit.DAY), "2026-03-02", appraisal, supplement("2026-03-04", "2026-03-10"))
    assert last_day(found) == "2026-03-15"


def test_an_open_pause_leaves_the_limit_open_and_says_what_is_left() -> None:
    found = run(a_limit(5, Unit.DAY), "2026-03-02", supplement("2026-03-04"))
    assert (found.operative, found.left) == (None, 3)
    assert state(found, at("2026-05-01"), None) is State.PAUSED


def test_a_pause_after_the_end_does_not_bring_a_limit_back_to_life() -> None:
    found = run(a_limit(2, Unit.DAY), "2026-03-02", supplement("2026-03-05"))
    assert last_day(found) == "2026-03-04"
    assert state(found, at("2026-03-06"), None) is State.OVERDUE


def test_a_pause_stops_only_the_limits_whose_profile_knows_it() -> None:
    found = run(a_limit(5, Unit.DAY, Clock()), "2026-03-02", supplement("2026-03-04", "2026-03-10"))
    assert last_day(found) == "2026-03-07"


def test_a_pause_without_evidence_or_running_backwards_is_refused() -> None:
    with pytest.raises(BadInput, match=r"deadline\.pause_evidence"):
        Pause(PauseKind.SUPPLEMENT, at("2026-03-02"), "")
    with pytest.raises(BadInput, match=r"deadline\.pause_evidence"):
        Pause(PauseKind.SUPPLEMENT, at("2026-03-02"), "通知书", at("2026-03-03"))
    with pytest.raises(BadInput, match=r"deadline\.pause_backwards"):
        supplement("2026-03-04", "2026-03-03")


def test_minutes_stand_still_in_a_pause() -> None:
    found = run(a_limit(30, Unit.MINUTE), "2026-03-02 10:00", supplement("2026-03-02 10:10", "2026-03-02 11:00"))
    assert ends_at(found) == "2026-03-02 11:20"


def test_office_hours_run_only_while_the_office_is_open() -> None:
    hours = Clock(service_hours=ServiceHours(time(9), time(17, 30)))
    assert ends_at(run(a_limit(1, Unit.HOUR, hours), "2026-03-06 17:10")) == "2026-03-09 09:40"
    assert ends_at(run(a_limit(30, Unit.MINUTE, hours), "2026-09-30 20:00")) == "2026-10-08 09:30"
    assert ends_at(run(a_limit(30, Unit.MINUTE, hours), "2026-10-10 08:00")) == "2026-10-10 09:30"  # a worked Saturday


def test_new_facts_start_the_handling_anew() -> None:
    history = History({"received": at("2026-03-02")}, new_facts=(at("2026-03-10"),))
    found = due(limit("CBIRC3.C01"), history, CALENDAR)
    assert found is not None
    assert last_day(found) == "2026-03-25"
    assert found.trace[1].kind is StepKind.RESTART


def test_new_facts_after_the_duty_was_done_do_not_restart_it() -> None:
    events = {"received": at("2026-03-02"), "result_told": at("2026-03-05")}
    found = due(limit("CBIRC3.C01"), History(events, new_facts=(at("2026-03-10"),)), CALENDAR)
    assert found is not None
    assert last_day(found) == "2026-03-17"


def test_a_completed_supplement_starts_the_branch_of_the_pbc_anew() -> None:
    history = History({"received": at("2026-03-02")}, (supplement("2026-03-04", "2026-03-20"),))
    found = due(limit("PBC5.P43.branch"), history, CALENDAR)
    assert found is not None
    assert last_day(found) == "2026-03-31"


def test_the_lights_turn_with_the_day() -> None:
    found = run(a_limit(15, Unit.DAY), "2026-03-02")  # to 17 March
    moments = ("2026-03-10", "2026-03-16", "2026-03-17 23:59", "2026-03-18 00:01")
    lights = [state(found, at(now), None) for now in moments]
    assert lights == [State.ON_TIME, State.DUE_SOON, State.DUE_SOON, State.OVERDUE]
    done = [state(found, at("2026-04-01"), at(day)) for day in ("2026-03-17 23:59", "2026-03-18 00:01")]
    assert done == [State.MET, State.MET_LATE]


def test_a_short_limit_is_not_due_soon_from_the_start() -> None:
    assert state(run(a_limit(2, Unit.DAY), "2026-03-02"), at("2026-03-02 10:00"), None) is State.ON_TIME


def test_a_profile_may_say_when_the_light_turns() -> None:
    found = run(a_limit(15, Unit.DAY, warn=Span(5, Unit.DAY)), "2026-03-02")
    assert state(found, at("2026-03-13 00:30"), None) is State.DUE_SOON


def test_the_list_of_a_case_is_in_order_of_time_and_governed_by_the_earliest() -> None:
    slow, fast = a_limit(15, Unit.DAY), a_limit(5, Unit.DAY, key="B.T1")
    dues = evaluate([slow, fast], History({"received": at("2026-03-02")}), CALENDAR)
    assert [one.limit.key for one in dues] == ["B.T1", "A.T1"]
    assert operative(dues)["handle"].limit.key == "B.T1"


def test_fixed_dates_come_round_every_year_week_and_month() -> None:
    assert next_date(Schedule(dates=("01-30", "07-30")), date(2026, 1, 30)) == date(2026, 1, 30)
    assert next_date(Schedule(weekday=5), date(2026, 2, 14)) == date(2026, 2, 20)
    assert next_date(Schedule(month_end=True), date(2028, 2, 1)) == date(2028, 2, 29)


MOMENTS = st.integers(0, 900 * 24 * 60).map(lambda minutes: at("2024-01-01 00:00") + timedelta(minutes=minutes))
UNITS = st.sampled_from(list(Unit))


@given(MOMENTS, UNITS, st.integers(1, 60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), max_size=3))
def test_a_pause_never_shortens_a_limit_and_never_adds_more_than_itself(
    start: datetime, unit: Unit, amount: int, spans: list[tuple[int, int]]
) -> None:
    pauses = [
        Pause(PauseKind.SUPPLEMENT, begun, "通知", begun + timedelta(days=length), "材料")
        for begun, length in ((start + timedelta(days=first), length) for first, length in spans)
    ]
    one = a_limit(amount, unit)
    plain = due(one, History({"received": start}), CALENDAR)
    paused = due(one, History({"received": start}, pauses), CALENDAR)
    assert plain is not None
    assert paused is not None
    assert plain.operative is not None
    assert paused.operative is not None
    assert plain.operative <= paused.operative
    if unit is not Unit.WORKDAY:
        assert paused.operative - plain.operative <= timedelta(days=sum(length for _, length in spans))


@given(MOMENTS, UNITS, st.integers(0, 60))
def test_the_legal_date_is_never_before_the_operative_one_nor_before_the_event(
    start: datetime, unit: Unit, amount: int
) -> None:
    found = due(a_limit(amount, unit), History({"received": start}), CALENDAR)
    assert found is not None
    assert found.operative is not None
    assert found.legal is not None
    assert start <= found.operative <= found.legal
