"""A limit as a profile writes it: how long, from what to what, how it stops, grows and falls on fixed dates. Values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum


class Level(StrEnum):
    """The rank of a text; an upper one wins only where two cannot both be obeyed."""

    LAW = "law"
    ADMIN_REGULATION = "admin_regulation"
    DEPT_RULE = "dept_rule"
    NORMATIVE_DOC = "normative_doc"
    INTERNAL = "internal"


class Unit(StrEnum):
    """In what a limit is counted; in the sources a bare 日 is a natural day."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"


class Unnumbered(StrEnum):
    """What becomes of a duty whose source says only 及时, 立即 and the like."""

    INHERIT = "inherit"  # it takes the limit that another bound text sets for the same duty
    LOG = "log"  # the moment is logged, nothing is counted


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of time: "15 workday"."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Span":
        amount, unit = text.split()
        return cls(int(amount), Unit(unit))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Office hours on working days, for limits in minutes and hours."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Clock:
    """How a limit runs: what stops it, what starts it anew, and when a day ends (None: at 24:00)."""

    pause_on: tuple[str, ...] = ()
    restart_on: tuple[str, ...] = ()
    business_close: time | None = None
    service_hours: ServiceHours | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Fixed dates: days of the year ("01-30"), a weekday (1 Monday to 7 Sunday), the last day of each month."""

    dates: tuple[str, ...] = ()
    weekday: int = 0
    month_end: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """A second number that the same source gives for a duty: a softer target or the limit that is punished."""

    kind: str
    limit: Span
    article: str


@dataclass(frozen=True, slots=True)
class Extension:
    """One step by which a limit may grow, counted from the limit's own start; without `to` the source sets no cap."""

    to: Span | None = None
    approver: str = ""
    notice: tuple[str, ...] = ()
    consent: bool = False
    article: str = ""


Conditions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Limit:
    """One duty with its limit: exactly one of `limit`, `every`, `set_by` (a letter states the date), `unnumbered`.

    `key`, `authority`, `level` and (where the profile gives it) `clock` are filled in by the loader.
    """

    id: str
    name: str
    duty: str
    article: str
    from_: str
    to: str
    limit: Span | None = None
    every: Schedule | None = None
    set_by: str = ""
    unnumbered: Unnumbered | None = None
    when: Conditions = field(default_factory=dict)
    besides: tuple[Beside, ...] = ()
    extend: tuple[Extension, ...] = ()
    right: bool = False
    warn: Span | None = None
    clock: Clock | None = None
    principle: bool = False
    note: str = ""
    key: str = ""
    authority: str = ""
    level: Level = Level.INTERNAL

    @property
    def reason(self) -> str:
        """The text and article that set the limit."""
        return f"《{self.authority}》{self.article}"
