"""Excel workbooks: a page for each sheet, cells between tabs, values as they were last calculated."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

import olefile
import openpyxl
import xlrd

from archive.extraction.output import Output, Stop
from archive.extraction.package import Package
from archive.extraction.readers.embedded import embedded_files, embedded_pictures
from archive.extraction.source import Source
from archive.extraction.values import State

# A sheet is one page up to this many letters; a longer one (bank statements) goes on in further pages.
SHEET_PAGE = 30_000


def read(source: Source, out: Output) -> None:
    """Read an xlsx."""
    package = Package(source.path, out)  # holds it to the limits first
    if out.reason:
        raise Stop(State.BROKEN, "package.broken")
    # An open file, not a path: openpyxl judges paths by their endings, and ours have none.
    with source.path.open("rb") as file:
        _sheets(openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False), out)
    for name in package.names(r"xl/(?:comments\d*|comments/.*|threadedComments/.*|drawings/drawing\d*)\.xml"):
        root = package.xml(name)
        texts = [str(node.text) for node in root.iter("{*}t", "{*}text") if node.text] if root is not None else []
        if texts:
            out.running_text("\n".join(texts), label=name.rpartition("/")[2])
    embedded_files(package, out)
    embedded_pictures(package, out)


def _sheets(book: openpyxl.Workbook, out: Output) -> None:
    for sheet in book.worksheets:
        # The size a sheet claims may be a million rows; without it only rows that exist are read.
        sheet.reset_dimensions()
        _sheet(sheet.title, (map(_shown, row) for row in sheet.iter_rows(values_only=True)), out)


def read_old(source: Source, out: Output) -> None:
    """Read an xls (BIFF)."""
    if olefile.isOleFile(source.path):
        with olefile.OleFileIO(source.path) as ole:
            if not (ole.exists("Workbook") or ole.exists("Book")):
                raise Stop(State.UNSUPPORTED, "office.old")
    try:
        book = xlrd.open_workbook(str(source.path), on_demand=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Stop(State.ENCRYPTED, "office.encrypted") from None
        raise Stop(State.BROKEN, "package.broken") from None
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        rows = (map(_old_shown, sheet.row(at), [book.datemode] * sheet.ncols) for at in range(sheet.nrows))
        _sheet(sheet.name, rows, out)
        book.unload_sheet(number)


def _sheet(name: str, rows: Iterable[Iterable[str]], out: Output) -> None:
    """Write a sheet, its name as the first line of its first page; a sheet without cells is no page."""
    lines, size, first = [name], 0, True
    for line in _lines(rows):
        lines.append(line)
        size += len(line) + 1
        if size > SHEET_PAGE:
            out.page("\n".join(lines), label=name)
            lines, size, first = [], 0, False
    if len(lines) > first:
        out.page("\n".join(lines), label=name)


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    for row in rows:
        line = "\t".join(row).rstrip("\t")
        if line:
            yield line


def _shown(value: object) -> str:
    """Return a cell's value in figures a person would search for: no `.0`, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"
    return str(value)


def _old_shown(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _shown(xlrd.xldate_as_datetime(cell.value, datemode))
        except (xlrd.xldate.XLDateError, ValueError, OverflowError):
            return _shown(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    return _shown(cell.value)
