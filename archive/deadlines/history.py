"""What limits are reckoned from, and what comes of it: the history of a case, each limit as it falls due. Values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from archive.core.clock import shanghai_date
from archive.core.errors import BadInput
from archive.procedures.limit import Limit


class PauseKind(StrEnum):
    """What stops a limit."""

    SUPPLEMENT = "supplement"
    APPRAISAL = "appraisal"
    MEDIATION = "mediation"


class State(StrEnum):
    """The traffic light of one limit at one moment."""

    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    PAUSED = "paused"
    NO_NUMBER = "no_number"


class StepKind(StrEnum):
    """What a step of the reckoning was."""

    START = "start"
    RESTART = "restart"
    PAUSE = "pause"
    RESUME = "resume"
    EXTENDED = "extended"
    COUNTED = "counted"
    MOVED = "moved"
    INHERITED = "inherited"
    SET = "set"


class Step(NamedTuple):
    """One step of the reckoning: what, when, and what it was about (a span, an event, a limit's key)."""

    kind: StepKind
    at: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, from request to completion; each end has its evidence. `end` None: still open."""

    kind: PauseKind
    start: datetime
    start_evidence: str
    end: datetime | None = None
    end_evidence: str = ""

    def __post_init__(self) -> None:
        if not self.start_evidence or (self.end and not self.end_evidence):
            raise BadInput("deadline.pause_evidence")
        if self.end and self.end < self.start:
            raise BadInput("deadline.pause_backwards", start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class Granted:
    """A limit was put off to the end of the day of `until`, or to the moment where it is in minutes or hours."""

    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What happened in a case as far as limits care.

    `events` by the names of the profiles (received, accepted, …); `granted` by Limit.key; `letter_dates`, by Limit.key,
    are dates that a letter itself states. `reopened`: when an ended case was taken up again, which starts every limit
    anew.
    """

    events: Mapping[str, datetime]
    pauses: Sequence[Pause] = ()
    new_facts: Sequence[datetime] = ()
    granted: Mapping[str, Granted] = field(default_factory=dict)
    letter_dates: Mapping[str, date] = field(default_factory=dict)
    reopened: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """A second number of the same source: `target` or `sanction`."""

    kind: str
    at: datetime
    article: str


@dataclass(frozen=True, slots=True)
class Due:
    """One limit, reckoned. `operative` None: paused without end, or no number at all.

    Moments are aware, in Shanghai; a day's end is 00:00 of the day after (see `last_day`). `warn_at` is when
    the light turns yellow; `left` is what remains of a paused limit, in days, or microseconds.
    """

    limit: Limit
    started: datetime
    operative: datetime | None = None
    legal: datetime | None = None
    warn_at: datetime | None = None
    provisional: bool = False
    left: int = 0
    others: tuple[Other, ...] = ()
    trace: tuple[Step, ...] = ()

    @property
    def reason(self) -> str:
        """The text and article that set the limit."""
        return self.limit.reason

    @property
    def last_day(self) -> date | None:
        """The day on which the limit ends."""
        return _last_day(self.operative)

    @property
    def legal_last_day(self) -> date | None:
        """The day on which the limit ends by law."""
        return _last_day(self.legal)


def _last_day(end: datetime | None) -> date | None:
    return shanghai_date(end - timedelta(microseconds=1)) if end else None
