"""Whether a limit may be put off: by whom, why, told how, and never beyond what its text allows. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from archive.core.clock import shanghai_date
from archive.core.errors import Problem, Refused
from archive.deadlines.calendar import WorkCalendar
from archive.deadlines.history import Due, Granted, History
from archive.deadlines.labels import spoken
from archive.deadlines.rules import due, end_of, reach
from archive.procedures.limit import Extension, Limit


@dataclass(frozen=True, slots=True)
class Ask:
    """An extension as asked for. `role` is the approver's role in the profile, `notice` the channel of telling."""

    until: datetime
    at: datetime
    reason: str
    requested_by: UUID
    approved_by: UUID
    role: str
    notice: str
    notice_evidence: str
    consent_evidence: str = ""


def extend(limit: Limit, history: History, calendar: WorkCalendar, ask: Ask) -> Due:
    """Return the limit as it runs once the extension is granted; the caller keeps the Granted and the Ask.

    Raises Refused("deadline.extension") with every reason at once: no extension foreseen, not started or already over,
    not later than now, beyond the cap, wrong approver or the same person, no reason, a channel of notice that the text
    does not allow (银监发〔2012〕13号, item 9: not by phone), no consent where it is asked for.
    """
    problems = list(_problems(limit, history, calendar, ask))
    if problems:
        raise Refused("deadline.extension", problems, limit=limit.name, reason=limit.reason)
    granted = {**history.granted, limit.key: Granted(ask.until, ask.at)}
    extended = due(limit, replace(history, granted=granted), calendar)
    if extended is None:  # excluded by _problems
        raise Refused("deadline.extension", [Problem("deadline.extension.not_started")])
    return extended


def step_for(limit: Limit, history: History, calendar: WorkCalendar, until: datetime) -> Extension | None:
    """Return the first step of the limit's extensions whose cap reaches to `until`, or None."""
    for step in limit.extend:
        cap = reach(limit, step.to, history, calendar) if step.to else None
        if step.to is None or (cap is not None and end_of(limit, until, calendar) <= cap):
            return step
    return None


def _problems(limit: Limit, history: History, calendar: WorkCalendar, ask: Ask) -> Iterator[Problem]:
    now = due(limit, history, calendar)
    if not limit.extend:
        yield Problem("deadline.extension.none")
        return
    if now is None or now.operative is None:
        yield Problem("deadline.extension.not_started" if now is None else "deadline.extension.paused")
        return
    if ask.at > now.operative:
        yield Problem("deadline.extension.over", "until", {"due": now.last_day})
    if end_of(limit, ask.until, calendar) <= now.operative:
        yield Problem("deadline.extension.not_later", "until", {"due": now.last_day})
    if not ask.reason.strip():
        yield Problem("deadline.extension.no_reason", "reason")
    if ask.requested_by == ask.approved_by:
        yield Problem("deadline.extension.same_person", "approved_by")
    step = step_for(limit, history, calendar, ask.until)
    if step is None:
        yield Problem("deadline.extension.beyond_cap", "until", _cap(limit, history, calendar))
        return
    if step.approver and ask.role != step.approver:
        yield Problem("deadline.extension.approver", "approved_by", {"needed": step.approver})
    if step.notice and ask.notice not in step.notice:
        yield Problem("deadline.extension.channel", "notice", {"allowed": "、".join(step.notice)})
    if not ask.notice or not ask.notice_evidence:
        yield Problem("deadline.extension.not_told", "notice")
    if step.consent and not ask.consent_evidence:
        yield Problem("deadline.extension.no_consent", "consent_evidence")


def _cap(limit: Limit, history: History, calendar: WorkCalendar) -> dict[str, object]:
    """Return how far the last step reaches, and by which article."""
    last = limit.extend[-1]
    end = reach(limit, last.to, history, calendar) if last.to else None
    by = shanghai_date(end - timedelta(microseconds=1)) if end else None
    return {"cap": spoken(last.to) if last.to else "", "last": by, "article": f"《{limit.authority}》{last.article}"}
