"""The gauge: what a letter's PDF measures, against GB/T 9704-2012. It looks at the file alone, never at how it was made."""

import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.letters import archival
from archive.letters import geometry as g
from archive.letters.content import Form
from archive.letters.glyphs import Line, Sheet, sheets

OWN, WORD = 0.5, 1.5  # how far, in millimetres, the PDF may be out, and a Word file printed by another programme

NUMBER = re.compile(r"^[\u4e00-\u9fff]{1,12}〔\d{4}〕[1-9]\d*号$")
DATE = re.compile(r"^\d{4}年([1-9]|1[0-2])月([1-9]|[12]\d|3[01])日$")
LOOSE_DATE = re.compile(
    r"^[\d〇○一二三四五六七八九十零]{2,4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$"
)
PAGE_NUMBER = re.compile(r"^—(\d+)—$")


@dataclass(frozen=True)
class Check:
    """One thing measured: a stable name, whether it holds, what was found and what is asked for."""

    name: str
    ok: bool
    found: str
    asked: str
    page: int = 1


@dataclass(frozen=True)
class Report:
    """Everything measured on one file."""

    form: Form
    pages: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.ok)


def measure(pdf: bytes, form: Form | None = None, *, tolerance: float = OWN, archival_marks: bool = True) -> Report:
    """Return the report on a PDF.

    `form` is read from the file's keywords when not given. `tolerance` in millimetres. `archival_marks` asks for PDF/A,
    tags and language, which a programme that prints a Word file need not set.
    Raises pypdfium2.PdfiumError when the file cannot be read, ValueError when the form is neither given nor declared.
    """
    said = archival.declared(pdf) or (archival.Declared(form) if form else None)
    if said is None:
        raise ValueError("the file does not say which form it has")
    form = form or said.form
    gauge = _Gauge(sheets(pdf), replace(said, form=form), tolerance)
    checks = [*gauge.page(), *gauge.colour()]
    if archival_marks:
        checks += [Check(f"archive.{name}", ok, "有" if ok else "无", "有") for name, ok in archival.marks(pdf).items()]
    if form is Form.LETTER:
        checks += gauge.head()
    if form is not Form.SHEET:
        checks += [*gauge.body(), *gauge.signature()]
    checks += [*gauge.title(), *gauge.number(), *gauge.page_numbers(), *gauge.copies()]
    return Report(form, len(gauge.sheets), tuple(checks))


