"""The typist's reckoning: where lines of a title break, where signature and date stand, how high the red head is.

All pure; both renderers use the results. Source: GB/T 9704-2012, 7.3.1 (title), 7.3.5 (signature and date), 10.1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.letters import geometry as g
from archive.letters.fonts import Face, Fonts, Role, advance, ink

TITLE_CELLS = int(g.AREA_WIDTH / g.PT / g.SIZE_TITLE)  # 20 characters of 2号 in the width of the type area
MARK_LARGEST_PT, MARK_SMALLEST_PT = 42.0, 22.0
# Words of official letters that a title must not tear apart.
WORDS = (
    "关于",
    "有关",
    "事项",
    "投诉",
    "调查",
    "分办",
    "移交",
    "受理",
    "不予受理",
    "告知书",
    "通知书",
    "协议书",
    "处理结果",
    "答复",
    "情况",
    "说明",
    "报告",
    "案件线索",
    "移送",
    "咨询",
    "整改",
    "约见",
    "催办",
    "延期",
    "补正",
    "反馈",
    "致歉",
    "调解",
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "分公司",
    "支行",
    "分行",
    "银行",
    "金融",
    "消费者",
    "消费",
    "权益",
    "保护",
    "保险",
    "支付",
    "人民",
    "中国",
    "办理",
    "材料",
    "清单",
    "期限",
    "要求",
    "提供",
    "协助",
    "先生",
    "女士",
)
_GLUED = re.compile(r"[0-9A-Za-z.,%:/-]+|《[^》]*》|〔[^〕]*〕|“[^”]*”|（[^）]*）")
_NEVER_FIRST = set("，。、；：？！）》〕”’的")
_NEVER_LAST = set("（《〔“‘")


def break_title(text: str, keep: Sequence[str] = (), cells: int = TITLE_CELLS) -> tuple[str, ...]:
    """Return the lines of a title, at most `cells` wide, broken at word ends into a trapezium or lozenge.

    Line ends typed by hand win. `keep` are further words (names) that stay whole if they fit on a line.
    """
    if "\n" in text:
        return tuple(line.strip() for line in text.split("\n") if line.strip())
    text = text.strip()
    if cell_width(text) <= cells:
        return (text,) if text else ()
    cuts = _cuts(text, (*WORDS, *keep), cells)
    for count in range(2, len(text) + 1):
        found = _best(text, cuts, count, cells)
        if found:
            return found
    return (text,)


def _cuts(text: str, words: Sequence[str], cells: int) -> dict[int, float]:
    """Return the places where a line may end and what each costs."""
    torn: dict[int, float] = {}
    for word in words:
        if 1 < len(word) <= cells:
            for found in re.finditer(re.escape(word), text):
                torn |= dict.fromkeys(range(found.start() + 1, found.end()), 60.0)
    for found in _GLUED.finditer(text):
        torn |= dict.fromkeys(range(found.start() + 1, found.end()), 40.0)
    cuts: dict[int, float] = {}
    for at in range(1, len(text)):
        if text[at] in _NEVER_FIRST or text[at - 1] in _NEVER_LAST:
            continue
        cost = torn.get(at, 8.0)
        if cost < 40 and (text[at - 1] in "的与和及、对向就" or text[:at] == "关于"):
            cost = 3.0 if text[at - 1] in "的、" else 30.0
        if (
            any(text.startswith(word, at) or text.endswith(word, 0, at) for word in words if len(word) > 1)
            and cost == 8.0
        ):
            cost = 4.0
        cuts[at] = cost
    return cuts


def _best(text: str, cuts: dict[int, float], count: int, cells: int) -> tuple[str, ...]:
    """Return the cheapest division into `count` lines, or nothing."""
    best: tuple[float, tuple[str, ...]] | None = None

    def grow(start: int, lines: tuple[str, ...], cost: float) -> None:
        nonlocal best
        if best and cost >= best[0]:
            return
        if len(lines) == count - 1:
            rest = text[start:]
            if cell_width(rest) <= cells:
                whole = (*lines, rest)
                total = cost + _shape([cell_width(line) for line in whole])
                if best is None or total < best[0]:
                    best = (total, whole)
            return
        for at, price in cuts.items():
            if at > start and cell_width(text[start:at]) <= cells:
                grow(at, (*lines, text[start:at]), cost + price)

    grow(0, (), 0.0)
    return best[1] if best else ()


def _shape(widths: Sequence[float]) -> float:
    """Price the outline: a lonely short line, an hour-glass and a sheer rectangle look bad."""
    longest, shortest = max(widths), min(widths)
    cost = 4 * max(0.0, longest - shortest - 6) + 10 * max(0.0, 5 - shortest)
    if len(widths) > 1 and longest - shortest < 1:
        cost += 3
    inner = widths[1:-1]
    if inner and max(inner) < min(widths[0], widths[-1]):
        cost += 12
    return cost


def cell_width(text: str) -> float:
    """Return the width in characters, counting ASCII as half."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def width_pt(text: str, fonts: Fonts, size: float = g.SIZE_BODY, tracking: float = g.TRACKING_PT) -> float:
    """Return the width of one line of body type, in points."""
    han, latin = fonts.stacks[Role.FANG], fonts.stacks[Role.LATIN]
    return sum(advance(latin if char.isascii() else han, char) * size + tracking for char in text)


