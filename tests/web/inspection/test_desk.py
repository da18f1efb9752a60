"""Samples, findings and reports at the auditors' desk, by page and API."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import completeness
from archive.disposal.models import DisposalList
from archive.dossiers import parties
from archive.dossiers.parties import Secret
from archive.dossiers.states import State
from archive.inspection.models import Finding, FindingStep, Sample
from tests import disposal_builders as lists
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier, registered, ungranted

DESK = "/api/v1/inspection"


def book(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))


def test_a_sample_is_drawn_shown_and_drawn_again(office: Office) -> None:
    numbers = [brought_to(office, State.CLOSED) for _ in range(4)]
    registered(office)
    auditor = office.client("auditor")
    asked = {"title": "抽查", "size": "2", "strata": "category", "seed": "20260305"}
    page = auditor.post("/inspection/samples", data=asked, follow_redirects=True)
    assert "复算一致" in page.text
    assert "4 件，已冻结" in page.text
    [listed] = auditor.get(f"{DESK}/samples").json  # type: ignore[misc]
    one: Any = auditor.get(f"{DESK}/samples/{listed['id']}").json
    assert one["same"] is True
    assert [number for number, _ in one["population"]] == numbers
    again: Any = auditor.post(f"{DESK}/samples", json=asked).json
    assert (again["members"], again["population_hash"]) == (one["members"], one["population_hash"])
    sheet = book(auditor.get(f"/inspection/samples/{listed['id']}.xlsx").data)
    assert [row[0].value for row in sheet["总体"].iter_rows(min_row=5)] == numbers
    pack = auditor.post(f"/inspection/samples/{listed['id']}/pack", follow_redirects=True)
    assert "将放入 <strong>2</strong> 件" in pack.text
    ungranted(office)
    page = auditor.get(f"/inspection/samples/{listed['id']}")
    assert page.text.count("现不可查阅") == 2, "numbers stay, what they stand for is closed"
    assert auditor.post(f"{DESK}/samples", json=asked).status_code == 409
    for login in ("head", "records_manager"):
        assert office.client(login).get("/inspection/samples").status_code == 403
    for statement in ("UPDATE sample SET seed = 'x'", "DELETE FROM sample_member"):
        with pytest.raises(DBAPIError, match="sample"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert db.session.scalars(select(Sample.seed)).all() == ["20260305"] * 2


def test_a_finding_goes_from_the_auditor_to_the_office_and_back(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    auditor, head = office.client("auditor"), office.client("head")
    bad = auditor.post("/inspection/findings", data={"title": "x", "text": ""})
    assert bad.status_code == 422
    raised = auditor.post(
        "/inspection/findings",
        data={"dossier": number, "title": "未告知核查途径", "text": "答复书没有写明", "reply_by": "2026-03-20"},
    )
    assert raised.status_code == 303
    url = f"{DESK}/findings/SJ-2026-0001"
    assert "未告知核查途径" in head.get("/inspection/findings").text
    assert auditor.post(f"{url}/say", json={"verb": "reply", "text": "?"}).status_code == 403
    assert head.post(f"{url}/say", json={"verb": "accept", "text": "?"}).status_code == 403
    early = auditor.post(f"{url}/say", json={"verb": "accept", "text": "?"})
    assert (early.status_code, early.json["code"]) == (409, "finding.state")  # type: ignore[index]
    stale = head.post(f"{url}/say", json={"verb": "reply", "text": "已补"}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    steps = (
        (head, "reply", "已补充告知"), (auditor, "send_back", "没有附件"), (head, "reply", "附件已补"),
        (auditor, "accept", "可以"), (auditor, "close", "已核实"),
    )  # fmt: skip
    for who, verb, said in steps:
        assert who.post("/inspection/findings/SJ-2026-0001", data={"verb": verb, "text": said}).status_code == 303
    answer = head.get(url)
    shown: Any = answer.json
    assert (shown["state"], len(shown["steps"]), answer.headers["ETag"]) == ("closed", 6, '"6"')
    sheet = book(auditor.get("/inspection/findings.xlsx").data)["审计问题"]
    assert sheet["I2"].value.startswith("提出（auditor甲）：答复书没有写明\n答复（head甲）：已补充告知")
    for login, status in (("officer", 403), ("legal", 403), ("security_admin", 403)):
        assert office.client(login).get("/inspection/findings/SJ-2026-0001").status_code == status
    with pytest.raises(DBAPIError, match="finding"):
        db.session.execute(text("UPDATE finding_step SET text = 'x'"))
    db.session.rollback()


def test_findings_of_a_destroyed_dossier_keep_their_numbers_only(office: Office, clock: FixedClock) -> None:
    [number] = lists.expired(office, clock, 1, files=0)
    auditor = office.client("auditor")
    body = {"dossier": number, "title": "王小明的地址有误", "text": "王小明"}
    assert auditor.post(f"{DESK}/findings", json=body).status_code == 201
    assert auditor.post(f"{DESK}/findings", json={"unit": "root", "title": "制度缺失", "text": "x"}).status_code == 201
    lists.destroyed(office, lists.ready(office, clock, [number]))
    db.session.rollback()
    assert db.session.scalars(select(Finding.title).order_by(Finding.number)).all() == ["（案卷已销毁）", "制度缺失"]
    assert "王小明" not in " ".join(db.session.scalars(select(FindingStep.text)))
    [found] = [one for one in completeness.report(db.session()) if one.name.startswith("审计问题")]
    assert (found.given, found.live, found.gaps) == (2, 2, ())
    page = office.client("auditor").get("/inspection/completeness").text
    assert "没有缺号" in page
    certificates = office.client("auditor").get("/inspection/certificates").text
    assert "完整、未改动" in certificates
    on = db.session.scalars(select(DisposalList.number)).one()
    content = office.client("auditor").get(f"/api/v1/disposals/{on}/certificate").data
    verified = office.client("auditor").post("/inspection/certificates", data={"file": (io.BytesIO(content), "c.json")})
    assert "与本系统中的销毁清册一致" in verified.text
    forged = content.replace("head甲".encode(), "head乙".encode(), 1)
    refused = office.client("auditor").post("/inspection/certificates", data={"file": (io.BytesIO(forged), "c.json")})
    assert refused.status_code == 409
    assert "不可采信" in refused.text


def test_who_read_what_is_told_by_dossier_person_and_day(office: Office) -> None:
    number, other = registered(office), registered(office)
    office.client("officer").get(f"/dossiers/{number}")
    office.client("head").get(f"/dossiers/{number}")
    office.client("head").get(f"/dossiers/{other}")
    with acting(office.person("officer")) as act:
        party = dossier(number).parties[0]
        parties.unmask(dossier(number), Secret.PHONE, party=party, reason="联系投诉人", act=act)
    auditor = office.client("auditor")
    found: Any = auditor.get(f"{DESK}/reads?dossier={number}").json
    assert [(one["who"], one["action"]) for one in found["reads"]] == [
        ("officer甲", "party:unmask"), ("head甲", "dossier:show"), ("officer甲", "dossier:show"),
    ]  # fmt: skip
    by_head: Any = auditor.get(f"{DESK}/reads?who=head").json
    assert len(by_head["reads"]) == 2
    assert len((auditor.get(f"{DESK}/reads?since=2026-03-06").json or {})["reads"]) == 0
    page = auditor.get("/inspection/reads?who=head").text
    assert "按人汇总" in page
    assert "联系投诉人" in auditor.get("/inspection/unmaskings").text
    sheet = book(auditor.get(f"/inspection/reads.xlsx?dossier={number}").data)["查阅记录"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    hashes = {entry.seq: entry.hash for entry in db.session.scalars(select(Entry))}
    assert [hashes[row[0]] for row in rows] == [row[7] for row in rows], "every line leads back to the trail"
    assert auditor.get("/inspection/reads?since=2026-03-06&until=2026-03-01").status_code == 422
    for name in ("reads", "unmaskings", "completeness", "certificates", "figures", "reads.xlsx"):
        assert office.client("head").get(f"/inspection/{name}").status_code == 403


def test_the_figures_are_those_of_what_may_be_seen(office: Office) -> None:
    for _ in range(2):
        brought_to(office, State.CLOSED)
    page = office.client("auditor").get("/inspection/figures").text
    assert "保管中 <strong>2</strong> 件" in page
    assert "2029 年 3 月：2 件" in page
    ungranted(office)
    assert "保管中 <strong>0</strong> 件" in office.client("auditor").get("/inspection/figures").text
