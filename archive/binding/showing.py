"""A dossier's limits as the tab 期限 shows them: light, words, dates, steps; and one picture of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from archive.binding.models import DossierLimit
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.labels import label
from archive.deadlines.history import PauseKind, State, StepKind
from archive.deadlines.labels import EVENTS, spoken
from archive.dossiers.lights import SOON
from archive.procedures.limit import Span

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Shown:
    """One limit in words."""

    row: DossierLimit
    light: State
    text: str
    last: str
    legal: str
    governs: bool
    steps: tuple[tuple[datetime, str], ...]


def shown(rows: Sequence[DossierLimit], now: datetime) -> list[Shown]:
    """Return the limits as they stand at the moment, in the order given; the earliest open duty governs."""
    open_rows = [r for r in rows if r.operative_at and not r.met_at and not r.ended_at and not r.is_right]
    first = min(open_rows, key=lambda row: (row.operative_at, row.profile_id, row.limit_id), default=None)
    return [
        Shown(row, *_light(row, now), end(row.operative_at), _legal(row), row is first, tuple(_steps(row)))
        for row in rows
    ]


def _light(row: DossierLimit, now: datetime) -> tuple[State, str]:
    if row.met_at is not None:
        late = row.operative_at is not None and row.met_at > row.operative_at
        return (State.MET_LATE, label(State.MET_LATE)) if late else (State.MET, label(State.MET))
    if row.ended_at is not None:
        return State.NO_NUMBER, "已随案卷结束"
    if row.operative_at is None:
        return (State.PAUSED, label(State.PAUSED)) if row.paused else (State.NO_NUMBER, label(State.NO_NUMBER))
    mark = "（暂定）" if row.provisional else ""
    if now >= row.operative_at:
        # From the last day on, as lists count: what ended at midnight ended on the day before.
        return State.OVERDUE, f"逾期 {_apart(row.operative_at - _TICK, now)}{mark}"
    soon = row.operative_at - now <= SOON or (row.warn_at is not None and now >= row.warn_at)
    return (State.DUE_SOON if soon else State.ON_TIME), f"还剩 {_apart(now, row.operative_at)}{mark}"


def _apart(first: datetime, last: datetime) -> str:
    """Return how far two moments lie apart: in days by the calendar, below a day in hours and minutes."""
    minutes = int((last - first).total_seconds() // 60)
    if minutes >= 24 * 60:
        return f"{(shanghai_date(last - _TICK) - shanghai_date(first)).days or 1} 天"
    return f"{minutes // 60} 小时 {minutes % 60} 分" if minutes >= 60 else f"{max(minutes, 1)} 分钟"


def end(at: datetime | None) -> str:
    """Return the last day, with its weekday; of a limit in minutes or hours the moment."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    if local.hour == local.minute == 0:
        day = (local - _TICK).date()
        return f"{day.isoformat()} 周{'一二三四五六日'[day.weekday()]}"
    return f"{local:%Y-%m-%d %H:%M}"


def _legal(row: DossierLimit) -> str:
    return end(row.legal_at) if row.legal_at and row.legal_at != row.operative_at else ""


def _steps(row: DossierLimit) -> Iterable[tuple[datetime, str]]:
    """Yield when and what of each step of the reckoning, in words."""
    for step in row.reason:
        yield datetime.fromisoformat(step["at"]), _said(StepKind(step["step"]), step["about"])


def _said(kind: StepKind, about: str) -> str:
    word = label(kind)
    if kind in (StepKind.START, StepKind.RESTART):
        return f"{word}：{EVENTS.get(about, about)}"
    if kind in (StepKind.PAUSE, StepKind.RESUME):
        return f"{word}：{label(PauseKind(about))}"
    if kind is StepKind.COUNTED and about:
        return f"{word}：{spoken(Span.parse(about))}"
    if kind is StepKind.EXTENDED:
        return word
    return f"{word}：{about}" if about else word


_WIDTH, _LEFT, _ROW, _TOP = 860, 190, 30, 26


def drawing(found: Sequence[Shown], now: datetime) -> Markup | None:
    """Return all dated limits as bars on one line of time, with the present day; None when there is none."""
    dated = [one for one in found if one.row.operative_at]
    if not dated:
        return None
    first = min(one.row.started_at for one in dated)
    last = max([now, *(one.row.operative_at for one in dated if one.row.operative_at)]) + timedelta(hours=6)
    span = max((last - first).total_seconds(), 3600)

    def x(at: datetime) -> float:
        return _LEFT + (_WIDTH - _LEFT - 12) * (at - first).total_seconds() / span

    height = _TOP + _ROW * len(dated) + 22
    title = "各项时限"
    parts = [
        Markup(
            '<svg class="chart limit-chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        ).format(_WIDTH, height, title, title)
    ]
    for index, one in enumerate(dated):
        y = _TOP + index * _ROW
        end = one.row.operative_at or now
        done = one.row.met_at or one.row.ended_at
        parts.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="span span-{}" x="{:.1f}" y="{}" width="{:.1f}" height="14" rx="2">'
                "<title>{} {}：{}（{}）</title></rect>"
            ).format(
                _LEFT - 10, y + 13, _short(one.row.name), one.light.value, x(one.row.started_at), y + 2,
                max(x(end) - x(one.row.started_at), 2), one.row.article, one.row.name, one.last, one.text,
            )
        )  # fmt: skip
        if done is not None and done <= last:
            parts.append(
                Markup('<circle class="done" cx="{:.1f}" cy="{}" r="4.5"><title>{}</title></circle>').format(
                    x(max(done, first)), y + 9, one.text
                )
            )
    if first <= now <= last:
        parts.append(
            Markup(
                '<line class="today" x1="{0:.1f}" x2="{0:.1f}" y1="14" y2="{1}"/>'
                '<text class="muted" x="{0:.1f}" y="11" text-anchor="middle">现在</text>'
            ).format(x(now), height - 20)
        )
    for at, anchor in ((first, "start"), (last, "end")):
        day = shanghai_date(at - _TICK if anchor == "end" else at).isoformat()
        parts.append(
            Markup('<text class="muted" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
                x(at), height - 4, anchor, day
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _short(word: str, most: int = 12) -> str:
    return word if len(word) <= most else word[: most - 1] + "…"
