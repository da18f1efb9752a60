"""Registers through the browser and the API: whole books without a hole, contents only for those who may look."""

import io
import uuid
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.dossiers import assigning, guarding, moving, registering
from archive.dossiers.models import HandOver
from archive.dossiers.states import Channel, State
from archive.dossiers.values import ContactValue
from archive.handling.kinds import Sheet
from archive.jobs.models import Job, JobState
from archive.jobs.operations import Task, release
from archive.jobs.rules import MAX_ATTEMPTS
from archive.people.models import RoleHeld
from archive.printing import operations as printing
from archive.printing.models import Printout, PrintState
from archive.registers import ordering, queries, shelf
from archive.registers.models import ClosingOrder, OrderState, RegisterClosing, RegisterLine
from tests.builders import Office
from tests.conftest import NOW, counting
from tests.dossier_builders import WANG, account, brought_to, dossier, registered, unit
from tests.handling_builders import made
from tests.printouts import fetched, ordered, printed


def recused(office: Office, number: str, login: str) -> None:
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, login), reason="亲属", act=act)


@pytest.mark.parametrize("code", ["reception", "admissions", "opinions", "clients", "staff", "ledger", "XLM.genzong"])
def test_every_form_opens_on_a_book_with_and_without_lines(office: Office, code: str) -> None:
    client = office.client("head")
    assert client.get(f"/registers/{code}").status_code == (200 if code not in ("reception", "opinions") else 404)
    brought_to(office, State.CLOSED)
    page = client.get(f"/registers/{code}").get_data(as_text=True)
    assert "没有这一" not in page
    assert (("王小明" in page) or ("合同约定" in page)) == (code != "staff")
    assert ("同意受理（head" in page) == (code == "reception")
    for secret in (WANG.id_number, WANG.phone):
        assert secret not in page


def test_a_line_closed_to_the_reader_shows_its_number_and_nothing_else(office: Office) -> None:
    hidden, seen = registered(office, title="不宜外传"), registered(office)
    recused(office, hidden, "legal")
    client = office.client("legal")
    for code in ("reception", "ledger", "admissions"):
        page = client.get(f"/registers/{code}").get_data(as_text=True)
        assert "无权查看" in page
        assert "不宜外传" not in page
    assert hidden in page
    assert seen in page
    found = client.get("/api/v1/registers/ledger?year=2026").json
    assert found is not None
    assert [(row["number"], row["blank"]) for row in found["rows"]] == [(hidden, "hidden"), (seen, "")]
    assert found["rows"][0]["cells"] is None
    assert found["missing"] == 0


def test_an_auditor_reads_no_line_without_being_let_in(office: Office, clock: FixedClock) -> None:
    registered(office)
    with acting(office.person("intake")) as act:
        value = ContactValue(NOW, Channel.PHONE, "赵询", "咨询还款", in_scope=False, advice="请向银行咨询")
        registering.record_contact(value, act=act)
    for closed in (False, True):
        if closed:
            clock.moment = datetime(2027, 1, 4, 3, tzinfo=UTC)
            form = {"book": "contacts", "unit": "root", "year": "2026", "confirm": "2026"}
            assert office.client("records_manager").post("/registers/closings", data=form).status_code == 302
        for code in ("reception", "opinions"):
            page = office.client("auditor").get(f"/registers/{code}?year=2026&unit=root").text
            assert page.count("无权查看") == 2
            assert "赵询" not in page
            assert "王小明" not in page
            assert "赵询" in office.client("head").get(f"/registers/{code}?year=2026&unit=root").text


def test_pages_of_a_register_go_on_where_the_last_one_ended(office: Office) -> None:
    for _ in range(5):
        registered(office)
    client = office.client("head")
    rows, after = [], ""
    while True:
        found = client.get(f"/api/v1/registers/ledger?year=2026&size=2&after={after}").json
        assert found is not None
        rows += [row["position"] for row in found["rows"]]
        after = found["next"]
        if not after:
            break
    assert rows == [1, 2, 3, 4, 5]
    assert client.get("/api/v1/registers/ledger?year=2026&after=x").status_code == 422


