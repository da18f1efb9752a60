"""Which limits a case has under the profiles that bind it, and which of them governs. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from archive.deadlines.calendar import WorkCalendar
from archive.deadlines.history import Due, History, StepKind
from archive.deadlines.rules import evaluate
from archive.procedures.limit import Clock, Limit
from archive.procedures.loading import shipped
from archive.procedures.office import Bound
from archive.procedures.rules import Facts, limits

# Of a complaint whose texts give no number for handling or answering, the office holds itself to what the order sets
# for complaints handed on (中国人民银行令〔2020〕第5号, 第四十三条): no case is ever without a date.
_CORE = ("PBC5", "P43")
# Duties of which one must have a number.
_MAIN = frozenset({"handle", "answer"})
# A sanction of the staff is kept apart from the complaint, and so is the time to ask for its review.
SANCTIONED = "sanctioned"
# What runs from these is no limit of a dossier: the office's reports once a period, and the review of a sanction.
_ELSEWHERE = frozenset({"period", SANCTIONED})
# What may still be done when a dossier has ended.
AFTERWARDS = frozenset({"followed_up", "review_requested", "review_decided", "feedback_sent"})


@cache
def core_limit() -> Limit:
    """Return the limit that holds where no text gives a number; see above."""
    found = shipped()[_CORE[0]].limit(_CORE[1])
    if found is None:
        raise LookupError(f"the packaged profile {_CORE[0]} lacks its limit {_CORE[1]}")
    clock = Clock(pause_on=("supplement", "appraisal"), restart_on=("new_facts",))
    return replace(found, name="答复投诉人", when={}, clock=clock)


def facts_of(
    *, institution: str, source: str, channel: str, severity: str, category: str, kind: object
) -> dict[str, str]:
    """Return what scopes and conditions ask of a case; what is not known is absent. A product is a category's root."""
    known = {
        "institution": institution,
        "source": source,
        "channel": channel,
        "severity": severity,
        "product": category.split(".")[0],
        "kind": str(kind or ""),
    }
    return {name: value for name, value in known.items() if value}


def limits_of(bound: Sequence[Bound], facts: Facts) -> tuple[Limit, ...]:
    """Return every limit of a case, upper texts first, with the core limit where no text gives a number."""
    own = [profile for profile, through in bound if not through]
    library: Mapping[str, Any] = {profile.id: profile for profile, _ in bound}
    found = tuple(limit for limit in limits(own, facts, library) if limit.from_ not in _ELSEWHERE)
    if any(limit.duty in _MAIN and limit.limit for limit in found):
        return found
    return (*found, core_limit())


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One limit of a case as it is kept: how it runs, and when its duty was done or ceased to matter."""

    due: Due
    met_at: datetime | None
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether the duty is still to be done."""
        return self.met_at is None and self.ended_at is None


def reckon(
    found: Sequence[Limit],
    history: History,
    stated: Mapping[str, date],
    calendar: WorkCalendar,
    *,
    ended_at: datetime | None,
) -> tuple[Reckoned, ...]:
    """Return the limits that have started, each as it stands; `ended_at` is when the case was declined or ended."""
    letters = {limit.key: stated[limit.from_] for limit in found if limit.set_by and limit.from_ in stated}
    dues = evaluate(found, replace(history, letter_dates=letters), calendar)
    return tuple(_stands(due, history, ended_at) for due in dues)


def _stands(due: Due, history: History, ended_at: datetime | None) -> Reckoned:
    done = history.events.get(due.limit.to)
    # A duty done before its limit began anew is to be done again; see rules.due for what counts as anew.
    again = any(step.kind is StepKind.RESTART and done is not None and step.at > done for step in due.trace)
    # A further application for review is to be decided anew, whatever was decided on the one before.
    again = again or (due.limit.from_ == "review_requested" and done is not None and done < due.started)
    met = None if again else done
    gone = ended_at if met is None and due.limit.to not in AFTERWARDS and _begun(due, ended_at) else None
    return Reckoned(due, met, gone)


def _begun(due: Due, ended_at: datetime | None) -> bool:
    return ended_at is not None and due.started <= ended_at


@dataclass(frozen=True, slots=True)
class Governing:
    """What lists show of a case: the earliest open limit, or the one met last."""

    at: datetime | None = None
    met_at: datetime | None = None
    rule: str = ""
    provisional: bool = False


def governing(found: Iterable[Reckoned]) -> Governing:
    """Return the limit that governs. A pause without end keeps the rule but no date."""
    duties = [one for one in found if not one.due.limit.right]
    dated = [one for one in duties if one.open and one.due.operative]
    if dated:
        first = min(dated, key=lambda one: (one.due.operative, one.due.limit.key))
        return Governing(first.due.operative, None, first.due.reason, first.due.provisional)
    paused = next((one for one in duties if one.open and one.due.limit.limit), None)
    if paused is not None:
        return Governing(rule=paused.due.reason)
    met = [one for one in duties if one.met_at and one.due.operative]
    if not met:
        return Governing()
    last = max(met, key=lambda one: (one.due.operative, one.due.limit.key))
    return Governing(last.due.operative, last.met_at, last.due.reason, last.due.provisional)


def steps(due: Due) -> list[dict[str, str]]:
    """Return the reckoning as it is stored."""
    return [{"step": step.kind.value, "at": step.at.isoformat(), "about": step.about} for step in due.trace]


# What a step of the archive itself shows is not written down by hand.
BY_STEPS = frozenset(
    {
        "received", "registered", "accepted", "declined", "withdrawn", "answered", "handled", "result_told", "closed",
        "reopened", "period",
    }
)  # fmt: skip
NEW_FACTS = "new_facts"


def writable(found: Iterable[Limit], *, ended: bool) -> tuple[str, ...]:
    """Return the events that may be written down: those the limits run from or to that no step shows, and new facts."""
    codes = dict.fromkeys(code for limit in found for code in (limit.to, limit.from_) if code not in BY_STEPS)
    if ended:
        return tuple(code for code in codes if code in AFTERWARDS)
    return (*codes, NEW_FACTS)
