"""Every limit of the catalogue, T01 to T34, through the shipped profiles; the free days are those of 2026."""

from datetime import date

import pytest

from archive.core.errors import RuleBroken
from archive.deadlines.history import History, State
from archive.deadlines.rules import evaluate, require_date, state
from archive.procedures.limit import Extension, Span, Unit, Unnumbered
from archive.procedures.loading import shipped
from archive.procedures.rules import binding, limits, matches
from tests.unit.deadlines.cases import CALENDAR, at, ends_at, last_day, limit, reckon


def caps(key: str) -> list[str]:
    return [str(step.to) for step in limit(key).extend]


def test_t01_an_assignment_letter_must_state_its_date_and_that_date_is_the_limit() -> None:
    wanted = limit("WQZX.T01")
    with pytest.raises(RuleBroken, match=r"deadline\.date_required"):
        require_date(wanted, None, date(2026, 3, 2))
    with pytest.raises(RuleBroken, match=r"deadline\.date_past"):
        require_date(wanted, date(2026, 3, 1), date(2026, 3, 2))
    stated = require_date(wanted, date(2026, 3, 20), date(2026, 3, 2))
    assert last_day(reckon("WQZX.T01", "2026-03-02", letter_dates={"WQZX.T01": stated})) == "2026-03-20"


def test_t02_a_phone_complaint_is_passed_on_the_same_day() -> None:
    assert last_day(reckon("XXGS.T02", "2026-03-02 23:50")) == "2026-03-02"
    assert limit("XXGS.T02").principle
    assert not matches(limit("XXGS.T02").when, {"channel": "letter"})


def test_t03_a_normal_direct_complaint_is_handled_in_two_days() -> None:
    found = reckon("XXGS.T03", "2026-03-05")  # Thursday: the last day is a Saturday
    assert (last_day(found), str(found.legal_last_day)) == ("2026-03-07", "2026-03-09")


def test_t04_a_major_complaint_is_reported_the_same_day_at_latest_the_next() -> None:
    found = reckon("XXGS.T04", "2026-03-02 10:00")
    assert last_day(found) == "2026-03-03"
    assert [(other.kind, other.at) for other in found.others] == [("target", at("2026-03-03 00:00"))]


def test_t05_materials_of_a_major_complaint_are_handed_in_within_three_days() -> None:
    assert last_day(reckon("XXGS.T05", "2026-03-02")) == "2026-03-05"


def test_t06_a_line_department_has_five_working_days_then_fifteen_then_a_date_somebody_answers_for() -> None:
    found = reckon("XXGS.T06", "2026-02-13 10:00")
    assert last_day(found) == "2026-02-27"
    assert found.reason == "《xx公司金融消费者投诉处理办法》第二十三条(一)"
    assert caps("XXGS.T06") == ["15 workday", "None"]


def test_t07_the_complainant_is_told_within_two_days_of_the_end() -> None:
    assert last_day(reckon("XXGS.T07", "2026-03-02")) == "2026-03-04"


def test_t08_a_complaint_passed_on_by_the_pbc_is_answered_in_fifteen_days_and_never_after_sixty() -> None:
    found = reckon("XXGS.T08", "2026-09-20")
    assert (last_day(found), str(found.legal_last_day)) == ("2026-10-05", "2026-10-08")
    assert limit("XXGS.T08").extend == (
        Extension(to=Span(60, Unit.DAY), approver="complaint_head", article="第二十三条(二)"),
    )


def test_t09_the_public_report_falls_on_the_date_the_office_chose() -> None:
    assert last_day(reckon("XXGS.T09", "2026-02-01")) == "2027-01-31"


def test_t10_a_bank_has_fifteen_working_days_and_sixty_at_most() -> None:
    assert last_day(reckon("YJF13.T10", "2026-02-13")) == "2026-03-12"
    assert caps("YJF13.T10") == ["60 workday"]
    assert "phone" not in limit("YJF13.T10").extend[0].notice


def test_t11_half_year_reports_fall_on_30_january_and_30_july() -> None:
    assert [last_day(reckon("YJF13.T11", day)) for day in ("2026-01-01", "2026-01-31", "2026-07-31")] == [
        "2026-01-30", "2026-07-30", "2027-01-30",
    ]  # fmt: skip


def test_t12_receipt_is_confirmed_within_three_working_days() -> None:
    assert last_day(reckon("GDCL.T12", "2026-09-30")) == "2026-10-10"  # over the National Day week


def test_t13_investigated_and_answered_within_fifteen_working_days() -> None:
    assert last_day(reckon("GDCL.T13", "2026-02-13")) == "2026-03-12"


def test_t14_closed_within_thirty_working_days() -> None:
    assert last_day(reckon("GDCL.T14", "2026-03-02")) == "2026-04-14"


def test_t15_first_contact_within_24_hours() -> None:
    assert ends_at(reckon("FAMB.T15", "2026-03-06 17:20")) == "2026-03-07 17:20"


def test_t16_progress_told_within_three_working_days() -> None:
    assert last_day(reckon("FAMB.T16", "2026-03-06")) == "2026-03-11"


def test_t17_answered_within_seven_working_days() -> None:
    assert last_day(reckon("FAMB.T17", "2026-03-06")) == "2026-03-17"


def test_t18_result_told_within_seven_working_days_of_the_agreed_plan() -> None:
    assert limit("FAMB.T18").from_ == "plan_confirmed"
    assert last_day(reckon("FAMB.T18", "2026-03-06")) == "2026-03-17"


def test_t19_feedback_within_48_hours() -> None:
    assert ends_at(reckon("JFJJ.T19", "2026-03-06 17:20")) == "2026-03-08 17:20"


