"""Tables as .xlsx files. What a cell holds is text, a number or a date, and never a formula."""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from archive.core.clock import SHANGHAI

Value = str | int | float | Decimal | date | datetime | bool | None

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The format's bound on one cell, and what ends a text that exceeds it.
_LONGEST, _CUT = 32_767, "……（超长，全文见系统）"
# Characters XML 1.0 cannot hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# How what is no text is shown; sums with fen, moments as the office's pages show them.
_FORMATS: Mapping[type, str] = {Decimal: "#,##0.00", datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}
# Read as the start of a formula once the sheet is saved as CSV and opened again.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A column: its heading and its width in characters of half width."""

    title: str
    width: int = 16


@dataclass(frozen=True)
class Sheet:
    """One sheet: title (tab name), columns, rows in the order of the columns, and lines written above the headings."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    above: Sequence[str] = ()


def write(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write the sheets to a file, row by row, so that a long table needs no more memory than a short one."""
    from openpyxl import Workbook  # here: it loads numpy, which only who writes a sheet should wait for

    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet.title)[:31]), sheet)
    book.save(path)


def as_bytes(*sheets: Sheet) -> bytes:
    """Return the sheets as the bytes of a file; for tables of up to some ten thousand rows."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        path = Path(file.name)
        write(path, sheets)
        return path.read_bytes()


def _write_sheet(target: Any, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    for position, column in enumerate(sheet.columns, 1):
        target.column_dimensions[get_column_letter(position)].width = column.width
    target.freeze_panes = f"A{len(sheet.above) + 2}"
    looks = _Looks(target)
    for line in sheet.above:
        target.append([_cell(looks, line)])
    target.append([_cell(looks, column.title, column.width, bold=True) for column in sheet.columns])
    widths = {at: column.width for at, column in enumerate(sheet.columns)}
    for row in sheet.rows:
        target.append([_cell(looks, value, widths.get(at)) for at, value in enumerate(row)])


class _Looks:
    """How cells of a sheet look, each look made once: setting it on every cell would cost more than the cells."""

    def __init__(self, target: Any) -> None:
        from openpyxl.styles import Alignment, Font

        self.target, self._made = target, dict[tuple[str, bool, bool], Any]()
        self._alignments = {wraps: Alignment(vertical="top", wrap_text=wraps) for wraps in (False, True)}
        self._bold = Font(bold=True)

    def cell(self, value: Any, number_format: str = "", *, wraps: bool = False, bold: bool = False) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self.target, value)
        look = number_format, wraps, bold
        if look not in self._made:
            cell.alignment = self._alignments[wraps]
            if number_format:
                cell.number_format = number_format
            if bold:
                cell.font = self._bold
            self._made[look] = cell._style  # type: ignore[attr-defined]
        cell._style = self._made[look]  # type: ignore[attr-defined]
        return cell


def _cell(looks: _Looks, value: Value, width: int | None = None, *, bold: bool = False) -> Any:
    """Return a cell; a text wider than its column (in characters of half width) goes on in further lines."""
    if isinstance(value, bool):
        value = "是" if value else "否"
    if isinstance(value, datetime):
        # Sheets know no zones: what stands there is the time on the office's wall.
        value = value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    if not isinstance(value, str):
        return looks.cell(value, _FORMATS.get(type(value), ""))
    text = _ILLEGAL.sub("", value)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - len(_CUT)] + _CUT
    # Han characters take two bytes in GBK as they take two places in a line.
    wraps = "\n" in text or (width is not None and 2 * len(text) > width and len(text.encode("gbk", "replace")) > width)
    cell = looks.cell(text, wraps=wraps, bold=bold)
    cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
    if text.startswith(_FORMULA_STARTS):
        cell._style = copy(cell._style)  # a mark of this cell alone
        cell.quotePrefix = True
    return cell
