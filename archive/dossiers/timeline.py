"""The line of time of a dossier, drawn as inline SVG: its steps from receipt to now or closing, and its limit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _LINE = 880, 104, 30, 40, 58
# Marks closer than this would cover each other: they are drawn one above the other.
_APART = 20


@dataclass(frozen=True)
class Mark:
    """A step: its number in the list below the line, when, and its words."""

    number: int
    at: datetime
    words: str


def draw(
    marks: Sequence[Mark], *, due_at: datetime | None, due_words: str, end: datetime, days: Sequence[str]
) -> Markup:
    """Return the line. `end` is now or the closing; `days` are the words for its first and last day."""
    first = min((mark.at for mark in marks), default=end)
    last = max([end, *(mark.at for mark in marks), *([due_at] if due_at else [])])
    span = (last - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (at - first).total_seconds() / span

    parts = [
        Markup('<svg class="chart time" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            _WIDTH, _HEIGHT, f"办理时间线，共 {len(marks)} 步，{days[0]} 至 {days[1]}"
        ),
        Markup('<line class="time-past" x1="{}" x2="{:.1f}" y1="{}" y2="{}"/>').format(_LEFT, x(end), _LINE, _LINE),
    ]
    if last > end:
        parts.append(
            Markup('<line class="time-ahead" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>').format(
                x(end), x(last), _LINE, _LINE
            )
        )
    if due_at is not None:
        anchor = "end" if x(due_at) > _WIDTH / 2 else "start"
        parts.append(
            Markup(
                '<line class="time-due" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>'
                '<text class="time-due-word" x="{3:.1f}" y="{4}" text-anchor="{5}">{6}</text>'
            ).format(x(due_at), 18, _LINE + 14, x(due_at) + (-6 if anchor == "end" else 6), 26, anchor, due_words)
        )
    before, level = -float(_APART), 0
    for mark in marks:
        at = x(mark.at)
        level = level + 1 if at - before < _APART else 0
        before = at if level == 0 else before
        y = _LINE - 15 * min(level, 3)
        parts.append(
            Markup(
                '<g><title>{0}</title><circle class="time-mark" cx="{1:.1f}" cy="{2}" r="8"/>'
                '<text class="time-number" x="{1:.1f}" y="{3}" text-anchor="middle">{4}</text></g>'
            ).format(mark.words, at, y, y + 4, mark.number)
        )
    parts.append(
        Markup(
            '<text class="muted" x="{}" y="{}">{}</text>'
            '<text class="muted" x="{}" y="{}" text-anchor="end">{}</text></svg>'
        ).format(_LEFT - 8, _HEIGHT - 8, days[0], _WIDTH - _RIGHT + 8, _HEIGHT - 8, days[1])
    )
    return Markup("").join(parts)
