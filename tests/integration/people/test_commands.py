"""`anjuan user`, and the demonstration's office."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import Act, Machine, acting
from archive.core.db import db
from archive.people import demo, queries
from archive.people.commands import user
from archive.people.models import Account, RoleHeld, Unit
from archive.people.rules import Role, conflicts
from tests.builders import Office

Anjuan = Callable[..., Result]


@pytest.fixture
def anjuan(app: Flask) -> Anjuan:
    def run(*words: str, text: str = "") -> Result:
        return CliRunner().invoke(user, words, input=text)

    return run


def test_the_first_three_administrators_are_three_persons(anjuan: Anjuan) -> None:
    people = ["--person", "sys", "甲", "--person", "sec", "乙", "--person", "aud", "丙"]
    done = anjuan("first", "--unit", "维权中心", *people)
    assert done.exit_code == 0, done.output
    assert len(re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", done.output)) == 3
    held = db.session.execute(select(Account.username, RoleHeld.role).join(RoleHeld.account)).all()
    assert {tuple(row) for row in held} == {
        ("sys", Role.SYSTEM_ADMIN),
        ("sec", Role.SECURITY_ADMIN),
        ("aud", Role.AUDITOR),
    }
    assert anjuan("first", *people).exit_code == 1, "there are some already"


def test_one_person_cannot_be_two_of_the_first_three(anjuan: Anjuan) -> None:
    done = anjuan("first", "--unit", "维权中心", "--person", "a1", "甲", "--person", "a1", "甲", "--person", "a2", "乙")
    assert done.exit_code == 2
    assert db.session.scalars(select(Account)).all() == []
    assert db.session.scalars(select(Unit)).all() == []


def test_the_first_three_are_asked_for(anjuan: Anjuan) -> None:
    done = anjuan("first", text="维权中心\nsys\n甲\nsec\n乙\naud\n丙\n")
    assert done.exit_code == 0, done.output
    assert db.session.scalars(select(Unit.name)).all() == ["维权中心"]


def test_somebody_is_added_with_a_role(anjuan: Anjuan, office: Office) -> None:
    done = anjuan("add", "zhang.san", "--name", "张三", "--role", "officer", "--unit", "desk")
    assert done.exit_code == 0, done.output
    account = queries.by_login(db.session(), "zhang.san")
    assert [(held.role, held.unit.code) for held in account.held] == [(Role.OFFICER, "desk")]
    assert account.must_change_password
    assert "officer@desk" in anjuan("list").output


def test_nothing_half_is_added(anjuan: Anjuan, office: Office) -> None:
    done = anjuan("add", "zhang.san", "--name", "张三", "--role", "officer", "--unit", "nowhere")
    assert done.exit_code == 1
    assert "没有这个单位" in done.output
    assert "zhang.san" not in anjuan("list").output


def test_a_password_is_reset(anjuan: Anjuan, office: Office) -> None:
    before = queries.by_login(db.session(), "officer").password
    done = anjuan("reset", "officer")
    assert done.exit_code == 0
    db.session.expire_all()
    assert queries.by_login(db.session(), "officer").password != before
    entry = db.session.scalars(select(Entry).where(Entry.action == "account:reset_password")).one()
    assert (entry.actor_name, entry.channel) == ("anjuan user", "cli")
    assert "没有这个用户" in anjuan("reset", "nobody-here").output


def test_the_demonstration_has_every_role_and_no_conflict(act: Act) -> None:
    demo.demonstrate(act)
    demo.demonstrate(act)  # again: it is there
    accounts = act.session.scalars(select(Account)).all()
    assert {held.role for one in accounts for held in one.held} == set(Role)
    assert all(not conflicts({held.role for held in one.held}) for one in accounts)
    assert {role.value for role in Role} <= {one.username for one in accounts}
    assert sum(held.role is Role.OFFICER for one in accounts for held in one.held) > 1


def test_the_demonstrations_password_lets_in(app: Flask) -> None:
    with acting(Machine("demo")) as act:
        demo.demonstrate(act)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/login", data={"login": "head", "password": demo.PASSWORD})
    assert answer.headers["Location"] == "/"
