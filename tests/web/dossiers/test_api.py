"""The API as a machine uses it: register, move, correct, look up; refusals as problem+json with all their reasons."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.db import db
from archive.dossiers import api_dossiers
from archive.dossiers.states import State
from archive.people.rules import Role
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import account, brought_to, dossier, registered

BODY: dict[str, Any] = {
    "title": "信用卡年费争议",
    "received_at": "2026-03-05T09:00",
    "channel": "phone",
    "respondent": "张家港某某银行",
    "category": "card.credit",
    "cause": "fee",
    "amount": "1,200.50",
    "facts": "未开卡即收取年费。",
    "request": "退还年费。",
    "account": "6222021234560123",
    "parties": [{"name": "王小明", "id_number": "320582198001010019", "phone": "13800135678"}],
}


def codes(response: Any) -> set[str]:
    assert response.content_type.startswith("application/problem+json")
    return {one["code"] for one in response.json["errors"]}


@pytest.fixture
def intake(office: Office) -> FlaskClient:
    return office.client("intake")


@pytest.fixture
def head(office: Office) -> FlaskClient:
    return office.client("head")


@pytest.fixture
def officer(office: Office) -> FlaskClient:
    return office.client("officer")


def test_the_whole_way_by_machine(office: Office, intake, head, officer) -> None:
    made = intake.post("/api/v1/dossiers", json=BODY)
    assert made.status_code == 201, made.json
    url = made.headers["Location"]
    assert url == "/api/v1/dossiers/2026-TS-000001"
    assert made.json["parties"][0]["id_number"] == "320***********0019"
    assert made.json["amount"] == "1200.50"
    assert made.json["account_tail"] == "0123"
    assert "320582198001010019" not in made.text

    def step(client, verb, **body):
        response = client.post(f"{url}/{verb}", json=body)
        assert response.status_code == 200, response.json
        return response.json["state"]

    assert step(head, "accept") == "accepted"
    assert step(head, "assign", lead="field", note="请调查") == "assigned"
    (offer,) = office.client("officer-field").get("/api/v1/work").json["offered"]
    assert (offer["number"], offer["lead"], offer["from_unit"]) == ("2026-TS-000001", True, "root")
    field = office.client("officer-field")
    assert step(field, "accept-hand-over", slip=offer["id"]) == "investigating"
    assert step(field, "answer", outcome="银行退还年费。") == "answered"
    refused = head.post(f"{url}/close", json={})
    assert refused.status_code == 409
    assert codes(refused) == {"close.not_told"}
    options = {one["verb"]: one for one in head.get(f"{url}/moves").json}
    assert options["close"]["open"] is False
    assert [one["code"] for one in options["close"]["problems"]] == ["close.not_told"]
    told = {"kind": "result", "channel": "phone", "outcome": "reached", "at": "2026-03-05T10:00"}
    assert step(field, "notify", **told) == "answered"
    assert step(head, "close") == "closed"
    seen = head.get(url).json
    assert (seen["state"], seen["closed_on"]) == ("closed", "2026-03-05")
    past = head.get(f"{url}/history").json
    assert [move["verb"] for move in past["moves"]] == [
        "register", "accept", "assign", "accept_hand_over", "answer", "notify", "close",
    ]  # fmt: skip
    assert past["notices"][0]["outcome"] == "reached"


def test_bad_input_is_named_field_by_field(intake) -> None:
    bad = {**BODY, "title": " ", "channel": "pigeon", "amount": "viel", "parties": [{"name": "", "role": "king"}]}
    response = intake.post("/api/v1/dossiers", json=bad)
    assert response.status_code == 422
    fields = {one["field"] for one in response.json["errors"]}
    assert fields == {"title", "channel", "amount", "parties.0.name", "parties.0.role"}
    nobody = intake.post("/api/v1/dossiers", json={**BODY, "parties": []})
    assert codes(nobody) == {"party.no_complainant"}
    assert intake.post("/api/v1/dossiers", data="{", content_type="application/json").status_code in (400, 422)


def test_a_request_sent_twice_registers_once(office: Office, intake) -> None:
    first = intake.post("/api/v1/dossiers", json=BODY, headers={"Idempotency-Key": "k1"})
    again = intake.post("/api/v1/dossiers", json=BODY, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["number"] == again.json["number"]
    assert {name: again.headers[name] for name in ("ETag", "Location")} == {
        name: first.headers[name] for name in ("ETag", "Location")
    }
    assert intake.post("/api/v1/dossiers", json=BODY).json["number"] == "2026-TS-000002"


def test_of_two_who_change_at_once_the_second_is_told(office: Office, intake, head) -> None:
    number = registered(office)
    url = f"/api/v1/dossiers/{number}"
    tag = intake.get(url).headers["ETag"]
    changed = head.patch(url, json={"title": "先到"}, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.json
    late = intake.patch(url, json={"title": "后到"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert intake.post(f"{url}/withdraw", json={"note": "x"}, headers={"If-Match": tag}).status_code in (403, 412)
    assert head.post(f"{url}/withdraw", json={"note": "x"}, headers={"If-Match": tag}).status_code == 412
    assert head.get(url).json["title"] == "先到"


def test_a_change_touches_only_what_is_given(office: Office, intake) -> None:
    number = registered(office, account="6222021234560123")
    url = f"/api/v1/dossiers/{number}"
    before = intake.get(url).json
    after = intake.patch(url, json={"cause": "contract"}).json
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"cause", "revision"}


def test_a_contact_is_recorded_judged_and_becomes_a_dossier(office: Office, intake, head) -> None:
    line = {"received_at": "2026-03-05T09:00", "channel": "visit", "person_name": "李女士", "summary": "询问征信"}
    first = intake.post("/api/v1/contacts", json=line).json
    second = intake.post("/api/v1/contacts", json={**line, "phone": "13912345678"}).json
    assert (first["serial"], second["serial"], second["phone"]) == (1, 2, "139****5678")
    refused = head.post(f"/api/v1/contacts/{first['id']}/judge", json={"in_scope": False})
    assert codes(refused) == {"contact.advice"}
    judged = head.post(f"/api/v1/contacts/{first['id']}/judge", json={"in_scope": False, "advice": "请向征信中心申请"})
    assert judged.json["advice"] == "请向征信中心申请"
    made = intake.post("/api/v1/dossiers", json={**BODY, "contact": second["id"]})
    assert made.status_code == 201
    assert intake.post("/api/v1/dossiers", json={**BODY, "contact": second["id"]}).status_code == 409
    page = intake.get("/api/v1/contacts?unit=root&year=2026").json
    assert [(row["serial"], row["number"]) for row in page["rows"]] == [(2, made.json["number"]), (1, None)]
    assert intake.get("/api/v1/contacts/books").json == [{"unit": "root", "name": "维权中心", "year": 2026, "last": 2}]


def test_a_number_in_full_needs_the_permission_and_a_reason(office: Office, intake, officer) -> None:
    number = registered(office)
    party = str(dossier(number).parties[0].id)
    url = f"/api/v1/dossiers/{number}/unmask"
    body = {"secret": "id_number", "party": party}
    assert intake.post(url, json={**body, "reason": "想看"}).status_code == 403
    assert codes(officer.post(url, json=body)) == {"party.unmask_reason"}
    shown = officer.post(url, json={**body, "reason": "核对身份"})
    assert shown.json == {"value": "320582198001010019"}
    db.session.rollback()
    entry = db.session.scalars(select(Entry).where(Entry.action == "party:unmask")).one()
    assert entry.facts == {"number": number, "secret": "id_number", "reason": "核对身份"}


def test_dossiers_are_found_by_personal_numbers(office: Office, officer) -> None:
    number = registered(office)
    for text in ("320582198001010019", "010019", "5678"):
        found = officer.post("/api/v1/dossiers/by-personal-number", json={"number": text}).json
        assert [line["number"] for line in found] == [number], text
    assert officer.post("/api/v1/dossiers/by-personal-number", json={"number": "019"}).json == []
    hidden = office.client("officer-field").post("/api/v1/dossiers/by-personal-number", json={"number": "5678"})
    assert hidden.json == []
    # Whoever the search box refuses such a number is refused here too.
    letters = office.client("letter_clerk")
    assert letters.get("/api/v1/search/?q=证件:010019").status_code in (422, 503)
    assert letters.post("/api/v1/dossiers/by-personal-number", json={"number": "5678"}).status_code == 403
    page = letters.post("/dossiers/by-number", data={"number": "5678"})
    assert page.status_code == 403
    assert "没有按证件号" in page.get_data(as_text=True)
    assert "按证件号、电话或账号查找" not in letters.get("/dossiers/").get_data(as_text=True)


def test_institutions_are_suggested_from_dossiers_one_may_see(office: Office) -> None:
    registered(office, unit="desk", respondent="无锡隐秘村镇银行")
    registered(office, unit="field", respondent="无锡村镇银行")

    def names(login: str) -> list[str]:
        return [one["name"] for one in office.client(login).get("/api/v1/institutions?q=村镇银行").json]

    assert names("officer-field") == ["无锡村镇银行"]
    assert names("officer-desk") == ["无锡隐秘村镇银行"]
    assert names("head") == ["无锡村镇银行", "无锡隐秘村镇银行"]


def test_duplicates_are_hinted_with_their_signs_and_leak_nothing(office: Office) -> None:
    number = registered(office, unit="desk", contract_no="HT-1")
    clues = {"names": ["王小明"], "numbers": ["13800135678"], "institution": "张家港某某银行", "contract_no": "HT-1"}
    (hint,) = office.client("officer-desk").post("/api/v1/dossiers/duplicates", json=clues).json
    assert hint["line"]["number"] == number
    assert hint["signs"] == ["number", "contract", "name", "institution"]
    assert office.client("officer-field").post("/api/v1/dossiers/duplicates", json=clues).json == []
    weak = {"institution": "张家港某某银行"}
    assert office.client("officer-desk").post("/api/v1/dossiers/duplicates", json=weak).json == []


def test_numbers_compared_while_typing_are_recorded_by_their_count_and_limited(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_dossiers, "NUMBERS", "12 per hour")
    registered(office, unit="desk")
    client = office.client("officer-desk")
    ask = {"numbers": [f"1380013{tail}" for tail in range(5675, 5681)]}
    assert client.post("/api/v1/dossiers/duplicates", json={"numbers": ["1"] * 7}).status_code == 422
    answers = [client.post("/api/v1/dossiers/duplicates", json=ask) for _ in range(3)]
    assert [len(answer.json) for answer in answers[:2]] == [1, 1]
    assert answers[2].status_code == 429
    assert "过于频繁" in answers[2].json["title"]
    facts = db.session.scalars(select(Entry.facts).where(Entry.action == "dossier:look_up")).all()
    assert facts == [{"numbers": 6, "found": 1}] * 2
    assert client.post("/api/v1/dossiers/duplicates", json={"names": ["王小明"]}).status_code == 200
    assert office.client("head").post("/api/v1/dossiers/duplicates", json=ask).status_code == 200


def test_numbers_that_are_tried_leave_a_trace_but_do_not_flood_it(office: Office) -> None:
    number = registered(office, respondent_person="officer甲")
    client = office.client("officer")
    for _ in range(20):
        assert client.get(f"/api/v1/dossiers/{number}").status_code == 404
        assert client.get("/dossiers/2026-TS-999999").status_code == 404
    tried = db.session.scalars(select(Entry).where(Entry.action == "request:refused")).all()
    assert {entry.facts["code"] for entry in tried} == {"dossier.unknown"}
    assert {entry.facts["path"] for entry in tried} == {f"/api/v1/dossiers/{number}", "/dossiers/2026-TS-999999"}
    assert len(tried) == 30


def test_a_hidden_dossier_and_none_at_all_look_the_same(office: Office) -> None:
    number = registered(office, unit="desk")
    stranger = office.client("officer-field")
    for path in ("", "/moves", "/history"):
        hidden, missing = stranger.get(f"/api/v1/dossiers/{number}{path}"), stranger.get(f"/api/v1/dossiers/nix{path}")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json["title"] == missing.json["title"]
    assert stranger.patch(f"/api/v1/dossiers/{number}", json={"title": "x"}).status_code == 404
    assert stranger.post(f"/api/v1/dossiers/{number}/withdraw", json={"note": "x"}).status_code == 404


def test_a_recused_person_finds_nothing(office: Office, officer) -> None:
    number = registered(office, respondent_person="officer甲")
    assert officer.get(f"/api/v1/dossiers/{number}").status_code == 404
    assert officer.get("/api/v1/dossiers").json["rows"] == []
    assert officer.post("/api/v1/dossiers/by-personal-number", json={"number": "5678"}).json == []
    assert officer.get("/api/v1/file-room").json == []
    (row,) = officer.get("/api/v1/contacts?unit=root&year=2026").json["rows"]
    assert (row["serial"], row["open"], row["person_name"], row["number"]) == (1, False, None, None)
    assert officer.get(f"/api/v1/contacts/{row['id']}").status_code == 404


def test_lists_are_filtered_and_paged_in_one_statement(office: Office, head) -> None:
    numbers = [registered(office, title=f"第{serial}件") for serial in range(5)]
    brought_to(office, State.CLOSED)
    url = "/api/v1/dossiers?state=registered&size=2"
    seen: list[str] = []
    after = ""
    while True:
        page = head.get(f"{url}&after={after}").json
        seen += [row["number"] for row in page["rows"]]
        after = page["next"]
        if not after:
            break
    assert seen == numbers[::-1]
    # who asks (account and roles), the list itself
    with counting(3):
        head.get(
            "/api/v1/dossiers?unit=root&officer=me&category=loan&respondent=银行&due=soon&sort=due&number=2026&year=2026"
        )
    assert head.get("/api/v1/dossiers?after=nonsense").status_code == 422
    assert head.get("/api/v1/dossiers?state=nonsense").status_code == 422
    by_due = head.get("/api/v1/dossiers?sort=due&standing=open&size=3").json
    assert len(by_due["rows"]) == 3
    assert head.get(f"/api/v1/dossiers?sort=due&standing=open&after={by_due['next']}").json["rows"]


def test_code_tables_are_replaced_whole_by_who_may(office: Office, head) -> None:
    assert head.put("/api/v1/codes/cause", json={"rows": []}).status_code == 403
    manager = office.client("records_manager")
    rows = [{"code": "fee", "name": "收费"}, {"code": "fee.a", "name": "年费", "parent": "fee"}]
    assert manager.put("/api/v1/codes/cause", json={"rows": rows}).status_code == 200
    table = head.get("/api/v1/codes/cause").json["rows"]
    assert [(row["code"], row["retired"]) for row in table][:2] == [("fee", False), ("fee.a", False)]
    assert {row["code"] for row in table if row["retired"]} >= {"service", "other"}
    broken = manager.put("/api/v1/codes/cause", json={"rows": [*rows, {"code": "fee", "name": "又一"}]})
    assert (broken.status_code, broken.json["errors"][0]["code"]) == (422, "code.twice")
    assert manager.put("/api/v1/codes/nonsense", json={"rows": rows}).status_code == 404
    number = registered(office, cause="fee.a")
    assert dossier(number).cause == "fee.a"


def test_an_old_number_leads_to_the_dossier(office: Office, head) -> None:
    number = registered(office)
    url = f"/api/v1/dossiers/{number}/aliases"
    assert head.post(url, json={"number": "旧-1"}).status_code == 403
    assert office.client("records_manager").post(url, json={"number": "旧-1"}).status_code == 204
    assert head.get("/api/v1/dossiers/旧-1").json["number"] == number


def test_a_move_by_the_wrong_role_lists_its_reasons(office: Office, officer) -> None:
    number = registered(office)
    assert officer.post(f"/api/v1/dossiers/{number}/accept", json={}).status_code == 403
    desk = office.client("officer-desk")
    elsewhere = registered(office, unit="desk")
    assert desk.post(f"/api/v1/dossiers/{elsewhere}/answer", json={}).status_code == 409
    unknown = office.client("head").post(f"/api/v1/dossiers/{number}/assign", json={"lead": "nix", "note": ""})
    assert (unknown.status_code, codes(unknown)) == (422, {"unit.unknown"})
    assert account(office, Role.HEAD.value).name == "head甲"


def test_every_endpoint_is_documented(office: Office, head) -> None:
    paths = head.get("/api/v1/openapi.json").json["paths"]
    for path in (
        "/work",
        "/dossiers",
        "/dossiers/{number}",
        "/dossiers/{number}/accept-hand-over",
        "/contacts",
        "/codes",
    ):
        assert f"/api/v1{path}" in paths
    body = paths["/api/v1/dossiers/{number}/decline"]["post"]["requestBody"]
    assert "DeclineForm" in str(body)
