"""Reading registers: whole books without a hole, contents only where the reader may look; closed years as frozen."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, case, cast, false, func, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from archive.core.errors import NotAllowed, NotFound
from archive.core.paging import Page, PageRequest, cut, serial
from archive.core.ports import ports
from archive.dossiers.access import visible_to
from archive.dossiers.models import Contact, Dossier
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering, may
from archive.registers import numbers, records
from archive.registers.forms import CLIENT, STAFF, Form
from archive.registers.models import Book, RegisterClosing, RegisterLine
from archive.registers.records import BATCH, Record
from archive.retention.models import Keeping


@dataclass(frozen=True)
class Volume:
    """One year of a book; `unit` is None for the office's book of cases."""

    book: Book
    year: int
    unit: Unit | None = None
    closing: RegisterClosing | None = None
    count: int = 0

    @property
    def key(self) -> str:
        """The volume's name among the closings."""
        return key_of(self.book, self.unit.id if self.unit else None, self.year)


class Line(NamedTuple):
    """A line: its place from 1, its number, and what it says; None where the reader may not look.

    An empty record is that of a destroyed dossier.
    """

    position: int
    number: str
    record: Record | None


class _Place(NamedTuple):
    """Where a line's contents are found: the contact's or dossier's id (None: destroyed), and whether to be seen."""

    order: Any
    number: str
    id: Any
    seen: bool


def key_of(book: Book, unit_id: uuid.UUID | None, year: int) -> str:
    """Return the name of a volume."""
    return f"{book.value}:{unit_id.hex if unit_id else ''}:{year}"


def readable(person: Person) -> ColumnElement[bool]:
    """Return the condition on `Unit` whose contact register the person may open."""
    tops = covering(person.paths(Permission.READ))
    return or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in tops))


def volumes(session: Session, person: Person) -> list[Volume]:
    """Return the volumes there are, the newest first. Three statements."""
    closings = {closing.key: closing for closing in session.scalars(select(RegisterClosing))}
    contacts = session.execute(
        select(Unit, Contact.year, func.count())
        .join(Contact, Contact.unit_id == Unit.id)
        .where(readable(person))
        .group_by(Unit.id, Contact.year)
        .order_by(Contact.year.desc(), Unit.path)
    ).all()
    cases = session.execute(
        select(Dossier.year, func.count()).group_by(Dossier.year).order_by(Dossier.year.desc())
    ).all()
    return [
        *(Volume(Book.CONTACTS, year, unit, closings.get(key_of(Book.CONTACTS, unit.id, year)), count)
          for unit, year, count in contacts),
        *(Volume(Book.CASES, year, None, closings.get(key_of(Book.CASES, None, year)), count)
          for year, count in cases),
    ]  # fmt: skip


def volume(session: Session, person: Person, form: Form, unit: str, year: int) -> Volume:
    """Return the volume a form is asked of. Raises NotFound; NotAllowed for a form not open to the person."""
    if form.restricted and not may(person, Permission.RESTRICT):
        raise NotAllowed("person.lacks", permission=Permission.RESTRICT)
    found: Unit | None = None
    if form.book is Book.CONTACTS:
        found = session.scalar(select(Unit).where(Unit.code == unit, readable(person)))
        if found is None:
            raise NotFound("unit.unknown")
    key = key_of(form.book, found.id if found else None, year)
    return Volume(form.book, year, found, session.scalar(select(RegisterClosing).where(RegisterClosing.key == key)))


def page(session: Session, person: Person, form: Form, of: Volume, request: PageRequest) -> Page[Line]:
    """Return a page of a register in the order of its numbers. Ten statements at most."""
    key = request.key(serial, str)
    rows = _places(session, person, form, of, key[1] if key else None, request.size + 1)
    first = key[0] + 1 if key else 1
    found = cut(list(enumerate(rows, first)), request, lambda row: (row[0], _mark(row[1])))
    return Page(_filled(session, of, found.rows), found.next)


def lines(session: Session, person: Person, form: Form, of: Volume, first: int = 1, last: int = 0) -> Iterator[Line]:
    """Yield the lines of a register by their places, from `first` to `last` (0: all), in flat memory."""
    after: str | None = None
    position = 0
    while not last or position < last:
        rows = _places(session, person, form, of, after, BATCH)
        if not rows:
            return
        places = [(at, row) for at, row in enumerate(rows, position + 1) if at >= first and (not last or at <= last)]
        yield from _filled(session, of, places)
        position += len(rows)
        after = _mark(rows[-1])


