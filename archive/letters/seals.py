"""Seals of units: putting them in, giving them up, and taking one out for a letter that is issued."""

import base64
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine
from archive.core.errors import NotAllowed, NotFound, RuleBroken
from archive.core.ports import ports
from archive.letters import seal_picture
from archive.letters.seal_models import UnitSeal
from archive.letters.seal_picture import Seal
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may


def put_in(unit: Unit, uploaded: bytes, *, name: str, width: float, act: Act) -> UnitSeal:
    """Put a unit's seal in, in place of the one in use. `width` in millimetres.

    Raises NotAllowed, BadInput when the picture is no seal.
    """
    keeper = _keeper(unit, act)
    seal = seal_picture.read(uploaded, width)
    before = act.session.scalar(select(UnitSeal).where(UnitSeal.unit_id == unit.id, UnitSeal.retired_at.is_(None)))
    if before is not None:
        _retire(before, "更换", act)
    row = UnitSeal(
        unit_id=unit.id,
        name=name,
        width_tenths=round(seal.width * 10),
        sealed_png=ports().vault.seal(base64.b64encode(seal.png).decode()),
        sha256=seal.sha256,
        added_by=keeper.id,
        added_by_name=keeper.name,
        added_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("letter_seal:add", row, unit=unit.name, name=name, sha256=row.sha256)
    return row


def give_up(row: UnitSeal, *, reason: str, act: Act) -> None:
    """Take a seal out of use. Raises NotAllowed, RuleBroken when it is out of use already."""
    _keeper(unit_of(act.session, row), act)
    if row.retired_at is not None:
        raise RuleBroken("seal.retired")
    _retire(row, reason, act)


class Taken(NamedTuple):
    """A seal taken out for a letter: its picture and its name."""

    picture: Seal
    name: str


def take(unit: Unit, *, letter: str, act: Act) -> Taken | None:
    """Return the seal for a letter being issued, of its unit or the nearest above that has one; None when none has.

    Only for the issue of a letter by who may issue it there, or for the archive itself setting what was issued; that
    it was used, and for which letter, is recorded. Raises NotAllowed.
    """
    if not isinstance(act.actor, Machine) and not (
        isinstance(act.actor, Person) and may(act.actor, Permission.ISSUE_LETTER, unit.path)
    ):
        raise NotAllowed("person.lacks", permission=Permission.ISSUE_LETTER)
    row = in_use(act.session, unit)
    if row is None:
        return None
    act.record("letter_seal:use", row, letter=letter, unit=unit.name, sha256=row.sha256)
    return Taken(_opened(row), row.name)


def show(row: UnitSeal, *, act: Act) -> bytes:
    """Return a seal's picture for its keeper to look at; that somebody looked is recorded. Raises NotAllowed."""
    _keeper(unit_of(act.session, row), act)
    act.record("letter_seal:show", row, name=row.name)
    return _opened(row).png


def in_use(session: Session, unit: Unit) -> UnitSeal | None:
    """Return the seal in use of a unit, or of the nearest above it."""
    rows = session.execute(
        select(UnitSeal, Unit.path).join(Unit, Unit.id == UnitSeal.unit_id).where(UnitSeal.retired_at.is_(None))
    )
    above = [(path, row) for row, path in rows if unit.path.startswith(path)]
    return max(above, key=lambda one: len(one[0]))[1] if above else None


def listed(session: Session, reader: Person) -> Sequence[tuple[UnitSeal, Unit]]:
    """Return the seals of the units a keeper keeps, those in use first."""
    rows = session.execute(select(UnitSeal, Unit).join(Unit, Unit.id == UnitSeal.unit_id).order_by(UnitSeal.added_at))
    mine = [(row, unit) for row, unit in rows if may(reader, Permission.KEEP_SEALS, unit.path)]
    return sorted(mine, key=lambda one: (one[0].retired_at is not None, one[1].path))


def by_id(session: Session, seal_id: uuid.UUID) -> UnitSeal:
    """Return a seal. Raises NotFound."""
    found = session.get(UnitSeal, seal_id)
    if found is None:
        raise NotFound("seal.unknown")
    return found


def unit_of(session: Session, row: UnitSeal) -> Unit:
    """Return the unit whose seal it is."""
    return session.get_one(Unit, row.unit_id)


def _opened(row: UnitSeal) -> Seal:
    return seal_picture.kept(base64.b64decode(ports().vault.open(row.sealed_png)), row.width_tenths / 10)


def _retire(row: UnitSeal, reason: str, act: Act) -> None:
    row.retired_at, row.retired_by_name, row.retired_reason = act.moment, act.actor.name, reason
    act.session.flush()
    act.record("letter_seal:retire", row, name=row.name, reason=reason)


def _keeper(unit: Unit, act: Act) -> Person:
    if not isinstance(act.actor, Person) or not may(act.actor, Permission.KEEP_SEALS, unit.path):
        raise NotAllowed("person.lacks", permission=Permission.KEEP_SEALS)
    return act.actor
