"""A calendar as inline SVG: a row a year, a field a month, the darker the more; every field says its figure."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

# Sizes in CSS pixels.
_WIDE, _HIGH, _LEFT, _TOP = 58, 30, 54, 24
_SHADES = 4


def calendar(title: str, years: Mapping[int, Sequence[int]]) -> Markup:
    """Return the calendar; `years` maps a year to its twelve months' figures."""
    most = max((figure for row in years.values() for figure in row), default=0) or 1
    width, height = _LEFT + 12 * _WIDE + 4, _TOP + len(years) * _HIGH + 4
    parts = [
        Markup('<svg class="chart calendar" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>').format(
            width, height, title, title
        )
    ]
    for month in range(12):
        parts.append(
            Markup('<text class="muted" x="{}" y="{}" text-anchor="middle">{} 月</text>').format(
                _LEFT + month * _WIDE + _WIDE // 2, _TOP - 8, month + 1
            )
        )
    for at, (year, figures) in enumerate(years.items()):
        y = _TOP + at * _HIGH
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 8, y + 20, year))
        for month, figure in enumerate(figures):
            x = _LEFT + month * _WIDE
            shade = -(-figure * _SHADES // most)
            parts.append(
                Markup(
                    '<g><title>{} 年 {} 月：{} 件</title><rect class="shade-{}" x="{}" y="{}" width="{}" height="{}"/>'
                ).format(year, month + 1, figure, shade, x, y, _WIDE - 3, _HIGH - 3)
            )
            if figure:
                parts.append(
                    Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                        x + _WIDE // 2 - 1, y + 19, figure
                    )
                )
            parts.append(Markup("</g>"))
    return Markup("").join([*parts, Markup("</svg>")])
