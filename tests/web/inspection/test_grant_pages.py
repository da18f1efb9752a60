"""Letting auditors in by page and API, and what they find at their desk."""

from typing import Any

import pytest
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.db import db
from archive.dossiers.states import State
from tests.builders import Office
from tests.dossier_builders import brought_to, registered, ungranted

FORM = {
    "auditor": "auditor",
    "unit": "root",
    "since": "2026-01",
    "until": "2026-03",
    "expires_on": "2026-03-31",
    "basis": "审字〔2026〕3号",
    "reason": "季度审计",
}


def test_a_head_lets_an_auditor_in_and_ends_it(office: Office) -> None:
    ungranted(office)
    number = brought_to(office, State.CLOSED)
    head, auditor = office.client("head"), office.client("auditor")
    assert "没有有效的查阅授权" in auditor.get("/inspection/").text
    bad = head.post("/inspection/grants", data={**FORM, "until": "2026-13", "basis": ""})
    assert bad.status_code == 422
    assert "请按 2026-03 的格式填写月份" in bad.text
    assert head.post("/inspection/grants", data=FORM).status_code == 302
    desk = auditor.get("/inspection/").text
    assert "2026-01 至 2026-03 办结" in desk
    assert number in desk
    [live] = [one for one in head.get("/api/v1/inspection/grants").json or [] if one["ended_at"] is None]
    assert head.post(f"/inspection/grants/{live['id']}/end", data={"reason": "审计结束"}).status_code == 302
    assert number not in auditor.get("/inspection/").text
    assert auditor.get("/inspection/grants").status_code == 403
    actions = db.session.scalars(
        select(Entry.action).where(Entry.action.startswith("audit_grant:")).order_by(Entry.seq)
    ).all()
    assert actions == ["audit_grant:give", "audit_grant:end"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("number=2026-TS-0000", True),
        ("number=A001-TS", True),
        ("number=2025", False),
        ("name=王小", True),
        ("name=李", False),
        ("category=loan", True),
        ("category=card", False),
        ("since=2026-03-05&until=2026-03-05", True),
        ("since=2026-03-06", False),
        ("unit=root", True),
        ("unit=desk", False),
    ],
)
def test_ended_dossiers_are_found_by_number_person_day(office: Office, query: str, found: bool) -> None:
    closed, open_one = brought_to(office, State.CLOSED), registered(office)
    client = office.client("auditor")
    answer: Any = client.get(f"/api/v1/inspection/cases?{query}").json
    assert [one["number"] for one in answer["cases"]] == ([closed] if found else [])
    page = client.get(f"/inspection/?{query}").text
    assert (f"/dossiers/{closed}" in page) == found
    assert open_one not in page


def test_what_an_auditor_looks_for_is_recorded_without_names(office: Office) -> None:
    brought_to(office, State.CLOSED)
    office.client("auditor").get("/inspection/?name=王小明&category=loan")
    [entry] = db.session.scalars(select(Entry).where(Entry.action == "inspection:search"))
    assert entry.facts == {"fields": ["category", "name"], "category": "loan", "found": 1}
    assert office.client("auditor").get("/inspection/?since=2026-03-05&until=2026-01-01").status_code == 422
