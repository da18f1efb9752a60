"""What the security administrator does with people, roles and units."""

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.ports import ports
from archive.people import operations
from archive.people.models import Account, RoleHeld, SecondWord, Unit
from archive.people.rules import Role
from tests.builders import PASSWORD, Office, password_hash
from tests.conftest import counting


@pytest.fixture(autouse=True)
def tokens_of_forms_are_tested_elsewhere(app: Flask, forms_need_their_token: None) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def admin(office: Office) -> FlaskClient:
    return office.client("security_admin")


def held_by(office: Office, login: str) -> RoleHeld:
    return db.session.scalars(select(RoleHeld).where(RoleHeld.account_id == office.accounts[login])).one()


def roles_of(account_id: uuid.UUID) -> set[str]:
    return set(db.session.scalars(select(RoleHeld.role).where(RoleHeld.account_id == account_id)))


def test_somebody_new_signs_in_with_the_start_password_and_must_change_it(app: Flask, admin: FlaskClient) -> None:
    made = admin.post("/people/new", data={"login": "zhang.san", "name": "张三"})
    assert made.status_code == 201
    found = re.search(r'<dt>初始密码</dt><dd><code class="number">([^<]+)<', made.text)
    assert found
    password = found.group(1)
    newcomer = app.test_client()
    assert newcomer.post("/login", data={"login": "zhang.san", "password": password}).status_code == 302
    assert newcomer.get("/me/").headers["Location"] == "/me/password"
    assert password not in admin.get("/people/").text


def test_a_login_that_is_taken_or_no_login_is_explained_and_nothing_typed_is_lost(admin: FlaskClient) -> None:
    taken = admin.post("/people/new", data={"login": "Officer", "name": "张三"})
    assert taken.status_code == 409
    assert "已有人使用" in taken.text
    assert "张三" in taken.text
    assert "小写字母开头" in admin.post("/people/new", data={"login": "张三", "name": "张三"}).text


def test_a_role_is_given_in_a_unit_and_taken_back(office: Office, admin: FlaskClient) -> None:
    nobody = office.accounts["nobody"]
    data = {"role": "officer", "unit_id": str(office.units["desk"])}
    assert admin.post(f"/people/{nobody}/roles", data=data).status_code == 302
    assert "承办人" in admin.get(f"/people/{nobody}").text
    assert admin.post(f"/people/{nobody}/roles", data=data).status_code == 409, "the same again"
    held = held_by(office, "nobody")
    assert admin.post(f"/people/{nobody}/roles/{held.id}/withdraw").status_code == 302
    assert roles_of(nobody) == set()
    trail = [entry.action for entry in db.session.scalars(select(Entry).order_by(Entry.seq))]
    assert [action for action in trail if action.startswith("role:")] == ["role:grant", "role:withdraw"]


@pytest.mark.parametrize(
    ("holds", "asks"),
    [
        ("officer", "auditor"),
        ("auditor", "system_admin"),
        ("system_admin", "security_admin"),
        ("system_admin", "head"),
        ("auditor", "officer"),
    ],
)
def test_separate_administrators_stay_separate(office: Office, admin: FlaskClient, holds: str, asks: str) -> None:
    account = office.accounts[holds]
    data = {"role": asks, "unit_id": str(office.units["desk"])}
    answer = admin.post(f"/people/{account}/roles", data=data)
    assert answer.status_code == 409
    assert "三员分立" in answer.text
    assert roles_of(account) == {holds}
    refused = db.session.scalars(select(Entry).where(Entry.action == "request:refused")).one()
    assert refused.facts["code"] == "role.refused"


def test_nobody_administers_themselves(office: Office, admin: FlaskClient) -> None:
    own = office.accounts["security_admin"]
    held = held_by(office, "security_admin")
    role = {"role": "head", "unit_id": str(office.units["root"])}
    for url, data in (
        (f"/people/{own}/roles", role),
        (f"/people/{own}/roles/{held.id}/withdraw", {}),
        (f"/people/{own}/disable", {}),
        (f"/people/{own}/reset-password", {}),
    ):
        assert admin.post(url, data=data).status_code == 403
    assert roles_of(own) == {Role.SECURITY_ADMIN}


