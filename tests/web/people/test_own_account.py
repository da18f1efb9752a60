"""One's own tokens, and what a machine does with them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.people.models import Account, ApiToken
from tests.builders import PASSWORD, Office, password_hash


@pytest.fixture(autouse=True)
def tokens_of_forms_are_tested_elsewhere(app: Flask, forms_need_their_token: None) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture(autouse=True)
def everybody_has_a_password(app: Flask, office: Office) -> None:
    with acting(Machine("test")) as act:
        act.session.execute(update(Account).values(password=password_hash(app)))


def issue(client: FlaskClient, scopes: list[str], days: int = 30) -> str:
    answer = client.post(
        "/api/v1/tokens", json={"name": "import", "scopes": scopes, "days": days, "password": PASSWORD}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    text: str = answer.json["text"]
    return text


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_token_speaks_for_its_owner_within_its_scopes(app: Flask, office: Office) -> None:
    text = issue(office.client("security_admin"), ["manage_accounts"])
    machine = app.test_client()
    me = machine.get("/api/v1/me", headers=bearer(text)).json
    assert me is not None
    assert (me["login"], me["permissions"]) == ("security_admin", ["manage_accounts"])
    assert machine.get("/api/v1/people", headers=bearer(text)).status_code == 200


def test_a_token_without_the_scope_may_not_although_its_owner_may(app: Flask, office: Office) -> None:
    text = issue(office.client("head"), ["search"])
    permissions = app.test_client().get("/api/v1/me", headers=bearer(text)).json["permissions"]  # type: ignore[index]
    assert permissions == ["search"]


def test_nobody_gives_a_token_more_than_the_roles_give(office: Office) -> None:
    answer = office.client("officer").post(
        "/api/v1/tokens", json={"name": "x", "scopes": ["manage_accounts"], "days": 1, "password": PASSWORD}
    )
    assert answer.status_code == 422
    assert "只能选择您的角色已有的权限" in answer.text


def test_a_role_withdrawn_takes_its_power_from_tokens_too(app: Flask, office: Office) -> None:
    text = issue(office.client("security_admin"), ["manage_accounts"])
    with acting(Machine("test")) as act:
        account = act.session.get(Account, office.accounts["security_admin"])
        assert account is not None
        act.session.delete(account.held[0])
    assert app.test_client().get("/api/v1/people", headers=bearer(text)).status_code == 403


def test_a_token_makes_no_further_tokens(app: Flask, office: Office) -> None:
    text = issue(office.client("head"), ["read"])
    body = {"name": "next", "scopes": ["read"], "days": 366, "password": PASSWORD}
    assert app.test_client().post("/api/v1/tokens", json=body, headers=bearer(text)).status_code == 403


def test_a_leaked_token_reaches_no_page_and_ends_no_session(app: Flask, office: Office) -> None:
    client, machine = office.client("head"), app.test_client()
    text = issue(client, ["search"])
    for method, url in (("GET", "/"), ("GET", "/me/"), ("GET", "/me/second-factor"), ("POST", "/logout")):
        answer = machine.open(url, method=method, headers=bearer(text))
        assert answer.status_code == 403, url
        assert "令牌只用于接口" in answer.text
    [token] = client.get("/api/v1/tokens").json or []
    assert machine.delete(f"/api/v1/tokens/{token['id']}", headers=bearer(text)).status_code == 403
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize("end", ["expiry", "revoked", "disabled", "wrong"])
def test_a_token_that_ended_is_refused(app: Flask, office: Office, clock: FixedClock, end: str) -> None:
    client = office.client("head")
    text = issue(client, ["read"])
    if end == "expiry":
        clock.moment += timedelta(days=30)
    elif end == "revoked":
        token_id = client.get("/api/v1/tokens").json[0]["id"]  # type: ignore[index]
        assert client.delete(f"/api/v1/tokens/{token_id}").status_code == 204
    elif end == "disabled":
        with acting(Machine("test")) as act:
            act.session.get(Account, office.accounts["head"]).active = False  # type: ignore[union-attr]
    else:
        text += "x"
    answer = app.test_client().get("/api/v1/me", headers=bearer(text))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_needs_no_form_token_but_a_browser_does(app: Flask, office: Office) -> None:
    text = issue(office.client("security_admin"), ["manage_accounts"])
    app.config["WTF_CSRF_ENABLED"] = True
    body = {"code": "NEW", "name": "新科", "parent_id": str(office.units["root"])}
    assert office.client("security_admin").post("/api/v1/units", json=body).status_code == 400
    assert app.test_client().post("/api/v1/units", json=body, headers=bearer(text)).status_code == 201


def test_a_new_password_ends_the_tokens(app: Flask, office: Office) -> None:
    client = office.client("head")
    text = issue(client, ["read"])
    assert "访问令牌也全部撤销" in client.get("/me/password").text
    new = "seven green lanterns at dusk"
    changed = client.post("/me/password", data={"old": PASSWORD, "new": new, "again": new})
    assert changed.status_code == 200
    assert app.test_client().get("/api/v1/me", headers=bearer(text)).status_code == 401


def test_only_the_hash_of_a_token_is_kept(office: Office) -> None:
    text = issue(office.client("head"), ["read"])
    token = db.session.scalars(select(ApiToken)).one()
    assert text not in str(vars(token))
    assert all(text not in str(entry.content()) for entry in db.session.scalars(select(Entry)))


def test_when_a_token_was_last_used_is_noted_now_and_then(app: Flask, office: Office, clock: FixedClock) -> None:
    text = issue(office.client("head"), ["read"])
    machine = app.test_client()
    seen = []
    for minutes in (0, 5, 6):
        clock.moment += timedelta(minutes=minutes)
        machine.get("/api/v1/me", headers=bearer(text))
        db.session.expire_all()
        seen.append(db.session.scalars(select(ApiToken.last_used_at)).one())
    start = clock.moment - timedelta(minutes=11)
    assert seen == [start, start, clock.moment]


def test_anothers_token_is_as_good_as_none(office: Office) -> None:
    issue(office.client("head"), ["read"])
    token_id = db.session.scalars(select(ApiToken.id)).one()
    assert office.client("officer").delete(f"/api/v1/tokens/{token_id}").status_code == 404
    assert office.client("officer").post(f"/me/tokens/{token_id}/revoke").status_code == 404


def test_the_page_shows_a_new_token_once(office: Office) -> None:
    client = office.client("officer")
    page = client.get("/me/tokens/")
    assert "查阅案卷" in page.text
    assert "管理用户与权限" not in page.text
    asked = {"name": "夜间导入", "scopes": ["read", "search"], "days": "30"}
    for password in ("", "not the password"):
        assert client.post("/me/tokens/", data={**asked, "password": password}).status_code == 422
    assert db.session.scalars(select(ApiToken)).all() == []
    made = client.post("/me/tokens/", data={**asked, "password": PASSWORD})
    assert made.status_code == 201
    assert "anjuan_" in made.text.split("token-text")[1]
    listed = client.get("/me/tokens/").text
    assert "夜间导入" in listed
    assert "anjuan_" not in listed


def test_the_page_explains_a_bad_form_and_keeps_what_was_typed(office: Office) -> None:
    answer = office.client("officer").post("/me/tokens/", data={"name": "夜间导入", "days": "900"})
    assert answer.status_code == 422
    assert "1 至 366 天" in answer.text
    assert "夜间导入" in answer.text


def test_everybody_sees_their_own_roles(office: Office) -> None:
    text = office.client("officer-desk").get("/me/").text
    assert "承办人（投诉科及下级单位）" in text
    assert "尚未授予角色" in office.client("nobody").get("/me/").text
