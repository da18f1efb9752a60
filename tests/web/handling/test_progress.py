"""The one page open to complainants: it tells how far it is, once a code, and nothing else, to nobody else."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.dossiers.states import State
from archive.handling import progress
from archive.handling.models import ProgressCode
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, dossier

WRONG = "案号或查询码不正确"


def given(office: Office, number: str) -> str:
    with acting(office.person("officer")) as act:
        return progress.give(dossier(number), act=act)


def ask(client: FlaskClient, number: str, code: str) -> str:
    return client.post("/progress", data={"number": number, "code": code}).text


@pytest.fixture
def number(office: Office) -> str:
    return brought_to(office, State.INVESTIGATING)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_complainant_sees_stage_and_days_and_nothing_else(office: Office, number: str, visitor: FlaskClient) -> None:
    page = ask(visitor, f" {number} ", given(office, number).lower().replace("-", " "))
    assert "已受理，正在调查处理" in page
    assert "2026-03-05" in page
    for secret in ("王小明", "某某银行", "officer甲", "贷款利率争议", "维权中心甲", "138", str(dossier(number).id)):
        assert secret not in page, secret


def test_a_code_serves_once_and_gives_the_next(office: Office, number: str, visitor: FlaskClient) -> None:
    first = given(office, number)
    page = ask(visitor, number, first)
    following = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", page)
    assert following
    assert following[0] != first
    assert WRONG in ask(visitor, number, first)
    assert "正在调查处理" in ask(visitor, number, following[0])
    shown = db.session.scalars(select(Entry).where(Entry.action == "progress:show")).all()
    assert [entry.actor_name for entry in shown] == ["投诉人查询"] * 2


def test_whatever_is_wrong_is_answered_alike(
    office: Office, number: str, visitor: FlaskClient, clock: FixedClock
) -> None:
    other = brought_to(office, State.INVESTIGATING)
    code, foreign = given(office, number), given(office, other)

    def answer(asked: str, with_code: str) -> str:
        response = visitor.post("/progress", data={"number": asked, "code": with_code})
        assert response.status_code == 422
        # Only what was typed stands in the answer again.
        return re.sub(r"csrf_token\" value=\"[^\"]*|csrf-token\" content=\"[^\"]*", "", response.text).replace(
            asked, "#"
        )

    answers = {
        answer("2026-XX-999999", code),
        answer(number, foreign),
        answer(number, "ABCDE-FGHJK"),
        answer(other, code),
    }
    clock.moment = NOW + timedelta(days=91)
    answers.add(answer(number, code))
    assert len(answers) == 1
    assert WRONG in answers.pop()


def test_a_new_code_ends_the_old_and_only_its_hash_is_kept(office: Office, number: str, visitor: FlaskClient) -> None:
    old, new = given(office, number), given(office, number)
    assert WRONG in ask(visitor, number, old)
    kept = db.session.scalars(select(ProgressCode)).one()
    assert new not in kept.hash
    assert "正在调查处理" in ask(visitor, number, new)


def test_guessing_is_slowed_for_a_case_from_everywhere_and_for_an_address(
    office: Office, number: str, app: Flask
) -> None:
    code = given(office, number)
    statuses = [
        app.test_client().post(
            "/progress",
            data={"number": number.lower() if n % 2 else number, "code": "ABCDE-FGHJK"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{n}"},
        ).status_code
        for n in range(11)
    ]  # fmt: skip
    assert statuses == [422] * 10 + [429]
    blocked = app.test_client().post("/progress", data={"number": number, "code": code})
    assert blocked.status_code == 429
    many = [ask(app.test_client(), f"2026-TS-9{n:05}", code) for n in range(11)]
    assert "操作过于频繁" in many[-1]


def test_the_slip_shows_the_code_once_to_who_may_give_it(office: Office, number: str, visitor: FlaskClient) -> None:
    page = office.client("officer").post(f"/dossiers/{number}/progress-code").text
    code = re.search(r"ticket-code\">([^<]+)<", page)
    assert code
    assert code[1] not in office.client("officer").get(f"/dossiers/{number}/settling/").text
    assert "已受理" in ask(visitor, number, code[1])
    assert office.client("legal").post(f"/dossiers/{number}/progress-code").status_code == 403
    assert office.client("officer-desk").post(f"/dossiers/{number}/progress-code").status_code == 404


def test_the_form_is_empty_for_everybody(visitor: FlaskClient) -> None:
    page = visitor.get("/progress")
    assert page.status_code == 200
    assert "查询码" in page.text
    assert page.headers["Cache-Control"] == "no-store"
