"""Closing a year of a register: its lines are frozen, summed, and nothing is added or changed any more."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import NotAllowed, RuleBroken
from archive.core.ports import ports
from archive.dossiers import rules
from archive.dossiers.models import Contact, Series
from archive.dossiers.series import dossier_key
from archive.people.models import Unit
from archive.people.rules import Permission
from archive.procedures.loading import digest
from archive.registers import numbers, queries
from archive.registers.forms import Form
from archive.registers.models import Book, RegisterClosing, RegisterLine
from archive.registers.records import BATCH

# Lines are frozen whole, whichever form they are read in later.
_WHOLE = {book: Form("", "", book, ()) for book in Book}


def close(book: Book, unit: Unit | None, year: int, *, act: Act) -> RegisterClosing:
    """Freeze a past year of a book. Raises NotAllowed, RuleBroken when the year runs, is closed, or is not in order."""
    where = unit or act.session.scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.path)).first()
    if where is None or rules.lacks(act.actor, Permission.KEEP, where.path):
        raise NotAllowed("person.lacks", permission=Permission.KEEP)
    if year >= shanghai_date(act.moment).year:
        raise RuleBroken("register.running", year=year)
    volume = queries.Volume(book, year, unit)
    _hold(act.session, volume)
    if is_closed(act.session, book.value, unit.id if unit else None, year):
        raise RuleBroken("register.closed", year=year)
    missing = _in_order(act.session, volume)
    count, last, total = _freeze(act.session, volume)
    closing = RegisterClosing(
        key=volume.key, book=book, unit_id=unit.id if unit else None, year=year, count=count, last_number=last,
        missing=missing, sha256=total, closed_at=act.moment, closed_by=act.actor.id, closed_by_name=act.actor.name,
    )  # fmt: skip
    act.session.add(closing)
    act.session.flush()
    act.record(
        "register:close", closing, book=book.value, unit=unit.code if unit else "", year=year, count=count,
        last=last, missing=missing, sha256=total,
    )  # fmt: skip
    return closing


def verify(session: Session, closing: RegisterClosing) -> tuple[bool, int]:
    """Tell whether the frozen lines are still those that were summed, and how many were blanked by destruction."""
    query = select(RegisterLine).where(RegisterLine.key == closing.key).order_by(RegisterLine.position)
    total, sound, blanked = hashlib.sha256(), True, 0
    for line in session.scalars(query.execution_options(yield_per=BATCH)):
        total.update(_summed(line.position, line.number, line.sha256))
        if line.record:
            sound = sound and digest(line.record) == line.sha256
        else:
            blanked += 1
    return sound and total.hexdigest() == closing.sha256, blanked


def is_closed(session: Session, book: str, unit_id: uuid.UUID | None, year: int) -> bool:
    """Tell whether a year of a book is closed; see dossiers.years."""
    key = queries.key_of(Book(book), unit_id, year)
    return bool(session.scalar(select(exists().where(RegisterClosing.key == key))))


def _hold(session: Session, volume: queries.Volume) -> None:
    """Keep numbers of this volume from being given until the act ends."""
    if volume.unit is not None:
        found = Series.key == f"contact:{volume.unit.id}:{volume.year}"
    else:
        start = dossier_key(ports().settings.number_template, volume.year, "")
        found = Series.key.startswith(start, autoescape=True)
    session.execute(select(Series.last).where(found).with_for_update())


def _in_order(session: Session, volume: queries.Volume) -> int:
    """Return how many numbers nobody bears. Raises RuleBroken when the contact register is not fit to be closed."""
    if volume.unit is None:
        return numbers.of_cases(session, volume.year).missing
    unjudged = session.scalar(
        select(func.count())
        .select_from(Contact)
        .where(Contact.unit_id == volume.unit.id, Contact.year == volume.year, Contact.in_scope.is_(None))
    )
    if unjudged:
        raise RuleBroken("register.unjudged", count=unjudged)
    missing = numbers.of_contacts(session, volume.unit, volume.year).missing
    if missing:
        raise RuleBroken("register.gaps", count=missing)
    return 0


def _freeze(session: Session, volume: queries.Volume) -> tuple[int, str, str]:
    """Write the lines; return how many, the last number, and the SHA-256 over places, numbers and sums of lines."""
    total, count, last = hashlib.sha256(), 0, ""
    batch: list[dict[str, Any]] = []
    for line, dossier_id, part in queries.whole(session, _WHOLE[volume.book], volume):
        sha256 = digest(line.record)
        total.update(_summed(line.position, line.number, sha256))
        count, last = line.position, line.number
        batch.append(
            {
                "key": volume.key, "position": line.position, "number": line.number, "part": part,
                "dossier_id": dossier_id, "record": line.record, "sha256": sha256,
            }
        )  # fmt: skip
        if len(batch) == BATCH:
            _write(session, batch)
            batch = []
    _write(session, batch)
    return count, last, total.hexdigest()


def _write(session: Session, batch: Iterable[dict[str, Any]]) -> None:
    rows = list(batch)
    if rows:
        session.execute(insert(RegisterLine), rows)


def _summed(position: int, number: str, sha256: str) -> bytes:
    return f"{position}\t{number}\t{sha256}\n".encode()
