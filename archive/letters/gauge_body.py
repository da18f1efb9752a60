"""The gauge, second part: body, signature and date, page numbers, copies."""

import re
import statistics
from collections.abc import Iterator
from itertools import pairwise

from archive.letters import geometry as g
from archive.letters.content import Form
from archive.letters.gauge import DATE, LOOSE_DATE, OWN, Check, Gauge
from archive.letters.glyphs import Line


def body(gauge: Gauge) -> Iterator[Check]:
    """Size, cells, rows, even pitch, full pages, lines flush right."""
    rows = [gauge.rows(sheet, number) for number, sheet in enumerate(gauge.sheets, start=1)]
    # Full lines are spread to the edge; what ends a paragraph shows the true step.
    steps = [step for page in rows for step in _cell_steps([x for x in page if x.right < gauge.right - 2 * g.CELL])]
    pitches = [b.y - a.y for page in rows for a, b in pairwise(page) if 5 < b.y - a.y < 1.4 * g.PITCH]
    odd = {f"{line.size:g} pt" for sheet in gauge.sheets for line in sheet.lines if not _size_known(gauge, line)}
    yield Check("body.size", not odd and any(rows), "、".join(sorted(odd)) or "16 pt", "正文 3号 16 pt")
    if steps:
        usual = statistics.median(steps)
        yield Check(
            "body.cells", abs(g.AREA_WIDTH / usual - g.CELLS) < 0.25, f"{g.AREA_WIDTH / usual:.2f} 字", "每行 28 字"
        )
    full = [line for page in rows for line in page if line.right > gauge.right - 1 and line.left < gauge.left + 1]
    counts = [len(line.glyphs) for line in full if all(glyph.wide for glyph in line.glyphs)]
    if len(counts) >= 6:
        yield Check("body.line", max(counts) == g.CELLS, f"{max(counts)} 字", "满行 28 字")
    if pitches:
        usual = statistics.median(pitches)
        yield gauge.near("body.pitch", usual, g.PITCH, slack=0.08)
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
        if number > 1 and not ends and all(line.size == g.SIZE_BODY for line in gauge.own(number)):
            yield Check("body.full", len(page) >= g.ROWS - 3, f"{len(page)} 行", "满页 22 行", number)
        ragged = [line.text for line in _ragged(page, gauge.left, gauge.right, max(gauge.slack, 0.9))]
        yield Check("body.flush", not ragged, "；".join(ragged) or "齐", "行末与版心右边齐", number)


def signature(gauge: Gauge) -> Iterator[Check]:
    """Signer and date: form, place, room for the seal, never alone on a page."""
    found = gauge.signed()
    if found is None:
        return
    number, date, before, company = found.page, found.date, found.before, found.company
    yield Check("date.form", bool(DATE.match(date.text)), date.text, "2026年3月5日", number)
    signed = before is not None and before.left > gauge.left + 3 * g.CELL and date.y - before.y < 1.5 * g.PITCH
    yield Check("sign.above", signed, before.text if before else "无", "署名在日期之上", number)
    if not signed or before is None:
        return
    yield Check("sign.together", company is not None, company.text[:12] if company else "无", "与正文同面", number)
    inset = (gauge.right - date.right) / g.CELL
    room = (before.y - company.y) / g.PITCH - 1 if company else 0.0
    close = max(gauge.slack, 1.0)
    if gauge.seal:
        yield gauge.near("sign.centre", before.centre, date.centre, number, slack=close)
        # Four characters in, unless a long name reaches the edge and pushes both to the left.
        pushed = before.right > gauge.right - close
        ok = pushed or abs(inset - 4) * g.CELL <= close
        yield Check("date.inset", ok, f"{inset:.2f} 字", "右空四字", number)
        yield Check("seal.room", 1.7 <= room <= 3.3, f"{room:.1f} 行", "印章处空 2 至 3 行", number)
    else:
        shift = (date.left - before.left) / g.CELL
        edge = min(gauge.right - before.right, gauge.right - date.right) / g.CELL
        ok = (abs(shift - 2) * g.CELL <= close or inset * g.CELL <= 2 * g.CELL + close) and abs(
            edge - 2
        ) * g.CELL <= close
        yield Check(
            "sign.inset", ok, f"{edge:.2f} 字，日期右移 {shift:.2f} 字", "署名右空二字，日期首字右移二字", number
        )
        yield Check("sign.room", 0.7 <= room <= 1.3, f"{room:.1f} 行", "正文下空一行", number)


