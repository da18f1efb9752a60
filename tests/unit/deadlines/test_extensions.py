"""Putting a limit off: allowed steps only, with approval, reason and telling, never beyond the cap."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from archive.core.errors import Refused
from archive.deadlines.extensions import Ask, extend
from archive.deadlines.history import Granted, History, Pause, PauseKind
from archive.deadlines.rules import due
from tests.unit.deadlines.cases import CALENDAR, at, last_day, limit

OFFICER, HEAD = uuid4(), uuid4()


def an_ask(until: str, role: str = "complaint_head", approved_by: UUID = HEAD, notice: str = "letter") -> Ask:
    return Ask(at(until), at("2026-03-10"), "须等待外部核实", OFFICER, approved_by, role, notice, "寄送凭证")


def refusals(key: str, ask: Ask, history: History) -> set[str]:
    with pytest.raises(Refused) as refused:
        extend(limit(key), history, CALENDAR, ask)
    return {problem.code.rpartition(".")[2] for problem in refused.value.problems}


RECEIVED = History({"received": at("2026-03-02")})  # 15 days end on 17 March, 60 on 1 May


def test_an_approved_and_told_extension_moves_the_limit() -> None:
    assert last_day(extend(limit("XXGS.T08"), RECEIVED, CALENDAR, an_ask("2026-04-20"))) == "2026-04-20"


def test_sixty_days_is_the_cap_and_the_day_after_is_refused() -> None:
    assert last_day(extend(limit("XXGS.T08"), RECEIVED, CALENDAR, an_ask("2026-05-01"))) == "2026-05-01"
    assert refusals("XXGS.T08", an_ask("2026-05-02"), RECEIVED) == {"beyond_cap"}


def test_the_cap_moves_with_a_pause() -> None:
    pause = Pause(PauseKind.SUPPLEMENT, at("2026-03-03"), "通知", at("2026-03-06"), "材料")
    paused = replace(RECEIVED, pauses=(pause,))
    assert last_day(extend(limit("XXGS.T08"), paused, CALENDAR, an_ask("2026-05-04"))) == "2026-05-04"
    assert refusals("XXGS.T08", an_ask("2026-05-05"), paused) == {"beyond_cap"}


def test_the_first_step_of_the_cbirc_needs_no_senior_manager_the_second_does() -> None:
    asked = an_ask("2026-04-01", role="handling_dept")
    assert last_day(extend(limit("CBIRC3.C01"), RECEIVED, CALENDAR, asked)) == "2026-04-01"
    assert refusals("CBIRC3.C01", an_ask("2026-04-02", role="handling_dept"), RECEIVED) == {"approver"}


def test_where_the_text_sets_no_cap_a_date_with_reason_and_the_right_approver_is_enough() -> None:
    history = History({"line_received": at("2026-03-09")})  # 5 working days: 16 March; 15: 30 March
    asked = an_ask("2026-06-30", role="leading_group")
    assert last_day(extend(limit("XXGS.T06"), history, CALENDAR, asked)) == "2026-06-30"
    assert refusals("XXGS.T06", an_ask("2026-06-30", role="service"), history) == {"approver"}


def test_telling_by_phone_is_not_enough_for_a_bank() -> None:
    assert refusals("YJF13.T10", an_ask("2026-04-20", notice="phone"), RECEIVED) == {"channel"}


def test_nobody_approves_his_own_extension_and_every_reason_is_told_at_once() -> None:
    bad = replace(an_ask("2026-04-20", role="service", approved_by=OFFICER), reason=" ", notice_evidence="")
    assert refusals("XXGS.T08", bad, RECEIVED) == {"approver", "same_person", "no_reason", "not_told"}


def test_a_limit_that_is_over_is_not_put_off() -> None:
    late = replace(an_ask("2026-04-20"), at=at("2026-03-18"))
    assert refusals("XXGS.T08", late, RECEIVED) == {"over"}


def test_an_earlier_or_equal_date_is_no_extension() -> None:
    assert refusals("XXGS.T08", an_ask("2026-03-17"), RECEIVED) == {"not_later"}


def test_a_limit_without_extension_has_none() -> None:
    assert refusals("XXGS.T05", an_ask("2026-04-20"), History({"accepted": at("2026-03-09")})) == {"none"}


def test_a_complex_client_complaint_needs_the_clients_consent() -> None:
    history = History({"forwarded_second": at("2026-03-10 08:50")})
    ask = an_ask("2026-03-10 15:00")
    assert refusals("KHYG.T22", ask, history) == {"no_consent"}
    agreed = extend(limit("KHYG.T22"), history, CALENDAR, replace(ask, consent_evidence="通话录音"))
    assert agreed.operative == at("2026-03-10 15:00")


def test_a_later_pause_moves_an_extended_limit_too_and_new_facts_void_the_extension() -> None:
    granted = {"XXGS.T08": Granted(at("2026-04-20"), at("2026-03-10"))}
    pause = Pause(PauseKind.SUPPLEMENT, at("2026-03-20"), "通知", at("2026-03-25"), "材料")
    moved = due(limit("XXGS.T08"), replace(RECEIVED, granted=granted, pauses=(pause,)), CALENDAR)
    assert moved is not None
    assert last_day(moved) == "2026-04-25"
    granted = {"CBIRC3.C01": Granted(at("2026-04-01"), at("2026-03-10"))}
    anew = due(limit("CBIRC3.C01"), replace(RECEIVED, granted=granted, new_facts=(at("2026-03-12"),)), CALENDAR)
    assert anew is not None
    assert last_day(anew) == "2026-03-27"
