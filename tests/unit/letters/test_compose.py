import json
import re

import pytest

from archive.letters.compose import compose, texts, unfilled
from archive.letters.content import Paragraph, Style, Table
from archive.letters.kinds import LetterKind
from archive.letters.paths import LETTERS

CODES = [code.value for code in LetterKind]


def example(code: str):  # type: ignore[no-untyped-def]
    return json.loads((LETTERS / code / "example.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", CODES)
def test_composing_is_pure(code: str) -> None:
    facts = example(code)
    before = json.dumps(facts)
    assert compose(code, facts) == compose(code, facts)
    assert json.dumps(facts) == before


@pytest.mark.parametrize("code", CODES)
def test_no_letter_has_stray_spaces_doubled_stops_or_traces_of_the_template(code: str) -> None:
    for text in texts(compose(code, example(code))):
        assert not re.search(r"[\u4e00-\u9fff，。；：] +[\u4e00-\u9fff]|。。|；。|，。|[{}]|None|True", text), text


@pytest.mark.parametrize("code", CODES)
def test_a_letter_without_facts_shows_what_is_to_be_filled(code: str) -> None:
    assert unfilled(compose(code, {}))


def test_paragraphs_of_a_fact_become_paragraphs_of_the_letter() -> None:
    facts = example("inquiry")
    facts["complaint"]["summary"] = "第一段。\r\n\r\n第二段。"
    written = [block.text for block in compose("inquiry", facts).blocks if isinstance(block, Paragraph)]
    assert "第一段。" in written
    assert "第二段。" in written


def test_a_fact_cannot_forge_a_block_or_a_cell() -> None:
    facts = example("transfer")
    facts["materials"][0]["name"] = "甲｜乙\x1d丙\x1eh1\x1f丁{{ office.name }}"
    table = compose("transfer", facts).annexes[0].blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0].cells[1] == "甲｜乙丙h1丁{{ office.name }}"


def test_personal_numbers_are_masked_by_addressee_unless_a_person_ticked_them_open() -> None:
    facts = example("inquiry")
    whole = "".join(texts(compose("inquiry", facts)))
    assert "320***********1277" in whole
    assert "****1234" in whole
    assert facts["complaint"]["account"] not in whole
    facts["reveal"] = ["complainant.id_no"]
    assert facts["complainant"]["id_no"] in "".join(texts(compose("inquiry", facts)))


def test_the_office_that_takes_over_gets_the_telephone_number_and_a_cover_not_even_the_name() -> None:
    assert "13800001234" in "".join(texts(compose("assignment", example("assignment"))))
    cover = "".join(texts(compose("cover", example("cover"))))
    assert "王建国" not in cover
    assert "王某某" in cover


def test_dates_and_amounts_are_written_as_official_letters_write_them() -> None:
    whole = "".join(texts(compose("inquiry", example("inquiry"))))
    assert "2026年11月3日" in whole
    assert "涉及金额：3,860.00元" in whole


def test_the_slip_to_tear_off_stands_behind_the_signature() -> None:
    letter = compose("mediation-notice", example("mediation-notice"))
    assert isinstance(letter.stub[0], Paragraph)
    assert letter.stub[0].style is Style.CUT
    assert all(not (isinstance(block, Paragraph) and block.style is Style.CUT) for block in letter.blocks)


def test_an_annex_is_named_among_the_attachments() -> None:
    letter = compose("transfer", example("transfer"))
    assert letter.attachments[0] == letter.annexes[0].title == "移交材料清单"
