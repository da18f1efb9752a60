"""Builders that name only what matters."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from archive.core.act import Act, Machine, acting, shell
from archive.core.db import db
from archive.people import queries
from archive.people.models import Account, AuditGrant, RoleHeld, Unit
from archive.people.rules import Person, Role

PASSWORD = "a long enough passphrase 17"
_HASH: dict[str, str] = {}


def password_hash(app: Flask) -> str:
    """Return the hash of PASSWORD; argon2 is slow on purpose, so made once."""
    from flask_security import hash_password

    key = app.config["SECURITY_PASSWORD_SALT"]
    if key not in _HASH:
        _HASH.clear()
        with app.app_context():
            _HASH[key] = hash_password(PASSWORD)
    return _HASH[key]


@dataclass
class Office:
    """Units: 中心 (root) with 投诉科 (desk) and 调查科 (field). One person of every role at the root, `{role}`; one
    officer in each department, `officer-desk` and `officer-field`; `nobody`, who holds no role. The auditor may read
    whatever is ended and not restricted, unless a test ends the grant."""

    app: Flask
    units: dict[str, uuid.UUID] = field(default_factory=dict)
    accounts: dict[str, uuid.UUID] = field(default_factory=dict)

    @classmethod
    def founded(cls, app: Flask) -> "Office":
        office = cls(app)
        with acting(Machine("test")) as act:
            rows = {}
            for serial, (code, name, parent) in enumerate(
                (("root", "维权中心", None), ("desk", "投诉科", "root"), ("field", "调查科", "root")), start=1
            ):
                above = rows.get(parent or "")
                rows[code] = Unit(
                    serial=serial,
                    code=code,
                    name=name,
                    parent_id=above.id if above else None,
                    path=f"{above.path if above else '/'}{serial}/",
                )
                act.session.add(rows[code])
                act.session.flush()
            office.units = {code: row.id for code, row in rows.items()}
            people = [(role.value, role, "root") for role in Role]
            people += [("officer-desk", Role.OFFICER, "desk"), ("officer-field", Role.OFFICER, "field")]
            for login, role, unit in [*people, ("nobody", None, "")]:
                account = Account(
                    username=login,
                    name=f"{login}甲",
                    password="",
                    fs_uniquifier=uuid.uuid4().hex,
                    created_at=act.moment,
                )
                act.session.add(account)
                act.session.flush()
                office.accounts[login] = account.id
                if role is not None:
                    act.session.add(
                        RoleHeld(account_id=account.id, role=role, unit_id=office.units[unit], granted_at=act.moment)
                    )
            office.admit("auditor", act)
        return office

    def admit(self, login: str, act: Act, **scope: Any) -> uuid.UUID:
        """Let an auditor in, past the rules of giving; the scope of AuditGrant, by default everything ended."""
        usual: dict[str, Any] = {
            "unit_id": self.units["root"],
            "since": date(2015, 1, 1),
            "until": date(2034, 12, 31),
            "basis": "审字〔2026〕1号",
            "reason": "年度审计",
            "given_by_name": "head甲",
            "given_at": act.moment,
            "expires_at": datetime(2099, 1, 1, tzinfo=UTC),
        }
        grant = AuditGrant(account_id=self.accounts[login], **{**usual, **scope})
        act.session.add(grant)
        act.session.flush()
        return grant.id

    def person(self, login: str) -> Person:
        """Return a person of the office as the value that acts take."""
        account = db.session.get(Account, self.accounts[login])
        assert account is not None
        return queries.person(db.session(), account)

    def client(self, login: str) -> FlaskClient:
        """Return a client whose session is signed in, without going through the sign-in page."""
        client = self.app.test_client()
        account = db.session.get(Account, self.accounts[login])
        assert account is not None
        with client.session_transaction() as session:
            session["_user_id"] = account.fs_uniquifier
            session["began"] = session["seen"] = int(shell().clock.now().timestamp())
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["identity"] = ""
        return client

    def outsider(self) -> FlaskClient:
        """Return a client of somebody who is not signed in."""
        return self.app.test_client()
