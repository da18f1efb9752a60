"""What is due when, and why: limits of the procedure profiles applied to what happened in a case. Pure.

Day of the event excluded, end at 24:00 of the last day in Shanghai (民法典 201, 203). The operative date of a limit in
natural days is not moved off a free day, which is safer for the office; the legal date beside it is. A right of the
complainant (`right`) takes the legal date as its operative one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.errors import RuleBroken
from archive.deadlines.calendar import UnknownYear, WorkCalendar
from archive.deadlines.history import Due, History, Other, Pause, PauseKind, State, Step, StepKind
from archive.deadlines.rulers import NaturalDays, Ruler, ruler_for
from archive.procedures.limit import Clock, Limit, Schedule, Span, Unit, Unnumbered


def due(limit: Limit, history: History, calendar: WorkCalendar, *, strict: bool = False) -> Due | None:
    """Return when the limit ends, or None while its starting event has not happened.

    Raises UnknownYear in strict mode when the date is provisional: a letter may not promise it.
    """
    event = history.events.get(limit.from_)
    if event is None:
        return None
    if limit.limit:
        found = _counted(limit, limit.limit, event, history, calendar)
    elif limit.every:
        found = _scheduled(limit, limit.every, event, calendar)
    elif day := history.letter_dates.get(limit.key):
        found = _on_day(limit, day, event, calendar, StepKind.SET)
    else:
        found = Due(limit, event, trace=(Step(StepKind.START, event, limit.from_),))
    if strict and found.provisional:
        last = found.legal_last_day or shanghai_date(found.started)
        raise UnknownYear(calendar.unknown_year(shanghai_date(found.started), last))
    return found


def evaluate(limits: Iterable[Limit], history: History, calendar: WorkCalendar) -> tuple[Due, ...]:
    """Return all limits of a case that have started, earliest first; those without a date come last.

    A duty without a number takes the earliest date that another limit sets for the same duty, or failing that for the
    handling as a whole: 及时 is never shown as "no deadline".
    """
    found = [one for limit in limits if (one := due(limit, history, calendar))]
    dated = sorted((one for one in found if one.operative), key=_order)
    undated = (one for one in found if one.operative is None)
    return tuple(sorted([*dated, *(_inherit(one, dated) for one in undated)], key=_order))


def operative(dues: Iterable[Due]) -> dict[str, Due]:
    """Return the limit that governs each duty: the earliest of all that bind."""
    ordered = sorted((one for one in dues if one.operative), key=lambda one: (one.limit.duty, _order(one)))
    return {duty: next(group) for duty, group in groupby(ordered, key=lambda one: one.limit.duty)}


def state(found: Due, now: datetime, done: datetime | None) -> State:
    """Return the traffic light at `now`; `done` is when the duty was done. Lights follow the operative date."""
    if done is not None and done <= now:
        return State.MET if found.operative is None or done <= found.operative else State.MET_LATE
    if found.operative is None:
        return State.PAUSED if found.limit.limit else State.NO_NUMBER
    if now > found.operative:
        return State.OVERDUE
    return State.DUE_SOON if found.warn_at and now >= found.warn_at else State.ON_TIME


def next_date(schedule: Schedule, day: date) -> date:
    """Return the first date of the schedule on or after the day."""
    if schedule.month_end:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return following - timedelta(days=1)
    if schedule.weekday:
        return day + timedelta(days=(schedule.weekday - day.isoweekday()) % 7)
    every = (date.fromisoformat(f"{year}-{text}") for year in (day.year, day.year + 1) for text in schedule.dates)
    return min(when for when in every if when >= day)


def require_date(limit: Limit, day: date | None, on: date) -> date:
    """Return the date that a letter must state for this limit; without one it may not go out (WQZX, 分办).

    Raises RuleBroken("deadline.date_required"), or ("deadline.date_past") for a day before `on`, the day of issue.
    """
    if day is None:
        raise RuleBroken("deadline.date_required", limit=limit.name, reason=limit.reason)
    if day < on:
        raise RuleBroken("deadline.date_past", limit=limit.name, date=day)
    return day


def end_of(limit: Limit, moment: datetime, calendar: WorkCalendar) -> datetime:
    """Return the end of the day of the moment for a limit in days, the moment itself for one in minutes or hours."""
    unit = limit.limit.unit if limit.limit else Unit.DAY
    ruler = ruler_for(unit, limit.clock or Clock(), calendar)
    return ruler.end(ruler.point(moment))


def reach(limit: Limit, span: Span, history: History, calendar: WorkCalendar) -> datetime | None:
    """Return where `span`, counted as the limit is, would end: an extension's cap. None: not started, or paused."""
    event = history.events.get(limit.from_)
    if event is None:
        return None
    return _counted(replace(limit, besides=()), span, event, replace(history, granted={}), calendar).operative


# How long before the end the light turns yellow, unless the limit says otherwise; never more than half of the whole.
_LENGTH = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WORKDAY: timedelta(days=1),
}
_WARN = {Unit.MINUTE: 10, Unit.HOUR: 4, Unit.DAY: 2, Unit.WORKDAY: 3}
_WARN_SCHEDULE = timedelta(days=10)


def _warn_at(limit: Limit, started: datetime, end: datetime) -> datetime:
    """Return when the light of a limit turns yellow."""
    if limit.warn:
        lead = _LENGTH[limit.warn.unit] * limit.warn.amount
    elif limit.limit:
        lead = _LENGTH[limit.limit.unit] * _WARN[limit.limit.unit]
    else:
        lead = _WARN_SCHEDULE
    return end - min(lead, (end - started) / 2)


