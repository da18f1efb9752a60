"""`anjuan deadline` as a person and a program read it."""

import json

import pytest
from click.testing import CliRunner

from archive.deadlines.commands import deadline


def say(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(deadline, words)
    return result.exit_code, result.output


def test_the_dates_and_the_reason_are_printed() -> None:
    code, text = say("--profile", "XXGS", "--limit", "T06", "--from", "2026-02-13T10:00")
    assert code == 0
    assert "期限  2026-02-27 24:00" in text
    assert "《xx公司金融消费者投诉处理办法》第二十三条(一)" in text
    assert "不计  2026-02-16、" in text
    assert "计入  2026-02-14（调休上班" in text
    assert "至多 2026-03-12 24:00" in text


def test_json_carries_days_moments_and_the_reason() -> None:
    code, text = say("--profile", "XXGS", "--limit", "T08", "--from", "2026-09-20T08:00", "--json")
    found = json.loads(text)
    assert code == 0
    assert (found["operative"], found["legal"]) == ("2026-10-05", "2026-10-08")
    assert found["due_at"] == "2026-10-06T00:00:00+08:00"
    assert found["reason"].endswith("第二十三条(二)")
    assert found["provisional"] is False


def test_minutes_are_told_to_the_minute() -> None:
    _, text = say("--profile", "KHYG", "--limit", "T22", "--from", "2026-03-02T09:10", "--json")
    assert json.loads(text)["operative"] == "2026-03-02T09:40:00+08:00"


def test_an_unknown_year_is_provisional_or_an_error_when_strict() -> None:
    words = ["--profile", "YJF13", "--limit", "T10", "--from", "2026-12-21"]
    assert "暂定" in say(*words)[1]
    code, text = say(*words, "--strict")
    assert (code, "2027" in text) == (2, True)


def test_a_limit_of_several_numbers_is_printed_whole() -> None:
    _, text = say("--profile", "KHYG", "--limit", "T27", "--from", "2026-02-10", "--json")
    assert [one["limit"] for one in json.loads(text)] == ["T27", "T27.month", "T27.followup"]


def test_a_source_without_a_number_shows_from_where_its_date_comes() -> None:
    assert "取自 CBIRC3.C01" in say("--profile", "KTGL", "--limit", "T34", "--from", "2026-01-01")[1]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--profile", "XX", "--limit", "T06", "--from", "2026-02-13"], "现有：CBIRC3"),
        (["--profile", "XXGS", "--limit", "T99", "--from", "2026-02-13"], "现有：T02"),
        (["--profile", "XXGS", "--limit", "T06", "--from", "明天"], "请写成"),
    ],
)
def test_a_wrong_word_is_answered_with_what_there_is(words: list[str], hint: str) -> None:
    code, text = say(*words)
    assert code == 2
    assert hint in text
