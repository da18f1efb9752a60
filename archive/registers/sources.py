"""Where the lines of each book come from while its year is open: five books, read in one manner."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from archive.core.paging import serial
from archive.dossiers.access import visible_to
from archive.dossiers.models import Contact, Dossier, HandOver, Series
from archive.handling.models import Accountability
from archive.letters import registers as letters
from archive.letters.models import LetterNumber, LetterRow
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering
from archive.registers import numbers, other_records, records
from archive.registers.forms import CLIENT, STAFF, Form
from archive.registers.models import Book
from archive.registers.records import Record
from archive.registers.volumes import Place, Volume
from archive.retention.models import Keeping

# After which line, and how many.
After = str | None


@dataclass(frozen=True)
class Source:
    """How a book is read: its volumes, the next places of one, what lines say, and the series that numbers them.

    `seen` is the condition on a line's dossier under which a person reads the line. For closing: `owners` says of which
    dossier each row speaks, `holds` finds the series to hold meanwhile, `count` how many rows a volume has.
    """

    volumes: Callable[[Session, Person], list[Volume]]
    places: Callable[[Session, Person | None, Form, Volume, After, int], Sequence[Place]]
    read: Callable[[Session, Sequence[uuid.UUID]], Mapping[uuid.UUID, Record]]
    gaps: Callable[[Session, Volume], numbers.Gaps]
    seen: Callable[[Person], ColumnElement[bool]]
    owners: Callable[[Session, Sequence[uuid.UUID]], Mapping[Any, uuid.UUID | None]]
    holds: Callable[[Volume], ColumnElement[bool]]
    count: Callable[[Session, Volume], int]


def readable(person: Person, permission: Permission = Permission.READ) -> ColumnElement[bool]:
    """Return the condition on `Unit` that the person has the permission there."""
    tops = covering(person.paths(permission))
    return or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in tops))


def may_see(person: Person | None, seen: Callable[[Person], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition under which a line is read; without a person all are."""
    return true() if person is None else seen(person)


def by_office(person: Person | None) -> ColumnElement[bool]:
    """Return whether lines that speak of no dossier are read: by who reads by office, so by no auditor."""
    return true() if person is None or person.office_paths else false()


# Contacts: numbered by unit and year.


def _contact_volumes(session: Session, person: Person) -> list[Volume]:
    rows = session.execute(
        select(Unit, Contact.year, func.count())
        .join(Contact, Contact.unit_id == Unit.id)
        .where(readable(person))
        .group_by(Unit.id, Contact.year)
        .order_by(Contact.year.desc(), Unit.path)
    )
    return [Volume(Book.CONTACTS, year, unit, count=count) for unit, year, count in rows]


def _contacts(
    session: Session, person: Person | None, _form: Form, of: Volume, after: After, size: int
) -> Sequence[Place]:
    assert of.unit is not None
    seen = case((Contact.dossier_id.is_(None), by_office(person)), else_=may_see(person, visible_to))
    query = (
        select(Contact.serial, cast(Contact.serial, String).label("number"), Contact.id, seen)
        .outerjoin(Dossier, Dossier.id == Contact.dossier_id)
        .where(Contact.unit_id == of.unit.id, Contact.year == of.year)
        .order_by(Contact.serial)
    )
    query = query if after is None else query.where(Contact.serial > serial(after))
    return [Place(*row) for row in session.execute(query.limit(size))]


def _contact_gaps(session: Session, of: Volume) -> numbers.Gaps:
    assert of.unit is not None
    return numbers.of_contacts(session, of.unit, of.year)


# Cases: numbered by the templates of the office and its rule sets; of destroyed ones the number is all that is left.


def _case_volumes(session: Session, _person: Person) -> list[Volume]:
    rows = session.execute(select(Dossier.year, func.count()).group_by(Dossier.year).order_by(Dossier.year.desc()))
    return [Volume(Book.CASES, year, count=count) for year, count in rows]


def _cases(session: Session, person: Person | None, form: Form, of: Volume, after: After, size: int) -> Sequence[Place]:
    seen = may_see(person, visible_to)
    here = select(Dossier.number.label("number"), Dossier.id.label("id"), seen.label("seen")).where(
        Dossier.year == of.year
    )
    kind = func.coalesce(Dossier.custom["kind"].as_string(), CLIENT)
    if form.part == STAFF:
        here = here.where(kind == STAFF)
    elif form.part:
        here = here.where(kind != STAFF)
    likes = [numbers.pattern(template, of.year) for template in numbers.templates(session, of.year)]
    gone = select(Keeping.number, null(), true()).where(
        Keeping.destroyed_at.is_not(None),
        or_(false(), *(Keeping.number.like(like, escape="\\") for like in likes)),
    )
    if form.part == STAFF:
        gone = gone.where(false())  # of what kind a destroyed one was is no longer known: it stands in the first book
    if after is not None:
        here, gone = here.where(Dossier.number > after), gone.where(Keeping.number > after)
    both = union_all(here, gone).subquery()
    query = select(both.c.number, both.c.number, both.c.id, both.c.seen).order_by(both.c.number)
    return [Place(*row) for row in session.execute(query.limit(size))]


def _case_series(of: Volume) -> ColumnElement[bool]:
    return Series.key.like(numbers.keys_of(of.year))


# Letters: numbered by the words of the series and the year; a line outlives its letter.


def _letter_volumes(session: Session, person: Person) -> list[Volume]:
    return [Volume(Book.LETTERS, one.year, mark=one.mark, count=one.last) for one in letters.books(session, person)]


