"""What the rule sets ask of a letter is held against what it says and to whom it goes."""

from dataclasses import replace
from typing import Any

import pytest

from archive.letters import preflight, templates
from archive.letters.asked import Asked, Receiver, ToSay
from archive.letters.templates import BlockKind
from archive.procedures.profile import Content
from tests.unit.letters.test_preflight import facts

BASIS = "《某办法》第十九条"


def to_say(*contents: Content) -> Asked:
    return Asked([ToSay(one, one.value, BASIS) for one in contents])


def found(code: str, asked: Asked, template: Any = None, **changes: Any) -> list[tuple[str, str, str]]:
    findings = preflight.check(code, facts(code, **changes), template, asked=asked)
    return [(one.level.value, one.code, one.path) for one in findings]


def test_a_complete_answer_says_everything_a_text_may_ask_of_it() -> None:
    everything = (Content.FINDINGS, Content.OUTCOME, Content.REASON, Content.BASIS, Content.REMEDIES, Content.CONTACT)
    assert found("result", to_say(*everything)) == []
    assert found("result", to_say(*everything), redress=["申请仲裁（《某办法》第五条）"]) == []


def test_what_a_template_leaves_out_is_not_said() -> None:
    whole = templates.default("result")
    without = replace(
        whole, blocks=tuple(one for one in whole.blocks if "result.rule" not in one.text), redress=(),
    )  # fmt: skip
    without = replace(without, blocks=tuple(one for one in without.blocks if one.kind is not BlockKind.REMEDIES))
    assert found("result", to_say(Content.BASIS, Content.REMEDIES), without) == [
        ("fault", "letter.rule_says", "result.rule"),
        ("fault", "letter.rule_says", "redress"),
    ]


def test_what_no_field_says_is_left_to_the_eye_and_what_is_missing_is_told_once() -> None:
    assert found("acceptance", to_say(Content.REMEDIES)) == [("warning", "letter.rule_look", "template")]
    assert found("refusal", to_say(Content.REASON), refusal__reason="") == [
        ("fault", "letter.missing", "refusal.reason")
    ]


@pytest.mark.parametrize(
    ("of_class", "name", "told"),
    [
        ("peoples_bank", "某支行", False),
        ("regulator", "某分局", True),
        ("regulator", "人民银行分支机构某支行", False),
    ],
)
def test_who_is_not_named_for_a_letter_is_asked_about(of_class: str, name: str, told: bool) -> None:
    asked = Asked(receivers=[Receiver("人民银行分支机构", "peoples_bank", BASIS)])
    codes = [one[1] for one in found("feedback", asked, addressee={"class": of_class, "name": name})]
    assert ("letter.rule_addressee" in codes) is told
    opened = replace(asked, receivers=[*asked.receivers, Receiver("有关部门", "", BASIS)])
    assert found("feedback", opened, addressee={"class": of_class, "name": name}) == []
    assert opened.words == "人民银行分支机构、有关部门（《某办法》第十九条）"