def _counted(limit: Limit, span: Span, event: datetime, history: History, calendar: WorkCalendar) -> Due:
    """Reckon a limit that is counted out in minutes, hours or days."""
    clock = limit.clock or Clock()
    ruler = ruler_for(span.unit, clock, calendar)
    pauses = [one for one in history.pauses if one.kind in clock.pause_on]
    start, trace = _start(limit, event, clock, history, pauses)
    origin, grains = ruler.point(start), ruler.grains(span)
    others = tuple(_others(limit, origin, pauses, clock, calendar))
    granted = history.granted.get(limit.key)
    if granted and granted.at >= start:
        origin, until = ruler.point(granted.at), ruler.point(granted.until)
        grains = ruler.between(origin, until)
        trace.append(Step(StepKind.EXTENDED, granted.at, until.isoformat()))
    point, left, provisional = _walk(ruler, origin, grains, pauses, trace)
    if point is None:
        return Due(limit, start, left=left, others=others, trace=tuple(trace))
    end = ruler.end(point)
    legal, legal_provisional = ruler.lawful_end(point)
    trace.append(Step(StepKind.COUNTED, end, str(span)))
    if legal != end:
        trace.append(Step(StepKind.MOVED, legal))
    shown = legal if limit.right else end
    return Due(
        limit,
        start,
        shown,
        legal,
        _warn_at(limit, start, shown),
        provisional or (legal_provisional and legal != end),
        others=others,
        trace=tuple(trace),
    )


def _start(
    limit: Limit, event: datetime, clock: Clock, history: History, pauses: Sequence[Pause]
) -> tuple[datetime, list[Step]]:
    """Return from when the limit runs: its event, or what started it anew before the duty was done."""
    trace = [Step(StepKind.START, event, limit.from_)]
    again = [(moment, "reopened") for moment in history.reopened]
    if "new_facts" in clock.restart_on:
        again += [(moment, "new_facts") for moment in history.new_facts]
    if "supplement_completed" in clock.restart_on:
        again += [(p.end, "supplement_completed") for p in pauses if p.kind is PauseKind.SUPPLEMENT and p.end]
    done = history.events.get(limit.to)
    valid = [(moment, why) for moment, why in again if moment > event and (done is None or moment < done)]
    if not valid:
        return event, trace
    start, why = max(valid)
    return start, [*trace, Step(StepKind.RESTART, start, why)]


def _walk(
    ruler: Ruler[Any], origin: Any, grains: int, pauses: Sequence[Pause], trace: list[Step]
) -> tuple[Any, int, bool]:
    """Count `grains` from `origin`, standing still in pauses; return (point or None in a pause, what is left, 暂定).

    A pause that begins after the limit has already ended changes nothing, so a limit never comes back to life.
    """
    point, left = origin, grains
    for pause in sorted(pauses, key=lambda one: one.start):
        stop = max(ruler.point(pause.start), point)
        used = ruler.between(point, stop)
        if left <= used:
            break
        if pause.end is None:
            trace.append(Step(StepKind.PAUSE, pause.start, pause.kind))
            return None, left - used, False
        resume = ruler.point(pause.end)
        if resume > stop:
            trace += [Step(StepKind.PAUSE, pause.start, pause.kind), Step(StepKind.RESUME, pause.end, pause.kind)]
            point, left = resume, left - used
    end, provisional = ruler.advance(point, left)
    return end, 0, provisional


def _others(
    limit: Limit, origin: Any, pauses: Sequence[Pause], clock: Clock, calendar: WorkCalendar
) -> Iterator[Other]:
    for beside in limit.besides:
        ruler = ruler_for(beside.limit.unit, clock, calendar)
        start = origin if isinstance(origin, datetime) else datetime.combine(origin, time(), SHANGHAI)
        point, _, _ = _walk(ruler, ruler.point(start), ruler.grains(beside.limit), pauses, [])
        if point is not None:
            yield Other(beside.kind, ruler.end(point), beside.article)


def _scheduled(limit: Limit, schedule: Schedule, event: datetime, calendar: WorkCalendar) -> Due:
    """Reckon a limit that falls on fixed dates: the first on or after the day of the event."""
    return _on_day(limit, next_date(schedule, shanghai_date(event)), event, calendar, StepKind.COUNTED)


def _on_day(limit: Limit, day: date, event: datetime, calendar: WorkCalendar, how: StepKind) -> Due:
    ruler = NaturalDays(calendar, (limit.clock or Clock()).business_close)
    end = ruler.end(day)
    legal, provisional = ruler.lawful_end(day)
    trace = [Step(StepKind.START, event, limit.from_), Step(how, end)]
    if legal != end:
        trace.append(Step(StepKind.MOVED, legal))
    return Due(limit, event, end, legal, _warn_at(limit, event, end), provisional and legal != end, trace=tuple(trace))


def _inherit(undated: Due, dated: Sequence[Due]) -> Due:
    """Give a duty without a number the earliest date of its duty, else of the handling; not a paused or logged one."""
    if undated.limit.limit or undated.limit.unnumbered is Unnumbered.LOG:
        return undated
    for duty in (undated.limit.duty, "handle", "answer"):
        for one in dated:
            if one.limit.duty == duty and one.operative:
                step = Step(StepKind.INHERITED, one.operative, one.limit.key)
                return replace(one, limit=undated.limit, started=undated.started, trace=(*undated.trace, step))
    return undated


_NEVER = datetime(9999, 1, 1, tzinfo=SHANGHAI)


def _order(found: Due) -> tuple[datetime, str]:
    return found.operative or _NEVER, found.limit.key
