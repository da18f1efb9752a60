"""Why a dossier cannot be destroyed: one answer for pages, API, command line and jobs. Pure.

`evaluate` is asked again inside the destroying transaction. Whatever is missing or in doubt keeps the dossier.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from archive.core.clock import SHANGHAI
from archive.core.errors import Problem, Refused
from archive.retention.periods import Asked, Promise, later, longest, ordered


class HoldKind(StrEnum):
    """Why a dossier is held."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    INSPECTION = "inspection"
    AUDIT = "audit"
    JUDICIAL = "judicial"
    REVIEW = "review"
    UNSETTLED = "unsettled"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class Held:
    """A hold in force: what for, on which document it rests, since when, by whom, when it is to be looked at again."""

    kind: HoldKind
    basis: str
    placed_on: date
    placed_by: str
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """A dossier joined to this one (并案): the two are kept until the later end."""

    number: str
    ended: bool
    kept: Promise | None
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Locks:
    """What is known of the store's locks on the dossier's versions."""

    versions: int = 0
    locked: int = 0
    latest: datetime | None = None
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class ClockTrust:
    """Whether the clocks may decide; `doubts` name what speaks against it."""

    doubts: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the answer rests on, as read in one moment."""

    now: datetime
    ended: bool
    closed_on: date | None
    # Whether the closing day came with an old dossier and is not confirmed by two.
    claimed: bool = False
    asked: tuple[Asked, ...] = ()
    kept: Promise | None = None
    holds: tuple[Held, ...] = ()
    links: tuple[Linked, ...] = ()
    locks: Locks = Locks()
    clock: ClockTrust = ClockTrust()


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer: kept until when, by which rule, what every rule asks, and all that speaks against destroying."""

    promise: Promise | None
    asked: tuple[Promise, ...]
    reasons: tuple[Problem, ...]
    expired: bool
    holds: tuple[Held, ...]
    locks: Locks

    @property
    def destroyable(self) -> bool:
        """Whether nothing speaks against destroying the dossier; appraisal and approvals still have to say yes."""
        return not self.reasons

    @property
    def whatever_the_clock(self) -> "Standing":
        """The same without doubts about the clock: for what is decided again before anything is destroyed."""
        return replace(self, reasons=tuple(one for one in self.reasons if not one.code.startswith("clock.")))


def kept_until(facts: Facts) -> Promise | None:
    """Return the latest of what was promised before, what the rules ask now, and what joined dossiers need."""
    now_asked = longest(facts.closed_on, facts.asked) if facts.closed_on is not None else None
    found = later(facts.kept, now_asked)
    for link in facts.links:
        found = later(found, link.kept)
    return found


def evaluate(facts: Facts) -> Standing:
    """Return how a dossier stands, with every reason against destroying it."""
    promise = kept_until(facts)
    at = promise.disposable_at if promise is not None else None
    return Standing(
        promise=promise,
        asked=tuple(ordered(facts.closed_on, facts.asked)) if facts.closed_on is not None else (),
        reasons=tuple(_reasons(facts, promise)),
        expired=facts.ended and at is not None and facts.now >= at,
        holds=facts.holds,
        locks=facts.locks,
    )


def _reasons(facts: Facts, promise: Promise | None) -> Iterator[Problem]:
    if not facts.ended:
        yield Problem("kept.open")
    elif facts.closed_on is None:
        yield Problem("kept.no_date")
    elif not facts.asked or facts.kept is None:
        yield Problem("kept.no_rule")
    elif promise is not None and promise.last_day is None:
        yield Problem("kept.permanent", facts={"rule": promise.asked.name, "basis": promise.asked.basis})
    elif promise is not None:
        yield from _not_yet(facts, promise)
    if facts.claimed:
        yield Problem("kept.claimed", facts={"closed_on": str(facts.closed_on)})
    for hold in facts.holds:
        yield Problem("kept.hold", facts={"kind": hold.kind, "basis": hold.basis, "since": str(hold.placed_on)})
    for link in facts.links:
        if not link.ended or link.kept is None:
            yield Problem("kept.link", facts={"number": link.number})
        elif link.claimed:
            yield Problem("kept.link_claimed", facts={"number": link.number})
    if facts.locks.latest is not None and facts.now < facts.locks.latest:
        yield Problem("kept.locked", facts={"until": said_at(facts.locks.latest)})
    if facts.locks.alarms:
        yield Problem("kept.alarm", facts={"count": facts.locks.alarms})
    yield from facts.clock.doubts


def said_at(moment: datetime) -> str:
    """Return a moment as people here write it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _not_yet(facts: Facts, promise: Promise) -> Iterator[Problem]:
    at = promise.disposable_at
    if at is None or facts.now < at:
        said = {"last_day": str(promise.last_day), "rule": promise.asked.name, "basis": promise.asked.basis}
        yield Problem("kept.until", facts=said)
    # What is written down must have caught up with the rules before anything is destroyed by it.
    if facts.kept != later(facts.kept, promise):
        yield Problem("kept.recompute")


def check_destroyable(number: str, standing: Standing) -> None:
    """Refuse to destroy a dossier as long as anything speaks against it. Raises Refused with every reason."""
    if standing.reasons:
        raise Refused("retention.kept", standing.reasons, number=number)
