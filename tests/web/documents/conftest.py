"""Dossiers to put documents into."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from archive.core.act import shell
from tests.builders import Office
from tests.dossier_builders import registered


class SignedIn(Office):
    """An office whose clients' sessions carry the marks of their beginning."""

    def client(self, login: str) -> FlaskClient:
        client = super().client(login)
        with client.session_transaction() as session:
            account = self.accounts[login]
            session["began"] = session["seen"] = int(shell().clock.now().timestamp())
            session["_user_id"] = _uniquifier(account)
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["identity"] = ""
        return client


def _uniquifier(account_id: object) -> str:
    from archive.core.db import db
    from archive.people.models import Account

    account = db.session.get(Account, account_id)
    assert account is not None
    return account.fs_uniquifier


@pytest.fixture
def office(app: Flask) -> Office:
    return SignedIn.founded(app)


@pytest.fixture
def number(office: Office) -> str:
    """A registered dossier of the centre."""
    return registered(office)


@pytest.fixture(autouse=True)
def dossier_pages(app: Flask) -> None:
    for endpoint, rule in (("dossiers.index", "/x/"), ("dossiers.show", "/x/<number>")):
        if endpoint not in app.view_functions:
            app.add_url_rule(rule, endpoint, lambda number="": "")
