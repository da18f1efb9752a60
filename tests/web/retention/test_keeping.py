"""What is kept, seen and asked from outside: the panel, the API, holds, and deletions that are always refused."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.documents.models import Document
from archive.dossiers import guarding
from archive.dossiers.states import State
from archive.retention import closings, locks
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import account, brought_to, dossier

HOLD = {"kind": "litigation", "basis": "（2026）苏0582民初1号", "reason": "投诉人起诉"}


def codes(answer: object) -> list[str]:
    return [one["code"] for one in answer.json["errors"]]


def test_the_panel_says_until_when_by_which_rule_and_why(office: Office) -> None:
    number = builders.a_closed_dossier(office, files=1)
    locks.sweep()
    builders.a_hold(office, number)
    page = office.client("officer").get(f"/dossiers/{number}/retention").text
    for said in (
        "2029-03-05 止",
        "A001-TS·2026-D3-root-0001",
        "第四十四条",
        "须保管至 2029-03-05",
        "（2026）苏0582民初1号",
    ):
        assert said in page, said
    assert "设置冻结" not in page
    assert "设置冻结" in office.client("legal").get(f"/dossiers/{number}/retention").text


def test_the_api_explains(office: Office) -> None:
    number = builders.a_closed_dossier(office, files=2)
    locks.sweep()
    found = office.client("auditor").get(f"/api/v1/dossiers/{number}/retention").json
    assert found["promise"]["last_day"] == "2029-03-05"
    assert found["promise"]["disposable_at"] == "2029-03-05T16:00:00+00:00"
    assert (found["versions"], found["versions_locked"]) == (2, 2)
    assert found["locked_until"] == "2029-03-06T16:00:00+00:00"
    assert {"kept.until", "kept.locked"} <= {one["code"] for one in found["reasons"]}


def test_hidden_and_missing_are_not_told_apart(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    for path in (f"/dossiers/{number}/retention", f"/api/v1/dossiers/{number}/retention"):
        assert office.client("officer-field").get(path).status_code == 404
        assert office.client("officer").get(path.replace(number, "2026-TS-999999")).status_code == 404


def test_scenario_09_an_administrator_deletes_nothing_and_the_attempt_is_noted(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    builders.deposited(office, number)
    document = db.session.scalars(select(Document)).one().id
    for url in (f"/api/v1/dossiers/{number}/documents/{document}", f"/api/v1/dossiers/{number}"):
        answer = office.client("system_admin").delete(url)
        assert answer.status_code == 403
        noted = db.session.scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert (noted.action, noted.facts["path"]) == ("request:refused", url)
        assert noted.actor_id == office.accounts["system_admin"]
    answer = office.client("records_manager").delete(f"/api/v1/dossiers/{number}/documents/{document}")
    assert answer.status_code == 409
    assert codes(answer)[0] == "kept.open"
    assert db.session.get(Document, document) is not None


def test_every_refused_deletion_carries_every_reason(office: Office) -> None:
    number = builders.a_closed_dossier(office, files=1)
    locks.sweep()
    builders.a_hold(office, number)
    answer = office.client("records_manager").delete(f"/api/v1/dossiers/{number}")
    assert answer.status_code == 409
    assert {"kept.until", "kept.hold", "kept.locked", "kept.no_route"} <= set(codes(answer))
    assert all("kept." not in one["detail"] for one in answer.json["errors"])


def released(client: FlaskClient, number: str, hold_id: str, step: str, **body: str) -> int:
    return client.post(f"/api/v1/dossiers/{number}/holds/{hold_id}/{step}", json=body).status_code


def test_holds_through_the_api(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    legal, head = office.client("legal"), office.client("head")
    placed = legal.post(f"/api/v1/dossiers/{number}/holds", json=HOLD)
    assert placed.status_code == 201
    assert office.client("officer").post(f"/api/v1/dossiers/{number}/holds", json=HOLD).status_code == 403
    hold_id = placed.json["id"]
    assert released(legal, number, hold_id, "ask-release", reason="结案") == 200
    assert released(legal, number, hold_id, "release") == 409
    assert released(head, number, hold_id, "keep-on") == 200
    assert released(head, number, hold_id, "release") == 409
    assert released(legal, number, hold_id, "ask-release", reason="结案") == 200
    assert released(head, number, hold_id, "release") == 200
    listed = office.client("auditor").get(f"/api/v1/dossiers/{number}/holds").json
    assert [one["released_by"] for one in listed] == ["head甲"]


def test_many_are_held_from_a_list_all_or_none(office: Office) -> None:
    numbers = [builders.a_closed_dossier(office) for _ in range(2)]
    legal = office.client("legal")
    assert legal.post("/api/v1/holds", json={**HOLD, "numbers": [*numbers, "2026-TS-999999"]}).status_code == 404
    assert legal.get(f"/api/v1/dossiers/{numbers[0]}/holds").json == []
    assert legal.post("/api/v1/holds", json={**HOLD, "numbers": numbers}).status_code == 201
    assert all(len(legal.get(f"/api/v1/dossiers/{number}/holds").json) == 1 for number in numbers)


def test_holds_through_the_page(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    legal, head = office.client("legal"), office.client("head")
    refused = legal.post(f"/dossiers/{number}/holds", data={"kind": "audit"})
    assert refused.status_code == 422
    assert "此栏必填" in refused.text
    assert legal.post(f"/dossiers/{number}/holds", data=HOLD).status_code == 302
    hold = legal.get(f"/api/v1/dossiers/{number}/holds").json[0]["id"]
    assert legal.post(f"/dossiers/{number}/holds/{hold}/ask-release", data={"reason": "结案"}).status_code == 302
    assert "请决定是否解除冻结：结案" in head.get("/").text
    assert "请决定是否解除冻结" not in legal.get("/").text
    assert head.post(f"/dossiers/{number}/holds/{hold}/release").status_code == 302
    assert "已解除" in legal.get(f"/dossiers/{number}/retention").text


def test_rules_are_added_by_who_keeps_and_never_under_the_floor(office: Office) -> None:
    rule = {
        "code": "wealth", "name": "理财纠纷案卷", "years": "10 年", "basis": "本单位保管期限表", "level": "internal",
        "conditions": {"category": ["wealth"]}, "starts_on": "2026-03-01",
    }  # fmt: skip
    keeper = office.client("records_manager")
    for years in ("2", "1095 天"):
        assert keeper.post("/api/v1/retention-rules", json={**rule, "years": years}).status_code == 422
    assert keeper.post("/api/v1/retention-rules", json={**rule, "conditions": {"mood": ["x"]}}).status_code == 422
    assert office.client("head").post("/api/v1/retention-rules", json=rule).status_code == 403
    assert keeper.post("/api/v1/retention-rules", json=rule).status_code == 201
    number = builders.a_closed_dossier(office, category="wealth.own")
    assert builders.keeping(number).rule_code == "wealth"


def test_the_overview_rules_and_alarms_open_for_who_keeps(office: Office) -> None:
    builders.a_closed_dossier(office)
    keeper = office.client("records_manager")
    assert "2029" in keeper.get("/retention/").text
    assert "银办发〔2014〕73号" in keeper.get("/retention/rules").text
    assert "没有告警" in keeper.get("/retention/alarms").text
    assert office.client("officer").get("/retention/").status_code == 403


def test_the_command_line_explains(office: Office, app) -> None:
    from archive.retention.commands import retention

    number = builders.a_closed_dossier(office)
    told = app.test_cli_runner().invoke(retention, ["explain", number])
    assert told.exit_code == 0
    assert "2029-03-05 止" in told.output
    assert "第四十四条" in told.output
    assert app.test_cli_runner().invoke(retention, ["explain", "nothing"]).exit_code == 1


def test_two_confirm_an_old_closing_day_by_page_and_api(office: Office) -> None:
    number = builders.taken_over(office)
    keeper, head = office.client("records_manager"), office.client("head")
    assert "旧案办结日期待核对" in keeper.get("/retention/").text
    page = f"/dossiers/{number}/closing-checks"
    refused = keeper.post(page, data={"stands": "true"})
    assert (refused.status_code, "请选择载明办结日期的卷内材料" in refused.text) == (422, True)
    assert office.client("officer").post(page, data={"stands": "true", "finding": "x"}).status_code == 403
    assert keeper.post(page, data={"stands": "true", "finding": "登记簿第3册"}).status_code == 302
    assert "您已核对，须由另一人再核对" in keeper.get(f"/dossiers/{number}/retention").text
    chosen = {"numbers": [number], "finding": "登记簿第3册"}
    assert keeper.post("/retention/closings", data=chosen).status_code == 409
    api = "/api/v1/closing-checks"
    assert [one["number"] for one in head.get(api).json["rows"]] == [number]
    assert head.post(api, json={**chosen, "numbers": [number, "2026-TS-999999"]}).status_code == 404
    assert head.get(f"/api/v1/dossiers/{number}/closing-checks").json[0]["person"] == "records_manager甲"
    assert head.post("/retention/closings", data=chosen).status_code == 303
    assert "已由两人核对属实" in head.get(f"/dossiers/{number}/retention").text
    assert head.get(api).json["rows"] == []


def test_who_does_not_see_a_dossier_says_nothing_of_its_closing_day(office: Office) -> None:
    number = builders.taken_over(office)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "legal"), reason="亲属", act=act)
    said, legal = {"stands": True, "finding": "x"}, office.client("legal")
    assert legal.post(f"/api/v1/dossiers/{number}/closing-checks", json=said).status_code == 404
    assert legal.get("/api/v1/closing-checks").json["rows"] == []
    assert number not in legal.get("/retention/closings").text
    with pytest.raises(RuleBroken, match="recused"), acting(office.person("legal")) as act:
        closings.check(dossier(number), stands=True, finding="x", act=act)
