"""Disposal through pages and API: every hand by its own client, every wrong hand refused and noted."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import executing
from archive.disposal.kinds import ListState
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import counting


def clients(office: Office) -> dict[str, FlaskClient]:
    return {who: office.client(who) for who in ("records_manager", "legal", "head", "officer-desk", "officer-field")}


def test_a_list_from_proposal_to_certificate_through_the_api(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock, 2)
    who = clients(office)
    keeper, legal, head = who["records_manager"], who["legal"], who["head"]
    due = keeper.get("/api/v1/disposals/due").json["rows"]
    assert [row["number"] for row in due] == numbers
    made = keeper.post("/api/v1/disposals", json={"numbers": numbers})
    assert made.status_code == 201
    url = f"/api/v1/disposals/{made.json['number']}"
    for client in (keeper, legal):
        for line in made.json["lines"]:
            said = {"decision": "destroy", "reason": "期满"}
            assert client.post(f"{url}/lines/{line['id']}/appraise", json=said).status_code == 200
    listed = keeper.post(f"{url}/settle", json={"report": "鉴定工作报告"}).json
    signed = {"list_hash": listed["list_hash"]}
    assert keeper.post(f"{url}/approve", json=signed).status_code == 409
    assert legal.post(f"{url}/approve", json=signed).status_code == 403
    assert head.post(f"{url}/approve", json={"list_hash": "0" * 64}).status_code == 409
    assert head.post(f"{url}/approve", json=signed).status_code == 200
    assert head.post(f"{url}/approve", json=signed).status_code == 409
    assert legal.post(f"{url}/approve", json=signed).json["state"] == "approved"
    refused = db.session.scalars(select(Entry).where(Entry.action == "request:refused")).all()
    assert [entry.facts["code"] for entry in refused] == [
        "disposal.own_proposal", "person.lacks", "disposal.hash_changed", "disposal.approved_already",
    ]  # fmt: skip
    assert keeper.post(f"{url}/start").status_code == 409
    disposal.marked(clock, disposal.present())
    who = clients(office)  # sessions do not last a fortnight
    keeper = who["records_manager"]
    for witness in ("officer-desk", "officer-field"):
        assert who[witness].post(f"{url}/attend").status_code == 200
    assert keeper.post(f"{url}/start").status_code == 202
    assert executing.run(disposal.fetched(made.json["number"]).id) is ListState.CERTIFIED
    certificate: Any = office.client("auditor").get(f"{url}/certificate").json
    assert [line["state"] for line in certificate["lines"]] == ["destroyed", "destroyed"]
    stub = office.client("auditor").get(f"/api/v1/stubs/{numbers[0]}").json
    assert stub["list_number"] == made.json["number"]
    assert office.client("officer-field").get(f"/api/v1/stubs/{numbers[0]}").status_code == 404


def test_the_pages_lead_from_the_due_list_to_the_signed_list(office: Office, clock: FixedClock) -> None:
    held, free = disposal.expired(office, clock, 2)
    builders.a_hold(office, held)
    keeper = office.client("records_manager")
    page = keeper.get("/disposals/").text
    assert "冻结中" in page
    assert "可提请鉴定" in page
    answer = keeper.post("/disposals/", data={"numbers": [free]})
    assert answer.status_code == 302
    url = answer.headers["Location"]
    number = disposal.queries.lists(db.session(), disposal.queries.PageRequest()).rows[0].number
    line = disposal.fetched(number).lines[0].id
    for who in ("records_manager", "legal"):
        said = {"decision": "destroy", "reason": "期满", "years": ""}
        assert office.client(who).post(f"{url}/lines/{line}/appraise", data=said).status_code == 302
    assert keeper.post(f"{url}/settle", data={"report": "鉴定工作报告"}).status_code == 302
    signed = {"list_hash": disposal.fetched(number).list_hash}
    assert office.client("head").post(f"{url}/approve", data=signed).status_code == 302
    assert office.client("legal").post(f"{url}/approve", data=signed).status_code == 302
    assert "已批准，待销毁" in office.client("officer-desk").get(url).text
    assert office.client("officer-desk").post(f"{url}/attend").status_code == 302
    assert keeper.post(f"{url}/start").status_code == 409
    assert office.client("auditor").get(url).status_code == 403
    listed = keeper.get("/api/v1/disposals").json["rows"]
    assert [(one["number"], one["state"]) for one in listed] == [(number, "approved")]
    assert keeper.get("/api/v1/transfers").json == {"rows": [], "next": ""}
    assert office.client("auditor").get("/api/v1/disposals").status_code == 403


def test_the_due_list_is_one_page_of_few_statements(office: Office, clock: FixedClock) -> None:
    disposal.expired(office, clock, 3, files=1)
    keeper = office.client("records_manager")
    keeper.get("/api/v1/disposals/due")
    with counting(6):
        assert len(keeper.get("/api/v1/disposals/due?size=2").json["rows"]) == 2
    after = keeper.get("/api/v1/disposals/due?size=2").json["next"]
    assert len(keeper.get(f"/api/v1/disposals/due?size=2&after={after}").json["rows"]) == 1