def test_a_register_costs_a_fixed_number_of_statements(office: Office) -> None:
    for _ in range(4):
        registered(office)
    client = office.client("head")
    with counting(23):
        assert client.get("/registers/ledger").status_code == 200


def test_the_staffs_complaints_are_for_those_who_decide(office: Office) -> None:
    # Which kinds may be registered depends on the rules followed: here the line is the office's own staff's.
    dossier(registered(office, title="对主管不满")).custom = {"kind": "staff"}
    db.session.commit()
    registered(office)
    assert office.client("officer").get("/registers/staff").status_code == 403
    page = office.client("head").get("/registers/staff").get_data(as_text=True)
    assert "2026-TS-000001" in page or "贷款利率" in page or "合同约定" in page
    clients = office.client("head").get("/api/v1/registers/clients?year=2026").json
    assert clients is not None
    assert [row["number"] for row in clients["rows"]] == ["2026-TS-000002"]


def test_who_answered_for_what_is_read_by_few_and_only_of_their_units(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    made(office, number, Sheet.ACCOUNTABILITY, "head")
    hidden = brought_to(office, State.CLOSED)
    made(office, hidden, Sheet.ACCOUNTABILITY, "head", person="孙某某")
    recused(office, hidden, "legal")
    for login, seen in (("head", ["钱某某", "孙某某"]), ("legal", ["钱某某"])):
        page = office.client(login).get("/registers/accounts").text
        assert [name for name in ("钱某某", "孙某某") if name in page] == seen
        found = office.client(login).get("/api/v1/registers/accounts?year=2026").json
        assert found is not None
        assert (len(found["rows"]), found["missing"]) == (2, 0)
    for login in ("officer", "intake", "auditor"):
        assert office.client(login).get("/registers/accounts").status_code == 403, login
        assert office.client(login).get("/api/v1/registers/accounts?year=2026").status_code == 403, login
        assert "accounts" not in office.client(login).get("/registers/").text
        assert "accounts" not in str(office.client(login).get("/api/v1/registers/volumes").json)
    paper = ordered(office.client("legal"), "/registers/accounts/print", year=2026, volume=1)
    assert "钱某某" in paper
    assert "孙某某" not in paper
    closing = {"book": "accounts", "year": 2025, "confirm": "2025"}
    assert office.client("head").post("/api/v1/registers/closings", json=closing).status_code == 403


def test_a_workbook_holds_the_whole_register_and_is_recorded(office: Office) -> None:
    hidden = registered(office)
    registered(office)
    recused(office, hidden, "legal")
    answer = fetched(office.client("legal"), "/registers/ledger/workbook", year=2026)
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert rows[1] == ["2026 年投诉台账"]
    assert [hidden, "无权查看"] in rows
    assert any("王小明" in row for row in rows)
    assert office.client("officer").post("/registers/ledger/workbook", data={"year": 2026}).status_code == 403
    count = db.session.execute(db.text("SELECT count(*) FROM audit_entry WHERE action = 'register:export'")).scalar()
    assert count == 1
    ordered_by_api = office.client("legal").post("/api/v1/registers/ledger/workbooks", json={"year": 2026})
    assert (ordered_by_api.status_code, ordered_by_api.json and ordered_by_api.json["state"]) == (202, "waiting")
    assert office.client("head").get(ordered_by_api.headers["Location"]).status_code == 404
    # Its job broke down for good: nobody waits for it any more.
    db.session.query(Job).filter_by(kind="printing.render").update({"state": JobState.FAILED})
    db.session.commit()
    given_up = office.client("legal").get(ordered_by_api.headers["Location"]).json
    assert given_up["state"] == "failed"
    page = office.client("legal").get(f"/printouts/{given_up['id']}").text
    assert "没有写成" in page
    assert 'http-equiv="refresh"' not in page


def test_a_workbook_is_written_with_the_eyes_its_asker_still_has(office: Office) -> None:
    made(office, brought_to(office, State.CLOSED), Sheet.ACCOUNTABILITY, "head")
    client = office.client("legal")
    place = client.post("/registers/accounts/workbook", data={"year": 2026}).headers["Location"]
    db.session.query(RoleHeld).filter_by(account_id=office.accounts["legal"]).delete()
    db.session.commit()
    row = db.session.query(Printout).one()
    printing.render([Task(row.id, "printing.render", row.id, None, {}, 1, row.asked_at)])
    db.session.expire_all()
    row = db.session.query(Printout).one()
    assert (row.state, row.content) == (PrintState.FAILED, None)
    assert "没有写成" in client.get(place).text


def test_registers_sheets_and_slips_come_on_paper(office: Office) -> None:
    number = registered(office)
    client = office.client("head")
    register = printed(client, "/registers/ledger/print", year=2026, volume=1)
    for words in ("投诉台账", number, "王小明", "第 1 页", "打印于 2026-03-05"):
        assert words in "".join(register.split("\r\n"))
    assert WANG.id_number not in register
    assert client.post("/registers/ledger/print", data={"year": 2026, "volume": 2}).status_code == 422
    assert "退还多收利息" in ordered(client, f"/registers/sheets/{number}/print")
    with acting(office.person("head")) as act:
        moving.accept(dossier(number), act=act)
    with acting(office.person("head")) as act:
        assigning.assign(dossier(number), lead=unit(office, "field"), act=act)
    slip = db.session.query(HandOver).one()
    assert f"{number}-1" in client.get("/registers/slips/").get_data(as_text=True)
    paper = ordered(client, f"/registers/slips/{slip.id}/print")
    assert "转出人签字" in paper
    assert "接收人签字" in paper
    assert office.client("officer-desk").get(f"/registers/slips/{slip.id}").status_code == 404
    # What was printed is for who asked for it.
    printout = db.session.query(Printout).first()
    assert printout is not None
    assert office.client("records_manager").get(f"/printouts/{printout.id}").status_code == 404


def test_a_year_is_closed_by_who_keeps_the_records_and_typed_to_confirm(office: Office, clock: FixedClock) -> None:
    registered(office)
    clock.moment = datetime(2027, 1, 4, 3, tzinfo=UTC)
    manager = office.client("records_manager")
    form = {"book": "contacts", "unit": "root", "year": "2026", "confirm": "2025"}
    assert manager.post("/registers/closings", data=form).status_code == 422
    assert office.client("head").post("/registers/closings", data=form).status_code == 403
    assert manager.post("/registers/closings", data={**form, "confirm": "2026"}).status_code == 302
    body = {"book": "cases", "year": 2026, "confirm": "2026"}
    done = manager.post("/api/v1/registers/closings", json=body)
    assert (done.status_code, done.json and done.json["count"]) == (201, 1)
    assert manager.post("/api/v1/registers/closings", json=body).status_code == 409
    page = manager.get("/registers/").get_data(as_text=True)
    assert page.count("SHA-256 ") == 2
    check = manager.post(f"/api/v1/registers/closings/{done.json and done.json['id']}/checks").json
    assert check == {"sound": True, "blanked": 0}
    assert "封存时的内容" in manager.get("/registers/ledger?year=2026").get_data(as_text=True)


def test_a_closed_year_hides_what_it_hid_before(office: Office, clock: FixedClock) -> None:
    hidden = registered(office)
    recused(office, hidden, "legal")
    clock.moment = datetime(2027, 1, 4, 3, tzinfo=UTC)
    office.client("records_manager").post(
        "/registers/closings", data={"book": "cases", "year": "2026", "confirm": "2026"}
    )
    assert db.session.query(RegisterLine).count() == 1
    legal, form = office.person("legal"), shelf.form(db.session(), "ledger", NOW.date())
    volume = queries.volume(db.session(), legal, form, "", 2026)
    assert [line.record for line in queries.lines(db.session(), legal, form, volume)] == [None]


def carried_out() -> None:
    """Do what the worker would: close the years that were asked for."""
    for row in db.session.query(ClosingOrder).all():
        ordering.carry_out([Task(row.id, "registers.close", row.id, None, {}, 1, row.asked_at)])
    db.session.expire_all()


def test_a_long_year_is_closed_by_the_worker_at_once_or_not_at_all(
    office: Office, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        registered(office)
    clock.moment = datetime(2027, 1, 5, 2, tzinfo=UTC)
    monkeypatch.setattr(ordering, "AT_ONCE", 1)
    manager = office.client("records_manager")
    asked = {"book": "cases", "year": 2026, "confirm": "2026"}
    given = manager.post("/api/v1/registers/closings", json=asked)
    assert given.status_code == 202
    assert given.json is not None
    assert (given.json["whole"], given.json["state"]) == (2, "waiting")
    assert manager.post("/api/v1/registers/closings", json=asked).status_code == 409
    assert office.client("head").get(given.location).status_code == 404
    page = manager.get("/registers/").text
    assert "正在封存" in page
    assert 'http-equiv="refresh"' in page
    carried_out()
    done = manager.get(given.location).json
    assert done is not None
    assert done["state"] == "done"
    assert "2 行，末号 2026-TS-000002" in manager.get("/registers/").text
    # It is checked by the worker too, for whoever reads.
    monkeypatch.setattr(ordering, "CHECKED_AT_ONCE", 1)
    head, closing_id = office.client("head"), db.session.query(RegisterClosing).one().id
    check = head.post(f"/api/v1/registers/closings/{closing_id}/checks")
    assert check.status_code == 202
    assert manager.post(f"/api/v1/registers/closings/{closing_id}/checks").status_code == 409
    assert "正在核对" in head.get("/registers/").text
    carried_out()
    found = head.get(check.location).json
    assert (found["state"], found["done"], found["sound"], found["blanked"]) == ("done", 2, True, 0)
    assert "2026 年登记簿与封存时一致" in head.get("/registers/").text
    assert office.client("officer").post(f"/registers/closings/{uuid.uuid4()}/check").status_code == 404
    # Who lost the office meanwhile closes nothing, and the page says why.
    contacts = manager.post("/registers/closings", data={**asked, "book": "contacts", "unit": "root"})
    assert contacts.status_code == 302
    db.session.query(RoleHeld).filter_by(account_id=office.accounts["records_manager"]).delete()
    db.session.commit()
    carried_out()
    assert db.session.query(RegisterClosing).count() == 1
    row = db.session.query(ClosingOrder).filter_by(book="contacts").one()
    assert (row.state, row.trouble) == (OrderState.FAILED, "person.lacks")


def test_an_order_whose_job_broke_down_for_good_has_failed_and_may_be_given_again(
    office: Office, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        registered(office)
    clock.moment = datetime(2027, 1, 5, 2, tzinfo=UTC)
    monkeypatch.setattr(ordering, "AT_ONCE", 1)
    manager = office.client("records_manager")
    asked = {"book": "cases", "year": 2026, "confirm": "2026"}
    place = manager.post("/api/v1/registers/closings", json=asked).location
    job = db.session.query(Job).filter_by(kind="registers.close").one()
    job.state, job.worker, job.attempts = JobState.RUNNING, "dead:1", MAX_ATTEMPTS
    db.session.commit()
    assert manager.get(place).json["state"] == "waiting"
    release(db.session(), ["dead:1"], now=clock.moment)
    db.session.commit()
    found = manager.get(place).json
    assert found["state"] == "failed"
    assert "请再封存一次" in found["trouble"]
    page = manager.get("/registers/").text
    assert "请再封存一次" in page
    assert 'http-equiv="refresh"' not in page
    again = manager.post("/api/v1/registers/closings", json=asked)
    assert again.status_code == 202
    carried_out()
    assert [manager.get(one).json["state"] for one in (place, again.location)] == ["failed", "done"]
