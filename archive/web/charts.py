"""Charts as inline SVG drawn on the server: no script, printable in black and white, a table stands behind each.

Every mark carries its figure as text or title, so that nothing is told by colour alone. Colours stand as attributes,
for paper; on screen the style sheet overrides them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

# Sizes in CSS pixels: a chart is drawn about as wide as it is shown, so that its letters keep their size.
_ROW = 26
_LABEL = 132
_WIDTH = 420
_TIME_WIDTH = 860
_TREND = Markup('fill="none" stroke="#2b5d8a" stroke-width="2"')
_DOT = Markup('fill="#ffffff" stroke="#2b5d8a"')


@dataclass(frozen=True)
class Bar:
    """One bar: its word, its figure, an address behind it (empty for none), and the part of it that stands out."""

    word: str
    figure: int
    url: str = ""
    part: int = 0


def bars(title: str, rows: Sequence[Bar], part_word: str = "") -> Markup:
    """Return lying bars, one under another; `part` of each is drawn at its left end in the accent."""
    most = max((row.figure for row in rows), default=0) or 1
    room = _WIDTH - _LABEL - (120 if any(row.part for row in rows) else 60)
    # A picture is one thing to who cannot see it; links inside it are reached only in a group.
    role = "group" if any(row.url for row in rows) else "img"
    lines = [_open(title, _WIDTH, _ROW * max(len(rows), 1) + 4, role)]
    for at, row in enumerate(rows):
        y = at * _ROW
        wide = room * row.figure / most
        word = Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LABEL - 8, y + 17, _short(row.word, 9))
        shape = Markup(
            '<rect class="bar" fill="#2b5d8a" x="{}" y="{}" width="{:.1f}" height="16"><title>{}：{}</title></rect>'
        ).format(_LABEL, y + 5, max(wide, 1 if row.figure else 0), row.word, row.figure)
        if row.part:
            shape += Markup(
                '<rect class="bar-late" fill="#b3261e" x="{}" y="{}" width="{:.1f}" height="16">'
                "<title>{}：{}</title></rect>"
            ).format(_LABEL, y + 5, max(room * row.part / most, 1), part_word, row.part)
        figure = f"{row.figure:,}" + (f"（{part_word} {row.part:,}）" if row.part else "")
        tell = Markup('<text class="muted" x="{:.1f}" y="{}">{}</text>').format(_LABEL + wide + 6, y + 17, figure)
        lines.append(_linked(row.url, word + shape + tell))
    return Markup("").join([*lines, Markup("</svg>")])


@dataclass(frozen=True)
class Line:
    """One line of a chart over time: its word and a figure for each point."""

    word: str
    figures: Sequence[int]


def over_time(title: str, points: Sequence[str], lines: Sequence[Line]) -> Markup:
    """Return lines over time: the first solid, the others dashed, each named at its end."""
    height, left, right, top, bottom = 220, 44, 80, 14, 26
    most = max((figure for line in lines for figure in line.figures), default=0) or 1
    step = (_TIME_WIDTH - left - right) / max(len(points) - 1, 1)

    def x(at: int) -> float:
        return left + at * step

    def y(figure: float) -> float:
        return top + (height - top - bottom) * (1 - figure / most)

    parts = [_open(title, _TIME_WIDTH, height, kind="chart chart-time")]
    # Whole figures, so that what stands beside a line is where the line is.
    for figure in sorted({0, most // 2, most}):
        level = y(figure)
        parts.append(
            Markup(
                '<line class="line" stroke="#cfc9bb" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text class="muted" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(left, _TIME_WIDTH - right, level, level, left - 6, level + 4, figure)
        )
    for at, point in enumerate(points):
        if at % max(1, len(points) // 6) == 0:
            parts.append(
                Markup('<text class="muted" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    x(at), height - 8, point
                )
            )
    for order, line in enumerate(lines):
        path = " ".join(f"{x(at):.1f},{y(figure):.1f}" for at, figure in enumerate(line.figures))
        dash = Markup(' stroke-dasharray="5 4"') if order else Markup("")
        name = "trend" if order == 0 else "trend trend-other"
        parts.append(Markup('<polyline class="{}" {} points="{}"{}/>').format(name, _TREND, path, dash))
        parts.extend(
            Markup('<circle class="dot" {} cx="{:.1f}" cy="{:.1f}" r="3"><title>{} {}：{}</title></circle>').format(
                _DOT, x(at), y(figure), points[at], line.word, figure
            )
            for at, figure in enumerate(line.figures)
        )
        if line.figures:
            parts.append(
                Markup('<text x="{:.1f}" y="{:.1f}" dy="{}em">{}</text>').format(
                    x(len(line.figures) - 1) + 8, y(line.figures[-1]) + 4, order * 1.2, line.word
                )
            )
    return Markup("").join([*parts, Markup("</svg>")])


def _open(title: str, width: int, height: int, role: str = "img", kind: str = "chart") -> Markup:
    return Markup(
        '<svg class="{}" font-size="12" font-family="Noto Sans CJK SC, sans-serif" viewBox="0 0 {} {}" role="{}" '
        'aria-label="{}"><title>{}</title>'
    ).format(kind, width, height, role, title, title)


def _linked(url: str, inner: Markup) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, inner) if url else Markup("<g>{}</g>").format(inner)


def _short(word: str, most: int) -> Markup:
    return escape(word if len(word) <= most else word[: most - 1] + "…")
