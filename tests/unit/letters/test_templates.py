from dataclasses import replace
from datetime import date

import pytest

from archive.core.errors import BadInput
from archive.letters import laws, template_check, template_diff, templates
from archive.letters.kinds import kind
from archive.letters.template_diff import Change, Place
from archive.letters.templates import BlockKind, TemplateBlock


def test_a_template_with_faults_is_refused_with_all_of_them() -> None:
    raw = {
        "version": 2,
        "title": "{{ nothing }}",
        "blocks": [{"p": "{{ complainant.nmae }}"}, {"p": "{{ also.nothing }}"}],
    }
    with pytest.raises(BadInput) as refusal:
        template_check.parse(raw, kind("inquiry"))
    assert [problem.facts["word"] for problem in refusal.value.problems] == [
        "nothing",
        "complainant.nmae",
        "also.nothing",
    ]


@pytest.mark.parametrize(
    "raw", [{}, {"version": "x", "title": "t", "blocks": []}, {"version": 1, "title": "t", "blocks": [{"q": "x"}]}]
)
def test_a_template_without_form_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        template_check.parse(raw, kind("inquiry"))


def test_a_loop_left_open_is_refused() -> None:
    raw = {"version": 1, "title": "t", "blocks": [{"logic": "{% for x in questions %}"}, {"p": "{{ x }}"}]}
    with pytest.raises(BadInput):
        template_check.parse(raw, kind("inquiry"))


def test_the_difference_of_two_versions_shows_what_was_taken_out_and_put_in() -> None:
    old = templates.default("apology")
    greeting = TemplateBlock(BlockKind.BODY, "您好！")
    better = TemplateBlock(BlockKind.BODY, "您好，打扰了！")
    new = replace(old, version=2, blocks=tuple(better if block == greeting else block for block in old.blocks))
    (line,) = template_diff.changed(template_diff.compare(old, new))
    assert (line.change, line.old, line.new) == (Change.ALTERED, 1, 1)
    assert [(part.change, part.text) for part in line.parts] == [
        (Change.SAME, "您好"),
        (Change.ADDED, "，打扰了"),
        (Change.SAME, "！"),
    ]
    assert template_diff.changed(template_diff.compare(old, old)) == ()


def test_the_difference_tells_fields_kinds_and_blocks_apart() -> None:
    old = templates.default("inquiry")
    first, *rest = old.blocks
    moved = TemplateBlock(BlockKind.FLUSH, first.text.replace("{{ basis }}", "{{ deadline.rule }}"))
    added = TemplateBlock(BlockKind.BODY, "另请于开庭前到场说明。")
    new = replace(old, blocks=(moved, *rest[1:], added), basis=())
    lines = template_diff.changed(template_diff.compare(old, new))
    assert [(line.place, line.change, line.old, line.new) for line in lines] == [
        (Place.BLOCK, Change.ALTERED, 1, 1),
        (Place.BLOCK, Change.REMOVED, 2, 0),
        (Place.BLOCK, Change.ADDED, 0, len(new.blocks)),
        (Place.BASIS, Change.REMOVED, 0, 0),
    ]
    assert (lines[0].was, lines[0].kind) == (BlockKind.BODY, BlockKind.FLUSH)
    assert [part.text for part in lines[0].parts if part.change is not Change.SAME] == [
        "{{ basis }}",
        "{{ deadline.rule }}",
    ]


def test_the_digest_changes_with_any_word() -> None:
    old = templates.default("apology")
    assert old.digest != replace(old, note="另：").digest
    assert old.digest == replace(old).digest


def test_a_law_is_in_force_to_the_last_day() -> None:
    law = laws.shipped()["contract-law"]
    assert law.in_force(date(2020, 12, 31))
    assert not law.in_force(date(2021, 1, 1))
    assert not law.in_force(date(1999, 9, 30))
