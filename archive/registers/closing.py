"""Closing a year of a register: its lines are frozen, summed, and nothing is added or changed any more.

The lines are read and spooled into a file before the act begins, so that a year of fifty thousand lines keeps the
database from others only for as long as it takes to write them down.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, cast

from sqlalchemy import Table, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.core.act import Act, Actor
from archive.core.clock import shanghai_date
from archive.core.errors import NotAllowed, RuleBroken
from archive.dossiers import rules
from archive.dossiers.models import Contact, Series
from archive.people.models import Unit
from archive.people.rules import Permission
from archive.procedures.loading import digest
from archive.registers import queries
from archive.registers.forms import Form
from archive.registers.models import Book, RegisterClosing, RegisterLine
from archive.registers.records import BATCH
from archive.registers.sources import SOURCES
from archive.registers.volumes import Volume, key_of

_TOLD_EVERY = 2000
# The bare table: a fifth faster than the mapped class, while others wait.
_LINES = cast(Table, RegisterLine.__table__)
# Lines are frozen whole, whichever form they are read in later.
_WHOLE = {book: Form("", "", book, ()) for book in Book}


@dataclass(frozen=True)
class Prepared:
    """A volume's lines in a file, one JSON a line, how many, and the last entry of the trail they know of."""

    volume: Volume
    spool: IO[str]
    count: int
    known: int


@contextmanager
def prepared(session: Session, volume: Volume, progress: Callable[[int], None] | None = None) -> Iterator[Prepared]:
    """Read a volume's lines, before the act that closes it, telling every so often how many there are.

    Leaves the session without a transaction.
    """
    known = session.scalar(select(func.max(Entry.seq))) or 0
    with TemporaryFile("w+", encoding="utf-8") as spool:
        count = 0
        for line, row_id, dossier_id, part in queries.whole(session, _WHOLE[volume.book], volume):
            count = line.position
            if progress is not None and count % _TOLD_EVERY == 0:
                progress(count)
            told = (line.number, _hex(row_id), _hex(dossier_id), part, line.record, digest(line.record))
            spool.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
        session.rollback()
        spool.seek(0)
        yield Prepared(volume, spool, count, known)


def close(ready: Prepared, *, act: Act) -> RegisterClosing:
    """Freeze a past year of a book. Raises NotAllowed, RuleBroken when the year runs, is closed, or is not in order.

    Lines of dossiers in which something was done since they were read are read again.
    """
    volume = ready.volume
    check(act.session, volume, act.actor, shanghai_date(act.moment).year)
    _hold(act.session, volume)
    if is_closed(act.session, volume.book.value, volume.unit.id if volume.unit else None, volume.year, volume.mark):
        raise RuleBroken("register.closed", year=volume.year)
    missing = _in_order(act.session, volume)
    count, last, total = _freeze(ready, act.session)
    closing = RegisterClosing(
        key=volume.key, book=volume.book, unit_id=volume.unit.id if volume.unit else None, mark=volume.mark,
        year=volume.year, count=count, last_number=last, missing=missing, sha256=total, closed_at=act.moment,
        closed_by=act.actor.id, closed_by_name=act.actor.name,
    )  # fmt: skip
    act.session.add(closing)
    act.session.flush()
    act.record(
        "register:close", closing, book=volume.book.value, unit=volume.part, year=volume.year, count=count, last=last,
        missing=missing, sha256=total,
    )  # fmt: skip
    return closing


def check(session: Session, volume: Volume, actor: Actor, this_year: int) -> None:
    """Refuse who may not close the volume, and a year that runs. Raises NotAllowed, RuleBroken."""
    top = select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.path)
    where = volume.unit or session.scalars(top).first()
    needed = (Permission.KEEP, Permission.SANCTION) if volume.book is Book.ACCOUNTS else (Permission.KEEP,)
    for permission in needed:
        if where is None or rules.lacks(actor, permission, where.path):
            raise NotAllowed("person.lacks", permission=permission)
    if volume.year >= this_year:
        raise RuleBroken("register.running", year=volume.year)


class Checked(NamedTuple):
    """Whether the lines of a closed year are still those that were summed; how many were blanked by destruction."""

    year: int
    sound: bool
    blanked: int