def test_the_last_security_administrator_stays(app: Flask, office: Office) -> None:
    with acting(Machine("test")) as act:
        second = act.session.get(Account, office.accounts["nobody"])
        assert second is not None
        act.session.add(
            RoleHeld(
                account_id=second.id, role=Role.SECURITY_ADMIN, unit_id=office.units["root"], granted_at=act.moment
            )
        )
    first, other = office.client("security_admin"), office.client("nobody")
    own = office.accounts["security_admin"]
    assert other.post(f"/people/{own}/disable").status_code == 302
    assert first.get("/people/").status_code == 302, "whoever is disabled is out at once"
    assert other.post(f"/people/{own}/enable").status_code == 302
    # By the command line even that would leave nobody.
    from archive.core.errors import RuleBroken

    with acting(Machine("test")) as act:
        operations.disable(act.session.get_one(Account, office.accounts["nobody"]), act=act)
    with pytest.raises(RuleBroken, match=r"account\.last_security_admin"), acting(Machine("test")) as act:
        operations.disable(act.session.get_one(Account, own), act=act)
    with pytest.raises(RuleBroken, match=r"account\.last_security_admin"), acting(Machine("test")) as act:
        operations.withdraw(act.session.get_one(RoleHeld, held_by(office, "security_admin").id), act=act)


def test_an_administrator_of_a_department_stays_in_it(office: Office) -> None:
    with acting(Machine("test")) as act:
        act.session.add(
            RoleHeld(
                account_id=office.accounts["nobody"],
                role=Role.SECURITY_ADMIN,
                unit_id=office.units["desk"],
                granted_at=act.moment,
            )
        )
    local = office.client("nobody")
    clerk = {"role": "letter_clerk"}
    inside, outside = office.accounts["officer-desk"], office.accounts["officer-field"]
    desk, field, root = (str(office.units[code]) for code in ("desk", "field", "root"))
    assert local.post(f"/people/{inside}/roles", data={**clerk, "unit_id": desk}).status_code == 302
    assert local.post(f"/people/{inside}/roles", data={**clerk, "unit_id": field}).status_code == 403
    assert local.post(f"/people/{outside}/roles", data={**clerk, "unit_id": desk}).status_code == 403
    assert local.post(f"/people/{office.accounts['head']}/reset-password").status_code == 403, "he could be the head"
    assert local.post("/units/", data={"code": "A", "name": "甲", "parent_id": root}).status_code == 403
    assert local.post("/units/", data={"code": "B", "name": "乙"}).status_code == 403
    assert local.post("/units/", data={"code": "C", "name": "丙", "parent_id": desk}).status_code == 302


def test_resetting_the_password_ends_sessions_and_tokens(app: Flask, office: Office, admin: FlaskClient) -> None:
    with acting(Machine("test")) as act:
        act.session.get_one(Account, office.accounts["officer"]).password = password_hash(app)
    officer = office.client("officer")
    body = {"name": "x", "scopes": ["read"], "days": 30, "password": PASSWORD}
    text = officer.post("/api/v1/tokens", json=body).json["text"]  # type: ignore[index]
    answer = admin.post(f"/people/{office.accounts['officer']}/reset-password")
    assert "只显示这一次" in answer.text
    assert officer.get("/me/").status_code == 302
    headers = {"Authorization": f"Bearer {text}"}
    assert app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_nobody_gives_a_weighty_role_alone(office: Office, admin: FlaskClient) -> None:
    nobody, auditor = office.accounts["nobody"], office.client("auditor")
    data = {"role": "head", "unit_id": str(office.units["root"])}
    url = f"/people/{nobody}/roles"
    assert admin.post(f"/api/v1{url}", json=data).json["code"] == "second_word.missing"  # type: ignore[index]
    assert admin.post(url, data=data).status_code == 302
    assert admin.post(url, data=data).status_code == 302, "asking again changes nothing"
    assert roles_of(nobody) == set()
    [word] = db.session.scalars(select(SecondWord.id)).all()
    assert "请确认：security_admin甲提请授予角色“负责人”" in auditor.get("/inspection/").text
    assert [one["kind"] for one in auditor.get("/api/v1/work").json["errands"]] == ["second_word"]  # type: ignore[index]
    for login in ("security_admin", "head", "system_admin", "nobody"):
        assert office.client(login).post(f"/people/second-words/{word}", data={"agreed": "true"}).status_code == 403
    assert "确认" in auditor.get("/people/second-words").text
    assert auditor.post(f"/people/second-words/{word}", data={"agreed": "true"}).status_code == 302
    assert auditor.post(f"/people/second-words/{word}", data={"agreed": "true"}).status_code == 409
    other = {**data, "role": "auditor"}
    assert admin.post(f"/api/v1{url}", json=other).status_code == 409, "only what was confirmed"
    assert admin.post(url, data=data).status_code == 302
    assert roles_of(nobody) == {"head"}
    with acting(Machine("anjuan user")) as act:
        held = act.session.scalars(select(RoleHeld).where(RoleHeld.account_id == nobody)).one()
        operations.withdraw(held, act=act)
    assert admin.post(f"/api/v1{url}", json=data).status_code == 409, "a word serves once"


