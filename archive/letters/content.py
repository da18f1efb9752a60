"""A letter as a value: what it says, not how it looks. Both renderers draw this and nothing else."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """Which of the three dresses a letter wears."""

    LETTER = "letter"  # 信函格式: red name, red double rules (GB/T 9704-2012, 10.1)
    PAPER = "paper"  # name of the office and of the paper on top, black; notices, records, agreements
    SHEET = "sheet"  # a table: slips, lists, covers


class Style(StrEnum):
    """How a paragraph is set."""

    BODY = "p"  # 仿宋, two characters in
    HEADING_1 = "h1"  # 一、 黑体
    HEADING_2 = "h2"  # （一） 楷体
    FLUSH = "flush"  # from the left edge
    CENTRE = "centre"
    RIGHT = "right"
    CAPTION = "caption"  # centred, 小标宋: the title of a stub
    CUT = "cut"  # a dashed line to tear along


@dataclass(frozen=True)
class Paragraph:
    """One paragraph."""

    style: Style
    text: str


@dataclass(frozen=True)
class Column:
    """A column: its width as a share of the table, and its heading (empty in a form)."""

    width: float
    label: str = ""


@dataclass(frozen=True)
class Row:
    """A row; with fewer cells than columns its last one spans the rest. `lines` is the least height in lines."""

    cells: tuple[str, ...]
    lines: int = 1


@dataclass(frozen=True)
class Table:
    """A ruled table. Rows of a form alternate label and value; a list has headings and `is_list`."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def is_list(self) -> bool:
        """Whether the columns have headings, repeated on each page."""
        return any(column.label for column in self.columns)

    def centred(self, index: int) -> bool:
        """Whether a list's column holds only short entries, which look best in the middle."""
        return self.is_list and all(len(row.cells[index]) <= 6 for row in self.rows if index < len(row.cells))


Block = Paragraph | Table


@dataclass(frozen=True)
class Annex:
    """What follows the letter on pages of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Letter:
    """One letter, whole. Empty text and empty tuples mean that the element is absent.

    `title` holds the lines as they are to be broken; `date` is in Chinese form; `attachments` are the words of the
    附件说明 without their numbers; `note` is the 附注 without its brackets; `stub` is what is torn off at the foot.
    """

    kind: str
    form: Form
    template: str
    office: str
    number: str
    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    secrecy: str = ""
    urgency: str = ""
    addressee: str = ""
    attachments: tuple[str, ...] = ()
    signer: str = ""
    date: str = ""
    seal: bool = True
    note: str = ""
    copies: tuple[str, ...] = ()
    stub: tuple[Block, ...] = ()
    annexes: tuple[Annex, ...] = ()
    landscape: bool = False
    page_numbers: bool = True

    @property
    def takes_seal(self) -> bool:
        """Whether a seal is drawn: it goes over a signer and a date, where room was left for it."""
        return self.seal and bool(self.signer and self.date)