def verify(session: Session, closing: RegisterClosing, progress: Callable[[int], None] | None = None) -> Checked:
    """Sum the frozen lines again. Tells every so often how many lines were read."""
    key, year, summed = closing.key, closing.year, closing.sha256
    columns = _LINES.c.position, _LINES.c.number, _LINES.c.sha256, _LINES.c.record
    query = select(*columns).where(_LINES.c.key == key).order_by(_LINES.c.position).limit(_TOLD_EVERY)
    total, sound, blanked, position = hashlib.sha256(), True, 0, 0
    while lines := session.execute(query.where(_LINES.c.position > position)).all():
        for position, number, sha256, record in lines:
            total.update(_summed(position, number, sha256))
            if record:
                sound = sound and digest(record) == sha256
            else:
                blanked += 1
        if progress is not None:
            progress(position)
    return Checked(year, sound and total.hexdigest() == summed, blanked)


def is_closed(session: Session, book: str, unit_id: uuid.UUID | None, year: int, mark: str = "") -> bool:
    """Tell whether a year of a book is closed; see dossiers.years."""
    key = key_of(Book(book), unit_id, year, mark)
    return bool(session.scalar(select(exists().where(RegisterClosing.key == key))))


def _hold(session: Session, volume: Volume) -> None:
    """Keep numbers of this volume from being given until the act ends."""
    session.execute(select(Series.last).where(SOURCES[volume.book].holds(volume)).with_for_update())


def _in_order(session: Session, volume: Volume) -> int:
    """Return how many numbers nobody bears. Raises RuleBroken when the contact register is not fit to be closed."""
    missing = SOURCES[volume.book].gaps(session, volume).missing
    if volume.unit is None:
        return missing
    unjudged = session.scalar(
        select(func.count())
        .select_from(Contact)
        .where(Contact.unit_id == volume.unit.id, Contact.year == volume.year, Contact.in_scope.is_(None))
    )
    if unjudged:
        raise RuleBroken("register.unjudged", count=unjudged)
    if missing:
        raise RuleBroken("register.gaps", count=missing)
    return 0


def _freeze(ready: Prepared, session: Session) -> tuple[int, str, str]:
    """Write the lines; return how many, the last number, and the SHA-256 over places, numbers and sums of lines.

    Raises RuleBroken when lines came or went since they were read.
    """
    source, key = SOURCES[ready.volume.book], ready.volume.key
    touched = _touched(session, ready.known)
    total, position, held, last = hashlib.sha256(), 0, 0, ""
    while batch := [json.loads(text) for _, text in zip(range(BATCH), ready.spool, strict=False)]:
        # A contact that became a case since has its dossier only now.
        ownerless = [uuid.UUID(row_id) for _, row_id, dossier_id, *_ in batch if row_id and not dossier_id]
        owners = {row.hex: _hex(owner) for row, owner in source.owners(session, ownerless).items() if owner}
        stale = [
            uuid.UUID(row_id)
            for _, row_id, dossier_id, *_ in batch
            if row_id and (row_id in owners or {row_id, dossier_id} & touched)
        ]
        anew = dict(source.read(session, stale)) if stale else {}
        if set(stale) - set(anew):
            raise RuleBroken("register.moved", year=ready.volume.year)
        rows: list[dict[str, Any]] = []
        for number, row_id, dossier_id, part, record, sha256 in batch:
            position, held, last = position + 1, held + bool(row_id), number
            dossier_id = owners.get(row_id, dossier_id)
            if row_id and uuid.UUID(row_id) in anew:
                record = queries.placed(anew[uuid.UUID(row_id)], position)
                part, sha256 = queries.part_of(record), digest(record)
            total.update(_summed(position, number, sha256))
            rows.append(
                {
                    "key": key, "position": position, "number": number, "part": part,
                    "dossier_id": uuid.UUID(dossier_id) if dossier_id else None, "record": record, "sha256": sha256,
                }
            )  # fmt: skip
        session.execute(insert(_LINES), rows)
    if position != ready.count or held != source.count(session, ready.volume):
        raise RuleBroken("register.moved", year=ready.volume.year)
    return position, last, total.hexdigest()


def _touched(session: Session, known: int) -> frozenset[str]:
    """Return the ids of what the trail tells of since an entry: subjects and dossiers, as hex."""
    rows = session.execute(
        select(Entry.subject_id, Entry.dossier_id).where(
            Entry.seq > known, or_(Entry.subject_id.is_not(None), Entry.dossier_id.is_not(None))
        )
    )
    return frozenset(one.hex for row in rows for one in row if one is not None)


def _hex(found: Any) -> str:
    return found.hex if isinstance(found, uuid.UUID) else ""


def _summed(position: int, number: str, sha256: str) -> bytes:
    return f"{position}\t{number}\t{sha256}\n".encode()
