"""Reads about people."""

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from archive.core.act import now
from archive.core.errors import NotFound
from archive.core.paging import Page, PageRequest, cut
from archive.people.models import Account, ApiToken, AuditGrant, RoleHeld, Unit
from archive.people.rules import Grant, Inspection, Permission, Person, Role, may

# Accounts with their roles and the units of these: two statements, however many accounts.
_HELD = selectinload(Account.held).joinedload(RoleHeld.unit)


def person(session: Session, account: Account, scopes: frozenset[str] | None = None) -> Person:
    """Return an account as the plain value that rules and acts take. One statement, for an auditor two."""
    rows = session.execute(
        select(RoleHeld.role, Unit.id, Unit.path)
        .join(Unit, Unit.id == RoleHeld.unit_id)
        .where(RoleHeld.account_id == account.id)
    )
    grants = tuple(Grant(role, unit_id, path) for role, unit_id, path in rows)
    inspections = _inspections(session, account, [grant.path for grant in grants if grant.role is Role.AUDITOR])
    return Person(account.id, account.username, account.name, grants, scopes, inspections)


def _inspections(session: Session, account: Account, tops: Sequence[str]) -> tuple[Inspection, ...]:
    """Return the grants in force now of who audits at and below these paths: asked anew with every request."""
    if not tops:
        return ()
    rows = session.execute(
        select(Unit.path, AuditGrant.since, AuditGrant.until, AuditGrant.category, AuditGrant.restricted)
        .join(Unit, Unit.id == AuditGrant.unit_id)
        .where(AuditGrant.account_id == account.id, AuditGrant.ended_at.is_(None), AuditGrant.expires_at > now())
    )
    return tuple(Inspection(*row) for row in rows if any(row.path.startswith(top) for top in tops))


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
        raise NotFound("unit.unknown", unit=code)
    return found


def persons_with(session: Session, permission: Permission, path: str) -> list[Person]:
    """Return the active persons who have the permission in the unit with this path, by name. One statement."""
    rows = session.execute(
        select(Account.id, Account.username, Account.name, RoleHeld.role, Unit.id, Unit.path)
        .join(RoleHeld, RoleHeld.account_id == Account.id)
        .join(Unit, Unit.id == RoleHeld.unit_id)
        .where(Account.active)
        .order_by(Account.name, Account.username)
    )
    found: dict[uuid.UUID, Person] = {}
    for account_id, login, name, role, unit_id, unit_path in rows:
        before = found.get(account_id, Person(account_id, login, name))
        found[account_id] = Person(account_id, login, name, (*before.grants, Grant(role, unit_id, unit_path)))
    return [someone for someone in found.values() if may(someone, permission, path)]


def account(session: Session, account_id: uuid.UUID) -> Account:
    """Return the account with the roles it holds. Raises NotFound. Two statements."""
    found = session.scalar(select(Account).where(Account.id == account_id).options(_HELD))
    if found is None:
        raise NotFound("account.unknown")
    return found


def accounts(session: Session, page: PageRequest, *, q: str = "", role: Role | None = None) -> Page[Account]:
    """Return accounts by login, with the roles they hold; `q` is part of a login or name. Two statements."""
    query = select(Account).order_by(Account.username).limit(page.size + 1).options(_HELD)
    if q:
        query = query.where(
            or_(Account.username.contains(q.lower(), autoescape=True), Account.name.contains(q, autoescape=True))
        )
    if role is not None:
        query = query.where(Account.id.in_(select(RoleHeld.account_id).where(RoleHeld.role == role)))
    key = page.key(str)
    if key is not None:
        query = query.where(Account.username > key[0])
    return cut(session.scalars(query).all(), page, lambda one: [one.username])


def held(session: Session, account_id: uuid.UUID, held_id: uuid.UUID) -> RoleHeld:
    """Return a role an account holds. Raises NotFound."""
    found = session.scalar(select(RoleHeld).where(RoleHeld.id == held_id, RoleHeld.account_id == account_id))
    if found is None:
        raise NotFound("role.unknown")
    return found


def tokens_of(session: Session, account_id: uuid.UUID) -> Sequence[ApiToken]:
    """Return an account's tokens, the newest first."""
    query = select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.created_at.desc(), ApiToken.id)
    return session.scalars(query).all()


def token_of(session: Session, account_id: uuid.UUID, token_id: uuid.UUID) -> ApiToken:
    """Return one of an account's own tokens. Raises NotFound, the same for another's."""
    found = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.account_id == account_id))
    if found is None:
        raise NotFound("token.unknown")
    return found
