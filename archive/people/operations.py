"""Administration of accounts, roles and units.

Who administers does so for a part of the tree of units: nobody touches an account that holds a role outside it, for
whoever sets a start password could sign in with it. The command line stands above: who may run it owns the database.
"""

import uuid

from sqlalchemy import func, select

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, Problem, Refused, RuleBroken
from archive.core.ports import ports
from archive.people import credentials, queries, second_words, tokens
from archive.people.models import Account, RoleHeld, SecondWord, Unit
from archive.people.passwords import start_password
from archive.people.rules import Deed, Permission, Person, Role, conflicts, login_of, may


def add_account(login: str, name: str, id_number: str = "", *, act: Act) -> tuple[Account, str]:
    """Add a person and return the account with its start password, which is shown once. Raises RuleBroken.

    Of the own ID number only the keyed hash is kept, by which the person is recused from dossiers they are party to.
    """
    login = login_of(login)
    if act.session.scalar(select(Account.id).where(Account.username == login)) is not None:
        raise RuleBroken("account.taken", login=login)
    account = Account(
        username=login,
        name=name,
        fs_uniquifier=uuid.uuid4().hex,
        created_at=act.moment,
        active=True,
        recovery_hashes=[],
        id_number_hash=_hashed(id_number),
    )
    password = start_password()
    credentials.set_password(account, password, by_administrator=True, act=act)
    act.session.add(account)
    act.session.flush()
    act.record("account:add", account, login=login, name=name)
    return account, password


def identify(account: Account, id_number: str, *, act: Act) -> None:
    """Note the person's own ID number, as a keyed hash; blank takes it away. Recusals follow by themselves."""
    _check_other(account, act)
    hashed = _hashed(id_number)
    if hashed != account.id_number_hash:
        account.id_number_hash = hashed
        act.record("account:identify", account, login=account.username, known=hashed is not None)


def reset_password(account: Account, *, act: Act) -> str:
    """Give the account a start password, shown once; its sessions and tokens end. May need a second person's word."""
    _check_other(account, act)
    second_words.use(account, Deed.RESET_PASSWORD, act=act)
    password = start_password()
    credentials.set_password(account, password, by_administrator=True, act=act)
    tokens.revoke_all(account, act=act)
    _note_reset(account, Deed.RESET_PASSWORD, act)
    act.record("account:reset_password", account, login=account.username)
    return password


def reset_second_factor(account: Account, *, act: Act) -> None:
    """Take the second factor away from somebody who lost phone and recovery codes. Raises RuleBroken without one.

    May need a second person's word.
    """
    _check_other(account, act)
    if not account.second_factor:
        raise RuleBroken("code.none")
    second_words.use(account, Deed.RESET_SECOND_FACTOR, act=act)
    credentials.disable_second_factor(account, act=act)
    _note_reset(account, Deed.RESET_SECOND_FACTOR, act)
    act.record("account:reset_second_factor", account, login=account.username)


def disable(account: Account, *, act: Act) -> None:
    """Shut an account: nobody signs in with it, its sessions and tokens end; what it did stays."""
    _check_other(account, act)
    if not account.active:
        raise RuleBroken("account.inactive", name=account.name)
    if any(held.role is Role.SECURITY_ADMIN for held in account.held):
        _check_not_last(account, act)
    account.active = False
    account.fs_uniquifier = uuid.uuid4().hex
    tokens.revoke_all(account, act=act)
    act.record("account:disable", account, login=account.username)


def enable(account: Account, *, act: Act) -> None:
    """Open a shut account again."""
    _check_other(account, act)
    if account.active:
        raise RuleBroken("account.active", name=account.name)
    account.active = True
    act.record("account:enable", account, login=account.username)


def grant(account: Account, role: Role, unit: Unit, *, act: Act) -> RoleHeld:
    """Give a role in a unit. Raises Refused with every reason against it, RuleBroken where a second word is missing."""
    _check_grant(account, role, unit, act)
    second_words.use(account, Deed.GRANT, role, unit, act=act)
    actor = act.actor if isinstance(act.actor, Person) else None
    given = RoleHeld(
        account_id=account.id,
        role=role,
        unit_id=unit.id,
        granted_by=actor.id if actor else None,
        granted_at=act.moment,
    )
    act.session.add(given)
    act.session.flush()
    act.session.expire(account, ["held"])
    act.record("role:grant", given, login=account.username, role=role, unit=unit.name)
    return given


def ask(account: Account, deed: Deed, role: Role | None = None, unit: Unit | None = None, *, act: Act) -> SecondWord:
    """Ask for the second person's word that a deed needs. Raises what the deed itself would raise, RuleBroken."""
    if deed is Deed.GRANT:
        if role is None or unit is None:
            raise BadInput("input.bad", [Problem("input.required", "unit_id" if role else "role")])
        _check_grant(account, role, unit, act)
        return second_words.ask(account, deed, role, unit, act=act)
    _check_other(account, act)
    if deed is Deed.RESET_SECOND_FACTOR and not account.second_factor:
        raise RuleBroken("code.none")
    return second_words.ask(account, deed, act=act)


