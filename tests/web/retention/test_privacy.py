"""Erasure is asked for before its time: nothing is erased, nobody uses it any more, and a letter says why."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from archive.core.clock import FixedClock, shanghai_date
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.documents.models import Version
from archive.dossiers.states import State
from archive.letters import operations
from archive.letters.compose import texts
from archive.letters.composing import draft_letter
from archive.letters.kinds import kind
from archive.letters.models import LetterRow
from archive.letters.states import LetterState
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import dossier, registered
from tests.letter_builders import make_files

ASKED = {"received_on": "2028-03-01", "note": "删除我的资料"}


def versions() -> int:
    return db.session.scalar(select(func.count()).select_from(Version)) or 0


def begun(office: Office, number: str, by: str = "head") -> LetterRow:
    """The letter that the page of requests begins with one click."""
    said = office.client(by).post(f"/dossiers/{number}/letters", data={"kind": "erasure-reply"})
    assert said.status_code == 302, said.text
    db.session.rollback()
    return db.session.get_one(LetterRow, uuid.UUID(said.headers["Location"].split("/")[2]))


def test_scenario_39_erasure_before_its_time_restricts_and_is_answered_by_a_letter(
    app: Flask, office: Office, clock: FixedClock
) -> None:
    number = builders.a_closed_dossier(office, files=2)
    clock.moment = NOW + timedelta(days=730)
    head, officer = office.client("head"), office.client("officer")
    url = f"/dossiers/{number}/erasure-requests"
    assert head.post(url, data={"received_on": "2999-01-01"}).status_code == 422
    assert head.post(url, data=ASKED).status_code == 302
    assert "起草答复函" in head.get(url).text
    assert office.client("legal").get(f"/dossiers/{number}/retention").status_code == 404
    row = begun(office, number)
    said = "".join(texts(draft_letter(db.session(), row)))
    for wanted in (
        "2029年3月5日",
        "第四十四条",
        "第四十七条第二款",
        "限制查阅",
        number,
        "2028年3月1日",
        "删除我的资料",
    ):
        assert wanted in said, wanted
    form = {"officer.phone": "0512-58000000", "office.name": "滨江市金融消费者权益保护中心"}
    for name in ("received_on", "asked", "period", "rule", "restricted_on"):
        form[f"erasure.{name}"] = str(row.facts["erasure"][name])
    form |= {"complaint.case_no": number, "complainant.name": "王小明", "officer.name": "承办人"}
    sent = head.post(f"/letters/{row.id}/edit", data={**form, "submit": "true"})
    assert sent.headers.get("Location") == f"/letters/{row.id}", sent.text
    officer.post(f"/letters/{row.id}/steps", data={"step": "approve"})
    assert head.post(f"/letters/{row.id}/issue").status_code == 302
    row = db.session.get_one(LetterRow, row.id)
    assert (row.state, row.addressee) == (LetterState.ISSUED, "王小明")
    make_files(row)
    sent_on = {"method": "post", "sent_on": shanghai_date(clock.moment).isoformat(), "tracking": "EMS9"}
    assert officer.post(f"/letters/{row.id}/servings", data=sent_on).status_code == 302
    # Filed in the dossier, which stays ended all the while.
    assert versions() == 4
    found = dossier(number)
    assert found.restricted
    assert (found.state, found.closed_at is not None) == (State.CLOSED, True)


def test_a_request_over_the_api_tells_period_and_rule(office: Office) -> None:
    number = registered(office)
    url = f"/api/v1/dossiers/{number}/erasure-requests"
    answered = office.client("head").post(url, json={"received_on": "2026-03-05"})
    assert answered.status_code == 201
    assert (answered.json["granted"], answered.json["permanent"]) == (False, False)
    assert answered.json["period"] == "3年，自办结之日起计算，案件尚未办结"
    assert "第四十四条" in answered.json["rule"]
    assert len(office.client("head").get(url).json) == 1
    assert "案件尚未办结" in str(begun(office, number).facts)


def test_after_the_end_of_keeping_the_answer_is_written_until_a_list_names_the_files(
    app: Flask, office: Office, clock: FixedClock
) -> None:
    (number,) = disposal.expired(office, clock)
    today = shanghai_date(clock.moment).isoformat()
    office.client("head").post(f"/dossiers/{number}/erasure-requests", data={"received_on": today})
    row = begun(office, number)
    assert row.facts["erasure"]["over"] is True
    assert "已经届满" in "".join(texts(draft_letter(db.session(), row)))
    other = office.client("head").post(f"/dossiers/{number}/letters", data={"kind": "apology"})
    assert other.status_code == 409
    disposal.proposed(office, [number])
    db.session.rollback()
    with pytest.raises(RuleBroken, match="dossier_due"):
        operations.check_takes(db.session(), dossier(number), kind("erasure-reply"), clock.moment)


def test_only_who_may_restrict_answers(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    for who in ("officer", "legal", "records_manager", "auditor"):
        assert office.client(who).post(f"/api/v1/dossiers/{number}/erasure-requests", json=ASKED).status_code == 403
