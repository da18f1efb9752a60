"""How pages print values: words for codes, dates with weekday, amounts, sizes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5

from archive.core.act import now
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.labels import choices, label, sentence

_WEEKDAYS = "一二三四五六日"


def day(value: date | datetime | None) -> str:
    """Return `2026-11-21 周六`; a moment counts in Asia/Shanghai."""
    if value is None:
        return ""
    on = shanghai_date(value) if isinstance(value, datetime) else value
    return f"{on:%Y-%m-%d} 周{_WEEKDAYS[on.weekday()]}"


def moment(value: datetime | None) -> str:
    """Return `2026-11-21 09:30` in Asia/Shanghai."""
    return "" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def amount(value: Decimal | None) -> str:
    """Return yuan with thousands separators and two decimals."""
    return "" if value is None else f"{value:,.2f}"


def size(value: int | None) -> str:
    """Return bytes as a person reads them: `3.2 MB`."""
    if value is None:
        return ""
    figure = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if figure < 1024 or unit == "GB":
            return f"{figure:.0f} {unit}" if unit == "B" else f"{figure:.1f} {unit}"
        figure /= 1024
    return ""


def ago(value: datetime | None) -> str:
    """Return how long ago something was, in words."""
    if value is None:
        return ""
    minutes = int((now() - value).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    if minutes < 24 * 60:
        return f"{minutes // 60} 小时前"
    return day(value)


def install(app: Flask) -> None:
    """Make the filters and helpers known to the templates."""
    Bootstrap5(app)
    filters: dict[str, Any] = {
        "day": day,
        "moment": moment,
        "amount": amount,
        "size": size,
        "ago": ago,
        "label": label,
        "sentence": sentence,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(choices=choices, now=now)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
