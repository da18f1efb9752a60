"""Whether the clocks may decide: the application's, the database's, the latest moment the archive has lived through.

Source: retention specification D7. The store judges its locks by its own clock; that is the last barrier.
"""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.core.act import Act
from archive.core.errors import NotFound, Problem, RuleBroken, StoreDown
from archive.core.ports import ports
from archive.documents.blobs import Damaged, store_answers
from archive.retention import alarms
from archive.retention.kinds import AlarmKind
from archive.retention.models import ClockJump, ClockMark
from archive.retention.rules import ClockTrust

SPREAD = timedelta(seconds=300)
JUMP = timedelta(hours=48)
_MARK = 1


def database_now(session: Session) -> datetime:
    """Return the moment by the database's clock."""
    if session.get_bind().dialect.name == "sqlite":
        told = session.scalar(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
        return datetime.fromisoformat(str(told)).replace(tzinfo=UTC)
    found = session.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(found, datetime)
    return found.astimezone(UTC)


def high_water(session: Session) -> datetime | None:
    """Return the latest moment in the audit trail."""
    return session.scalar(select(func.max(Entry.at)))


def trust(session: Session, now: datetime) -> ClockTrust:
    """Return whether the moment may decide that something is destroyed. Four statements."""
    return ClockTrust(tuple(_doubts(session, now)))


def check_not_behind(session: Session, now: datetime) -> None:
    """Refuse to close at a moment before what was written: the period would begin too early. Raises RuleBroken."""
    mark = high_water(session)
    if mark is not None and now < mark - SPREAD:
        raise RuleBroken("clock.behind", now=_told(now), mark=_told(mark))


def store_apart(now: datetime) -> datetime | None:
    """Return what the store's clock says when it differs from `now`: it would let locks end too early, or too late.

    Raises StoreDown. None when both agree, or the store has no clock of its own.
    """
    with store_answers():
        told = ports().store.clock()
    return told if told is not None and abs(now - told) > SPREAD else None


def check_store(now: datetime) -> None:
    """Refuse to destroy while the store's clock is not ours. Raises RuleBroken, StoreDown."""
    told = store_apart(now)
    if told is not None:
        raise RuleBroken("clock.store", now=_told(now), other=_told(told))


def watch(*, act: Act) -> None:
    """Look at the clocks, sound alarms, and note the moment. To be called every hour."""
    now, session = act.moment, act.session
    other = database_now(session)
    if abs(now - other) > SPREAD:
        alarms.sound(AlarmKind.CLOCK_SPREAD, "database", now=now, database=other, act=act)
    with contextlib.suppress(StoreDown, Damaged):  # a store that does not answer is told elsewhere
        told = store_apart(now)
        if told is not None:
            alarms.sound(AlarmKind.STORE_CLOCK, "store", now=now, store=told, act=act)
    mark = session.get(ClockMark, _MARK)
    highest = high_water(session)
    if highest is not None and now < highest - SPREAD:
        alarms.sound(AlarmKind.CLOCK_BACK, "application", now=now, mark=highest, act=act)
        return
    if mark is None:
        session.add(ClockMark(id=_MARK, at=now))
        return
    if now - mark.at > JUMP:
        jump = ClockJump(before=mark.at, after=now)
        session.add(jump)
        session.flush()
        alarms.sound(AlarmKind.CLOCK_JUMP, str(jump.id), before=mark.at, after=now, act=act)
    mark.at = max(mark.at, now)


def confirm(jump: ClockJump, *, act: Act) -> None:
    """Say that the clock was right to jump; two different persons must. Raises RuleBroken."""
    if jump.confirmed_at is not None:
        raise RuleBroken("clock.confirmed")
    if jump.first_by is None:
        jump.first_by, jump.first_by_name = act.actor.id, act.actor.name
    elif jump.first_by == act.actor.id:
        raise RuleBroken("clock.same_person")
    else:
        jump.second_by, jump.second_by_name, jump.confirmed_at = act.actor.id, act.actor.name, act.moment
    act.session.flush()
    act.record("clock_jump:confirm", jump, before=jump.before, after=jump.after)


def open_jumps(session: Session) -> Sequence[ClockJump]:
    """Return the jumps that still wait for a confirmation. One statement."""
    return session.scalars(select(ClockJump).where(ClockJump.confirmed_at.is_(None)).order_by(ClockJump.id)).all()


def jump(session: Session, jump_id: uuid.UUID) -> ClockJump:
    """Return the jump. Raises NotFound."""
    found = session.get(ClockJump, jump_id)
    if found is None:
        raise NotFound("clock.unknown")
    return found


def _doubts(session: Session, now: datetime) -> Iterator[Problem]:
    other = database_now(session)
    if abs(now - other) > SPREAD:
        yield Problem("clock.spread", facts={"now": _told(now), "other": _told(other)})
    highest = high_water(session)
    if highest is not None and now < highest - SPREAD:
        yield Problem("clock.behind", facts={"now": _told(now), "mark": _told(highest)})
    mark = session.get(ClockMark, _MARK)
    if mark is None:
        yield Problem("clock.no_mark")
    elif now - mark.at > JUMP:
        yield Problem("clock.jump", facts={"before": _told(mark.at), "after": _told(now)})
    for one in open_jumps(session):
        yield Problem("clock.jump", facts={"before": _told(one.before), "after": _told(one.after)})


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