def page_numbers(gauge: Gauge) -> Iterator[Check]:
    """Page numbers: none on the first page of a letter, form and place on the others."""
    numbered = [any(gauge.is_page_number(line) for line in sheet.lines) for sheet in gauge.sheets]
    if gauge.form is Form.LETTER:
        yield Check("pageno.first", not numbered[0], "有" if numbered[0] else "无", "首页不显示页码")
    if gauge.form is Form.SHEET and not any(numbered):
        return
    for number, sheet in enumerate(gauge.sheets, start=1):
        if gauge.form is Form.LETTER and number == 1:
            continue
        lines = [line for line in sheet.lines if gauge.is_page_number(line)]
        text = lines[0].text if lines else ""
        yield Check("pageno.form", text == f"—{number}—", text or "无", f"— {number} —", number)
        if not lines:
            continue
        line = lines[0]
        yield Check("pageno.size", line.size == g.SIZE_FOOT, f"{line.size:g} pt", "4号", number)
        if number % 2:
            yield gauge.near("pageno.place", gauge.right - line.right, g.CELL, number, slack=max(gauge.slack, 1.0))
        else:
            yield gauge.near("pageno.place", line.left - gauge.left, g.CELL, number, slack=max(gauge.slack, 1.0))
        dash = sheet.ink_top(line.left + 0.5, gauge.bottom + 1, line.left + 3, gauge.bottom + 14)
        name, gap = "pageno.drop", g.PAGE_NUMBER_GAP
        if dash is None:
            yield Check(name, False, "无", f"{gap:.2f} mm", number)
        else:
            yield gauge.near(name, dash - gauge.bottom, gap, number)


def copies(gauge: Gauge) -> Iterator[Check]:
    """Copies: at the foot of the last type area."""
    for number, sheet in enumerate(gauge.sheets, start=1):
        lines = list(sheet.lines)
        at = next((at for at, line in enumerate(lines) if line.text.startswith("抄送：")), None)
        if at is None:
            continue
        block = [line for line in lines[at:] if not gauge.is_page_number(line)]
        yield Check("copies.last", number == len(gauge.sheets), f"第 {number} 面", "末面", number)
        yield Check(
            "copies.size", all(line.size == g.SIZE_FOOT for line in block), f"{block[0].size:g} pt", "4号", number
        )
        yield gauge.near("copies.left", block[0].left - gauge.left, g.SIZE_FOOT * g.PT, number)
        yield Check(
            "copies.foot",
            gauge.bottom - block[-1].y < 6 + gauge.slack,
            f"{gauge.bottom - block[-1].y:.2f} mm",
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


def _size_known(gauge: Gauge, line: Line) -> bool:
    """Whether a line has the size of what it can be: body, title, table, copies, page number, red head."""
    if line.size == g.SIZE_FOOT:
        return gauge.is_page_number(line) or line.y > gauge.bottom - 60
    known = {g.SIZE_BODY, g.SIZE_TITLE, g.SIZE_NAME, g.SIZE_TABLE, g.SIZE_LIST}
    return line.size in known or all(glyph.red for glyph in line.glyphs)


def _cell_steps(page: list[Line]) -> Iterator[float]:
    for line in page:
        for a, b in pairwise(line.glyphs):
            if a.wide and b.wide and b.x - a.x < 7:
                yield b.x - a.x


def _ragged(page: list[Line], left: float, right: float, slack: float) -> Iterator[Line]:
    """Yield the lines that go on in the next row and yet stop short of the right edge by less than two characters."""
    for line, following in pairwise(page):
        goes_on = abs(following.left - left) < 0.6 and following.y - line.y < 1.4 * g.PITCH
        starts = abs(line.left - left) < 0.6 or abs(line.left - left - 2 * g.CELL) < 0.6
        # Office programmes spread only Chinese characters, so a line that ends within a Latin word may stay short.
        allowed = max(slack, 2.6) if line.text[-1].isascii() and slack > OWN else slack
        if goes_on and starts and allowed < right - line.right < 2 * g.CELL:
            yield line
