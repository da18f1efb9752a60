"""Which forms the office has, and handing a register out as pages, workbook or paper."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from archive.core import sheets
from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput
from archive.core.ports import ports
from archive.core.sheets import Sheet, Value
from archive.people.rules import Permission, Person, covering
from archive.printing import operations as printing
from archive.printing.models import Printout
from archive.procedures import queries as procedures
from archive.procedures.office import in_force
from archive.procedures.profile import Profile
from archive.registers import columns, forms, queries
from archive.registers.forms import Form
from archive.registers.models import Book
from archive.registers.records import BATCH
from archive.registers.sources import SOURCES
from archive.registers.volumes import Line, Volume

# A bound volume of the printed register holds so many lines.
PER_VOLUME = 500
# Under which name the worker writes workbooks of registers; see printing.
KIND = "register"
HIDDEN, DESTROYED = "无权查看", "案卷已销毁"


def profiles(session: Session, on: date) -> Mapping[str, Profile]:
    """Return the signed rule sets in force on the day, whose forms may be used. One statement."""
    return in_force(procedures.signed(session), on)


def kept(session: Session, person: Person, on: date) -> list[Profile]:
    """Return the rule sets whose registers the units that the person reads keep. Two statements."""
    return procedures.followed(session, covering(person.paths(Permission.READ)), on)


def form(session: Session, code: str, on: date) -> Form:
    """Return the form with this code. Raises NotFound. One statement."""
    return forms.find(code, profiles(session, on))


def headings(session: Session, of: Form, on: date) -> list[columns.Column]:
    """Return the columns of a form. One statement."""
    extra = forms.extra_fields(profiles(session, on).values())
    return [columns.column(title, extra) for title in of.columns]


def row(line: Line, of: list[columns.Column]) -> list[Value] | None:
    """Return the cells of a line; None when there is nothing to tell but its number."""
    return [column.value(line.record) for column in of] if line.record else None


def why_blank(line: Line) -> str:
    """Return why nothing but the number of a line is told."""
    return HIDDEN if line.record is None else DESTROYED


def numbered(line: Line, volume: Volume) -> str:
    """Return a line's number as one cites it."""
    return line.number if volume.book in (Book.CASES, Book.LETTERS) else f"第 {line.number} 号"


def title_of(of: Form, volume: Volume) -> str:
    """Return what stands on the cover: the year, the unit, the register."""
    return f"{volume.year} 年{volume.owner}{of.name}"


def order_workbook(of: Form, volume: Volume, *, act: Act) -> Printout:
    """Ask for a whole register as a workbook; that is recorded. The worker writes it with the asker's eyes."""
    lines = volume.closing.count if volume.closing else SOURCES[volume.book].count(act.session, volume)
    act.record("register:export", volume.closing, **_facts(of, volume))
    recipe = {"form": of.code, "part": volume.part, "year": volume.year}
    return printing.order_workbook(title_of(of, volume), KIND, recipe, lines, act=act)


def write_workbook(
    path: Path, session: Session, person: Person, recipe: Mapping[str, Any], on: date, progress: Callable[[int], None]
) -> None:
    """Write a register into a workbook, row by row, telling every so often how many lines it has.

    Raises what opening the register raises: since asking for it the person may have lost the permission.
    """
    of = form(session, recipe["form"], on)
    volume = queries.volume(session, person, of, recipe["part"], recipe["year"])
    head = headings(session, of, on)

    def told() -> Iterator[list[Value]]:
        for line in queries.lines(session, person, of, volume):
            if line.position % BATCH == 0:
                progress(line.position)
            yield row(line, head) or [numbered(line, volume), why_blank(line), *[""] * (len(head) - 2)]

    above = [ports().settings.office_name, title_of(of, volume), *([of.basis] if of.basis else []), _standing(volume)]
    widths = [sheets.Column(column.title, max(6, round(column.width * 1.7))) for column in head]
    sheets.write(path, [Sheet(of.name, widths, told(), above)])


def order_print(of: Form, volume: Volume, number: int, *, person: Person, act: Act) -> Printout:
    """Ask for one bound volume of a register (from 1) on paper. Raises BadInput for one that is not there."""
    first = (number - 1) * PER_VOLUME + 1
    found = list(queries.lines(act.session, person, of, volume, first, first + PER_VOLUME - 1))
    if number < 1 or not found:
        raise BadInput("register.volume", number=number)
    head = headings(act.session, of, shanghai_date(act.moment))
    whole = sum(column.width for column in head)
    title = title_of(of, volume)
    page = render_template(
        "registers/print.html",
        title=title,
        form=of,
        head=[(column.title, round(100 * column.width / whole, 2)) for column in head],
        rows=[(line, _texts(row(line, head))) for line in found],
        numbered=lambda line: numbered(line, volume),
        why_blank=why_blank,
        part=f"第 {number} 册（第 {found[0].position}—{found[-1].position} 行）",
        standing=_standing(volume),
        day=shanghai_date(act.moment),
    )
    act.record("register:print", volume.closing, **_facts(of, volume), volume=number, rows=len(found))
    return printing.order(f"{title}（第 {number} 册）", page, act=act)


def _facts(of: Form, volume: Volume) -> dict[str, Any]:
    return {"form": of.code, "year": volume.year, "unit": volume.part}


def _texts(values: list[Value] | None) -> list[str] | None:
    return None if values is None else [columns.shown(value) for value in values]


def _standing(volume: Volume) -> str:
    closing = volume.closing
    if closing is None:
        return "未封存，内容以打印时为准"
    on = shanghai_date(closing.closed_at)
    return f"{on:%Y-%m-%d} 封存：{closing.count} 行，末号 {closing.last_number}，SHA-256 {closing.sha256}"
