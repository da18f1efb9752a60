"""The pages as people use them: register, move along, be refused with reasons and keep what was typed."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.db import db
from archive.dossiers import guarding
from archive.dossiers.doing import DOINGS
from archive.dossiers.models import Contact, HandOver, Party
from archive.dossiers.states import State
from archive.people.rules import Role
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import account, brought_to, dossier, registered

FORM = {
    "title": "信用卡年费争议",
    "received_at": "2026-03-05T09:00",
    "channel": "phone",
    "source": "direct",
    "severity": "normal",
    "respondent": "张家港某某银行",
    "category": "card.credit",
    "cause": "fee",
    "parties.0.name": "王小明",
    "parties.0.role": "complainant",
    "parties.0.kind": "natural",
    "parties.0.id_number": "320582198001010019",
    "parties.0.phone": "13800135678",
}


def text(response: Any) -> str:
    """The words of a page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


@pytest.fixture
def intake(office: Office) -> FlaskClient:
    return office.client("intake")


@pytest.fixture
def head(office: Office) -> FlaskClient:
    return office.client("head")


@pytest.mark.parametrize("role", list(Role))
def test_the_work_list_opens_for_every_role(office: Office, role: Role) -> None:
    brought_to(office, State.ANSWERED)
    registered(office, respondent_person="auditor甲")
    response = office.client(role.value).get("/", follow_redirects=True)  # an auditor has a desk of the own
    assert response.status_code == 200
    assert "工作台" in text(response)


def test_a_complaint_goes_from_the_contact_to_closing(office: Office, intake, head) -> None:
    line = {
        "received_at": "2026-03-05T09:00",
        "channel": "phone",
        "person_name": "王小明",
        "summary": "年费",
        "phone": "13800135678",
    }
    to_form = intake.post("/contacts/new", data={**line, "next": "register"})
    assert to_form.status_code == 302
    filled = intake.get(to_form.headers["Location"])
    assert 'value="王小明"' in filled.get_data(as_text=True)
    contact = db.session.scalars(select(Contact)).one()
    assert "13800135678" not in filled.text
    # The number told when she called is not asked for again.
    made = intake.post("/dossiers/new", data={**FORM, "contact": str(contact.id), "parties.0.phone": ""})
    assert db.session.scalars(select(Party.phone_masked)).one() == contact.phone_masked
    assert made.headers["Location"] == "/dossiers/2026-TS-000001"
    page = intake.get(made.headers["Location"])
    assert "已登记，案号 2026-TS-000001。" in text(page)
    assert "320582198001010019" not in page.get_data(as_text=True)

    def move(login: str, verb: str, **data: str) -> None:
        response = office.client(login).post(f"/dossiers/2026-TS-000001/moves/{verb}", data=data)
        assert response.status_code == 302, text(response)

    move("head", "accept")
    move("head", "assign", lead="field", note="请调查")
    slip = str(db.session.scalars(select(HandOver.id)).one())
    assert "请调查" in text(office.client("officer-field").get("/"))
    move("officer-field", "accept_hand_over", slip=slip)
    move("officer-field", "answer", outcome="银行退还年费。")
    greyed = text(head.get("/dossiers/2026-TS-000001"))
    assert "处理结果尚未告知投诉人" in greyed
    refused = head.post("/dossiers/2026-TS-000001/moves/close", data={"note": "办完"})
    assert refused.status_code == 409
    assert "处理结果尚未告知投诉人" in text(refused)
    assert ">办完</textarea>" in refused.get_data(as_text=True)
    move("officer-field", "notify", kind="result", channel="phone", outcome="reached", at="2026-03-05T10:00")
    move("head", "close")
    closed = text(head.get("/dossiers/2026-TS-000001"))
    assert "已办结" in closed
    assert "2026-03-05 周四" in closed


def test_nothing_typed_is_lost_by_an_error(intake) -> None:
    response = intake.post("/dossiers/new", data={**FORM, "title": "", "amount": "很多"})
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    assert 'value="320582198001010019"' in html
    assert 'value="很多"' in html
    assert 'href="#f-title"' in html
    assert "请填写数字" in html
    blank = {"parties.0.name": "", "parties.0.id_number": "", "parties.0.phone": ""}
    assert "至少要有一位投诉人" in text(intake.post("/dossiers/new", data={**FORM, **blank}))


def test_another_party_is_added_without_a_script(intake) -> None:
    html = intake.post("/dossiers/new", data={**FORM, "more": "party"}).get_data(as_text=True)
    assert 'name="parties.1.name"' in html
    assert 'value="王小明"' in html
    agent = {"parties.1.name": "孙律师", "parties.1.role": "agent", "parties.1.kind": "natural"}
    refused = intake.post("/dossiers/new", data={**FORM, **agent})
    assert 'id="e-parties.1.mandate"' in refused.get_data(as_text=True)