class _Gauge:
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

    # The page -------------------------------------------------------------------------------------------------

    def page(self) -> Iterator[Check]:
        for number, sheet in enumerate(self.sheets, start=1):
            yield self.near("page.width", sheet.width, self.width, number)
            yield self.near("page.height", sheet.height, self.height, number)
            glyphs = [glyph for line in sheet.lines for glyph in line.glyphs]
            lost = sorted({glyph.char for glyph in glyphs if not glyph.mapped})
            yield Check("page.text", bool(glyphs) and not lost, f"{len(lost)} 字无法取出", "文字可取出", number)
            inner = [line for line in sheet.lines if not self._is_page_number(line) and not self._in_head(line, number)]
            if inner:
                yield self._edge("area.left", min(line.left for line in inner), self.left, number, outward=-1)
                yield self._edge("area.right", max(line.right for line in inner), self.right, number, outward=1)
                yield self._edge("area.bottom", max(line.y for line in inner), self.bottom, number, outward=1)
                if number > 1 or self.form is not Form.LETTER:
                    yield self._edge("area.top", min(line.y for line in inner), self.top, number, outward=-1)

    def _edge(self, name: str, found: float, limit: float, page: int, *, outward: int) -> Check:
        return Check(name, (found - limit) * outward <= self.slack, f"{found:.2f} mm", f"版心边 {limit:.2f} mm", page)

    def _in_head(self, line: Line, page: int) -> bool:
        return self.form is Form.LETTER and page == 1 and all(glyph.red for glyph in line.glyphs)

    def _is_page_number(self, line: Line) -> bool:
        return line.y > self.bottom and bool(PAGE_NUMBER.match(line.text))

    def colour(self) -> Iterator[Check]:
        for number, sheet in enumerate(self.sheets, start=1):
            stray = [
                line.text
                for line in sheet.lines
                for glyph in line.glyphs[:1]
                if glyph.red and not self._in_head(line, number)
            ]
            if self.form is Form.LETTER and number == 1:
                rules = sheet.red_spans(self._middle)
                last_of_head = max((bottom for _, bottom in rules if bottom < self.height / 2), default=0.0)
                box = sheet.red_box(last_of_head + 1, self.height - g.RULE_FOOT - g.RULE_HEIGHT - 1)
            else:
                box = sheet.red_box()
            yield Check(
                "colour.red",
                not stray and box is None,
                "、".join(stray) or ("有" if box else "无"),
                "仅红头与红线",
                number,
            )

    @property
    def _middle(self) -> float:
        return (self.left + self.right) / 2

    # The red head ---------------------------------------------------------------------------------------------

    def head(self) -> Iterator[Check]:
        first = self.sheets[0]
        marks = [line for line in first.lines if self._in_head(line, 1)]
        # Between the characters' strokes a column of pixels may miss the name, but never the rules: they run through.
        rules = [span for span in first.red_spans(g.LEFT - 5) if span[1] - span[0] < 2]
        yield Check("head.mark", len(marks) == 1, f"{len(marks)} 行", "红色发文机关标志一行")
        yield Check("head.rules", len(rules) == 4, f"{len(rules)} 条", "两组双线，共 4 条")
        if len(marks) != 1 or len(rules) != 4:
            return
        ink = first.red_box(0, rules[0][0] - 0.3)
        if ink:
            yield self.near("head.mark_top", ink[1], g.MARK_TOP, slack=max(self.slack, 1.0))
            yield self.near("head.rule_gap", rules[0][0] - ink[3], g.MARK_GAP, slack=max(self.slack, 0.5))
            yield self.near("head.mark_centre", (ink[0] + ink[2]) / 2, self._middle, slack=1.5)
        thick = [bottom - top for top, bottom in rules]
        yield Check("head.rule_order", thick[0] > thick[1], _pair(thick[0], thick[1]), "上粗下细")
        yield Check("foot.rule_order", thick[2] < thick[3], _pair(thick[2], thick[3]), "上细下粗")
        yield self.near("foot.rule_place", self.height - rules[3][1], g.RULE_FOOT)
        for name, (top, bottom) in {"head.rule_width": rules[0], "foot.rule_width": rules[3]}.items():
            box = first.red_box(top, bottom)
            if box:
                yield self.near(name, box[2] - box[0], g.RULE_WIDTH)
                yield self.near(name.replace("width", "centre"), (box[0] + box[2]) / 2, self._middle)
        numbers = [line for line in first.lines if _number_in(line)]
        if numbers:
            line = numbers[0]
            # The body's 仿宋 reaches 0.78 em over the baseline; the standard's 7/8 is counted to the character's top.
            yield self.near(
                "number.gap", line.y - 0.83 * line.size * g.PT - rules[1][1], g.NUMBER_GAP, slack=max(self.slack, 1.0)
            )

    # Number, title, addressee ---------------------------------------------------------------------------------

    def number(self) -> Iterator[Check]:
        found = [
            line
            for line in self.sheets[0].lines
            if "〔" in line.text
            and line.size > g.SIZE_TABLE
            and line.y < self.height / 2
            and line.right > self.right - 5
        ]
        if not found and self.form is not Form.LETTER:
            return
        text = _number_text(found[0]) if found else ""
        yield Check("number.form", bool(NUMBER.match(text)), text or "无", "X函〔2026〕37号")
        if found:
            yield self.near("number.right", found[0].right, self.right)
            yield Check("number.size", found[0].size == g.SIZE_BODY, f"{found[0].size:g} pt", "3号")

    def title(self) -> Iterator[Check]:
        first = self.sheets[0]
        size = g.SIZE_TITLE if self.form is Form.LETTER else g.SIZE_NAME
        lines = [line for line in first.lines if line.size == size and not line.glyphs[0].red]
        yield Check("title.size", bool(lines), f"{len(lines)} 行", f"{size:g} pt 标题")
        if not lines:
            return
        for line in lines:
            yield self.near("title.centre", line.centre, self._middle, slack=max(self.slack, 1.0))
        numbers = [line for line in first.lines if _number_in(line)]
        if self.form is Form.LETTER and numbers:
            # Two blank rows: the title's first baseline lies three rows and the half of its own greater row below.
            yield self.near("title.place", lines[0].y - numbers[0].y, 3 * g.PITCH + 2.3, slack=max(self.slack, 1.0))
        ends = [len(line.text) for line in lines]
        lonely = len(ends) > 1 and min(ends) <= 2
        yield Check(
            "title.lines", not lonely and len(ends) <= 4, "/".join(map(str, ends)) + " 字", "梯形或菱形，无孤字"
        )
        if self.form is Form.LETTER:
            rest = [line for line in first.lines if line.y > lines[-1].y and line.size == g.SIZE_BODY]
            if rest:
                yield self.near("addressee.left", rest[0].left, self.left)
                yield self.near("addressee.place", rest[0].y - lines[-1].y, 19.45, slack=max(self.slack, 1.0))
                ended = next((line for line in rest[:3] if line.text.endswith("：")), None)
                yield Check("addressee.colon", ended is not None, rest[0].text[-1], "全角冒号")
                yield Check("body.begins", len(rest) > 1, f"{len(rest)} 行", "首页有正文")

    # Body -----------------------------------------------------------------------------------------------------

    def _rows(self, sheet: Sheet, page: int) -> list[Line]:
        return [
            line for line in sheet.lines
            if line.size == g.SIZE_BODY and not _number_in(line) and not self._is_page_number(line) and not self._in_head(line, page)
        ]  # fmt: skip

    def body(self) -> Iterator[Check]:
        rows = [self._rows(sheet, number) for number, sheet in enumerate(self.sheets, start=1)]
        # Full lines are spread to the edge; what ends a paragraph shows the true step.
        steps = [step for page in rows for step in _cell_steps([x for x in page if x.right < self.right - 2 * g.CELL])]
        pitches = [
            b.y - a.y for page in rows for a, b in zip(page, page[1:], strict=False) if 5 < b.y - a.y < 1.4 * g.PITCH
        ]
        odd = {f"{line.size:g} pt" for sheet in self.sheets for line in sheet.lines if not self._size_known(line)}
        yield Check("body.size", not odd and any(rows), "、".join(sorted(odd)) or "16 pt", "正文 3号 16 pt")
        if steps:
            usual = statistics.median(steps)
            yield Check(
                "body.cells", abs(g.AREA_WIDTH / usual - g.CELLS) < 0.25, f"{g.AREA_WIDTH / usual:.2f} 字", "每行 28 字"
            )
        full = [line for page in rows for line in page if line.right > self.right - 1 and line.left < self.left + 1]
        counts = [len(line.glyphs) for line in full if not any(char.isascii() for char in line.text)]
        if len(counts) >= 6:
            yield Check("body.line", max(counts) == g.CELLS, f"{max(counts)} 字", "满行 28 字")
        if pitches:
            usual = statistics.median(pitches)
            yield self.near("body.pitch", usual, g.PITCH, slack=0.08)
            uneven = max(abs(pitch - usual) for pitch in pitches)
            yield Check("body.even", uneven < 0.35, f"{uneven:.2f} mm", "行距均匀")
            yield Check(
                "body.rows",
                round(g.AREA_HEIGHT / usual) == g.ROWS and usual * g.ROWS < g.AREA_HEIGHT + 0.2,
                f"{g.AREA_HEIGHT / usual:.2f} 行",
                "每面 22 行",
            )
        for number, page in enumerate(rows, start=1):
            # The page before an annex may end anywhere, and the page before the signature gives rows to keep it company.
            after = rows[number] if number < len(rows) else []
            signed = any(LOOSE_DATE.match(line.text) for line in after)
            ends = not after or signed or bool(re.match(r"^附件\d*$", after[0].text))
            full = not ends and number > 1 and not any(line.size != g.SIZE_BODY for line in self._own(number))
            if full:
                yield Check("body.full", len(page) >= g.ROWS - 3, f"{len(page)} 行", "满页 22 行", number)
            ragged = [line.text for line in _ragged(page, self.left, self.right, max(self.slack, 0.9))]
            yield Check("body.flush", not ragged, "；".join(ragged) or "齐", "行末与版心右边齐", number)

    def _size_known(self, line: Line) -> bool:
        """Whether a line has the size of what it can be: body, title, table, copies, page number, red head."""
        if line.size == g.SIZE_FOOT:
            return self._is_page_number(line) or line.y > self.bottom - 60
        known = {g.SIZE_BODY, g.SIZE_TITLE, g.SIZE_NAME, g.SIZE_TABLE, g.SIZE_LIST}
        return line.size in known or all(glyph.red for glyph in line.glyphs)

    def _own(self, number: int) -> Iterable[Line]:
        return (line for line in self.sheets[number - 1].lines if not self._is_page_number(line))

    # Signature, page numbers, copies --------------------------------------------------------------------------

    def signature(self) -> Iterator[Check]:
        found = [
            (number, page, at)
            for number, sheet in enumerate(self.sheets, start=1)
            for page in [self._rows(sheet, number)]
            for at, line in enumerate(page)
            if LOOSE_DATE.match(line.text) and line.left > self._middle - 25
        ]
        if not found:
            return
        number, page, at = found[0]
        date = page[at]
        yield Check("date.form", bool(DATE.match(date.text)), date.text, "2026年3月5日", number)
        before = page[at - 1] if at else None
        signed = before is not None and before.left > self.left + 3 * g.CELL and date.y - before.y < 1.5 * g.PITCH
        yield Check("sign.above", signed, before.text if before else "无", "署名在日期之上", number)
        if not signed or before is None:
            return
        company = page[at - 2] if at > 1 else None
        yield Check("sign.together", company is not None, company.text[:12] if company else "无", "与正文同面", number)
        inset = (self.right - date.right) / g.CELL
        room = (before.y - company.y) / g.PITCH - 1 if company else 0.0
        close = max(self.slack, 1.0)
        if self.seal:
            yield self.near("sign.centre", before.centre, date.centre, number, slack=close)
            # Four characters in, unless a long name reaches the edge and pushes both to the left.
            pushed = before.right > self.right - close
            ok = pushed or abs(inset - 4) * g.CELL <= close
            yield Check("date.inset", ok, f"{inset:.2f} 字", "右空四字", number)
            yield Check("seal.room", 1.7 <= room <= 3.3, f"{room:.1f} 行", "印章处空 2 至 3 行", number)
        else:
            shift = (date.left - before.left) / g.CELL
            edge = min(self.right - before.right, self.right - date.right) / g.CELL
            ok = (abs(shift - 2) * g.CELL <= close or inset * g.CELL <= 2 * g.CELL + close) and abs(
                edge - 2
            ) * g.CELL <= close
            yield Check(
                "sign.inset", ok, f"{edge:.2f} 字，日期右移 {shift:.2f} 字", "署名右空二字，日期首字右移二字", number
            )
            yield Check("sign.room", 0.7 <= room <= 1.3, f"{room:.1f} 行", "正文下空一行", number)

    def page_numbers(self) -> Iterator[Check]:
        numbered = [any(self._is_page_number(line) for line in sheet.lines) for sheet in self.sheets]
        if self.form is Form.LETTER:
            yield Check("pageno.first", not numbered[0], "有" if numbered[0] else "无", "首页不显示页码")
        if self.form is Form.SHEET and not any(numbered):
            return
        for number, sheet in enumerate(self.sheets, start=1):
            if self.form is Form.LETTER and number == 1:
                continue
            lines = [line for line in sheet.lines if self._is_page_number(line)]
            text = lines[0].text if lines else ""
            yield Check("pageno.form", text == f"—{number}—", text or "无", f"— {number} —", number)
            if not lines:
                continue
            line = lines[0]
            yield Check("pageno.size", line.size == g.SIZE_FOOT, f"{line.size:g} pt", "4号", number)
            if number % 2:
                yield self.near("pageno.place", self.right - line.right, g.CELL, number, slack=max(self.slack, 1.0))
            else:
                yield self.near("pageno.place", line.left - self.left, g.CELL, number, slack=max(self.slack, 1.0))
            dash = sheet.ink_top(line.left + 0.5, self.bottom + 1, line.left + 3, self.bottom + 14)
            name, gap = "pageno.drop", g.PAGE_NUMBER_GAP
            if dash is None:
                yield Check(name, False, "无", f"{gap:.2f} mm", number)
            else:
                yield self.near(name, dash - self.bottom, gap, number)

    def copies(self) -> Iterator[Check]:
        for number, sheet in enumerate(self.sheets, start=1):
            lines = list(sheet.lines)
            at = next((at for at, line in enumerate(lines) if line.text.startswith("抄送：")), None)
            if at is None:
                continue
            block = [line for line in lines[at:] if not self._is_page_number(line)]
            yield Check("copies.last", number == len(self.sheets), f"第 {number} 面", "末面", number)
            yield Check(
                "copies.size", all(line.size == g.SIZE_FOOT for line in block), f"{block[0].size:g} pt", "4号", number
            )
            yield self.near("copies.left", block[0].left - self.left, g.SIZE_FOOT * g.PT, number)
            yield Check(
                "copies.foot",
                self.bottom - block[-1].y < 6 + self.slack,
                f"{self.bottom - block[-1].y:.2f} mm",
                "版心末行",
                number,
            )
            yield Check("copies.stop", block[-1].text.endswith("。"), block[-1].text[-1], "句号", number)
            turned = [line.left for line in block[1:]]
            yield Check(
                "copies.turn",
                all(abs(left - block[0].left - 3 * g.SIZE_FOOT * g.PT) < 1 for left in turned),
                str(len(turned)),
                "回行与冒号后首字对齐",
                number,
            )


