"""Who is reported to: the unit, at or above the dossier's, where somebody stands in the role that a profile names."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from archive.binding.models import Escalation
from archive.binding.roles import reaches
from archive.core.act import Actor
from archive.dossiers.models import Recusal
from archive.dossiers.rules import lacks
from archive.people.models import Account, RoleHeld, Unit
from archive.people.rules import PERMISSIONS, Grant, Permission, Person, Role
from archive.procedures.office import Bound
from archive.procedures.overlay import Stated, stated
from archive.procedures.profile import Cause
from archive.procedures.profile import Escalation as Rule

# The units in which a role is held, by role and path.
Holders = Mapping[Role, Mapping[str, uuid.UUID]]


class Chain(NamedTuple):
    """The units that are reported to, the nearest first, and as whom; without a role whoever decides there."""

    units: Sequence[uuid.UUID]
    role: str = ""
    receiver: str = ""
    basis: str = ""


def holders(session: Session, of: uuid.UUID | None = None) -> Holders:
    """Return where which roles are held, by others than who is kept from the dossier `of`. One statement."""
    found: dict[Role, dict[str, uuid.UUID]] = defaultdict(dict)
    rows = select(RoleHeld.role, Unit.path, Unit.id).join(Unit, RoleHeld.unit_id == Unit.id)
    rows = rows.join(RoleHeld.account).where(Account.active).distinct()
    if of is not None:
        rows = rows.where(Account.id.not_in(select(Recusal.account_id).where(Recusal.dossier_id == of)))
    for role, path, unit_id in session.execute(rows):
        found[role][path] = unit_id
    return found


def rules(bound: Sequence[Bound], cause: Cause) -> tuple[Stated[Rule], ...]:
    """Return what the profiles want reported on a cause."""
    return stated(bound, lambda profile: [one for one in profile.escalations if one.on is cause])


def chains(path: str, found: Sequence[Stated[Rule]], held: Holders) -> Sequence[Chain]:
    """Return who is reported to by each of these rules; without any, those who decide in the unit and above."""
    return [chain(path, rule, held) for rule in found] or [chain(path, None, held)]


def chain(path: str, rule: Stated[Rule] | None, held: Holders) -> Chain:
    """Return who is reported to of a dossier in the unit with this path.

    Where nobody stands in the role that the rule names, or without a rule, those who decide in the unit and above.
    """
    upwards = _upwards(path)
    role = next((one for one in rule.profile.roles if one.code == rule.entry.role), None) if rule else None
    if rule is not None and role is not None:
        places = held.get(Role(role.core), {})
        units = [places[one] for one in upwards if one in places and reaches(one, role.standing, path)]
        if units:
            return Chain(units, role.core, role.name, rule.basis)
    deciding = [places for role, places in held.items() if Permission.DECIDE in PERMISSIONS[role]]
    units = [next(places[one] for places in deciding if one in places) for one in upwards if _some(one, deciding)]
    return Chain(units, basis=rule.basis if rule else "")


def mine(person: Person) -> ColumnElement[bool]:
    """Return the condition that a report came to the person: by their role in that very unit.

    What waits below is the concern of those below until it is their turn no longer.
    """
    paths = person.paths(Permission.DECIDE)
    parts = [(Escalation.role == "") & Unit.path.in_(paths)] if paths else []
    parts += [(Escalation.role == grant.role.value) & (Unit.path == grant.path) for grant in _roles(person)]
    return or_(*parts) if parts else false()


def may_answer(row: Escalation, actor: Actor) -> bool:
    """Tell whether the actor may say what is done: in the role it came to, or deciding in the unit or above."""
    in_role = isinstance(actor, Person) and any(
        grant.role.value == row.role and grant.path == row.unit.path for grant in _roles(actor)
    )
    return in_role or not lacks(actor, Permission.DECIDE, row.unit.path)


def _roles(person: Person) -> Sequence[Grant]:
    """Return the roles in which a report comes to the person; a token needs the scope of deciding."""
    return person.grants if person.scopes is None or Permission.DECIDE in person.scopes else ()


def _some(path: str, places: Sequence[Mapping[str, uuid.UUID]]) -> bool:
    return any(path in one for one in places)


def _upwards(path: str) -> list[str]:
    """Return the path and those above it: /1/4/ gives /1/4/, /1/."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:length]) + "/" for length in range(len(parts), 0, -1)]
