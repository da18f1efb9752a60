"""Make WeasyPrint justify Chinese lines.

WeasyPrint 70 widens only spaces, so a line cut short by the rules for punctuation stays a character short of the right
edge. Here the slack is spread between all characters of the line, as Word does. The layout gauge fails when this stops
working, and another major version of WeasyPrint refuses to start until somebody has looked again.
"""

import re
from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.line_break import create_layout, line_size

KNOWN_MAJOR = "70"
_RUNS = re.compile(r"[\x20-\x7e]+|[^\x20-\x7e]+")


def install() -> None:
    """Replace WeasyPrint's justification; calling it again changes nothing. Raises RuntimeError for another version."""
    if weasyprint.__version__.split(".")[0] != KNOWN_MAJOR:
        raise RuntimeError(f"WeasyPrint {weasyprint.__version__}: justification was proved with {KNOWN_MAJOR}.x only")
    inline.justify_line = _justify_line


def _justify_line(context: Any, line: Any, slack: float) -> None:
    texts = [box for box in line.descendants() if isinstance(box, boxes.TextBox) and box.text]
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps > 0:
        _spread(context, line, slack / gaps, 0.0, last=texts[-1])


def _spread(context: Any, box: Any, gap: float, advance: float, *, last: Any) -> float:
    """Shift `box` by `advance`, widen what it holds, and return by how much its end moved. All in CSS pixels."""
    if not isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        # An atomic box, such as the number before an attachment's name, moves but does not grow.
        box.translate(advance, 0)
        return advance
    box.position_x += advance
    children, end = [], advance
    for child in box.children:
        if isinstance(child, boxes.TextBox) and child.text:
            child.position_x += end
            parts = _parts(context, child, gap)
            grown = gap * (len(child.text) - (child is last))
            children += parts
            end += grown
        else:
            if child.is_in_normal_flow():
                end = _spread(context, child, gap, end, last=last)
            children.append(child)
    box.children = tuple(children)
    box.width += end - advance
    return end


def _parts(context: Any, box: Any, gap: float) -> list[Any]:
    """Return the text box cut where Chinese meets Latin, each part set at its own place with `gap` between characters.

    In one piece, Pango would put half a gap before the first character of each font's run, and PDFium, which draws for
    Chrome and Edge, loses such a shift at the start of a run.
    """
    spacing = box.style["letter_spacing"]
    style = box.style.copy()
    style["letter_spacing"] = (0.0 if spacing == "normal" else spacing) + gap
    parts, x = [], box.position_x
    for text in _RUNS.findall(box.text):
        part = box.copy()
        part.text, part.style, part.position_x = text, style, x
        layout = create_layout(text, style, context, None, 0)
        # The width Pango tells has the spacing behind the last character in it.
        part.width = line_size(layout.get_first_line()[0], style)[0]
        layout.deactivate()
        part.pango_layout = layout
        parts.append(part)
        x += part.width
    return parts
