"""`anjuan deadline`: reckon one limit of a shipped profile by hand, with the reason."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import click

from archive.core import labels as core_labels
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.errors import ArchiveError, BadInput
from archive.deadlines.calendar import WorkCalendar, packaged_calendar
from archive.deadlines.history import Due, History, StepKind
from archive.deadlines.labels import EVENTS, REFUSALS, WORDS, spoken
from archive.deadlines.rules import due, evaluate, reach
from archive.procedures.limit import Limit, Unit
from archive.procedures.loading import shipped
from archive.procedures.profile import Profile
from archive.procedures.rules import limits

_WEEKDAYS = "一二三四五六日"
_YEARS = range(2000, 2100)
_MOST_EXCEPTIONS = 400  # days; beyond that a list of free days helps nobody


class _Moment(click.ParamType[datetime]):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是时间，请写成 2026-02-13T10:00。", param, ctx)
        if moment.year not in _YEARS:
            self.fail(f"“{value}”不在 {_YEARS.start} 年至 {_YEARS.stop - 1} 年之间。", param, ctx)
        return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment


@click.command("deadline")
@click.option("--profile", "profile_id", required=True, help="规程代号，例如 XXGS。")
@click.option("--limit", "limit_id", required=True, help="时限代号，例如 T06；T27 连同 T27.month 等一并列出。")
@click.option("--from", "start", required=True, type=_Moment(), help="起算时间，例如 2026-02-13T10:00（北京时间）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--strict", is_flag=True, help="遇到尚无放假通知的年份即报错，不给暂定日期。")
def deadline(profile_id: str, limit_id: str, start: datetime, as_json: bool, strict: bool) -> None:
    """计算一项时限，说明依据和推算过程。"""
    try:
        calendar = packaged_calendar()
        found = [_reckoned(limit, start, calendar, strict) for limit in _limits(profile_id, limit_id)]
    except ArchiveError as refusal:
        core_labels.join(WORDS, REFUSALS)
        click.echo(core_labels.sentence(refusal), err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join("\n".join(_lines(one)) for one in found))


def _limits(profile_id: str, limit_id: str) -> Sequence[Limit]:
    """Return the limit, with its second numbers (T27, T27.month, …). Raises BadInput naming what there is."""
    profile = shipped().get(profile_id)
    if profile is None:
        raise BadInput("deadline.no_profile", profile=profile_id, known="、".join(shipped()))
    found = [limit for limit in profile.deadlines if limit.id == limit_id or limit.id.startswith(f"{limit_id}.")]
    if not found:
        raise BadInput("deadline.no_limit", profile=profile_id, limit=limit_id, known=_known(profile))
    return found


def _known(profile: Profile) -> str:
    return "、".join(limit.id for limit in profile.deadlines)


def _reckoned(limit: Limit, start: datetime, calendar: WorkCalendar, strict: bool) -> dict[str, Any]:
    """Return one limit, reckoned from `start`, as plain values."""
    history = History(events={limit.from_: start})
    found = _due(limit, history, calendar, strict)
    by_day = found.limit.limit is None or found.limit.limit.unit in (Unit.DAY, Unit.WORKDAY)
    inherited = next((step.about for step in found.trace if step.kind is StepKind.INHERITED), "")
    return {
        "profile": limit.key.partition(".")[0],
        "limit": limit.id,
        "name": limit.name,
        "reason": limit.reason,
        "rule": _rule(limit),
        "from_event": limit.from_,
        "from": start.astimezone(SHANGHAI).isoformat(),
        "operative": _iso(found.last_day if by_day else found.operative),
        "legal": _iso(found.legal_last_day if by_day else found.legal),
        "due_at": _iso(found.operative),
        "legal_due_at": _iso(found.legal),
        "provisional": found.provisional,
        "inherited_from": inherited,
        "others": [{"kind": o.kind, "at": o.at.isoformat(), "article": o.article} for o in found.others],
        "extensions": list(_extensions(limit, history, calendar)),
        "unusual_days": list(_unusual(found, calendar)),
        "trace": [{"step": step.kind, "at": step.at.astimezone(SHANGHAI).isoformat()} for step in found.trace],
        "note": limit.note,
    }


def _due(limit: Limit, history: History, calendar: WorkCalendar, strict: bool) -> Due:
    """Return the limit reckoned; one without a number takes what its profile inherits."""
    alone = due(limit, history, calendar, strict=strict)
    if alone is None or alone.operative:  # its starting event is given, so it is never None
        return alone or Due(limit, history.events[limit.from_])
    profile = shipped()[limit.key.partition(".")[0]]
    dues = evaluate(limits([profile], {}, shipped()), history, calendar)
    return next((one for one in dues if one.limit.key == limit.key), alone)


def _rule(limit: Limit) -> str:
    if limit.limit:
        return spoken(limit.limit)
    if limit.every:
        if limit.every.dates:
            return f"每年 {'、'.join(limit.every.dates)}"
        return "每月末日" if limit.every.month_end else f"每周{_WEEKDAYS[limit.every.weekday - 1]}"
    return "由文书写明日期" if limit.set_by else "原文未写数"


def _extensions(limit: Limit, history: History, calendar: WorkCalendar) -> Iterator[dict[str, Any]]:
    """Yield how far each extension could reach."""
    for step in limit.extend:
        cap = reach(limit, step.to, history, calendar) if step.to else None
        rule = spoken(step.to) if step.to else "无上限"
        yield {"rule": rule, "until": _iso(cap), "article": step.article, "approver": step.approver}


def _unusual(found: Due, calendar: WorkCalendar) -> Iterator[dict[str, Any]]:
    """Yield the free weekdays and worked weekends on the way, which explain a count of working days."""
    last = found.legal_last_day
    first = shanghai_date(found.started)
    counts_workdays = found.limit.limit is not None and found.limit.limit.unit is Unit.WORKDAY
    if counts_workdays and last and last - first <= timedelta(days=_MOST_EXCEPTIONS):
        for day, working in calendar.unusual(first, last):
            yield {"date": day.isoformat(), "workday": working, "settled": calendar.is_settled(day)}


def _lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines a person reads."""
    yield f"{found['profile']} {found['limit']}  {found['name']}：{found['rule']}"
    yield f"依据  {found['reason']}"
    start = datetime.fromisoformat(found["from"]).strftime("%Y-%m-%d %H:%M")
    yield f"起算  {start}  {EVENTS.get(found['from_event'], found['from_event'])}"
    if found["due_at"] is None:
        yield "期限  本条没有天数：以文书写明的日期为准，或只记录完成时间。"
    else:
        source = f"  取自 {found['inherited_from']}" if found["inherited_from"] else ""
        yield f"期限  {_end(found['due_at'])}{'  暂定' if found['provisional'] else ''}{source}"
    if found["legal_due_at"] != found["due_at"]:
        yield f"法定  {_end(found['legal_due_at'])}  末日逢假日顺延（民法典第二百零三条）"
    for other in found["others"]:
        yield f"{'目标' if other['kind'] == 'target' else '罚限'}  {_end(other['at'])}  {other['article']}"
    for step in found["extensions"]:
        until = f"至多 {_end(step['until'])}" if step["until"] else "须另写日期、理由和批准人"
        yield f"可延  {step['rule']}  {until}  {step['article']}"
    yield from _exceptions(found["unusual_days"])
    if found["note"]:
        yield f"说明  {found['note']}"


def _exceptions(days: Sequence[dict[str, Any]]) -> Iterator[str]:
    for working, word in ((False, "不计"), (True, "计入")):
        listed = "、".join(day["date"] + ("" if day["settled"] else "?") for day in days if day["workday"] is working)
        if listed:
            yield f"{word}  {listed}（{'调休上班或暂按工作日计' if working else '放假'}）"


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _end(moment: str) -> str:
    """Return an end as people write it: a day that ends at midnight ends at 24:00, not at 0:00 of the next."""
    at = datetime.fromisoformat(moment)
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"{(at - timedelta(days=1)).date()} 24:00"
    return at.strftime("%Y-%m-%d %H:%M")
