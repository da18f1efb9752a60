"""Reading registers: whole books without a hole, contents only where the reader may look; closed years as frozen."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from archive.core.errors import NotAllowed, NotFound
from archive.core.paging import Page, PageRequest, cut, serial
from archive.dossiers.models import Dossier
from archive.people.models import Unit
from archive.people.rules import Person, may
from archive.registers.forms import STAFF, Form
from archive.registers.models import Book, RegisterClosing, RegisterLine
from archive.registers.records import BATCH, Record
from archive.registers.sources import SOURCES, by_office, may_see, readable
from archive.registers.volumes import Line, Place, Volume, key_of


def volumes(session: Session, person: Person, *books: Book) -> list[Volume]:
    """Return the volumes of these books (without any: of all), the newest first. A statement a book, and one."""
    closings = {closing.key: closing for closing in session.scalars(select(RegisterClosing))}
    found = (one for book in books or Book for one in SOURCES[book].volumes(session, person))
    return [replace(one, closing=closings.get(one.key)) for one in found]


def volume(session: Session, person: Person, form: Form, part: str, year: int) -> Volume:
    """Return the volume a form is asked of; `part` is a unit's code or a series' words, where the book has them.

    Raises NotFound; NotAllowed for a form not open to the person.
    """
    if form.needs is not None and not may(person, form.needs):
        raise NotAllowed("person.lacks", permission=form.needs)
    unit: Unit | None = None
    if form.book is Book.CONTACTS:
        unit = session.scalar(select(Unit).where(Unit.code == part, readable(person)))
        if unit is None:
            raise NotFound("unit.unknown")
    mark = part if form.book is Book.LETTERS else ""
    if mark and all((one.mark, one.year) != (mark, year) for one in SOURCES[Book.LETTERS].volumes(session, person)):
        raise NotFound("letter.no_series")
    key = key_of(form.book, unit.id if unit else None, year, mark)
    closing = session.scalar(select(RegisterClosing).where(RegisterClosing.key == key))
    return Volume(form.book, year, unit, mark, closing)


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


def whole(session: Session, form: Form, of: Volume) -> Iterator[tuple[Line, Any, uuid.UUID | None, str]]:
    """Yield every line of an open volume, whoever may see it, for freezing.

    With the id of its row, of the dossier it speaks of, and its part.
    """
    source = SOURCES[of.book]
    after: str | None = None
    position = 0
    while rows := source.places(session, None, form, of, after, BATCH):
        owners = source.owners(session, [row.id for row in rows if row.id is not None])
        for line, row in zip(_filled(session, of, list(enumerate(rows, position + 1))), rows, strict=True):
            record = line.record or {}
            yield Line(line.position, line.number, record), row.id, owners.get(row.id), part_of(record)
        position += len(rows)
        after = _mark(rows[-1])


def part_of(record: Record) -> str:
    """Return the part of the book of cases in which a line stands."""
    return STAFF if record.get("custom", {}).get("kind") == STAFF else ""


def placed(record: Record, position: int) -> Record:
    """Return a record with its place; an empty one stays empty."""
    return {**record, "position": position} if record else {}


def _mark(row: Place) -> str:
    return str(row.order)


def _places(session: Session, person: Person, form: Form, of: Volume, after: str | None, size: int) -> Sequence[Place]:
    """Return the next places. Two statements at most."""
    if of.closing is None:
        return SOURCES[of.book].places(session, person, form, of, after, size)
    seen = case((RegisterLine.dossier_id.is_(None), by_office(person)), else_=may_see(person, SOURCES[of.book].seen))
    query = (
        select(RegisterLine.position, RegisterLine.number, RegisterLine.dossier_id, seen)
        .outerjoin(Dossier, Dossier.id == RegisterLine.dossier_id)
        .where(RegisterLine.key == of.key)
        .order_by(RegisterLine.position)
    )
    if form.part:
        query = query.where(RegisterLine.part == STAFF if form.part == STAFF else RegisterLine.part != STAFF)
    query = query if after is None else query.where(RegisterLine.position > serial(after))
    return [Place(*row) for row in session.execute(query.limit(size))]


def _filled(session: Session, of: Volume, places: Sequence[tuple[int, Place]]) -> list[Line]:
    seen = [row for _, row in places if row.seen]
    found: dict[Any, Record]
    if of.closing is not None:
        chosen = select(RegisterLine.position, RegisterLine.record).where(
            RegisterLine.key == of.key, RegisterLine.position.in_([row.order for row in seen])
        )
        found = {position: record for position, record in session.execute(chosen)}  # noqa: C416
        told = {row.number: found.get(row.order, {}) for row in seen}
    else:
        ids = [row.id for row in seen if row.id is not None]
        found = dict(SOURCES[of.book].read(session, ids)) if ids else {}
        told = {row.number: found.get(row.id, {}) for row in seen}
    return [
        Line(position, row.number, placed(told[row.number], position) if row.seen else None) for position, row in places
    ]