def _letters(
    session: Session, person: Person | None, _form: Form, of: Volume, after: After, size: int
) -> Sequence[Place]:
    seen = case((LetterNumber.letter_id.is_(None), true()), else_=may_see(person, visible_to))
    row_id = case((LetterNumber.letter_id.is_(None), null()), else_=LetterNumber.id)
    query = (
        select(LetterNumber.serial, LetterNumber.number, row_id, seen)
        .outerjoin(LetterRow, LetterRow.id == LetterNumber.letter_id)
        .outerjoin(Dossier, Dossier.id == LetterRow.dossier_id)
        .where(LetterNumber.mark == of.mark, LetterNumber.year == of.year)
        .order_by(LetterNumber.serial)
    )
    query = query if after is None else query.where(LetterNumber.serial > serial(after))
    return [Place(*row) for row in session.execute(query.limit(size))]


def _letter_owners(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[Any, uuid.UUID | None]:
    query = select(LetterNumber.id, LetterRow.dossier_id).join(LetterRow, LetterRow.id == LetterNumber.letter_id)
    return {row_id: dossier_id for row_id, dossier_id in session.execute(query.where(LetterNumber.id.in_(ids)))}  # noqa: C416


# Hand-over slips and accountability: numbered by the office's year; a number without a row is a destroyed dossier's.


def _yearly(
    model: type[HandOver | Accountability], book: Book, series: str, seen: Callable[[Person], ColumnElement[bool]]
) -> Source:
    """Return the source of a table whose rows carry `year` and `serial` and belong to dossiers."""

    def volumes(session: Session, person: Person) -> list[Volume]:
        if not person.paths(Permission.SANCTION if book is Book.ACCOUNTS else Permission.READ):
            return []
        counted = select(model.year, func.count()).group_by(model.year).order_by(model.year.desc())
        return [Volume(book, year, count=count) for year, count in session.execute(counted)]

    def places(
        session: Session, person: Person | None, _form: Form, of: Volume, after: After, size: int
    ) -> Sequence[Place]:
        first = serial(after) + 1 if after else 1
        last = min(given(session, of), first + size - 1)
        rows = session.execute(
            select(model.serial, cast(model.serial, String).label("number"), model.id, may_see(person, seen))
            .join(Dossier, Dossier.id == model.dossier_id)
            .where(model.year == of.year, model.serial.between(first, last))
        )
        there = {row[0]: Place(*row) for row in rows}
        return [there.get(at) or Place(at, str(at), None, True) for at in range(first, last + 1)]

    def given(session: Session, of: Volume) -> int:
        return session.scalar(select(Series.last).where(holds(of))) or 0

    def gaps(session: Session, of: Volume) -> numbers.Gaps:
        # Numbers are taken in the act that writes the row: one that is not there went with its dossier.
        return numbers.Gaps(given(session, of))

    def owners(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[Any, uuid.UUID | None]:
        rows = session.execute(select(model.id, model.dossier_id).where(model.id.in_(ids)))
        return {row_id: dossier_id for row_id, dossier_id in rows}  # noqa: C416

    def holds(of: Volume) -> ColumnElement[bool]:
        return Series.key == f"{series}:{of.year}"

    read = other_records.of_slips if book is Book.SLIPS else other_records.of_accounts
    return Source(
        volumes, places, read, gaps, seen, owners, holds, _counted(model.id, lambda of: (model.year == of.year,))
    )


def _accountable(person: Person) -> ColumnElement[bool]:
    units = select(Unit.id).where(readable(person, Permission.SANCTION))
    return and_(visible_to(person), Dossier.unit_id.in_(units))


def _contact_owners(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[Any, uuid.UUID | None]:
    rows = session.execute(select(Contact.id, Contact.dossier_id).where(Contact.id.in_(ids)))
    return {contact_id: dossier_id for contact_id, dossier_id in rows}  # noqa: C416


def _counted(row: Any, where: Callable[[Volume], Sequence[ColumnElement[bool]]]) -> Callable[[Session, Volume], int]:
    """Return what counts the rows of a volume."""
    return lambda session, of: session.scalar(select(func.count(row)).where(*where(of))) or 0


SOURCES: Mapping[Book, Source] = {
    Book.CONTACTS: Source(
        _contact_volumes,
        _contacts,
        records.of_contacts,
        _contact_gaps,
        visible_to,
        _contact_owners,
        lambda of: Series.key == f"contact:{of.unit.id if of.unit else ''}:{of.year}",
        _counted(
            Contact.id, lambda of: (Contact.unit_id == of.unit.id if of.unit else false(), Contact.year == of.year)
        ),
    ),
    Book.CASES: Source(
        _case_volumes,
        _cases,
        records.of_dossiers,
        lambda session, of: numbers.of_cases(session, of.year),
        visible_to,
        lambda _session, ids: {one: one for one in ids},
        _case_series,
        _counted(Dossier.id, lambda of: (Dossier.year == of.year,)),
    ),
    Book.LETTERS: Source(
        _letter_volumes,
        _letters,
        other_records.of_letters,
        lambda session, of: numbers.of_letters(session, of.mark, of.year),
        visible_to,
        _letter_owners,
        lambda of: Series.key == f"letter:{of.mark}:{of.year}",
        # Of a destroyed letter the number stays; only those with a letter have a line to tell of.
        _counted(LetterNumber.letter_id, lambda of: (LetterNumber.mark == of.mark, LetterNumber.year == of.year)),
    ),
    Book.SLIPS: _yearly(HandOver, Book.SLIPS, "slip", visible_to),
    Book.ACCOUNTS: _yearly(Accountability, Book.ACCOUNTS, "accountability", _accountable),
}