@dataclass(frozen=True)
class Signature:
    """White to the right of signer and date, in millimetres, and the blank rows above the signer.

    `centre_right` reaches from the type area's right edge to the middle of the date.
    """

    signer_right: float
    date_right: float
    rows_above: int
    centre_right: float


def signature(signer: str, date: str, *, seal: bool, fonts: Fonts, spaced: float = 0.0) -> Signature:
    """Return where signer and date stand.

    `spaced` is the white, in em, that a programme puts between Chinese and digits.

    With a seal: date four characters in, signer centred over it, two rows left so that the seal's top lies within one
    row of the text. Without: signer two characters in, the date below starts two characters right of the signer.
    """
    signer_width, date_width = width_pt(signer, fonts) * g.PT, width_pt(date, fonts) * g.PT
    date_width += spaced * len(re.findall(r"(?<=\d)(?=\D)|(?<=\D)(?=\d)", date)) * g.SIZE_BODY * g.PT
    if seal:
        date_right = 4 * g.CELL
        signer_right = date_right + (date_width - signer_width) / 2
        # A long name must not run out of the type area: then both move left together.
        shift = max(0.0, -signer_right)
        return Signature(signer_right + shift, date_right + shift, 2, date_right + shift + date_width / 2)
    signer_right = 2 * g.CELL
    date_right = signer_right + signer_width - 2 * g.CELL - date_width
    shift = max(0.0, 2 * g.CELL - date_right)
    return Signature(signer_right + shift, date_right + shift, 1, date_right + shift + date_width / 2)


def seal_top(rows_above: int, height: float) -> float:
    """Return how far a seal's top edge lies under the last row of the text, in millimetres."""
    middle = (rows_above + 1) * g.PITCH  # between signer and date
    return min(max(middle - g.SEAL_LOW - height / 2, g.SEAL_CLEAR), g.PITCH - g.SEAL_CLEAR)


@dataclass(frozen=True)
class Head:
    """The red head of the letter form; heights in millimetres from the page's top edge."""

    mark_pt: float
    mark_baseline: float
    rule_top: float
    number_top: float
    title_top: float


@lru_cache(maxsize=256)
def head(office: str, face: Face) -> Head:
    """Return the measures of the red head for an office's name drawn with `face`."""
    mark_pt = max(MARK_SMALLEST_PT, min(MARK_LARGEST_PT, g.AREA_WIDTH / g.PT / max(1.0, cell_width(office))))
    above, below = (part * mark_pt * g.PT for part in ink(face, office))
    baseline = g.MARK_TOP + above
    rule_top = baseline + below + g.MARK_GAP
    # The number's row has white above the character; the standard's 7/8 is counted to the character.
    number_top = rule_top + g.RULE_HEIGHT + g.NUMBER_GAP - g.half_leading()
    return Head(mark_pt, baseline, rule_top, number_top, number_top + 3 * g.PITCH)