def test_a_correction_keeps_covered_numbers_and_meets_a_rival(office: Office, intake, head) -> None:
    number = registered(office)
    html = intake.get(f"/dossiers/{number}/edit").get_data(as_text=True)
    assert 'placeholder="138****5678"' in html
    assert "13800135678" not in html
    party = str(dossier(number).parties[0].id)
    covered = {"parties.0.id": party, "parties.0.id_number": "", "parties.0.phone": ""}
    form = {**FORM, **covered, "revision": str(dossier(number).revision)}
    assert head.post(f"/dossiers/{number}/edit", data={**form, "title": "先到"}).status_code == 302
    late = intake.post(f"/dossiers/{number}/edit", data={**form, "title": "后到"})
    assert late.status_code == 409
    assert "已被他人修改" in text(late)
    assert 'value="后到"' in late.get_data(as_text=True)
    assert dossier(number).title == "先到"
    assert dossier(number).parties[0].phone_masked == "138****5678"


def test_a_number_is_uncovered_once_with_a_reason(office: Office) -> None:
    number = registered(office)
    officer = office.client("officer")
    party = str(dossier(number).parties[0].id)
    assert "138****5678" in text(officer.get(f"/dossiers/{number}/parties"))
    body = {"secret": "phone", "party": party}
    refused = officer.post(f"/dossiers/{number}/unmask", data={**body, "reason": " "})
    assert refused.status_code == 422
    assert "请写明查看完整号码的理由" in text(refused)
    shown = officer.post(f"/dossiers/{number}/unmask", data={**body, "reason": "联系投诉人"})
    assert "13800135678" in text(shown)
    assert "13800135678" not in text(officer.get(f"/dossiers/{number}/parties"))
    assert "查看全部" not in text(office.client("intake").get(f"/dossiers/{number}/parties"))


TABS = ("", "/timeline", "/parties", "/limits", "/access", "/trail")


@pytest.mark.parametrize("state", [State.REGISTERED, State.SUPPLEMENTING, State.ASSIGNED, State.CLOSED, State.DECLINED])
def test_every_tab_opens_in_every_state_for_who_reads(office: Office, state: State) -> None:
    number = brought_to(office, state)
    ended = dossier(number).closed_on is not None
    expected = dict.fromkeys(("intake", "officer", "head", "legal", "records_manager", "letter_clerk"), 200)
    expected |= {"auditor": 200 if ended else 404, "officer-desk": 404, "system_admin": 403}
    for tab in TABS:
        for login, status in expected.items():
            assert office.client(login).get(f"/dossiers/{number}{tab}").status_code == status, (login, tab)
        assert office.outsider().get(f"/dossiers/{number}{tab}").status_code == 302


@pytest.mark.parametrize("verb", [verb.value for verb in DOINGS])
def test_every_move_has_its_page_and_refuses_emptiness_in_words(office: Office, head, verb: str) -> None:
    number = brought_to(office, State.ANSWERED)
    assert head.get(f"/dossiers/{number}/moves/{verb}").status_code == 200
    response = head.post(f"/dossiers/{number}/moves/{verb}", data={})
    assert response.status_code in (302, 409, 422), text(response)
    assert "不能这样做" not in text(response)
    assert office.client("officer-desk").post(f"/dossiers/{number}/moves/{verb}", data={}).status_code == 404


def test_a_refused_move_is_in_the_trail(office: Office) -> None:
    number = registered(office)
    officer = office.client("officer")
    assert officer.post(f"/dossiers/{number}/moves/accept", data={}).status_code == 403
    db.session.rollback()
    entry = db.session.scalars(select(Entry).where(Entry.action == "request:refused")).one()
    assert entry.facts["path"] == f"/dossiers/{number}/moves/accept"
    assert office.client("officer").get(f"/dossiers/{number}/moves/nonsense").status_code == 404
    assert office.client("officer").get(f"/dossiers/{number}/moves/register").status_code == 404


def test_looking_at_a_dossier_is_in_the_trail_and_the_trail_is_for_some(office: Office, head) -> None:
    number = registered(office)
    office.client("legal").get(f"/dossiers/{number}")
    assert "legal甲" in text(head.get(f"/dossiers/{number}/trail"))
    assert "legal甲" not in text(office.client("intake").get(f"/dossiers/{number}/trail"))


def test_the_register_shows_every_line_and_hides_what_must_be_hidden(office: Office, head) -> None:
    registered(office)
    secret = registered(office, respondent_person="officer甲", title="不可见的事项")
    page = text(office.client("officer").get("/contacts/"))
    assert "此行内容限制查阅" in page
    assert secret not in page
    assert "不可见的事项" not in page
    assert secret in text(head.get("/contacts/"))


