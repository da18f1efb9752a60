"""Letting auditors in: what is closed, for a time, with its basis; ended early or by time. Every grant stays known."""

import uuid
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from archive.core.act import Act
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.dossiers import code_tables
from archive.dossiers.rules import lacks
from archive.dossiers.states import CodeTable
from archive.people import queries as people
from archive.people.models import Account, AuditGrant, RoleHeld, Unit
from archive.people.rules import Permission, Person, Role, covering

MOST_DAYS = 366
MOST_YEARS = 30


def admit(
    auditor: Account,
    unit: Unit,
    *,
    since: date,
    until: date,
    expires_on: date,
    basis: str,
    reason: str,
    category: str = "",
    restricted: bool = False,
    act: Act,
) -> AuditGrant:
    """Let an auditor read what was closed in the unit and below in these months, to the end of the day `expires_on`.

    `since` and `until` are any days of the first and the last month. Restricted dossiers only by who may restrict.
    Raises NotAllowed, BadInput with every problem.
    """
    _check_may(act, Permission.ADMIT, unit)
    if restricted:
        _check_may(act, Permission.RESTRICT, unit)
    first, last = since.replace(day=1), until.replace(day=monthrange(until.year, until.month)[1])
    today = shanghai_date(act.moment)
    problems = _whom(auditor, unit, act)
    if not first < last or last.year - first.year > MOST_YEARS:
        problems.append(Problem("audit_grant.period", "until", {"most": MOST_YEARS}))
    if not today <= expires_on <= today + timedelta(days=MOST_DAYS):
        problems.append(Problem("audit_grant.time", "expires_on", {"most": MOST_DAYS}))
    # A category out of use still has its old dossiers.
    table = code_tables.table(act.session, CodeTable.CATEGORY)
    problems += table.check(category, "category", before=category if table.get(category) else "")
    if problems:
        raise BadInput("input.bad", problems)
    grant = AuditGrant(
        account_id=auditor.id,
        unit_id=unit.id,
        since=first,
        until=last,
        category=category,
        restricted=restricted,
        basis=basis,
        reason=reason,
        given_by=act.actor.id,
        given_by_name=act.actor.name,
        given_at=act.moment,
        expires_at=datetime.combine(expires_on + timedelta(days=1), time(), SHANGHAI),
    )
    act.session.add(grant)
    act.session.flush()
    act.record(
        "audit_grant:give", grant, login=auditor.username, unit=unit.name, since=first, until=last, category=category,
        restricted=restricted, basis=basis, expires_at=grant.expires_at,
    )  # fmt: skip
    return grant


def end(grant: AuditGrant, *, reason: str, act: Act) -> None:
    """End a grant now; the auditor's next request sees nothing by it. Raises NotAllowed, RuleBroken."""
    _check_may(act, Permission.ADMIT, grant.unit)
    if over(grant, act.moment):
        raise RuleBroken("audit_grant.over")
    grant.ended_at, grant.ended_by_name, grant.end_reason = act.moment, act.actor.name, reason
    act.session.flush()
    act.record("audit_grant:end", grant, login=grant.account.username, unit=grant.unit.name, reason=reason)


def over(grant: AuditGrant, now: datetime) -> bool:
    """Tell whether a grant is no longer in force."""
    return grant.ended_at is not None or grant.expires_at <= now


def listed(session: Session, person: Person) -> Sequence[AuditGrant]:
    """Return the grants in the units where the person lets in, and the person's own, the newest first."""
    mine = or_(AuditGrant.account_id == person.id, below(person.paths(Permission.ADMIT)))
    query = select(AuditGrant).join(Unit).where(mine).order_by(AuditGrant.given_at.desc(), AuditGrant.id.desc())
    return session.scalars(query.options(joinedload(AuditGrant.account), joinedload(AuditGrant.unit))).all()


def own(session: Session, person: Person) -> Sequence[AuditGrant]:
    """Return an auditor's own grants, the newest first."""
    query = select(AuditGrant).where(AuditGrant.account_id == person.id).options(joinedload(AuditGrant.unit))
    return session.scalars(query.order_by(AuditGrant.given_at.desc(), AuditGrant.id.desc())).all()


def find(session: Session, grant_id: uuid.UUID, person: Person) -> AuditGrant:
    """Return a grant the person may see. Raises NotFound."""
    found = next((one for one in listed(session, person) if one.id == grant_id), None)
    if found is None:
        raise NotFound("audit_grant.unknown")
    return found


def below(paths: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition on `Unit` that it lies at or below one of the paths."""
    return or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in covering(paths)))


def auditors(session: Session) -> Sequence[Account]:
    """Return the accounts that audit somewhere, by name."""
    query = select(Account).where(
        Account.active, Account.id.in_(select(RoleHeld.account_id).where(RoleHeld.role == Role.AUDITOR))
    )
    return session.scalars(query.order_by(Account.name)).all()


def _whom(auditor: Account, unit: Unit, act: Act) -> list[Problem]:
    held = people.person(act.session, auditor).grants
    audits = any(one.role is Role.AUDITOR and unit.path.startswith(one.path) for one in held)
    if auditor.active and audits:
        return []
    return [Problem("audit_grant.whom", "auditor", {"name": auditor.name, "unit": unit.name})]


def _check_may(act: Act, permission: Permission, unit: Unit) -> None:
    if lacks(act.actor, permission, unit.path):
        raise NotAllowed("person.lacks", permission=permission)
