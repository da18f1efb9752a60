"""A year's working days as one picture: twelve months, free weekdays and worked weekends standing out."""

from collections.abc import Callable
from datetime import date, timedelta

from markupsafe import Markup

_CELL, _HEAD, _ACROSS = 22, 34, 4
_WIDE, _HIGH = _CELL * 7 + 26, _CELL * 6 + _HEAD + 12
_WEEKDAYS = "一二三四五六日"
_SATURDAY = 5


def year(number: int, is_workday: Callable[[date], bool], word: str) -> Markup:
    """Return the year. Free weekdays are filled and say 休, worked weekends are framed and say 班."""
    opening = Markup('<svg class="chart year" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>')
    parts = [opening.format(_WIDE * _ACROSS, _HIGH * 3, word, word)]
    for month in range(1, 13):
        across, down = (month - 1) % _ACROSS * _WIDE, (month - 1) // _ACROSS * _HIGH
        parts.append(Markup('<text class="word" x="{}" y="{}">{} 月</text>').format(across + 4, down + 14, month))
        for at, weekday in enumerate(_WEEKDAYS):
            parts.append(
                Markup('<text class="muted" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    across + at * _CELL + _CELL / 2, down + _HEAD - 4, weekday
                )
            )
        day = date(number, month, 1)
        while day.month == month:
            parts.append(_day(day, is_workday(day), across, down))
            day += timedelta(days=1)
    return Markup("").join([*parts, Markup("</svg>")])


def _day(day: date, works: bool, across: int, down: int) -> Markup:
    week = (day.day + date(day.year, day.month, 1).weekday() - 1) // 7
    x, y = across + day.weekday() * _CELL, down + _HEAD + week * _CELL
    weekend = day.weekday() >= _SATURDAY
    kind = ("worked" if works else "weekend") if weekend else ("work" if works else "free")
    said = {"worked": "调休上班", "free": "放假", "weekend": "周末", "work": "工作日"}[kind]
    mark = {"worked": "班", "free": "休"}.get(kind, "")
    shape = Markup(
        '<g class="day day-{}"><title>{} {}</title><rect x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>'
    ).format(kind, day.isoformat(), said, x + 1, y + 1, _CELL - 2, _CELL - 2, x + _CELL / 2, y + 15, day.day)
    if mark:
        shape += Markup('<text class="mark" x="{}" y="{}" text-anchor="end">{}</text>').format(
            x + _CELL - 1, y + 8, mark
        )
    return shape + Markup("</g>")
