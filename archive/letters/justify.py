"""Make WeasyPrint justify Chinese lines.

WeasyPrint 70 widens only spaces, so a line cut short by the rules for punctuation stays a character short of the right
edge. Here the slack is spread between all characters of the line, as Word does. The layout gauge fails when this stops
working, and another major version of WeasyPrint refuses to start until somebody has looked again.
"""

from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

KNOWN_MAJOR = "70"


def install() -> None:
    """Replace WeasyPrint's justification. Calling it again changes nothing. Raises RuntimeError for an unknown version."""
    if weasyprint.__version__.split(".")[0] != KNOWN_MAJOR:
        raise RuntimeError(f"WeasyPrint {weasyprint.__version__}: justification was proved with {KNOWN_MAJOR}.x only")
    inline.justify_line = _justify_line


def _justify_line(context: Any, line: Any, slack: float) -> None:
    texts = [box for box in line.descendants() if isinstance(box, boxes.TextBox) and box.text]
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps < 1:
        return
    _widen(line, slack / gaps, 0.0, last=texts[-1])


def _widen(box: Any, gap: float, advance: float, *, last: Any) -> float:
    """Shift and widen `box` and what it holds; return by how much its end moved. All in CSS pixels."""
    box.position_x += advance
    if isinstance(box, boxes.TextBox):
        if not box.text:
            return advance
        # A style is shared between boxes: this line gets its own.
        spacing = box.style["letter_spacing"]
        box.style = box.style.copy()
        box.style["letter_spacing"] = (0.0 if spacing == "normal" else spacing) + gap
        grown = gap * (len(box.text) - (1 if box is last else 0))
        box.width += grown
        return advance + grown
    if isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        end = advance
        for child in box.children:
            if child.is_in_normal_flow():
                end = _widen(child, gap, end, last=last)
        box.width += end - advance
        return end
    # An atomic box, such as the number before an attachment's name, moves but does not grow.
    box.position_x -= advance
    box.translate(advance, 0)
    return advance
