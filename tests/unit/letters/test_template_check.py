"""What is wrong with a template is told where it is wrong."""

import pytest

from archive.letters import template_check, templates
from archive.letters.kinds import kind


def faults(*blocks: dict[str, str], kind_code: str = "inquiry", **heads: str) -> list[tuple[str, str]]:
    made = templates.build({"title": "题", **heads, "blocks": list(blocks)}, kind_code, 1)
    return [(one.field, one.code) for one in template_check.problems_of(made, kind(kind_code))]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"p": "{{ officer.name"}, "template.braces"),
        ({"p": "officer.name }}"}, "template.braces"),
        ({"p": "{# 注 #}"}, "template.braces"),
        ({"p": "{% if complaint.product %}有"}, "template.unclosed"),
        ({"p": "有{% endif %}"}, "template.unpaired"),
        ({"p": "{% for x in cc %}{% endif %}"}, "template.unpaired"),
        ({"p": "{{ officer name }}"}, "template.syntax"),
        ({"p": "{% if %}有{% endif %}"}, "template.syntax"),
        ({"p": "{% set x = 1 %}"}, "template.forbidden"),
        ({"p": "{{ officer.name | upper }}"}, "template.unknown_filter"),
        ({"p": "{{ officer.colour }}"}, "template.unknown_field"),
        ({"p": " \n "}, "template.blank"),
        ({"p": "长" * 6001}, "template.long_text"),
        ({"annex": "长" * 401}, "template.long_text"),
        ({"logic": "如果"}, "template.not_logic"),
        ({"logic": "{{ officer.name }}"}, "template.not_logic"),
        ({"remedies": "invented"}, "template.no_redress"),
        ({"row": "甲｜乙"}, "template.row_alone"),
        ({"table": "序号｜名称"}, "template.bad_columns"),
        ({"table": "序号 0｜名称 3"}, "template.bad_columns"),
        ({"table": "{{ officer.name }} 3"}, "template.bad_columns"),
        ({"table": "｜".join(["1"] * 13)}, "template.too_many_columns"),
    ],
)
def test_a_fault_is_told_with_its_block(block: dict[str, str], code: str) -> None:
    assert faults({"p": "好"}, block, {"p": "好"}) == [("block-2", code)]


def test_a_row_with_more_cells_than_the_table_has_columns() -> None:
    assert faults({"table": "3｜4"}, {"row": "甲｜乙｜丙"}) == [("block-2", "template.too_many_cells")]


def test_control_blocks_pair_over_what_lies_between() -> None:
    good = ({"logic": "{% for x in cc %}"}, {"p": "{{ x }}"}, {"logic": "{% endfor %}"})
    assert faults(*good) == []
    assert faults(*good[:2]) == [("block-1", "template.unclosed")]
    assert faults(*good[1:]) == [("block-2", "template.unpaired")]
    assert faults(*good[:2], {"logic": "{% endif %}"}) == [("block-3", "template.unpaired")]


def test_a_field_unknown_behind_several_lines_is_found_in_its_block() -> None:
    assert faults({"p": "一\n二\n三"}, {"remedies": "result"}, {"p": "四\n{{ nothing }}"}) == [
        ("block-3", "template.unknown_field")
    ]


def test_lists_within_lists_within_lists_are_refused() -> None:
    one = "{% for x in cc %}"
    assert faults({"p": f"{one}{one}{{% endfor %}}{{% endfor %}}"}) == []
    assert faults({"p": f"{one * 3}{'{% endfor %}' * 3}"}) == [("block-1", "template.nested")]


def test_heads_are_checked_too() -> None:
    assert faults({"p": "好"}, title=" ", addressee="{{ x", note="{{ nothing }}") == [
        ("addressee", "template.braces"),
        ("note", "template.unknown_field"),
        ("title", "template.no_title"),
    ]
    assert faults(title="题") == [("blocks", "template.empty")]


def test_marks_between_blocks_cannot_be_written_into_a_template() -> None:
    made = templates.build({"title": "题", "blocks": [{"p": "甲\x1ep\x1f乙\x1d"}]}, "inquiry", 1)
    assert made.blocks[0].text == "甲p乙"


def test_a_template_written_down_is_read_back_equal_with_its_ways_of_redress() -> None:
    for code in ("result", "inquiry", "cover"):
        made = templates.default(code)
        assert templates.build(templates.as_data(made), code, 0) == made
    assert dict(templates.default("result").redress).keys() == {"result"}
