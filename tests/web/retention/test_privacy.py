"""Erasure is asked for before its time: nothing is erased, nobody uses it any more, and the reply says why."""

from datetime import timedelta

from sqlalchemy import func, select

from archive.core.clock import FixedClock
from archive.core.db import db
from archive.documents.models import Version
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import dossier

ASKED = {"received_on": "2028-03-01", "note": "请删除我的资料"}


def test_scenario_39_erasure_before_its_time_restricts_and_explains(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office, files=2)
    clock.moment = NOW + timedelta(days=730)
    url = f"/api/v1/dossiers/{number}/erasure-requests"
    answered = office.client("head").post(url, json=ASKED)
    assert answered.status_code == 201
    assert answered.json["granted"] is False
    for said in ("2029-03-05", "第四十四条", "个人信息保护法》第四十七条", "限制查阅", number, "2028年3月1日"):
        assert said in answered.json["reply"], said
    assert "王小明" not in answered.json["reply"]
    assert dossier(number).restricted
    assert db.session.scalar(select(func.count()).select_from(Version)) == 2
    assert office.client("legal").get(f"/dossiers/{number}/retention").status_code == 404
    again = office.client("head").post(url, json=ASKED)
    assert again.status_code == 201
    assert len(office.client("head").get(url).json) == 2


def test_only_who_may_restrict_answers(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    for who in ("officer", "legal", "records_manager", "auditor"):
        assert office.client(who).post(f"/api/v1/dossiers/{number}/erasure-requests", json=ASKED).status_code == 403


def test_the_page_answers_and_shows_the_reply(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    head = office.client("head")
    url = f"/dossiers/{number}/erasure-requests"
    assert head.post(url, data={"received_on": "2999-01-01"}).status_code == 422
    assert head.post(url, data={"received_on": "2026-03-05"}).status_code == 302
    assert "关于删除个人信息请求的答复" in head.get(url).text
