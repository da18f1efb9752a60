"""`anjuan user`: people from the command line. Whoever may run it owns the database, so it asks for no permission."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.core.paging import PageRequest
from archive.people import operations, queries
from archive.people.models import RoleHeld, Unit
from archive.people.rules import LOGIN, Role, login_of

OPERATOR = Machine("anjuan user")
_FIRST = (
    (Role.SYSTEM_ADMIN, "runs the machine"),
    (Role.SECURITY_ADMIN, "grants access"),
    (Role.AUDITOR, "reads the trail"),
)


class Login(click.ParamType[str]):
    """An account name."""

    name = "login"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        login = login_of(value)
        if not LOGIN.fullmatch(login):
            self.fail("a letter, then 1 to 63 letters, digits, dots, hyphens or underscores", param, ctx)
        return login


@click.group()
def user() -> None:
    """Accounts and roles."""


@user.command()
@click.argument("login", type=Login())
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="A role to begin with.")
@click.option("--unit", "unit_code", help="The code of the unit in which the role holds.")
def add(login: str, name: str, role: str | None, unit_code: str | None) -> None:
    """Add a person and print the start password, once."""
    if (role is None) != (unit_code is None):
        raise click.UsageError("--role and --unit go together")
    with _refusals(), acting(OPERATOR) as act:
        account, password = operations.add_account(login, name, act=act)
        if role is not None and unit_code is not None:
            operations.grant(account, Role(role), queries.unit_by_code(act.session, unit_code), act=act)
    _hand_over(login, password)


@user.command()
@click.argument("login", type=Login())
@click.option("--second-factor", is_flag=True, help="Take the second factor away, too.")
def reset(login: str, second_factor: bool) -> None:
    """Set a new start password and print it, once; sessions and tokens end."""
    with _refusals(), acting(OPERATOR) as act:
        account = queries.by_login(act.session, login)
        password = operations.reset_password(account, act=act)
        if second_factor:
            operations.reset_second_factor(account, act=act)
    _hand_over(login, password)


@user.command("list")
def list_users() -> None:
    """List accounts with their roles."""
    request = PageRequest(size=200)
    while True:
        page = queries.accounts(db.session(), request)
        for one in page.rows:
            roles = ", ".join(f"{held.role}@{held.unit.code}" for held in one.held)
            click.echo(f"{one.username}\t{one.name}\t{'active' if one.active else 'disabled'}\t{roles}")
        if not page.next:
            return
        request = PageRequest(size=200, after=page.next)


@user.command()
@click.option("--unit", "unit_name", help="The office's name, when there is no unit yet.")
@click.option("--code", "unit_code", default="01", show_default=True, help="Its code.")
@click.option("--person", "people", nargs=2, multiple=True, type=(Login(), str), help="LOGIN NAME, three times.")
def first(unit_name: str | None, unit_code: str, people: tuple[tuple[str, str], ...]) -> None:
    """Make the first three administrators: system, security, audit; three different persons.

    Without options it asks. Everything else is then done by the security administrator in the browser.
    """
    if db.session().scalar(select(RoleHeld.id).where(RoleHeld.role == Role.SECURITY_ADMIN).limit(1)) is not None:
        raise click.ClickException("there is a security administrator already; sign in as that person")
    root = db.session().scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.serial).limit(1))
    if root is None and unit_name is None:
        unit_name = click.prompt("Name of the office")
    chosen = list(people) or [
        (
            click.prompt(f"{role.value} ({what}): login", type=Login()),
            click.prompt(f"{role.value}: the person's name"),
        )
        for role, what in _FIRST
    ]
    if len({login for login, _ in chosen}) != len(_FIRST):
        raise click.UsageError("three different persons are needed, in this order: system, security, audit")
    made = []
    with _refusals(), acting(OPERATOR) as act:
        top = act.session.get(Unit, root.id) if root is not None else None
        if top is None:
            top = operations.add_unit(unit_code, unit_name or "", None, act=act)
        for (role, _), (login, name) in zip(_FIRST, chosen, strict=True):
            account, password = operations.add_account(login, name, act=act)
            operations.grant(account, role, top, act=act)
            made.append((login, password))
    for login, password in made:
        _hand_over(login, password)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into a message and exit code 1."""
    try:
        yield
    except ArchiveError as error:
        reasons = "".join(f"\n  {sentence(one)}" for one in getattr(error, "problems", ()))
        raise click.ClickException(sentence(error) + reasons) from error


def _hand_over(login: str, password: str) -> None:
    click.echo(f"{login}\tstart password (shown once, 7 days, to be changed at the first sign-in): {password}")