def test_t20_an_answer_with_reasons_within_24_hours() -> None:
    assert ends_at(reckon("QCWX.T20", "2026-03-06 08:00")) == "2026-03-07 08:00"
    assert "reasons_given" in {item.code for item in shipped()["QCWX"].closing}


def test_t21_passed_to_the_second_receiver_within_30_minutes() -> None:
    assert ends_at(reckon("KHYG.T21", "2026-03-06 23:45")) == "2026-03-07 00:15"


def test_t22_answered_within_30_minutes_and_punished_after_two_hours() -> None:
    found = reckon("KHYG.T22", "2026-03-06 10:00")
    assert ends_at(found) == "2026-03-06 10:30"
    assert [(other.kind, other.at, other.article) for other in found.others] == [
        ("sanction", at("2026-03-06 12:00"), "7.2.1")
    ]


def test_t23_data_supplied_within_20_minutes() -> None:
    assert ends_at(reckon("KHYG.T23", "2026-03-06 10:00")) == "2026-03-06 10:20"


def test_t24_the_client_is_told_within_10_minutes() -> None:
    assert ends_at(reckon("KHYG.T24", "2026-03-06 10:00")) == "2026-03-06 10:10"


def test_t25_the_top_manager_answers_within_an_hour_and_is_punished_after_the_day() -> None:
    found = reckon("KHYG.T25", "2026-03-06 10:00")
    assert ends_at(found) == "2026-03-06 11:00"
    assert [(other.kind, other.at) for other in found.others] == [("sanction", at("2026-03-07 00:00"))]


def test_t26_staff_complaints_same_day_three_days_and_one_day_to_the_top() -> None:
    ends = [last_day(reckon(f"KHYG.{name}", "2026-03-02 10:00")) for name in ("T26", "T26.answer", "T26.major")]
    assert ends == ["2026-03-02", "2026-03-05", "2026-03-03"]
    assert not matches(limit("KHYG.T26").when, {"kind": "client"})


def test_t27_statistics_weekly_and_at_the_months_end_and_follow_up_weekly() -> None:
    ends = [last_day(reckon(f"KHYG.{name}", "2026-02-10")) for name in ("T27", "T27.month", "T27.followup")]
    assert ends == ["2026-02-13", "2026-02-28", "2026-02-13"]
    assert last_day(reckon("KHYG.T27.month", "2026-12-31")) == "2026-12-31"


def test_t28_the_quality_memo_is_done_on_the_second_working_day() -> None:
    assert last_day(reckon("XLM.T28", "2026-03-06")) == "2026-03-10"


def test_t29_internal_handling_of_quality_within_three_working_days() -> None:
    assert last_day(reckon("XLM.T29", "2026-03-06")) == "2026-03-11"


def test_t30_packaging_and_service_opinions_are_back_on_the_second_working_day() -> None:
    assert last_day(reckon("XLM.T30", "2026-03-06")) == "2026-03-10"
    assert matches(limit("XLM.T30").when, {"kind": "packaging"})
    assert not matches(limit("XLM.T30").when, {"kind": "quality"})


def test_t31_follow_up_on_the_second_day_after_delivery() -> None:
    assert last_day(reckon("XLM.T31", "2026-03-06")) == "2026-03-08"
    follow_up = shipped()["XLM"].follow_up
    assert follow_up is not None
    assert follow_up.limit == "T31"


def test_t32_at_once_has_no_number_and_is_only_logged() -> None:
    for key in ("XLM.T32", "XLM.T32.written"):
        found = reckon(key, "2026-03-06")
        assert limit(key).unnumbered is Unnumbered.LOG
        assert state(found, at("2026-03-09"), None) is State.NO_NUMBER
        assert state(found, at("2026-03-09"), at("2026-03-06 09:01")) is State.MET


def test_t33_a_sanctioned_employee_may_ask_for_review_within_thirty_working_days() -> None:
    assert last_day(reckon("NHWG.T33", "2026-03-02")) == "2026-04-14"
    assert limit("NHWG.T33").right


@pytest.mark.parametrize(
    "name",
    sorted(name for name, profile in shipped().items() if profile.limit("T34")),
)
def test_t34_a_source_without_a_number_inherits_one_and_is_never_without_a_deadline(name: str) -> None:
    facts = {"source": "direct", "institution": "none_that_binds_by_law"}
    bound = (shipped()[name],)
    dues = evaluate(limits(bound, facts, shipped()), History({"received": at("2026-03-02")}), CALENDAR)
    silent = next(one for one in dues if one.limit.key == f"{name}.T34")
    assert last_day(silent) == "2026-03-17"
    assert state(silent, at("2026-03-10"), None) is State.ON_TIME
    assert silent.trace[-1].about == "CBIRC3.C01"


def test_t34_covers_every_system_that_gives_no_number() -> None:
    silent = {name for name, profile in shipped().items() if profile.limit("T34")}
    assert silent >= {"NHSX", "XJGL", "XJPPT", "YHZY", "KSGL", "KTGL", "FA1", "JXCL", "FFAL", "YJYA", "LSTS"}


def test_several_profiles_bind_one_case_and_the_earliest_governs() -> None:
    facts = {"institution": "consumer_finance", "source": "pbc", "severity": "normal"}
    bound = binding((shipped()[name] for name in ("YJF13", "CBIRC3", "PBC5", "XXGS")), facts, date(2026, 3, 2))
    assert [profile.id for profile in bound] == ["CBIRC3", "PBC5", "YJF13"]
    dues = evaluate(limits(bound, facts, shipped()), History({"received": at("2026-03-02")}), CALENDAR)
    assert {one.limit.key: last_day(one) for one in dues if one.limit.duty in ("handle", "answer")} == {
        "CBIRC3.C01": "2026-03-17", "PBC5.P43": "2026-03-17", "YJF13.T10": "2026-03-23",
    }  # fmt: skip
