import json
from typing import Any

import pytest

from archive.letters import preflight
from archive.letters.labels import REFUSALS
from archive.letters.paths import LETTERS


def facts(code: str = "inquiry", **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = json.loads((LETTERS / code / "example.json").read_text(encoding="utf-8"))
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = given
        for part in parents:
            place = place[part]
        place[last] = value
    return given


def found(code: str = "inquiry", **changes: Any) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in preflight.check(code, facts(code, **changes))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"complaint__summary": ""}, ("letter.missing", "complaint.summary")),
        ({"questions": []}, ("letter.missing", "questions")),
        ({"questions": ["一", ""]}, ("letter.missing", "questions[1]")),
        ({"questions": "一"}, ("letter.not_a_list", "questions")),
        ({"attachments": [{"copies": 1}]}, ("letter.missing", "attachments[0].name")),
        ({"attachments": ["甲"]}, ("letter.not_a_row", "attachments[0]")),
        ({"attachments": [{"name": "甲", "pages": 0}]}, ("letter.not_a_count", "attachments[0].pages")),
        ({"date": "2026-02-30"}, ("letter.not_a_date", "date")),
        ({"date": "2026年3月5日"}, ("letter.not_a_date", "date")),
        ({"complaint__amount": "三千"}, ("letter.not_money", "complaint.amount")),
        ({"complaint__amount": "1.234"}, ("letter.not_money", "complaint.amount")),
        ({"complaint__amount": True}, ("letter.not_money", "complaint.amount")),
        ({"seal": "true"}, ("letter.not_a_flag", "seal")),
        ({"addressee__class": "friend"}, ("letter.not_a_choice", "addressee.class")),
        ({"number": "金消函[2026]37号"}, ("letter.bad_number", "number")),
        ({"complainant__id_no": "320102198003071278"}, ("letter.bad_id", "complainant.id_no")),
        ({"addressee__name": "银" * 61}, ("letter.overlong", "addressee.name")),
        ({"addressee__name": 7}, ("letter.not_text", "addressee.name")),
        ({"invented": "x"}, ("letter.unknown_fact", "invented")),
        ({"deadline__date": "2026-11-01"}, ("letter.order", "deadline.date")),
        ({"number": "滨金消函〔2025〕37号"}, ("letter.number_year", "number")),
        ({"complainant__name": "王\U000e0100\U00031fff"}, ("letter.undrawable", "complainant.name")),
    ],
)
def test_every_fault_is_named_with_the_path_to_mend(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in found(**changes)


def test_all_faults_come_at_once() -> None:
    assert len(found(date="x", questions=[], complaint__summary="")) >= 3


def test_a_rare_character_that_a_font_has_is_no_fault() -> None:
    assert found(complainant__name="喆垚𬎆䶮") == []


def test_a_character_no_font_has_is_named_by_its_code_point() -> None:
    one = next(
        o for o in preflight.check("inquiry", facts(complainant__name="王\U00031fff")) if o.code == "letter.undrawable"
    )
    assert one.facts["point"] == "U+31FFF"


def test_a_draft_may_lack_number_and_date_but_an_issue_may_not() -> None:
    given = facts()
    del given["number"], given["date"]
    assert preflight.check("inquiry", given, draft=True) == ()
    assert not preflight.may_be_issued(preflight.check("inquiry", given))


def test_a_repealed_law_warns_but_does_not_forbid() -> None:
    findings = preflight.check("result", facts("result", result__rule="《合同法》第六十条。"))
    assert [(one.level, one.code, one.facts["successor"]) for one in findings] == [
        (preflight.Level.WARNING, "letter.repealed", "中华人民共和国民法典")
    ]
    assert preflight.may_be_issued(findings)


def test_an_optional_fact_the_template_prints_must_be_there() -> None:
    given = facts("mediation-agreement")
    del given["performance"]["place"]
    assert preflight.check("mediation-agreement", given) == ()


@pytest.mark.parametrize(
    ("code", "changes", "expected"),
    [
        ("transfer", {"transfer__consent": False}, "letter.no_consent"),
        ("refusal", {"refusal__proceeding": ""}, "letter.no_proceeding"),
        ("extension", {"extension__approver": "李明"}, "letter.own_approval"),
        ("extension", {"extension__until": "2026-11-01"}, "letter.order"),
        ("inquiry", {"addressee__name": "另一家银行"}, "letter.other_respondent"),
        ("assignment", {"addressee__class": "respondent"}, "letter.addressee"),
    ],
)
def test_what_single_kinds_forbid(code: str, changes: dict[str, Any], expected: str) -> None:
    assert expected in [one for one, _ in found(code, **changes)]


def test_every_finding_has_its_sentence() -> None:
    findings = preflight.check(
        "inquiry", {"date": 1, "questions": [1], "attachments": [{}], "seal": 1, "number": "x", "x": 1}
    )
    assert findings
    for one in findings:
        assert REFUSALS[one.code].format(**one.facts)
