"""Signing in as people do it: through the page, with its form token, by the archive's clock."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select
from werkzeug.test import TestResponse

from archive.app import create_app
from archive.audit.models import Entry
from archive.config import Settings
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.people.models import Account
from tests.builders import PASSWORD, Office, password_hash

SENTENCE = "登录名或密码不正确，或账户暂时不能登录"


@pytest.fixture
def officer(app: Flask, office: Office) -> Account:
    with acting(Machine("test")) as act:
        account = act.session.get(Account, office.accounts["officer"])
        assert account is not None
        account.password = password_hash(app)
        account.password_set_at = act.moment
    return account


def form_token(response: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
    assert found, response.text
    return found.group(1)


def sign_in(client: FlaskClient, login: str, password: str, target: str = "") -> TestResponse:
    token = form_token(client.get("/login", query_string={"next": target} if target else {}))
    return client.post("/login", data={"csrf_token": token, "login": login, "password": password, "next": target})


def actions() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Entry.action, Entry.facts).order_by(Entry.seq))
    return [(action, facts.get("reason", "")) for action, facts in rows if action.startswith("account:")]


def test_the_right_password_lets_in_and_is_noted(app: Flask, officer: Account) -> None:
    client = app.test_client()
    response = sign_in(client, "officer", PASSWORD)
    assert response.status_code == 302
    assert client.get("/me/").status_code == 200
    entry = db.session.scalars(select(Entry).where(Entry.action == "account:sign_in")).one()
    assert (entry.actor_id, entry.channel) == (officer.id, "web")


def test_the_name_may_be_typed_with_blanks_and_capitals(app: Flask, officer: Account) -> None:
    assert sign_in(app.test_client(), " Officer ", PASSWORD).status_code == 302


def test_signing_in_without_the_forms_token_is_refused(app: Flask, officer: Account) -> None:
    response = app.test_client().post("/login", data={"login": "officer", "password": PASSWORD})
    assert response.status_code == 400


def test_every_failure_looks_the_same(app: Flask, office: Office, officer: Account, clock: FixedClock) -> None:
    with acting(Machine("test")) as act:
        for login, changes in (
            ("head", {"active": False}),
            ("legal", {"locked_until": clock.moment + timedelta(minutes=5)}),
            ("intake", {"must_change_password": True, "password_set_at": clock.moment - timedelta(days=8)}),
        ):
            account = act.session.get(Account, office.accounts[login])
            assert account is not None
            account.password = password_hash(app)
            for name, value in changes.items():
                setattr(account, name, value)
    tries = [("officer", "wrong"), ("nobody-here", PASSWORD)] + [(one, PASSWORD) for one in ("head", "legal", "intake")]
    answers = set()
    for login, password in tries:
        response = sign_in(app.test_client(), login, password)
        # All that may differ is the form's token and the name as it was typed.
        answers.add((response.status_code, re.sub(r'value="[^"]*"|content="[^"]*"', "", response.text)))
    assert len(answers) == 1
    assert SENTENCE in answers.pop()[1]
    assert [reason for _, reason in actions()] == ["password", "unknown", "inactive", "locked", "start_password_old"]


def test_what_was_typed_is_never_written_down(app: Flask, officer: Account) -> None:
    secret = f"my-other-secret-{uuid.uuid4().hex}"
    sign_in(app.test_client(), secret, "x")
    sign_in(app.test_client(), "officer", secret)
    trail = [str(entry.content()) for entry in db.session.scalars(select(Entry))]
    assert all(secret not in entry for entry in trail)


def test_guessing_shuts_the_account_for_longer_and_longer(app: Flask, officer: Account, clock: FixedClock) -> None:
    client = app.test_client()
    for _ in range(5):
        sign_in(client, "officer", "guess")
    assert SENTENCE in sign_in(client, "officer", PASSWORD).text
    clock.moment += timedelta(seconds=61)
    sign_in(client, "officer", "guess")
    clock.moment += timedelta(seconds=61)
    assert sign_in(client, "officer", PASSWORD).status_code == 401, "the second pause is two minutes"
    clock.moment += timedelta(seconds=61)
    assert sign_in(client, "officer", PASSWORD).status_code == 302
    assert [action for action, _ in actions()].count("account:lock") == 2
    db.session.expire_all()
    assert db.session.get(Account, officer.id).failed_attempts == 0  # type: ignore[union-attr]


def test_one_address_may_not_guess_without_end(app: Flask, office: Office) -> None:
    client = app.test_client()
    token = form_token(client.get("/login"))
    answers = [client.post("/login", data={"csrf_token": token, "login": "x", "password": "y"}) for _ in range(31)]
    assert [response.status_code for response in answers].count(429) == 1
    assert "操作过于频繁" in answers[-1].text


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(app: Flask, officer: Account, target: str) -> None:
    assert sign_in(app.test_client(), "officer", PASSWORD, target).headers["Location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_be(app: Flask, officer: Account) -> None:
    client = app.test_client()
    asked = client.get("/me/tokens/?a=1")
    assert asked.headers["Location"] == "/login?next=/me/tokens/?a%3D1"
    assert sign_in(client, "officer", PASSWORD, "/me/tokens/?a=1").headers["Location"] == "/me/tokens/?a=1"


def test_a_session_ends_after_an_idle_hour(app: Flask, officer: Account, clock: FixedClock) -> None:
    client = app.test_client()
    sign_in(client, "officer", PASSWORD)
    clock.moment += timedelta(minutes=59)
    assert client.get("/me/").status_code == 200
    clock.moment += timedelta(minutes=59)
    assert client.get("/me/").status_code == 200
    clock.moment += timedelta(minutes=61)
    assert client.get("/me/").status_code == 302


def test_a_session_ends_after_a_working_day_however_busy(app: Flask, officer: Account, clock: FixedClock) -> None:
    client = app.test_client()
    sign_in(client, "officer", PASSWORD)
    for _ in range(9):
        clock.moment += timedelta(minutes=50)
        assert client.get("/me/").status_code == 200
    clock.moment += timedelta(minutes=50)
    assert client.get("/me/").status_code == 302


def test_signing_out_ends_copies_of_the_cookie_too(app: Flask, officer: Account) -> None:
    client, thief = app.test_client(), app.test_client()
    sign_in(client, "officer", PASSWORD)
    stolen = client.get_cookie("session")
    assert stolen is not None
    thief.set_cookie("session", stolen.value)
    assert thief.get("/me/").status_code == 200
    response = client.post("/logout", data={"csrf_token": form_token(client.get("/me/"))})
    assert response.status_code == 302
    assert client.get("/me/").status_code == 302
    assert thief.get("/me/").status_code == 302


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, officer: Account) -> None:
    cookie = sign_in(app.test_client(), "officer", PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_https_the_cookie_never_travels_in_the_clear(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://archive.example"))
    cookie = app.test_client().get("/login", base_url="https://archive.example").headers["Set-Cookie"]
    assert "Secure" in cookie


def test_a_form_without_its_token_changes_nothing(app: Flask, officer: Account) -> None:
    client = app.test_client()
    sign_in(client, "officer", PASSWORD)
    assert client.post("/logout").status_code == 400
    assert client.get("/me/").status_code == 200


def test_a_start_password_must_be_changed_before_anything_else(app: Flask, officer: Account) -> None:
    with acting(Machine("test")) as act:
        act.session.get(Account, officer.id).must_change_password = True  # type: ignore[union-attr]
    client = app.test_client()
    sign_in(client, "officer", PASSWORD)
    assert client.get("/me/").headers["Location"] == "/me/password"
    assert client.get("/api/v1/me").status_code == 403
    page = client.get("/me/password")
    new = "七月的雨落在老档案室的窗上"
    data = {"csrf_token": form_token(page), "old": PASSWORD, "new": new, "again": new}
    assert client.post("/me/password", data=data).status_code == 200
    assert client.get("/me/").status_code == 200
    assert sign_in(app.test_client(), "officer", PASSWORD).status_code == 401
    assert sign_in(app.test_client(), "officer", new).status_code == 302


def test_where_the_office_wants_it_a_second_factor_is_set_before_anything_else(
    app: Flask, officer: Account, clock: FixedClock
) -> None:
    ports = app.extensions["archive_ports"]
    app.extensions["archive_ports"] = replace(ports, settings=replace(ports.settings, second_factor=True))
    client = app.test_client()
    sign_in(client, "officer", PASSWORD)
    assert client.get("/dossiers/").headers["Location"] == "/me/second-factor"
    assert client.get("/api/v1/me").status_code == 403
    page = client.get("/me/second-factor")
    assert "本单位要求每个账户都使用动态验证码" in page.text
    key = re.search("密钥：<code[^>]*>([^<]+)", page.text)[1].replace(" ", "")  # type: ignore[index]
    data = {"csrf_token": form_token(page), "password": PASSWORD, "code": TOTP(key=key).generate(clock.moment).token}
    assert client.post("/me/second-factor", data=data).status_code == 200
    assert client.get("/dossiers/").status_code == 200


def test_changing_the_password_ends_other_sessions(app: Flask, officer: Account) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    for client in (here, elsewhere):
        sign_in(client, "officer", PASSWORD)
    new = "another long phrase, not the first"
    data = {"csrf_token": form_token(here.get("/me/password")), "old": PASSWORD, "new": new, "again": new}
    assert here.post("/me/password", data=data).status_code == 200
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("wrong", "a brand new phrase here", "a brand new phrase here", "密码不正确"),
        (PASSWORD, "a brand new phrase here", "another phrase there", "两次输入"),
        (PASSWORD, "short", "short", "至少 12 个字符"),
        (PASSWORD, "Officer and gentleman", "Officer and gentleman", "登录名"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与原密码相同"),
    ],
)
def test_a_bad_new_password_is_explained(
    app: Flask, officer: Account, old: str, new: str, again: str, says: str
) -> None:
    client = app.test_client()
    sign_in(client, "officer", PASSWORD)
    data = {"csrf_token": form_token(client.get("/me/password")), "old": old, "new": new, "again": again}
    response = client.post("/me/password", data=data)
    assert response.status_code == 422
    assert says in response.text
    assert old not in response.text


class TestSecondFactor:
    """With an authenticator app on the phone."""

    @pytest.fixture
    def client(self, app: Flask, officer: Account) -> FlaskClient:
        client = app.test_client()
        sign_in(client, "officer", PASSWORD)
        return client

    def switch_on(self, client: FlaskClient, clock: FixedClock) -> tuple[TOTP, list[str]]:
        page = client.get("/me/second-factor")
        assert 'src="data:image/svg+xml;base64,' in page.text, "the picture is drawn here"
        key = re.search(r'密钥：<code class="number">([A-Z2-7 ]+)<', page.text)
        assert key
        phone = TOTP(key=key.group(1).replace(" ", ""))
        data = {"csrf_token": form_token(page), "code": phone.generate(time=clock.moment).token, "password": PASSWORD}
        shown = client.post("/me/second-factor", data=data)
        assert shown.status_code == 200
        return phone, re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", shown.text)

    def enter(self, client: FlaskClient, code: str) -> TestResponse:
        response = sign_in(client, "officer", PASSWORD)
        assert response.headers["Location"] == "/login/code"
        assert client.get("/me/").status_code == 302, "half way in is not in"
        return client.post("/login/code", data={"csrf_token": form_token(client.get("/login/code")), "code": code})

    def test_the_code_is_asked_for_after_the_password(self, app: Flask, client: FlaskClient, clock: FixedClock) -> None:
        phone, _ = self.switch_on(client, clock)
        clock.moment += timedelta(minutes=1)
        other = app.test_client()
        assert self.enter(other, phone.generate(time=clock.moment).token).status_code == 302
        assert other.get("/me/").status_code == 200

    def test_a_code_counts_once(self, app: Flask, client: FlaskClient, clock: FixedClock) -> None:
        phone, _ = self.switch_on(client, clock)
        clock.moment += timedelta(minutes=1)
        code = phone.generate(time=clock.moment).token
        assert self.enter(app.test_client(), code).status_code == 302
        assert self.enter(app.test_client(), code).status_code == 401

    def test_an_old_code_does_not_count(self, app: Flask, client: FlaskClient, clock: FixedClock) -> None:
        phone, _ = self.switch_on(client, clock)
        clock.moment += timedelta(minutes=1)
        code = phone.generate(time=clock.moment).token
        clock.moment += timedelta(minutes=3)
        assert self.enter(app.test_client(), code).status_code == 401

    def test_a_recovery_code_counts_once(self, app: Flask, client: FlaskClient, clock: FixedClock) -> None:
        _, codes = self.switch_on(client, clock)
        assert len(set(codes)) == 10
        assert self.enter(app.test_client(), codes[3].upper()).status_code == 302
        assert self.enter(app.test_client(), codes[3]).status_code == 401
        assert ("account:use_recovery_code", "") in actions()

    def test_guessing_codes_shuts_the_account(self, app: Flask, client: FlaskClient, clock: FixedClock) -> None:
        self.switch_on(client, clock)
        clock.moment += timedelta(minutes=1)
        guesser = app.test_client()
        for _ in range(5):
            assert self.enter(guesser, "abc").status_code == 401
        assert sign_in(app.test_client(), "officer", PASSWORD).status_code == 401

    def test_the_way_between_password_and_code_is_short(
        self, app: Flask, client: FlaskClient, clock: FixedClock
    ) -> None:
        phone, _ = self.switch_on(client, clock)
        late = app.test_client()
        sign_in(late, "officer", PASSWORD)
        token = form_token(late.get("/login/code"))
        clock.moment += timedelta(minutes=6)
        code = phone.generate(time=clock.moment).token
        response = late.post("/login/code", data={"csrf_token": token, "code": code})
        assert response.headers["Location"] == "/login"

    def test_neither_key_nor_codes_lie_open(self, client: FlaskClient, clock: FixedClock, officer: Account) -> None:
        phone, codes = self.switch_on(client, clock)
        db.session.expire_all()
        account = db.session.get(Account, officer.id)
        assert account is not None
        kept = f"{account.totp_sealed} {account.recovery_hashes}"
        assert phone.base32_key not in kept
        assert all(code not in kept for code in codes)

    def test_switching_off_asks_for_the_password(self, app: Flask, client: FlaskClient, clock: FixedClock) -> None:
        self.switch_on(client, clock)
        token = form_token(client.get("/me/second-factor"))
        url = "/me/second-factor/off"
        assert client.post(url, data={"csrf_token": token, "password": "wrong"}).status_code == 422
        assert client.post(url, data={"csrf_token": token, "password": PASSWORD}).status_code == 302
        assert sign_in(app.test_client(), "officer", PASSWORD).headers["Location"] == "/"
