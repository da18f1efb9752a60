"""Guesses side by side: the count is not outrun."""

import threading

from flask import Flask
from sqlalchemy import func, select

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.people import credentials
from archive.people.models import Account
from archive.people.rules import FREE_FAILURES
from tests.builders import PASSWORD, Office, password_hash


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
