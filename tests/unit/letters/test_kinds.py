import json

import jsonschema
import pytest

from archive.core.errors import NotFound
from archive.letters import preflight, template_check, templates
from archive.letters.content import Form
from archive.letters.kinds import Addressee, LetterKind, kind, kinds
from archive.letters.paths import LETTERS
from archive.letters.schema import schema

CODES = [code.value for code in LetterKind]


def example(code: str):  # type: ignore[no-untyped-def]
    return json.loads((LETTERS / code / "example.json").read_text(encoding="utf-8"))


def test_every_folder_is_a_kind_and_every_kind_has_its_folder() -> None:
    assert {path.name for path in LETTERS.iterdir() if path.is_dir()} - {"_shared"} == set(CODES)
    assert len(CODES) == 27


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_kind_has_nothing_wrong(code: str) -> None:
    assert preflight.check(code, example(code)) == ()


@pytest.mark.parametrize("code", CODES)
def test_the_schema_takes_the_example_and_refuses_it_without_a_required_fact(code: str) -> None:
    checker = jsonschema.Draft202012Validator(schema(kind(code)))
    facts = example(code)
    assert not list(checker.iter_errors(facts))
    facts["office"].pop("name")
    assert list(checker.iter_errors(facts))
    assert list(checker.iter_errors({**example(code), "invented": 1}))


@pytest.mark.parametrize("code", CODES)
def test_the_shipped_template_uses_only_fields_the_kind_has(code: str) -> None:
    template_check.check(templates.default(code), kind(code))


def test_an_assignment_goes_to_the_four_classes_and_no_other() -> None:
    assert set(kind("assignment").addressees) == {
        Addressee.PEOPLES_BANK, Addressee.REGULATOR, Addressee.ASSOCIATION, Addressee.PARENT,
    }  # fmt: skip
    facts = example("assignment")
    facts["addressee"]["class"] = "consumer_council"
    assert [one.code for one in preflight.check("assignment", facts)] == ["letter.addressee"]


def test_a_kind_says_in_which_states_it_may_be_issued() -> None:
    assert kind("refusal").may_issue("registered")
    assert not kind("refusal").may_issue("closed")
    assert kind("receipt").may_issue("closed")


def test_assignment_and_transfer_are_paired_with_the_notice_to_the_complainant() -> None:
    paired = {one.code for one in kinds() if one.paired is LetterKind.FORWARDING_NOTICE}
    assert paired == {LetterKind.ASSIGNMENT, LetterKind.TRANSFER}


def test_what_decides_about_somebody_carries_the_ways_of_redress() -> None:
    with_remedies = {one.code for one in kinds() if one.remedies}
    drawn = {
        code
        for code in CODES
        if any(block.kind is templates.BlockKind.REMEDIES for block in templates.default(code).blocks)
    }
    assert with_remedies == drawn == {"refusal", "result", "extension", "erasure-reply"}


def test_letters_proper_wear_the_red_head_and_notices_do_not() -> None:
    assert {one.code.value for one in kinds() if one.form is Form.LETTER} == {
        "inquiry", "assignment", "transfer", "result", "reminder", "consultation", "referral", "feedback",
        "correction", "revocation", "erasure-reply",
    }  # fmt: skip


def test_an_unknown_kind_is_refused_even_when_it_looks_like_a_path() -> None:
    with pytest.raises(NotFound):
        kind("../_shared")
