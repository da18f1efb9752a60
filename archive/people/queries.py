"""Reads about people."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.errors import NotFound
from archive.people.models import Account, RoleHeld, Unit
from archive.people.rules import Grant, Permission, Person, may


def person(session: Session, account: Account, scopes: frozenset[str] | None = None) -> Person:
    """Return an account as the plain value that rules and acts take. One statement."""
    rows = session.execute(
        select(RoleHeld.role, Unit.id, Unit.path).join(Unit, Unit.id == RoleHeld.unit_id)
        .where(RoleHeld.account_id == account.id)
    )
    grants = tuple(Grant(role, unit_id, path) for role, unit_id, path in rows)
    return Person(account.id, account.username, account.name, grants, scopes)


def by_login(session: Session, login: str) -> Account:
    """Return the account with this login. Raises NotFound."""
    found = session.scalar(select(Account).where(Account.username == login))
    if found is None:
        raise NotFound("account.unknown", login=login)
    return found


def units(session: Session) -> Sequence[Unit]:
    """Return all units, each after its parent."""
    return session.scalars(select(Unit).order_by(Unit.path)).all()


def unit(session: Session, unit_id: uuid.UUID) -> Unit:
    """Return the unit. Raises NotFound."""
    found = session.get(Unit, unit_id)
    if found is None:
        raise NotFound("unit.unknown")
    return found


def unit_by_code(session: Session, code: str) -> Unit:
    """Return the unit with this code. Raises NotFound."""
    found = session.scalar(select(Unit).where(Unit.code == code))
    if found is None:
        raise NotFound("unit.unknown", code=code)
    return found


def persons_with(session: Session, permission: Permission, path: str) -> list[Person]:
    """Return the active persons who have the permission in the unit with this path, by name. One statement."""
    rows = session.execute(
        select(Account.id, Account.username, Account.name, RoleHeld.role, Unit.id, Unit.path)
        .join(RoleHeld, RoleHeld.account_id == Account.id).join(Unit, Unit.id == RoleHeld.unit_id)
        .where(Account.active)
        .order_by(Account.name, Account.username)
    )
    found: dict[uuid.UUID, Person] = {}
    for account_id, login, name, role, unit_id, unit_path in rows:
        before = found.get(account_id, Person(account_id, login, name))
        found[account_id] = Person(account_id, login, name, (*before.grants, Grant(role, unit_id, unit_path)))
    return [someone for someone in found.values() if may(someone, permission, path)]
