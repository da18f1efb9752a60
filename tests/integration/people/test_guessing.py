"""Side by side: the count of guesses is not outrun, and two administrators do not take each other away."""

import threading
import time
import uuid

from flask import Flask
from sqlalchemy import func, select

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.people import credentials, operations
from archive.people.models import Account, RoleHeld
from archive.people.rules import FREE_FAILURES, Role
from tests.builders import PASSWORD, Office, password_hash
from tests.handling_builders import somebody


def test_of_many_guesses_at_once_only_the_free_ones_are_weighed(app: Flask, office: Office) -> None:
    with acting(Machine("test")) as act:
        act.session.get_one(Account, office.accounts["officer"]).password = password_hash(app)
    db.session.remove()
    start = threading.Barrier(10)
    errors: list[BaseException] = []
    let_in: list[bool] = []

    def guess(password: str) -> None:
        with app.app_context():
            try:
                start.wait()
                with acting(Machine("visitor")) as act:
                    let_in.append(credentials.try_password("officer", password, act=act) is not None)
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=guess, args=(f"guess number {number}",)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert not any(let_in)
    account = db.session.get_one(Account, office.accounts["officer"])
    assert account.failed_attempts == FREE_FAILURES
    assert account.locked_until is not None
    reasons = db.session.scalars(select(Entry.facts).where(Entry.action == "account:sign_in_failed")).all()
    assert sorted(facts["reason"] for facts in reasons) == ["locked"] * 5 + ["password"] * 5
    assert db.session.scalar(select(func.count()).where(Entry.action == "account:lock")) == 1
    with acting(Machine("visitor")) as act:
        assert credentials.try_password("officer", PASSWORD, act=act) is None


def test_the_last_two_security_administrators_do_not_remove_each_other_at_once(app: Flask, office: Office) -> None:
    somebody(office, "second", Role.SECURITY_ADMIN)
    rows = {one: _held(one) for one in (office.accounts["security_admin"], office.accounts["second"])}
    db.session.remove()
    first_is_in = threading.Event()
    refused: list[str] = []

    def withdraw(held_id: uuid.UUID, first: bool) -> None:
        with app.app_context():
            try:
                if not first:
                    first_is_in.wait()
                with acting(Machine("test")) as act:
                    operations.withdraw(act.session.get_one(RoleHeld, held_id), act=act)
                    first_is_in.set()
                    # The other one has time to come as far as it can.
                    time.sleep(0.3 if first else 0)
            except RuleBroken as error:
                refused.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=withdraw, args=one) for one in zip(rows.values(), (True, False), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["account.last_security_admin"]
    assert db.session.scalar(select(func.count()).where(RoleHeld.role == Role.SECURITY_ADMIN)) == 1


def _held(account_id: uuid.UUID) -> uuid.UUID:
    return db.session.scalars(select(RoleHeld.id).where(RoleHeld.account_id == account_id)).one()