def test_who_may_do_much_is_not_opened_by_one_administrator(
    app: Flask, office: Office, admin: FlaskClient, clock: FixedClock
) -> None:
    head = office.accounts["head"]
    reset = f"/api/v1/people/{head}/reset-password"
    assert admin.post(reset).status_code == 409
    asked = admin.post(f"/api/v1/people/{head}/second-words", json={"deed": "reset_password"})
    assert asked.status_code == 201, asked.text
    assert admin.post(reset).status_code == 409
    auditor = office.client("auditor")
    [waits] = auditor.get("/api/v1/second-words").json or []
    answer = f"/api/v1/second-words/{waits['id']}/answer"
    assert auditor.post(answer, json={"agreed": False}).status_code == 200
    assert admin.post(reset).status_code == 409, "refused"
    admin.post(f"/people/{head}/reset-password")
    [waits] = auditor.get("/api/v1/second-words").json or []
    assert auditor.post(f"/api/v1/second-words/{waits['id']}/answer", json={"agreed": True}).status_code == 200
    clock.moment += timedelta(minutes=1)
    admin = office.client("security_admin")
    password = admin.post(reset).json["start_password"]  # type: ignore[index]
    browser = app.test_client()
    told = browser.post("/login", data={"login": "head", "password": password}, follow_redirects=True)
    assert "security_admin甲 于 2026-03-05 10:01 为您重置密码" in told.text
    # Of somebody whose roles were taken meanwhile there is nothing to confirm, least of all for who holds none.
    assert admin.post(f"/api/v1/people/{head}/second-words", json={"deed": "reset_password"}).status_code == 201
    [waits] = auditor.get("/api/v1/second-words").json or []
    db.session.query(RoleHeld).filter_by(account_id=head).delete()
    db.session.commit()
    answer = f"/api/v1/second-words/{waits['id']}/answer"
    for login in ("nobody", "officer", "auditor"):
        assert office.client(login).post(answer, json={"agreed": True}).status_code == 403
    needless = admin.post(f"/api/v1/people/{office.accounts['officer']}/second-words", json={"deed": "reset_password"})
    assert needless.json["code"] == "second_word.needless"  # type: ignore[index]


def test_a_word_lapses(office: Office, admin: FlaskClient, clock: FixedClock) -> None:
    data = {"role": "legal", "unit_id": str(office.units["root"])}
    url = f"/people/{office.accounts['nobody']}/roles"
    admin.post(url, data=data)
    word = db.session.scalars(select(SecondWord.id)).one()
    clock.moment += timedelta(days=8)
    assert office.client("auditor").post(f"/people/second-words/{word}", data={"agreed": "true"}).status_code == 409
    office.client("security_admin").post(url, data=data)
    word = db.session.scalars(select(SecondWord.id).where(SecondWord.id != word)).one()
    assert office.client("auditor").post(f"/people/second-words/{word}", data={"agreed": "true"}).status_code == 302
    clock.moment += timedelta(days=1, minutes=1)
    assert office.client("security_admin").post(f"/api/v1{url}", json=data).status_code == 409


def test_a_lost_second_factor_is_taken_away(office: Office, admin: FlaskClient) -> None:
    officer = office.accounts["officer"]
    assert admin.post(f"/people/{officer}/reset-second-factor").status_code == 409, "there is none"
    with acting(Machine("test")) as act:
        account = act.session.get_one(Account, officer)
        account.totp_sealed, account.totp_counter, account.recovery_hashes = "sealed", 1, ["x"]
    assert admin.post(f"/people/{officer}/reset-second-factor").status_code == 302
    account = db.session.get_one(Account, officer)
    assert (account.second_factor, account.recovery_hashes) == (False, [])


def test_an_id_number_is_noted_and_never_told(office: Office, admin: FlaskClient) -> None:
    made = admin.post("/people/new", data={"login": "wang", "name": "王小明", "id_number": "32058219800101001x"})
    assert made.status_code == 201
    account = db.session.scalars(select(Account).where(Account.username == "wang")).one()
    assert account.id_number_hash == ports().vault.whole("32058219800101001X")
    url = f"/api/v1/people/{account.id}"
    assert admin.get(url).json["identified"] is True  # type: ignore[index]
    assert admin.put(f"{url}/identity", json={"id_number": ""}).json["identified"] is False  # type: ignore[index]
    assert admin.post(f"/people/{account.id}/identity", data={"id_number": "110101"}).status_code == 302
    assert "已登记" in admin.get(f"/people/{account.id}").text
    told = str([entry.content() for entry in db.session.scalars(select(Entry))]) + admin.get(url).text
    assert not any(secret in told for secret in ("32058219800101001", "110101", account.id_number_hash or "-"))