def _pair(first: float, second: float) -> str:
    return f"{first:.2f}/{second:.2f} mm"


def _number_in(line: Line) -> bool:
    return bool(NUMBER.match(_number_text(line)))


def _number_text(line: Line) -> str:
    """Return the number's own characters, without a grade of secrecy or urgency at the left of the same row."""
    start = 0
    for at in range(1, len(line.glyphs)):
        if line.glyphs[at].x - line.glyphs[at - 1].end > 8:
            start = at
    return "".join(glyph.char for glyph in line.glyphs[start:])


def _cell_steps(page: list[Line]) -> Iterator[float]:
    for line in page:
        for a, b in zip(line.glyphs, line.glyphs[1:], strict=False):
            if a.wide and b.wide and b.x - a.x < 7:
                yield b.x - a.x


def _ragged(page: list[Line], left: float, right: float, slack: float) -> Iterator[Line]:
    """Yield the lines that go on in the next row and yet stop short of the right edge by less than two characters."""
    for line, following in zip(page, page[1:], strict=False):
        goes_on = abs(following.left - left) < 0.6 and following.y - line.y < 1.4 * g.PITCH
        starts = abs(line.left - left) < 0.6 or abs(line.left - left - 2 * g.CELL) < 0.6
        # Office programmes spread only Chinese characters, so a line that ends within a Latin word may stay short.
        allowed = max(slack, 2.6) if line.text[-1].isascii() and slack > OWN else slack
        if goes_on and starts and allowed < right - line.right < 2 * g.CELL:
            yield line
