"""What records of handling become in a letter, and the fields that rule sets add to a complaint."""

from datetime import UTC, datetime

import pytest

from archive.letters import sandbox, template_forms
from archive.letters.compose import compose
from archive.letters.handled import clock_words, points, printed
from archive.letters.kinds import kind
from archive.letters.preflight import check
from archive.letters.templates import BlockKind, TemplateBlock, default
from tests.letter_builders import example


@pytest.mark.parametrize(
    ("utc", "words"), [((1, 30), "上午9时30分"), ((4, 0), "下午12时"), ((6, 5), "下午2时5分"), ((16, 0), "上午0时")]
)
def test_the_hour_of_a_meeting_reads_as_a_clerk_writes_it(utc: tuple[int, int], words: str) -> None:
    assert clock_words(datetime(2026, 3, 5, *utc, tzinfo=UTC)) == words


def test_points_of_an_agreement_are_parted_however_they_were_numbered() -> None:
    assert points("1.退还300元；2、当面致歉。") == ["退还300元", "当面致歉"]
    assert points("退还300元\n\n 当面致歉 ") == ["退还300元", "当面致歉"]
    assert points("1、退还300元。2、当面致歉。") == ["退还300元", "当面致歉"]
    assert points("1.5万元本金退还") == ["1.5万元本金退还"]


def test_added_fields_are_printed_as_what_they_are() -> None:
    values = [("date", "2026-03-05"), ("money", "1234.5"), ("flag", True), ("phone", "13912345678"), ("text", "HT-1")]
    told = [printed(sort, value) for sort, value in values]
    assert told == ["2026年3月5日", "1,234.50元", "是", "139****5678", "HT-1"]
    assert printed("date", "三月初") == "三月初"


def test_a_template_reads_an_added_field_by_its_name() -> None:
    of, facts = kind("inquiry"), example("inquiry")
    line = "合同：{{ extra.合同编号 }}{% if extra.开户网点 %}，网点：{{ extra.开户网点 }}{% endif %}。"
    base = default("inquiry")
    template = type(base)(**{**base.__dict__, "blocks": (*base.blocks, TemplateBlock(BlockKind.BODY, line))})
    assert sandbox.faults(line, of) == []
    assert [one.word for one in sandbox.faults("{{ extra.a.b }}{{ extrer.a }}", of)] == ["extra.a.b", "extrer.a"]
    lacking = [(one.code, one.path) for one in check("inquiry", facts, template, draft=True)]
    assert lacking == [("letter.unfilled", "extra")]
    facts["extra"] = [{"name": "合同编号", "value": "HT-1"}]
    assert compose("inquiry", facts, template).blocks[-1].text == "合同：HT-1。"  # type: ignore[union-attr]
    listed = compose(
        "inquiry",
        facts,
        type(base)(**{**template.__dict__, "title": "{% for one in extra %}{{ one.name }}{% endfor %}"}),
    )
    assert listed.title == ("合同编号",)
    chips = {chip.label: chip.path for chip in template_forms.chips(of, ["合同（编号）", "3日内"])}
    assert chips["合同（编号）"] == "extra.合同编号"
    assert "3日内" not in chips
