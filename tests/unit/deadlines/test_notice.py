"""Next year's notice, pasted: taken whole when it is right, refused whole with the reason when anything is not."""

from datetime import date

import pytest

from archive.core.errors import BadInput
from archive.deadlines.calendar import WorkCalendar, packaged_days
from archive.deadlines.notice import parse_notice
from tests.unit.deadlines.notices import NOTICE_2018, NOTICE_2019, NOTICE_2024, NOTICE_2026

TABLE = {day.date: day.is_workday for day in packaged_days()}


@pytest.mark.parametrize("text", [NOTICE_2019, NOTICE_2024, NOTICE_2026])
def test_a_notice_gives_the_days_that_the_country_worked(text: str) -> None:
    notice = parse_notice(text)
    assert [day for day in notice.days() if TABLE[day.date] != day.is_workday] == []


def test_the_number_of_the_notice_is_kept_with_every_day() -> None:
    assert {day.notice_no for day in parse_notice(NOTICE_2026).days()} == {"国办发明电〔2025〕7号"}


def test_a_recommended_day_of_leave_is_not_a_free_day() -> None:
    assert parse_notice(NOTICE_2024).is_workday(date(2024, 2, 9))


def test_new_years_notice_reaching_into_december_wins_over_the_old_years_own() -> None:
    rows = [*parse_notice(NOTICE_2018).days(), *parse_notice(NOTICE_2019).days()]
    for calendar in (WorkCalendar(rows), WorkCalendar(reversed(rows))):
        assert calendar.is_workday(date(2018, 12, 29))
        assert not calendar.is_workday(date(2018, 12, 31))
        assert calendar.years == {2018, 2019}


def test_a_confirmed_notice_settles_what_was_provisional_and_moves_it_only_later() -> None:
    until_2018 = [day for day in packaged_days() if day.date.year < 2019]
    before, after = WorkCalendar(until_2018), WorkCalendar([*until_2018, *parse_notice(NOTICE_2019).days()])
    guess, settled = before.add(date(2019, 1, 28), 15), after.add(date(2019, 1, 28), 15)
    assert (guess.provisional, settled) == (True, (date(2019, 2, 21), False))
    assert guess.date < settled.date


@pytest.mark.parametrize(
    ("said", "instead", "code", "field"),
    [
        ("1月4日（周日）", "1月4日（周一）", "weekday", "line 7"),
        ("共9天", "共8天", "total", "line 8"),
        ("一、元旦：1月1日", "一、元旦：0月1日", "no_such_day", "line 7"),
        ("一、元旦：1月1日", "一、元旦：1日", "no_month", "line 7"),
        ("至7日（周三）放假", "至9月7日放假", "span", "line 13"),
        ("5月9日（周六）上班", "5月9日（周六）照常", "sentence", "line 10"),
        ("六、中秋节：9月25日（周五）至27日（周日）放假，共3天。", "", "missing", ""),
        ("5月9日（周六）上班", "5月8日（周五）上班", "makeup_not_weekend", ""),
        ("10月10日（周六）上班", "10月4日（周日）上班", "both", ""),
        ("6月19日（周五）至21日（周日）放假，共3天", "6月20日至21日放假，共2天", "festival_not_free", ""),
        ("10月10日（周六）", "2025年10月11日（周六）", "other_year", ""),
        ("关于2026年", "关于某年", "heading", ""),
    ],
)
def test_any_doubt_refuses_the_whole_notice_and_says_where(said: str, instead: str, code: str, field: str) -> None:
    assert said in NOTICE_2026
    with pytest.raises(BadInput) as refused:
        parse_notice(NOTICE_2026.replace(said, instead))
    assert f"calendar.notice.{code}" in {problem.code for problem in refused.value.problems}
    assert next(p.field for p in refused.value.problems if p.code.endswith(code)) == field


def test_all_doubts_are_told_at_once() -> None:
    wrong = NOTICE_2026.replace("共9天", "共8天").replace("1月4日（周日）", "1月4日（周一）")
    with pytest.raises(BadInput) as refused:
        parse_notice(wrong)
    assert [problem.field for problem in refused.value.problems] == ["line 7", "line 8"]


def test_a_text_of_a_novels_length_is_refused() -> None:
    with pytest.raises(BadInput, match=r"calendar\.notice"):
        parse_notice(NOTICE_2026 * 60)
