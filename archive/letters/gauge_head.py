"""The gauge, first part: the page, its colour, the red head, number, title and addressee."""

from collections.abc import Iterator

from archive.letters import geometry as g
from archive.letters.content import Form
from archive.letters.gauge import NUMBER, Check, Gauge, number_in, number_text


def page(gauge: Gauge) -> Iterator[Check]:
    """Size of the sheets, text that can be taken out, ink within the type area."""
    for number, sheet in enumerate(gauge.sheets, start=1):
        yield gauge.near("page.width", sheet.width, gauge.width, number)
        yield gauge.near("page.height", sheet.height, gauge.height, number)
        glyphs = [glyph for line in sheet.lines for glyph in line.glyphs]
        lost = sorted({glyph.char for glyph in glyphs if not glyph.mapped})
        yield Check("page.text", bool(glyphs) and not lost, f"{len(lost)} 字无法取出", "文字可取出", number)
        inner = [line for line in sheet.lines if not gauge.is_page_number(line) and not gauge.in_head(line, number)]
        if inner:
            yield _edge(gauge, "area.left", min(line.left for line in inner), gauge.left, number, outward=-1)
            yield _edge(gauge, "area.right", max(line.right for line in inner), gauge.right, number, outward=1)
            yield _edge(gauge, "area.bottom", max(line.y for line in inner), gauge.bottom, number, outward=1)
            if number > 1 or gauge.form is not Form.LETTER:
                yield _edge(gauge, "area.top", min(line.y for line in inner), gauge.top, number, outward=-1)


def colour(gauge: Gauge) -> Iterator[Check]:
    """Red in the head and the seal and nowhere else."""
    for number, sheet in enumerate(gauge.sheets, start=1):
        stray = [
            line.text
            for line in sheet.lines
            for glyph in line.glyphs[:1]
            if glyph.red and not gauge.in_head(line, number)
        ]
        box = None if gauge.seal_box(number) else gauge.red(number)
        yield Check(
            "colour.red",
            not stray and box is None,
            "、".join(stray) or ("有" if box else "无"),
            "仅红头、红线与印章",
            number,
        )


def head(gauge: Gauge) -> Iterator[Check]:
    """The red head of the letter form, 10.1: name, double rules, their order, width and distances."""
    first = gauge.sheets[0]
    marks = [line for line in first.lines if gauge.in_head(line, 1)]
    # Between the characters' strokes a column of pixels may miss the name, but never the rules: they run through.
    rules = [span for span in first.red_spans(g.LEFT - 5) if span[1] - span[0] < 2]
    yield Check("head.mark", len(marks) == 1, f"{len(marks)} 行", "红色发文机关标志一行")
    yield Check("head.rules", len(rules) == 4, f"{len(rules)} 条", "两组双线，共 4 条")
    if len(marks) != 1 or len(rules) != 4:
        return
    ink = first.red_box(0, rules[0][0] - 0.3)
    if ink:
        yield gauge.near("head.mark_top", ink[1], g.MARK_TOP, slack=max(gauge.slack, 1.0))
        yield gauge.near("head.rule_gap", rules[0][0] - ink[3], g.MARK_GAP, slack=max(gauge.slack, 0.5))
        yield gauge.near("head.mark_centre", (ink[0] + ink[2]) / 2, gauge.middle, slack=1.5)
    thick = [bottom - top for top, bottom in rules]
    yield Check("head.rule_order", thick[0] > thick[1], _pair(thick[0], thick[1]), "上粗下细")
    yield Check("foot.rule_order", thick[2] < thick[3], _pair(thick[2], thick[3]), "上细下粗")
    yield gauge.near("foot.rule_place", gauge.height - rules[3][1], g.RULE_FOOT)
    for name, (top, bottom) in {"head.rule_width": rules[0], "foot.rule_width": rules[3]}.items():
        box = first.red_box(top, bottom)
        if box:
            yield gauge.near(name, box[2] - box[0], g.RULE_WIDTH)
            yield gauge.near(name.replace("width", "centre"), (box[0] + box[2]) / 2, gauge.middle)
    numbers = [line for line in first.lines if number_in(line)]
    if numbers:
        line = numbers[0]
        # The body's 仿宋 reaches 0.78 em over the baseline; the standard's 7/8 is counted to the character's top.
        yield gauge.near(
            "number.gap", line.y - 0.83 * line.size * g.PT - rules[1][1], g.NUMBER_GAP, slack=max(gauge.slack, 1.0)
        )


def number(gauge: Gauge) -> Iterator[Check]:
    """The document number: form, size, flush right."""
    found = [
        line
        for line in gauge.sheets[0].lines
        if "〔" in line.text and line.size > g.SIZE_TABLE and line.y < gauge.height / 2 and line.right > gauge.right - 5
    ]
    if not found and gauge.form is not Form.LETTER:
        return
    text = number_text(found[0]) if found else ""
    yield Check("number.form", bool(NUMBER.match(text)), text or "无", "X函〔2026〕37号")
    if found:
        yield gauge.near("number.right", found[0].right, gauge.right)
        yield Check("number.size", found[0].size == g.SIZE_BODY, f"{found[0].size:g} pt", "3号")


def title(gauge: Gauge) -> Iterator[Check]:
    """Title and addressee: size, place, outline."""
    first = gauge.sheets[0]
    size = g.SIZE_TITLE if gauge.form is Form.LETTER else g.SIZE_NAME
    lines = [line for line in first.lines if line.size == size and not line.glyphs[0].red]
    yield Check("title.size", bool(lines), f"{len(lines)} 行", f"{size:g} pt 标题")
    if not lines:
        return
    for line in lines:
        yield gauge.near("title.centre", line.centre, gauge.middle, slack=max(gauge.slack, 1.0))
    numbers = [line for line in first.lines if number_in(line)]
    if gauge.form is Form.LETTER and numbers:
        # Two blank rows: the title's first baseline lies three rows and the half of its own greater row below.
        yield gauge.near("title.place", lines[0].y - numbers[0].y, 3 * g.PITCH + 2.3, slack=max(gauge.slack, 1.0))
    ends = [len(line.text) for line in lines]
    lonely = len(ends) > 1 and min(ends) <= 2
    yield Check("title.lines", not lonely and len(ends) <= 4, "/".join(map(str, ends)) + " 字", "梯形或菱形，无孤字")
    if gauge.form is Form.LETTER:
        rest = [line for line in first.lines if line.y > lines[-1].y and line.size == g.SIZE_BODY]
        if rest:
            yield gauge.near("addressee.left", rest[0].left, gauge.left)
            yield gauge.near("addressee.place", rest[0].y - lines[-1].y, 19.45, slack=max(gauge.slack, 1.0))
            ended = next((line for line in rest[:3] if line.text.endswith("：")), None)
            yield Check("addressee.colon", ended is not None, rest[0].text[-1], "全角冒号")
            yield Check("body.begins", len(rest) > 1, f"{len(rest)} 行", "首页有正文")


def _edge(gauge: Gauge, name: str, found: float, limit: float, page: int, *, outward: int) -> Check:
    return Check(name, (found - limit) * outward <= gauge.slack, f"{found:.2f} mm", f"版心边 {limit:.2f} mm", page)


def _pair(first: float, second: float) -> str:
    return f"{first:.2f}/{second:.2f} mm"
