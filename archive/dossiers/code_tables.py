"""Code tables: those the office imported, or the small ones that come with the archive until it does.

What comes with the archive is this project's own plain list, not JR/T 0169-2018, whose code list must be bought; an
office that owns it imports it. Reasons of non-acceptance follow 中国人民银行令〔2020〕第5号, 第四十二条, in own words.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zipfile import ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, Problem
from archive.core.texts import storable
from archive.dossiers.models import CodeItem
from archive.dossiers.states import CodeTable, Need

COLUMNS = ("code", "name", "parent", "needs")
MOST_ROWS = 5000
# Bytes: a workbook of that many rows is far smaller; what unpacks to more is a bomb.
_MOST_UNPACKED = 32 << 20


@dataclass(frozen=True)
class Code:
    """One row: its code, name, the code above it, what it asks for (states.Need), whether it is out of use."""

    code: str = ""
    name: str = ""
    parent: str = ""
    needs: str = ""
    retired: bool = False


@dataclass(frozen=True)
class Table:
    """A whole code table, in its own order."""

    name: CodeTable
    rows: tuple[Code, ...]

    def get(self, code: str) -> Code | None:
        """Return the row with this code, or None."""
        return next((row for row in self.rows if row.code == code), None)

    def word(self, code: str) -> str:
        """Return the name of a code; the code itself when the table does not know it."""
        row = self.get(code)
        return row.name if row else code

    def choices(self, now: str = "") -> list[tuple[str, str]]:
        """Return (code, name) of what may be chosen; `now` is kept among them even when out of use."""
        depth = {row.code: row for row in self.rows}
        return [
            (row.code, f"　{row.name}" if row.parent in depth else row.name)
            for row in self.rows
            if not row.retired or row.code == now
        ]

    def check(self, code: str, field: str, *, before: str = "") -> list[Problem]:
        """Return a problem when a code may not be chosen; the one it had before may stay."""
        row = self.get(code)
        if code in ("", before) or (row and not row.retired):
            return []
        return [Problem("code.unknown", field, {"code": code})]


def table(session: Session, name: CodeTable) -> Table:
    """Return a code table. One statement."""
    return tables(session, (name,))[name]


def tables(session: Session, names: Sequence[CodeTable] = tuple(CodeTable)) -> Mapping[CodeTable, Table]:
    """Return several code tables. One statement."""
    rows: dict[CodeTable, list[Code]] = {name: [] for name in names}
    query = select(CodeItem).where(CodeItem.table.in_(names)).order_by(CodeItem.position, CodeItem.code)
    for item in session.scalars(query):
        found = Code(item.code, item.name, item.parent_code or "", item.needs, item.retired)
        rows[CodeTable(item.table)].append(found)
    return {name: Table(name, tuple(found) or shipped(name)) for name, found in rows.items()}


@cache
def shipped(name: CodeTable) -> tuple[Code, ...]:
    """Return the rows that come with the archive."""
    text = files(__package__).joinpath("codes", f"{name.value}.csv").read_text(encoding="utf-8")
    return tuple(parse(text.encode(), f"{name.value}.csv"))


def parse(content: bytes, filename: str) -> list[Code]:
    """Return the rows of a CSV (UTF-8 or GB18030) or xlsx file: columns code, name and, if wished, parent, needs.

    Raises BadInput listing every fault with its line; nothing of a faulty file is taken.
    """
    lines = _xlsx(content) if filename.lower().endswith(".xlsx") else _csv(content)
    if not lines:
        raise BadInput("code.empty")
    header = [cell.strip().lower() for cell in lines[0]]
    if "code" not in header or "name" not in header or set(filter(None, header)) - set(COLUMNS):
        raise BadInput("code.header", header="、".join(header)[:80])
    found: list[tuple[int, Code]] = []
    for line, cells in enumerate(lines[1:], start=2):
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(values.values()):
            found.append((line, _code(values)))
    return checked(found)


def _code(values: Mapping[str, str]) -> Code:
    return Code(values.get("code", ""), values.get("name", ""), values.get("parent", ""), values.get("needs", ""))


def checked(rows: Sequence[tuple[int, Code]]) -> list[Code]:
    """Return the rows if they make a sound table; each comes with its line. Raises BadInput listing every fault."""
    lines_of: dict[str, int] = {}
    faults: list[Problem] = []
    for line, row in rows:
        faults += _faults(row, line)
        if row.code and lines_of.setdefault(row.code, line) != line:
            faults.append(Problem("code.twice", facts={"line": line, "code": row.code}))
    faults += [
        Problem("code.parent", facts={"line": line, "parent": row.parent})
        for line, row in rows
        if row.parent and row.parent not in lines_of
    ]
    if len(rows) > MOST_ROWS:
        faults.append(Problem("code.many", facts={"most": MOST_ROWS}))
    if faults or not rows:
        raise BadInput("code.faulty" if faults else "code.empty", faults, count=len(faults))
    return [row for _, row in rows]


def replace(name: CodeTable, rows: Sequence[Code], *, act: Act) -> None:
    """Make a code table these rows. Codes that are gone from it are retired, not removed: dossiers bear them."""
    present = {item.code: item for item in act.session.scalars(select(CodeItem).where(CodeItem.table == name.value))}
    if not present:
        # The archive's own rows were in use until now: dossiers may bear their codes.
        for row in shipped(name):
            present[row.code] = CodeItem(table=name.value, code=row.code, name=row.name, needs=row.needs)
    before = {code for code, item in present.items() if not item.retired}
    for item in present.values():
        item.retired = True
        item.position = len(rows) + 1
    for position, row in enumerate(rows):
        item = present.setdefault(row.code, CodeItem(table=name.value, code=row.code))
        item.name, item.parent_code, item.needs = row.name, row.parent or None, row.needs
        item.position, item.retired = position, False
    act.session.add_all(present.values())
    after = {row.code for row in rows}
    came, went = len(after - before), len(before - after)
    act.record("codes:replace", None, table=name.value, rows=len(rows), new=came, gone=went)


def add_retired(name: CodeTable, word: str, *, act: Act) -> str:
    """Add a word of elsewhere to a table and return its code (the word itself): shown and found, not chosen anew."""
    if act.session.scalar(select(CodeItem.id).where(CodeItem.table == name.value).limit(1)) is None:
        replace(name, shipped(name), act=act)
    code = word[:40]
    act.session.add(CodeItem(table=name.value, code=code, name=word[:120], position=MOST_ROWS, retired=True))
    act.session.flush()
    act.record("codes:add_retired", None, table=name.value, code=code)
    return code


def _faults(row: Code, line: int) -> list[Problem]:
    found = []
    if not row.code or not row.name:
        found.append(Problem("code.blank", facts={"line": line}))
    if not storable([row.code, row.name, row.parent]):
        found.append(Problem("code.text", facts={"line": line}))
    if len(row.code) > 40 or len(row.name) > 120:
        found.append(Problem("code.long", facts={"line": line}))
    if row.needs and row.needs not in set(Need):
        found.append(Problem("code.needs", facts={"line": line, "needs": row.needs}))
    return found


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise BadInput("code.unreadable", reason=str(error)) from None
    raise BadInput("code.unreadable", reason="encoding")


def _xlsx(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # here: it loads slowly, and every process knows the code tables

    try:
        with ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise BadInput("code.unreadable", reason="too large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=len(COLUMNS) * 2)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    except BadInput:
        raise
    # A broken file fails in whichever of several parsers meets the break, each with errors of its own.
    except Exception as error:
        raise BadInput("code.unreadable", reason=type(error).__name__) from error
