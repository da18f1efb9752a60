"""What every check of the layout gauge shares: the pages, the edges of the type area, comparing lengths."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.letters import archival
from archive.letters import geometry as g
from archive.letters.content import Form
from archive.letters.glyphs import Line, Sheet

OWN, WORD = 0.5, 1.5  # how far, in millimetres, the PDF may be out, and a Word file printed by another programme

NUMBER = re.compile(r"^[\u4e00-\u9fff]{1,12}〔\d{4}〕[1-9]\d*号$")
DATE = re.compile(r"^\d{4}年([1-9]|1[0-2])月([1-9]|[12]\d|3[01])日$")
LOOSE_DATE = re.compile(
    r"^[\d〇○一二三四五六七八九十零]{2,4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$"
)
PAGE_NUMBER = re.compile(r"^—(\d+)—$")


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Check:
    """One thing measured: a stable name, whether it holds, what was found and what is asked for."""

    name: str
    ok: bool
    found: str
    asked: str
    page: int = 1


@dataclass(frozen=True)
class Signed:
    """Where a letter is signed: the page, the date's row, the row above it, and the row above both."""

    page: int
    date: Line
    before: Line | None
    company: Line | None


class Gauge:
    """Measures the pages of one letter."""

    def __init__(self, pages: list[Sheet], said: archival.Declared, tolerance: float) -> None:
        self.sheets, self.form, self.seal, self.slack = pages, said.form, said.seal, tolerance
        if said.landscape:
            self.width, self.height = g.PAGE_HEIGHT, g.PAGE_WIDTH
            self.top, self.right = g.SIDE_TOP, g.PAGE_HEIGHT - g.SIDE_RIGHT
            self.bottom, self.left = g.PAGE_WIDTH - g.SIDE_BOTTOM, g.SIDE_LEFT
        else:
            self.width, self.height = g.PAGE_WIDTH, g.PAGE_HEIGHT
            self.top, self.right, self.bottom, self.left = g.TOP, g.AREA_RIGHT, g.AREA_BOTTOM, g.LEFT

    def near(self, name: str, found: float, asked: float, page: int = 1, slack: float | None = None) -> Check:
        """Compare two lengths in millimetres."""
        ok = abs(found - asked) <= (self.slack if slack is None else slack) + 1e-6
        return Check(name, ok, f"{found:.2f} mm", f"{asked:.2f} mm", page)

    def in_head(self, line: Line, page: int) -> bool:
        return self.form is Form.LETTER and page == 1 and all(glyph.red for glyph in line.glyphs)

    def is_page_number(self, line: Line) -> bool:
        return line.y > self.bottom and bool(PAGE_NUMBER.match(line.text))

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    def rows(self, sheet: Sheet, page: int) -> list[Line]:
        """Return the rows of body type: not the number, nor the red head."""
        return [
            line
            for line in sheet.lines
            if line.size == g.SIZE_BODY and not number_in(line) and not self.in_head(line, page)
        ]

    def signed(self) -> Signed | None:
        """Return where the letter is signed: a date in the right half of a page."""
        for number, sheet in enumerate(self.sheets, start=1):
            rows = self.rows(sheet, number)
            for at, line in enumerate(rows):
                if LOOSE_DATE.match(line.text) and line.left > self.middle - 25:
                    return Signed(number, line, rows[at - 1] if at else None, rows[at - 2] if at > 1 else None)
        return None

    def red(self, number: int) -> Box | None:
        """Return what is red on a page beside the red head: left, top, right, bottom."""
        sheet = self.sheets[number - 1]
        if self.form is not Form.LETTER or number > 1:
            return sheet.red_box()
        rules = sheet.red_spans(g.LEFT - 5)
        last_of_head = max((bottom for _, bottom in rules if bottom < self.height / 2), default=0.0)
        return sheet.red_box(last_of_head + 1, self.height - g.RULE_FOOT - g.RULE_HEIGHT - 1)

    def seal_box(self, number: int) -> Box | None:
        """Return what is red on a page when it lies where a seal would: around the date."""
        signed, box = self.signed(), self.red(number)
        if not self.seal or signed is None or signed.page != number or box is None:
            return None
        left, top, right, bottom = box
        beside = abs((left + right) / 2 - signed.date.centre) < 20 and right - left < 62
        return box if beside and top > signed.date.y - 60 and bottom < signed.date.y + 45 else None

    def own(self, number: int) -> Iterable[Line]:
        return (line for line in self.sheets[number - 1].lines if not self.is_page_number(line))


def number_in(line: Line) -> bool:
    """Whether the line holds the document number and nothing else but grades at its left."""
    return bool(NUMBER.match(number_text(line)))


def number_text(line: Line) -> str:
    """Return the number's own characters, without a grade of secrecy or urgency at the left of the same row."""
    start = 0
    for at in range(1, len(line.glyphs)):
        if line.glyphs[at].x - line.glyphs[at - 1].end > 8:
            start = at
    return "".join(glyph.char for glyph in line.glyphs[start:])