def test_a_contact_is_judged_on_its_page(office: Office, head) -> None:
    line = {"received_at": "2026-03-05T09:00", "channel": "visit", "person_name": "李女士", "summary": "问路"}
    made = office.client("intake").post("/contacts/new", data={**line, "phone": "13912345678"})
    url = made.headers["Location"]
    assert "139****5678" in text(head.get(url))
    refused = head.post(f"{url}/judge", data={"in_scope": "false"})
    assert refused.status_code == 422
    assert head.post(f"{url}/judge", data={"in_scope": "false", "advice": "请到一楼"}).status_code == 302
    assert "请到一楼" in text(head.get(url))
    assert "13912345678" in text(head.post(f"{url}/unmask", data={"reason": "回电"}))
    assert office.client("intake").post(f"{url}/unmask", data={"reason": "回电"}).status_code == 403
    assert office.client("intake").post("/contacts/new", data={}).status_code == 422


def test_the_file_room_leads_from_fonds_to_dossiers(office: Office, head) -> None:
    number = registered(office)
    urls = ["/file-room/"]
    for _ in range(3):
        html = head.get(urls[-1]).get_data(as_text=True)
        urls.append(re.findall(r'class="shelf"><a class="row-link" href="([^"]+)"', html)[0].replace("&amp;", "&"))
    assert urls[-1] == "/dossiers/?fonds=A001&year=2026&category=loan"
    assert number in text(head.get(urls[-1]))
    assert number not in text(office.client("officer-desk").get("/file-room/"))


def test_the_list_is_filtered_and_says_what_is_wrong(office: Office, head) -> None:
    number = registered(office)
    assert number in text(head.get("/dossiers/?state=registered&unit=root&category=loan&sort=due"))
    assert number not in text(head.get("/dossiers/?state=closed"))
    assert head.get("/dossiers/?year=viel").status_code == 422
    assert head.get("/dossiers/?after=nonsense").status_code == 422
    assert number in text(head.post("/dossiers/by-number", data={"number": "5678"}))
    assert "没有找到" in text(head.post("/dossiers/by-number", data={"number": "9999"}))


def test_lists_cost_the_same_however_many_there_are(office: Office, head) -> None:
    brought_to(office, State.ANSWERED)
    head.get("/dossiers/")
    with counting(42) as few:
        head.get("/dossiers/")
        head.get("/")
        head.get("/contacts/")
        head.get("/file-room/?fonds=A001&year=2026")
    once = len(few)
    for _ in range(4):
        brought_to(office, State.ANSWERED)
        registered(office)
    with counting(once + 1):  # one more part of the work list is not empty
        head.get("/dossiers/")
        head.get("/")
        head.get("/contacts/")
        head.get("/file-room/?fonds=A001&year=2026")


def test_a_dossier_s_page_costs_the_same_however_long_its_history(office: Office, head) -> None:
    short, long = registered(office), brought_to(office, State.REVIEWING)
    head.get(f"/dossiers/{short}")
    with counting(60) as few:
        head.get(f"/dossiers/{short}/timeline")
    with counting(len(few) + 2):
        head.get(f"/dossiers/{long}/timeline")


def test_who_keeps_out_is_led_away(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    officer = office.client("officer")
    left = officer.post(f"/dossiers/{number}/moves/recuse", data={"note": "亲属"})
    assert left.headers["Location"] == "/"
    assert officer.get(f"/dossiers/{number}").status_code == 404
    registrar = office.client("intake").post("/dossiers/new", data={**FORM, "respondent_person": "intake甲"})
    assert registrar.headers["Location"] == "/"


def test_restricting_and_naming_is_done_on_its_tab(office: Office, head) -> None:
    number = registered(office)
    assert head.post(f"/dossiers/{number}/moves/restrict", data={"note": "涉及员工"}).status_code == 302
    assert office.client("legal").get(f"/dossiers/{number}").status_code == 404
    named = {"account": "legal", "note": "请出意见"}
    assert head.post(f"/dossiers/{number}/moves/grant", data=named).status_code == 302
    assert office.client("legal").get(f"/dossiers/{number}").status_code == 200
    page = text(head.get(f"/dossiers/{number}/access"))
    assert "请出意见" in page
    with acting(office.person("head")) as act:
        guarding.revoke(dossier(number), account(office, "legal"), reason="完", act=act)
    assert office.client("legal").get(f"/dossiers/{number}").status_code == 404


def test_code_tables_are_imported_by_the_records_manager(office: Office) -> None:
    import io

    manager = office.client("records_manager")
    assert "本项目自编的简表" in text(manager.get("/codes/"))
    good = {"file": (io.BytesIO("code,name\nA,甲\n".encode()), "表.csv")}
    assert manager.post("/codes/cause", data=good).status_code == 302
    bad = {"file": (io.BytesIO("code,name\nA,甲\nA,乙\n".encode()), "表.csv")}
    refused = manager.post("/codes/cause", data=bad)
    assert refused.status_code == 422
    assert "第 3 行：代码 A 重复。" in text(refused)
    assert manager.post("/codes/cause", data={}).status_code == 422
    assert office.client("head").get("/codes/").status_code == 403