def _check_grant(account: Account, role: Role, unit: Unit, act: Act) -> None:
    _check_other(account, act)
    _check_path(unit.path, act)
    # Two grants at once must not together make what each alone may not.
    act.session.refresh(account, with_for_update=True)
    held = act.session.scalars(select(RoleHeld).where(RoleHeld.account_id == account.id)).all()
    problems = [
        Problem("role.conflict", "role", {"first": first, "second": second})
        for first, second in conflicts({role, *(one.role for one in held)})
    ]
    if unit.closed_at is not None:
        problems.append(Problem("unit.closed", "unit_id", {"unit": unit.name}))
    if any(one.role is role and one.unit_id == unit.id for one in held):
        problems.append(Problem("role.held", "role", {"role": role, "unit": unit.name}))
    if problems:
        raise Refused("role.refused", problems, role=role, name=account.name)


def withdraw(held: RoleHeld, *, act: Act) -> None:
    """Take a role away."""
    account = held.account
    _check_other(account, act)
    _check_path(held.unit.path, act)
    if held.role is Role.SECURITY_ADMIN:
        _check_not_last(account, act)
    act.record("role:withdraw", held, login=account.username, role=held.role, unit=held.unit.name)
    act.session.delete(held)
    act.session.flush()
    act.session.expire(account, ["held"])


def add_unit(code: str, name: str, parent: Unit | None, *, act: Act) -> Unit:
    """Add a department under another, or at the top. Raises RuleBroken."""
    _check_path(parent.path if parent else "/", act)
    # Whoever adds first holds the oldest unit's row: the next one sees the serial that was given.
    act.session.scalar(select(Unit.id).order_by(Unit.serial).limit(1).with_for_update())
    if act.session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        raise RuleBroken("unit.taken", unit=code)
    if parent is not None and parent.closed_at is not None:
        raise RuleBroken("unit.closed", unit=parent.name)
    serial = (act.session.scalar(select(func.max(Unit.serial))) or 0) + 1
    unit = Unit(
        serial=serial,
        code=code,
        name=name,
        parent_id=parent.id if parent else None,
        path=f"{parent.path if parent else '/'}{serial}/",
    )
    act.session.add(unit)
    act.session.flush()
    act.record("unit:add", unit, code=code, name=name, parent=parent.name if parent else "")
    return unit


def rename_unit(unit: Unit, name: str, *, act: Act) -> None:
    """Give a department another name; its number and what hangs on it stay."""
    _check_path(unit.path, act)
    before, unit.name = unit.name, name
    act.record("unit:rename", unit, before=before, name=name)


def close_unit(unit: Unit, *, act: Act) -> None:
    """Close a department: no new roles, no new dossiers; what it holds stays readable. Raises Refused."""
    _check_path(unit.path, act)
    if unit.closed_at is not None:
        raise RuleBroken("unit.closed", unit=unit.name)
    below = act.session.scalars(
        select(Unit).where(Unit.parent_id == unit.id, Unit.closed_at.is_(None)).order_by(Unit.path)
    ).all()
    holders = act.session.scalars(
        select(Account)
        .where(Account.active, Account.id.in_(select(RoleHeld.account_id).where(RoleHeld.unit_id == unit.id)))
        .order_by(Account.name)
    ).all()
    problems = [Problem("unit.has_unit", facts={"below": one.name}) for one in below]
    problems += [Problem("unit.has_holder", facts={"name": one.name}) for one in holders]
    if problems:
        raise Refused("unit.in_use", problems, unit=unit.name)
    unit.closed_at = act.moment
    act.record("unit:close", unit, name=unit.name)


def _note_reset(account: Account, deed: Deed, act: Act) -> None:
    """Keep who did it: the person is told at the next sign-in, and sees the last ones on the own account's page."""
    told = {"deed": deed.value, "by": act.actor.name, "at": act.moment.isoformat()}
    account.resets = [*account.resets[-4:], told]


def _hashed(id_number: str) -> str | None:
    return ports().vault.whole(id_number) if id_number else None


def _check_other(account: Account, act: Act) -> None:
    """Refuse somebody who administers themselves, or somebody beyond their part of the tree. Raises NotAllowed."""
    if act.actor.id == account.id:
        raise NotAllowed("account.own")
    if not isinstance(act.actor, Person):
        return
    for grant in queries.person(act.session, account).grants:
        _check_path(grant.path, act)


def _check_path(path: str, act: Act) -> None:
    if isinstance(act.actor, Person) and not may(act.actor, Permission.MANAGE_ACCOUNTS, path):
        raise NotAllowed("account.beyond")


def _check_not_last(account: Account, act: Act) -> None:
    """Refuse what would leave nobody who can administer accounts. Raises RuleBroken."""
    # Ordered locks: two administrators who remove each other at once wait for one another instead of both succeeding.
    # On the roles themselves, too: whoever waited is then not told of one that was taken away meanwhile.
    active = act.session.scalars(
        select(RoleHeld.account_id)
        .join(RoleHeld.account)
        .where(RoleHeld.role == Role.SECURITY_ADMIN, Account.active)
        .order_by(RoleHeld.id)
        .with_for_update()
    ).all()
    others = [one for one in active if one != account.id]
    if not others:
        raise RuleBroken("account.last_security_admin", name=account.name)
