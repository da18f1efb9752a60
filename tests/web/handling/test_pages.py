"""The tabs and lists as people use them; every form opens, refuses emptiness in words, and keeps what was typed."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from archive.core.db import db
from archive.dossiers.states import State
from archive.handling.kinds import Sheet, Step
from archive.handling.models import Task
from archive.handling.records import RECORDS
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import brought_to, registered
from tests.handling_builders import everything, made
from tests.integration.handling.test_masses import ten, watched


@pytest.fixture
def number(office: Office) -> str:
    return brought_to(office, State.INVESTIGATING)


@pytest.fixture
def officer(office: Office) -> FlaskClient:
    return office.client("officer")


@pytest.fixture
def head(office: Office) -> FlaskClient:
    return office.client("head")


def test_a_task_goes_from_form_to_work_list_to_its_result(office: Office, number: str, officer, head) -> None:
    form = {"what": "核对流水", "unit": "root", "person": "head", "due_on": "2026-03-09"}
    made_at = officer.post(f"/dossiers/{number}/handling/tasks/new", data=form)
    assert made_at.status_code == 302
    task = db.session.query(Task).one()
    assert made_at.headers["Location"].endswith(f"/handling/#r-{task.id}")
    work = head.get("/").text
    assert "待接受：核对流水" in work
    assert "核对流水" not in officer.get("/").text
    steps = f"/dossiers/{number}/handling/tasks/{task.id}"
    assert steps + "/finish" in head.get(f"/dossiers/{number}/handling/").text
    assert steps + "/finish" not in officer.get(f"/dossiers/{number}/handling/").text
    assert head.post(f"{steps}/finish", data={"result": "已核对"}).status_code == 302
    assert "已核对" in officer.get(f"/dossiers/{number}/handling/").text
    assert "核对流水" not in head.get("/").text


@pytest.mark.parametrize("sheet", Sheet)
def test_every_form_opens_and_refuses_emptiness_in_words(office: Office, number: str, head, sheet: Sheet) -> None:
    url = f"/dossiers/{number}/handling/{sheet.value}/new"
    assert head.get(url).status_code == 200
    page = head.post(url, data={})
    assert page.status_code == 422
    assert "此栏必填。" in page.text
    assert "不能这样做（" not in page.text


def test_every_step_has_its_form(office: Office, number: str, head) -> None:
    everything(office, number)
    made(office, number, Sheet.OPINIONS)
    for sheet, record in RECORDS.items():
        row = db.session.query(record.model).first()
        for step in record.steps if row else ():
            page = head.get(f"/dossiers/{number}/handling/{sheet.value}/{row.id}/{step.value}")
            assert page.status_code == 200, (sheet, step)
            assert "不能这样做（" not in page.text
    assert head.get(f"/dossiers/{number}/handling/tasks/new/accept").status_code == 404
    assert head.get(f"/dossiers/{number}/handling/gossip/new").status_code == 404


def test_what_was_typed_stays_when_it_is_refused(number: str, officer) -> None:
    typed = {"what": "核对流水", "unit": "field", "due_on": "2026-03-09"}
    page = officer.post(f"/dossiers/{number}/handling/tasks/new", data=typed)
    assert page.status_code == 422
    assert "调查科现在不能查阅本案卷" in page.text
    assert "核对流水</textarea>" in page.text


def test_accountability_is_shown_to_few(office: Office, number: str) -> None:
    made(office, number, Sheet.ACCOUNTABILITY, "head")
    for login, sees in (
        ("head", True),
        ("legal", True),
        ("records_manager", True),
        ("officer", False),
        ("letter_clerk", False),
    ):
        page = office.client(login).get(f"/dossiers/{number}/settling/").text
        assert ("通报批评" in page) is sees, login
        answer = office.client(login).get(f"/api/v1/dossiers/{number}/handling/accountability")
        assert answer.status_code == (200 if sees else 403), login


def test_the_tabs_cost_the_same_however_much_is_in_them(office: Office, number: str, officer) -> None:
    everything(office, number)
    for tab, most in (("handling", 40), ("settling", 44)):
        with counting(most) as few:
            officer.get(f"/dossiers/{number}/{tab}/")
        made(office, number, Sheet.TASKS)
        made(office, number, Sheet.INTERVIEWS)
        made(office, number, Sheet.COMPENSATIONS)
        with counting(len(few) + 1):
            officer.get(f"/dossiers/{number}/{tab}/")


def test_third_parties_are_counted_over_time(office: Office, number: str, officer) -> None:
    party = made(office, number, Sheet.THIRD_PARTIES, name="某外包<公司>")
    made(office, number, Sheet.MEASURES, third_party_id=party)
    page = officer.get("/third-parties/")
    assert "某外包&lt;公司&gt;" in page.text
    one = officer.get("/third-parties/one", query_string={"name": "某外包<公司>"})
    assert "责令整改" in one.text
    assert number in one.text
    assert (
        office.client("officer-desk").get("/third-parties/one", query_string={"name": "某外包<公司>"}).status_code
        == 404
    )
    assert "某外包" not in office.client("officer-desk").get("/third-parties/").text


def test_the_head_decides_about_a_group_on_its_page(office: Office, head, officer) -> None:
    ten(office)
    watched()
    assert "疑似群体投诉" in head.get("/").text
    found = head.get("/api/v1/groups").json["rows"][0]
    url = f"/groups/{found['id']}"
    assert "认定为群体投诉" in head.get(url).text
    assert "认定为群体投诉" not in officer.get(url).text
    refused = head.post(f"{url}/confirm", data={"note": ""})
    assert refused.status_code == 422
    assert "此栏必填。" in refused.text
    assert head.post(f"{url}/confirm", data={"note": "同一事项"}).status_code == 302
    assert "登记报送" in head.get(url).text
    assert head.post(f"{url}/gossip", data={}).status_code == 404


def test_dossiers_are_grouped_by_numbers_that_one_may_see(office: Office, head) -> None:
    first, second = registered(office), registered(office)
    made_group = head.post("/groups/", data={"name": "同一楼盘", "numbers": f"{first}，{second}"})
    assert made_group.status_code == 302
    assert second in head.get(made_group.headers["Location"]).text
    assert head.post("/groups/", data={"name": "x", "numbers": "2026-TS-999999"}).status_code == 404


def test_follow_ups_that_are_due_are_listed_and_recorded(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    officer = office.client("officer")
    assert number in officer.get("/follow-ups/?mine=1").text
    assert "有 1 件等待回访" in officer.get("/").text
    form: dict[str, Any] = {"side": "complainant", "channel": "phone", "at": "2026-03-05T10:00", "reached": "true"}
    url = f"/dossiers/{number}/handling/follow-ups/new"
    assert "联系上的回访须填写满意度" in officer.post(url, data={**form, "score": ""}).text
    assert officer.post(url, data={**form, "score": "5", "words": "满意"}).status_code == 302
    assert number not in officer.get("/follow-ups/").text
    assert Step.SETTLE.value not in officer.get(f"/dossiers/{number}/settling/").text
