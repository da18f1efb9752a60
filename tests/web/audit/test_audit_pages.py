"""The auditor's page and API."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from archive.audit.labels import BREAKS, action_word
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.people.models import RoleHeld
from archive.people.rules import Role
from tests.builders import Office
from tests.conftest import counting


@pytest.fixture
def auditor(office: Office) -> FlaskClient:
    return office.client("auditor")


def rows(page: str) -> list[str]:
    body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
    return [re.sub(r"<[^>]+>|\s+", " ", row) for row in body.split("<tr>")[1:]]


def note(office: Office, who: str, action: str, **facts: object) -> None:
    with acting(office.person(who)) as act:
        act.record(action, None, **facts)


def test_the_newest_entries_come_first_in_words(office: Office, auditor: FlaskClient) -> None:
    note(office, "officer", "account:sign_in", second_factor=False)
    note(office, "security_admin", "role:grant", login="officer", unit="投诉科")
    first, second = rows(auditor.get("/audit/").text)[:2]
    assert "角色授予" in first
    assert "单位：投诉科" in first
    assert "登录" in second
    assert "officer甲" in second


def test_entries_are_found_by_person_action_and_day(office: Office, auditor: FlaskClient, clock: FixedClock) -> None:
    note(office, "officer", "account:sign_in")
    clock.moment = clock.moment.replace(day=6, hour=17)  # 01:00 on the 7th in Shanghai
    note(office, "head", "account:sign_out")
    auditor = office.client("auditor")
    assert len(rows(auditor.get("/audit/?who=Head").text)) == 1
    assert len(rows(auditor.get("/audit/?who=nobody-here").text)) == 0
    assert len(rows(auditor.get("/audit/?action=account:sign_").text)) == 2
    assert len(rows(auditor.get("/audit/?action=account:sign_in").text)) == 1
    assert len(rows(auditor.get("/audit/?since=2026-03-07&action=account:").text)) == 1
    assert len(rows(auditor.get("/audit/?until=2026-03-05&action=account:").text)) == 1
    assert len(rows(auditor.get("/audit/?since=2026-03-06&until=2026-03-06&action=account:").text)) == 0


def test_a_filter_that_makes_no_sense_is_explained(auditor: FlaskClient) -> None:
    backwards = auditor.get("/audit/?since=2026-03-07&until=2026-03-01")
    assert backwards.status_code == 422
    assert "不能晚于结束日期" in backwards.text
    unknown = auditor.get("/audit/?dossier=2026-TS-999999")
    assert unknown.status_code == 422
    assert "没有这个案号" in unknown.text


def test_what_stands_in_an_entry_is_shown_as_text(office: Office, auditor: FlaskClient) -> None:
    note(office, "officer", "unit:rename", name="<script>alert(1)</script>")
    assert "<script>alert" not in auditor.get("/audit/").text


def test_long_trails_are_paged_at_a_fixed_cost(office: Office, auditor: FlaskClient) -> None:
    for number in range(60):
        note(office, "officer", "test:step", number=number)
    auditor.get("/audit/?action=test:")
    with counting(6):  # the session's account, its roles, its grants; entries, their dossiers' numbers; the badge
        page = auditor.get("/audit/?action=test:").text
    assert len(rows(page)) == 50
    link = re.search(r'rel="next" href="([^"]+)"', page)
    assert link
    rest = rows(auditor.get(link.group(1).replace("&amp;", "&")).text)
    assert len(rest) == 10, "the filter holds on the next page too"


def break_chain() -> None:
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entry_no_UPDATE"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE audit_entry SET actor_name = 'somebody' WHERE seq = 2"))


def test_verifying_says_all_is_well_or_names_the_first_bad_entry(office: Office, auditor: FlaskClient) -> None:
    for _ in range(3):
        note(office, "officer", "test:step")
    assert "校验通过：全部 3 条" in auditor.post("/audit/verify").text
    db.session.remove()
    break_chain()
    page = auditor.post("/audit/verify").text
    assert "第 2 条" in page
    assert BREAKS["content"] in page
    answer = auditor.post("/api/v1/audit/verify").json
    assert answer == {"broken_at": 2, "entries": 5, "ok": False, "reason": "content"}
    assert "校验审计日志" in rows(auditor.get("/audit/").text)[0], "verifying is noted itself"


def test_an_auditor_of_a_department_does_not_read_the_whole_offices_trail(app: Flask, office: Office) -> None:
    with acting(Machine("test")) as act:
        act.session.add(
            RoleHeld(
                account_id=office.accounts["nobody"],
                role=Role.AUDITOR,
                unit_id=office.units["desk"],
                granted_at=act.moment,
            )
        )
    local = office.client("nobody")
    for method, url in (("GET", "/audit/"), ("POST", "/audit/verify"), ("GET", "/api/v1/audit/entries")):
        assert local.open(url, method=method).status_code == 403


def test_the_trail_by_machine(office: Office, auditor: FlaskClient) -> None:
    for number in range(205):
        note(office, "officer", "test:step", number=number)
    first = auditor.get("/api/v1/audit/entries?action=test:").json
    assert first is not None
    assert [one["facts"]["number"] for one in first["entries"][:2]] == [204, 203]
    rest = auditor.get("/api/v1/audit/entries", query_string={"action": "test:", "after": first["next"]}).json
    assert rest is not None
    assert [one["facts"]["number"] for one in rest["entries"]] == [4, 3, 2, 1, 0]
    assert rest["next"] == ""
    assert rest["entries"][0]["hash"] == first["entries"][-1]["previous"]


def test_a_refused_request_stands_in_the_trail(office: Office, auditor: FlaskClient) -> None:
    assert office.client("officer").get("/people/").status_code == 403
    (row,) = rows(auditor.get("/audit/?action=request:").text)
    assert "officer甲" in row
    assert "/people/" in row


def test_an_action_without_words_is_shown_as_it_is() -> None:
    assert action_word("strange:thing") == "strange:thing"
