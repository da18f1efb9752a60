"""Browsing as in a file room: fonds (全宗), year, category, dossiers. Only what the reader may see is counted."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.dossiers import code_tables
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.states import CodeTable
from archive.people.rules import Person


@dataclass(frozen=True)
class Shelf:
    """One shelf: its value, the word on its label, how many dossiers stand there, how many of them are closed."""

    value: str
    word: str
    count: int
    closed: int


def shelves(session: Session, person: Person, fonds: str = "", year: int | None = None) -> list[Shelf]:
    """Return the shelves one level below: fonds; years of a fonds; categories of a year. One or two statements."""
    level = Dossier.category if fonds and year is not None else Dossier.year if fonds else Dossier.fonds
    where = [visible_to(person)]
    if fonds:
        where.append(Dossier.fonds == fonds)
    if year is not None:
        where.append(Dossier.year == year)
    order = level.desc() if level is Dossier.year else level
    counted = select(level, func.count(), func.count(Dossier.closed_at)).where(*where).group_by(level).order_by(order)
    rows = [(str(value), count, closed) for value, count, closed in session.execute(counted)]
    if level is not Dossier.category:
        return [Shelf(value, value, count, closed) for value, count, closed in rows]
    table = code_tables.table(session, CodeTable.CATEGORY)
    place = {row.code: at for at, row in enumerate(table.rows)}
    found = [Shelf(value, table.word(value) or "未分类", count, closed) for value, count, closed in rows]
    return sorted(found, key=lambda shelf: (place.get(shelf.value, len(place)), shelf.value))