def test_units_are_a_tree_that_grows_and_closes_from_the_leaves(office: Office, admin: FlaskClient) -> None:
    root = str(office.units["root"])
    assert admin.post("/units/", data={"code": "DA", "name": "档案室", "parent_id": root}).status_code == 302
    unit = db.session.scalars(select(Unit).where(Unit.code == "DA")).one()
    assert (unit.serial, unit.path) == (4, "/1/4/")
    again = admin.post("/units/", data={"code": "DA", "name": "又一室", "parent_id": root})
    assert again.status_code == 409
    assert "又一室" in again.text
    assert admin.post(f"/units/{unit.id}/rename", data={"name": "档案科"}).status_code == 302
    refused = admin.post(f"/units/{root}/close")
    assert refused.status_code == 409
    assert "档案科" in refused.text
    assert "仍在此单位任职" in refused.text, "every reason at once"
    assert admin.post(f"/units/{unit.id}/close").status_code == 302
    role = {"role": "officer", "unit_id": str(unit.id)}
    assert "已经撤销" in admin.post(f"/people/{office.accounts['nobody']}/roles", data=role).text


def test_the_list_is_filtered_and_paged_at_a_fixed_cost(office: Office, admin: FlaskClient) -> None:
    with acting(Machine("test")) as act:
        for number in range(60):
            account = Account(username=f"x{number:03}", name="群众", fs_uniquifier=str(number), created_at=act.moment)
            act.session.add(account)
    admin.get("/people/")
    with counting(5):  # the session's account, its roles; accounts, their roles with units; what waits for a word
        page = admin.get("/people/").text
    assert "x030" in page
    assert "x059" not in page
    link = re.search(r'rel="next" href="([^"]+)"', page)
    assert link
    assert "x059" in admin.get(link.group(1).replace("&amp;", "&")).text
    assert "officer-desk" not in admin.get("/people/?q=head").text
    auditors = admin.get("/people/?role=auditor").text
    assert "auditor甲" in auditors
    assert "officer甲" not in auditors


class TestApi:
    """The same by machine."""

    def test_an_account_is_made_read_and_changed_under_its_tag(self, office: Office, admin: FlaskClient) -> None:
        made = admin.post("/api/v1/people", json={"login": "li.si", "name": "李四"})
        assert made.status_code == 201
        assert made.json is not None
        assert len(made.json["start_password"]) == 19
        url = made.headers["Location"]
        tag = admin.get(url).headers["ETag"]
        assert tag == made.headers["ETag"]
        role = {"role": "officer", "unit_id": str(office.units["desk"])}
        assert admin.post(f"{url}/roles", json=role, headers={"If-Match": tag}).status_code == 201
        assert admin.post(f"{url}/disable", headers={"If-Match": tag}).status_code == 412
        account = admin.get(url)
        assert account.json["roles"][0]["unit"] == "投诉科"  # type: ignore[index]
        shut = admin.post(f"{url}/disable", headers={"If-Match": account.headers["ETag"]})
        assert shut.status_code == 200
        assert shut.json["active"] is False  # type: ignore[index]
        held = account.json["roles"][0]["id"]  # type: ignore[index]
        assert admin.delete(f"{url}/roles/{held}").status_code == 204
        assert admin.post(f"{url}/enable").json["active"] is True  # type: ignore[index]
        assert admin.post(f"{url}/reset-password").json["start_password"]  # type: ignore[index]

    def test_nothing_secret_is_told(self, office: Office, admin: FlaskClient) -> None:
        text = admin.get(f"/api/v1/people/{office.accounts['officer']}").text
        for secret in ('"password"', "uniquifier", "totp", "recovery", "id_number"):
            assert secret not in text

    def test_refusals_carry_their_reasons(self, office: Office, admin: FlaskClient) -> None:
        body = {"role": "auditor", "unit_id": str(office.units["root"])}
        answer = admin.post(f"/api/v1/people/{office.accounts['officer']}/roles", json=body)
        assert (answer.status_code, answer.content_type) == (409, "application/problem+json; charset=utf-8")
        assert answer.json is not None
        assert [one["code"] for one in answer.json["errors"]] == ["role.conflict"]

    def test_units_by_machine(self, office: Office, admin: FlaskClient) -> None:
        body = {"code": "DA", "name": "档案室", "parent_id": str(office.units["root"])}
        unit = admin.post("/api/v1/units", json=body).json
        assert unit is not None
        assert admin.patch(f"/api/v1/units/{unit['id']}", json={"name": "档案科"}).json["name"] == "档案科"  # type: ignore[index]
        assert admin.post(f"/api/v1/units/{unit['id']}/close").json["closed_at"]  # type: ignore[index]
        listed = office.client("officer").get("/api/v1/units").json
        assert [one["code"] for one in listed] == ["root", "desk", "field", "DA"]  # type: ignore[union-attr]