def whole(session: Session, form: Form, of: Volume) -> Iterator[tuple[Line, uuid.UUID | None, str]]:
    """Yield every line of a volume with the dossier it speaks of and its part, whoever may see it: for freezing."""
    after: str | None = None
    position = 0
    while rows := _places(session, None, form, of, after, BATCH):
        if of.book is Book.CONTACTS:
            query = select(Contact.id, Contact.dossier_id).where(Contact.id.in_([row.id for row in rows]))
            dossiers: dict[Any, Any] = {contact_id: dossier_id for contact_id, dossier_id in session.execute(query)}  # noqa: C416
        else:
            dossiers = {row.id: row.id for row in rows}
        for line, row in zip(_filled(session, of, list(enumerate(rows, position + 1))), rows, strict=True):
            record = line.record or {}
            part = STAFF if record.get("custom", {}).get("kind") == STAFF else ""
            yield Line(line.position, line.number, record), dossiers.get(row.id), part
        position += len(rows)
        after = _mark(rows[-1])


def _mark(row: _Place) -> str:
    return str(row.order)


def _places(
    session: Session, person: Person | None, form: Form, of: Volume, after: str | None, size: int
) -> Sequence[_Place]:
    """Return the next places; without a person all are to be seen. One statement."""
    if of.closing is not None:
        query = _frozen(person, form, of, after)
    elif of.book is Book.CONTACTS:
        query = _contacts(person, of, after)
    else:
        query = _cases(person, form, of, after)
    return [_Place(*row) for row in session.execute(query.limit(size))]


def _contacts(person: Person | None, of: Volume, after: str | None) -> Select[Any]:
    seen = true() if person is None else case((Contact.dossier_id.is_(None), true()), else_=visible_to(person))
    assert of.unit is not None
    query = (
        select(Contact.serial, cast(Contact.serial, String).label("number"), Contact.id, seen)
        .outerjoin(Dossier, Dossier.id == Contact.dossier_id)
        .where(Contact.unit_id == of.unit.id, Contact.year == of.year)
        .order_by(Contact.serial)
    )
    return query if after is None else query.where(Contact.serial > serial(after))


def _cases(person: Person | None, form: Form, of: Volume, after: str | None) -> Select[Any]:
    """Dossiers of the year by number; and the destroyed ones, of which the number is all that is left."""
    seen = true() if person is None else visible_to(person)
    here = select(Dossier.number.label("number"), Dossier.id.label("id"), seen.label("seen")).where(
        Dossier.year == of.year
    )
    kind = func.coalesce(Dossier.custom["kind"].as_string(), CLIENT)
    if form.part == STAFF:
        here = here.where(kind == STAFF)
    elif form.part:
        here = here.where(kind != STAFF)
    gone = select(Keeping.number, null(), true()).where(
        Keeping.destroyed_at.is_not(None),
        Keeping.number.like(numbers.pattern(ports().settings.number_template, of.year), escape="\\"),
    )
    if form.part == STAFF:
        gone = gone.where(false())  # of what kind a destroyed one was is no longer known: it stands in the first book
    if after is not None:
        here, gone = here.where(Dossier.number > after), gone.where(Keeping.number > after)
    both = union_all(here, gone).subquery()
    return select(both.c.number, both.c.number, both.c.id, both.c.seen).order_by(both.c.number)


def _frozen(person: Person | None, form: Form, of: Volume, after: str | None) -> Select[Any]:
    seen = true() if person is None else case((RegisterLine.dossier_id.is_(None), true()), else_=visible_to(person))
    query = (
        select(RegisterLine.position, RegisterLine.number, RegisterLine.dossier_id, seen)
        .outerjoin(Dossier, Dossier.id == RegisterLine.dossier_id)
        .where(RegisterLine.key == of.key)
        .order_by(RegisterLine.position)
    )
    if form.part:
        query = query.where(RegisterLine.part == STAFF if form.part == STAFF else RegisterLine.part != STAFF)
    return query if after is None else query.where(RegisterLine.position > serial(after))


def _filled(session: Session, of: Volume, places: Sequence[tuple[int, _Place]]) -> list[Line]:
    seen = [row for _, row in places if row.seen]
    found: dict[Any, Record]
    if of.closing is not None:
        chosen = select(RegisterLine.position, RegisterLine.record).where(
            RegisterLine.key == of.key, RegisterLine.position.in_([row.order for row in seen])
        )
        found = {position: record for position, record in session.execute(chosen)}  # noqa: C416
        told = {row.number: found.get(row.order, {}) for row in seen}
    else:
        read = records.of_contacts if of.book is Book.CONTACTS else records.of_dossiers
        found = dict(read(session, [row.id for row in seen if row.id is not None])) if seen else {}
        told = {row.number: found.get(row.id, {}) for row in seen}
    return [
        Line(position, row.number, _placed(told[row.number], position) if row.seen else None)
        for position, row in places
    ]


def _placed(record: Record, position: int) -> Record:
    return {**record, "position": position} if record else {}
