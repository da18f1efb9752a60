"""Reading the contact register (接待登记簿): whole pages without a gap, contents only where the reader may look."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from archive.core.errors import NotFound
from archive.core.paging import Page, PageRequest, cut, serial
from archive.dossiers.access import visible_to
from archive.dossiers.models import Contact, Dossier
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering


@dataclass(frozen=True)
class Book:
    """The register of one unit and year, and its last line."""

    unit_id: uuid.UUID
    unit: str
    unit_code: str
    year: int
    last: int


class Entry(NamedTuple):
    """A line. `open` tells whether the reader may see more of it than its number: its dossier may be closed to them."""

    contact: Contact
    number: str | None
    open: bool


def books(session: Session, person: Person) -> Sequence[Book]:
    """Return the registers the person may read, newest year first. One statement."""
    rows = session.execute(
        select(Unit.id, Unit.name, Unit.code, Contact.year, func.max(Contact.serial))
        .join(Contact, Contact.unit_id == Unit.id)
        .where(_readable(person))
        .group_by(Unit.id, Unit.name, Unit.code, Unit.path, Contact.year)
        .order_by(Contact.year.desc(), Unit.path)
    )
    return [Book(*row) for row in rows]


def page(session: Session, person: Person, unit_id: uuid.UUID, year: int, request: PageRequest) -> Page[Entry]:
    """Return a page of a register, last line first. Two statements. Raises NotFound for a unit not to be read."""
    unit = session.scalar(select(Unit).where(Unit.id == unit_id, _readable(person)))
    if unit is None:
        raise NotFound("unit.unknown")
    query = (
        _entries(person)
        .where(Contact.unit_id == unit_id, Contact.year == year)
        .order_by(Contact.serial.desc())
        .limit(request.size + 1)
    )
    key = request.key(serial)
    if key is not None:
        query = query.where(Contact.serial < key[0])
    rows = [Entry(*row) for row in session.execute(query)]
    return cut(rows, request, lambda row: (row.contact.serial,))


def find(session: Session, contact_id: uuid.UUID, person: Person) -> Contact:
    """Return a line whose contents the person may see. Raises NotFound, the same for hidden and for missing."""
    query = _entries(person).join(Unit, Unit.id == Contact.unit_id).where(Contact.id == contact_id, _readable(person))
    row = session.execute(query).first()
    if row is None or not row[2]:
        raise NotFound("contact.unknown")
    found: Contact = row[0]
    return found


def _entries(person: Person) -> Select[*tuple[Any, ...]]:
    # Who reads nothing by office, an auditor, sees of a contact without a dossier that its number was given.
    seen = case((Contact.dossier_id.is_(None), true() if person.office_paths else false()), else_=visible_to(person))
    return (
        select(Contact, Dossier.number, seen)
        .outerjoin(Dossier, Dossier.id == Contact.dossier_id)
        .options(joinedload(Contact.recorder), joinedload(Contact.unit))
    )


def _readable(person: Person) -> ColumnElement[bool]:
    tops = covering(person.paths(Permission.READ))
    return or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in tops))
