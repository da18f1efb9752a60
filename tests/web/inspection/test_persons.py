"""What is held about a person: found exactly, confirmed, without other people's data, recorded with the reason."""

import io
import json
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.db import db
from archive.documents import striking
from archive.documents.models import Version
from archive.dossiers import registering
from archive.dossiers.states import Channel, PartyRole
from archive.dossiers.values import ContactValue, PartyValue
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import WANG, registered
from tests.retention_builders import deposited

AGENT = PartyValue(
    "孙代理", role=PartyRole.AGENT, mandate="代为投诉", id_number="320582197001011234", phone="13900001111"
)
API = "/api/v1/inspection/persons"
WHY = {"reason": "本人申请书 2026-03-04"}


@pytest.fixture
def number(office: Office) -> str:
    found = registered(office, parties=(WANG, AGENT))
    deposited(office, found)
    registered(office, title="别人的案", parties=(PartyValue("李四", phone="13700000000"),))
    return found


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"number": "320582198001010019"}, 1),
        ({"number": "138 0013 5678"}, 1),
        ({"number": "5678"}, 0),
        ({"name": "王小明"}, 1),
        ({"name": "王小"}, 0),
        ({"number": "13800135678", "name": "李四"}, 0),
    ],
)
def test_a_person_is_found_by_a_whole_number_or_the_exact_name(
    office: Office, number: str, asked: dict[str, str], count: int
) -> None:
    found: Any = office.client("records_manager").post(f"{API}/look-up", json={**asked, **WHY}).json
    assert len(found["dossiers"]) == count
    assert all(one["parties"][0]["id_number"] == "320***********0019" for one in found["dossiers"]) or count == 0


def test_only_the_persons_own_data_leave_and_that_is_recorded(office: Office, number: str) -> None:
    client = office.client("legal")
    page = client.post("/inspection/persons", data={"number": "13800135678", **WHY})
    assert number in page.text
    assert "320582198001010019" not in page.text
    unconfirmed = client.post("/inspection/persons/export", data={"number": "13800135678", **WHY})
    assert unconfirmed.status_code == 422
    answer = client.post("/inspection/persons/export", data={"number": "13800135678", "dossiers": number, **WHY})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        whole = file.read("个人信息.json").decode()
        sheets = load_workbook(io.BytesIO(file.read("个人信息.xlsx")))
    [held] = json.loads(whole)["dossiers"]
    assert held["as"][0]["id_number"] == WANG.id_number
    assert [one["file"] for one in held["documents"]] == ["合同.txt"]
    assert sheets["本人资料"]["D2"].value == WANG.id_number
    for foreign in ("孙代理", AGENT.id_number, AGENT.phone, "李四"):
        assert foreign not in whole
    entries = db.session.scalars(select(Entry).where(Entry.action.startswith("person:")).order_by(Entry.seq)).all()
    assert [(one.action, one.facts.get("number", "")) for one in entries] == [
        ("person:look_up", ""), ("person:disclose", number),
    ]  # fmt: skip
    assert all("13800135678" not in json.dumps(one.facts) for one in entries)
    assert entries[1].facts["reason"] == WHY["reason"]


def test_a_dossier_in_which_the_person_was_not_found_is_refused(office: Office, number: str) -> None:
    other = {"number": "13700000000", "dossiers": [number], **WHY}
    answer = office.client("legal").post(f"{API}/export", json=other)
    assert answer.status_code == 422
    assert office.client("legal").post(f"{API}/look-up", json={"name": "王小明"}).status_code == 422, "no reason"
    for login in ("officer", "head", "auditor", "intake", "system_admin"):
        assert office.client(login).post(f"{API}/export", json=other).status_code == 403


def test_who_only_asked_is_found_in_the_contact_register_too(office: Office, number: str) -> None:
    asked = ContactValue(NOW, Channel.PHONE, "余女士", "询问挂失", phone="139 0000 2222", advice="请到开户行")
    with acting(office.person("intake")) as act:
        line = str(registering.record_contact(asked, act=act).id)
    client = office.client("legal")
    for by in ({"name": "余女士"}, {"number": "13900002222"}):
        found: Any = client.post(f"{API}/look-up", json={**by, **WHY}).json
        assert [one["id"] for one in found["contacts"]] == [line]
    assert client.post(f"{API}/look-up", json={"number": "13800002222", **WHY}).json["contacts"] == []
    assert "询问挂失" in client.post("/inspection/persons", data={"name": "余女士", **WHY}).text
    strange = client.post(f"{API}/export", json={"name": "王小明", "contacts": [line], **WHY})
    assert strange.status_code == 422
    answer = client.post("/inspection/persons/export", data={"name": "余女士", "contacts": line, **WHY})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        [told] = json.loads(file.read("个人信息.json"))["contacts"]
    assert (told["phone"], told["advice"]) == ("139 0000 2222", "请到开户行")


def test_what_was_struck_out_is_of_somebody_else(office: Office) -> None:
    found = registered(office, parties=(WANG,))
    version = deposited(office, found, name="他人账单.txt")
    with acting(office.person("officer")) as act:
        document = act.session.get_one(Version, version).document
        striking.strike(document, reason="系他人材料", act=act)
    answer = office.client("legal").post(
        "/inspection/persons/export", data={"name": WANG.name, "dossiers": found, **WHY}
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert "他人账单" not in file.read("个人信息.json").decode()
