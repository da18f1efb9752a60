"""Reading the register of outgoing letters: whole pages without a gap, contents only where the reader may look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from archive.core.errors import NotFound
from archive.core.labels import label
from archive.core.paging import Page, PageRequest, cut, serial
from archive.core.sheets import Column, Sheet
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.letters.models import LetterNumber, LetterRow
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering

_COLUMNS = (
    Column("发文字号", 22), Column("日期", 12), Column("种类", 16), Column("题名", 44), Column("主送", 30),
    Column("案号", 18), Column("签发人", 12), Column("状态", 10), Column("回复期限", 12), Column("回复日期", 12),
    Column("作废理由", 30),
)  # fmt: skip


@dataclass(frozen=True)
class Book:
    """The register of one series and year: its words, how many numbers were taken, how many are void."""

    mark: str
    year: int
    last: int
    void: int


class Entry(NamedTuple):
    """A line; the letter is None when its dossier is closed to the reader, or both were destroyed."""

    line: LetterNumber
    letter: LetterRow | None
    number: str | None

    @property
    def destroyed(self) -> bool:
        """Whether the letter went with its dossier."""
        return self.line.letter_id is None


def books(session: Session, person: Person) -> Sequence[Book]:
    """Return the series from which units the person may read take numbers, the newest year first. One statement."""
    voids = func.count().filter(LetterNumber.voided_at.is_not(None))
    mine = select(LetterNumber.mark, LetterNumber.year).join(Unit, Unit.id == LetterNumber.unit_id)
    rows = session.execute(
        select(LetterNumber.mark, LetterNumber.year, func.max(LetterNumber.serial), voids)
        .where(tuple_(LetterNumber.mark, LetterNumber.year).in_(mine.where(_readable(person))))
        .group_by(LetterNumber.mark, LetterNumber.year)
        .order_by(LetterNumber.year.desc(), LetterNumber.mark)
    )
    return [Book(*row) for row in rows]


def page(session: Session, person: Person, mark: str, year: int, request: PageRequest) -> Page[Entry]:
    """Return a page of a series, the last number first. One statement. Raises NotFound for one not to be read."""
    query = _series(person, mark, year).order_by(LetterNumber.serial.desc()).limit(request.size + 1)
    key = request.key(serial)
    if key is not None:
        query = query.where(LetterNumber.serial < key[0])
    rows = [_entry(row) for row in session.execute(query)]
    if not rows and key is None:
        raise NotFound("letter.no_series")
    return cut(rows, request, lambda entry: (entry.line.serial,))


def sheet(session: Session, person: Person, mark: str, year: int) -> Sheet:
    """Return a whole series as a table, the first number first. Raises NotFound for one not to be read."""
    rows = [_entry(row) for row in session.execute(_series(person, mark, year).order_by(LetterNumber.serial))]
    if not rows:
        raise NotFound("letter.no_series")
    return Sheet(f"{mark}〔{year}〕", _COLUMNS, list(map(list, _told(rows))), above=[f"发文登记簿　{mark}〔{year}〕"])


def _told(rows: Sequence[Entry]) -> Iterator[Sequence[Any]]:
    for line, letter, number in rows:
        state = label(line.state)
        if letter is None:
            said = "（案卷已销毁）" if line.letter_id is None else "（限制查阅）"
            yield (
                line.number,
                line.taken_at,
                label(line.kind),
                said,
                "",
                "",
                line.taken_by_name,
                state,
                None,
                None,
                "",
            )
        else:
            yield (
                line.number, letter.issued_on, label(line.kind), letter.title, letter.addressee, number,
                letter.issued_by_name, label(letter.state), letter.reply_due, letter.replied_on, line.void_reason,
            )  # fmt: skip


def _entry(row: Any) -> Entry:
    line, letter, number, seen = row
    return Entry(line, letter if seen else None, number if seen else None)


def _series(person: Person, mark: str, year: int) -> Select[*tuple[Any, ...]]:
    """Return a whole series, or nothing when no unit the person may read takes numbers from it."""
    seen = case((LetterNumber.letter_id.is_(None), false()), (visible_to(person), true()), else_=false())
    other = aliased(LetterNumber)
    mine = select(other.id).join(Unit, Unit.id == other.unit_id).where(other.mark == mark, other.year == year)
    return (
        select(LetterNumber, LetterRow, Dossier.number, seen)
        .outerjoin(LetterRow, LetterRow.id == LetterNumber.letter_id)
        .outerjoin(Dossier, Dossier.id == LetterRow.dossier_id)
        .where(LetterNumber.mark == mark, LetterNumber.year == year, mine.where(_readable(person)).exists())
        .options(joinedload(LetterNumber.unit))
    )


def _readable(person: Person) -> ColumnElement[bool]:
    tops = covering(person.paths(Permission.READ))
    return or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in tops))
