"""Builders of disposal lists: closed five years ago, at present over."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import executing, operations, queries
from archive.disposal.kinds import Decision, ListState
from archive.disposal.models import DisposalList
from archive.retention import clocks, handlers, locks
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import dossier

KEEPER = "records_manager"
WITNESSES = ("officer-desk", "officer-field")


def present() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def marked(clock: FixedClock, moment: datetime) -> None:
    """Put the clock there, and let the archive have lived through the time in between."""
    clock.moment = moment
    with acting(handlers.KEEPER) as act:
        clocks.watch(act=act)
        for jump in clocks.open_jumps(act.session):
            jump.first_by_name, jump.second_by_name, jump.confirmed_at = "甲", "乙", moment


def expired(office: Office, clock: FixedClock, count: int = 1, *, files: int = 2) -> list[str]:
    """Close dossiers five years ago, lock them, and come back to the present: fifteen days ago."""
    builders.long_ago(clock)
    numbers = [builders.a_closed_dossier(office, files=files, received_at=clock.moment) for _ in range(count)]
    locks.sweep()
    marked(clock, present() - timedelta(days=15))
    return numbers


def fetched(number: str) -> DisposalList:
    return queries.by_number(db.session(), number)


def proposed(office: Office, numbers: Sequence[str], by: str = KEEPER) -> str:
    with acting(office.person(by)) as act:
        return operations.propose([dossier(number) for number in numbers], act=act).number


def appraised(
    office: Office, number: str, decision: Decision = Decision.DESTROY, years: int | None = None, seq: int | None = None
) -> None:
    """Let the keeper and legal appraise every line, or one."""
    for who in (KEEPER, "legal"):
        with acting(office.person(who)) as act:
            for line in queries.by_number(act.session, number).lines:
                if seq in (None, line.seq):
                    operations.appraise(line, decision=decision, years=years, reason="期满，无继续保存价值", act=act)


def settled(office: Office, number: str) -> None:
    with acting(office.person(KEEPER)) as act:
        operations.settle(queries.by_number(act.session, number), report="鉴定工作报告", act=act)


def approved(office: Office, number: str, by: Sequence[str] = ("head", "legal")) -> None:
    for who in by:
        with acting(office.person(who)) as act:
            found = queries.by_number(act.session, number)
            operations.approve(found, list_hash=found.list_hash, act=act)


def witnessed(office: Office, number: str, by: Sequence[str] = WITNESSES) -> None:
    for who in by:
        with acting(office.person(who)) as act:
            operations.attend(queries.by_number(act.session, number), act=act)


def listed(office: Office, numbers: Sequence[str]) -> str:
    number = proposed(office, numbers)
    appraised(office, number)
    settled(office, number)
    return number


def ready(office: Office, clock: FixedClock, numbers: Sequence[str]) -> str:
    """Bring a list to where it may be destroyed: signed twice, witnessed, cooled off, at present."""
    number = listed(office, numbers)
    approved(office, number)
    marked(clock, present())
    witnessed(office, number)
    return number


def started(office: Office, number: str) -> None:
    with acting(office.person(KEEPER)) as act:
        operations.start(queries.by_number(act.session, number), act=act)


def destroyed(office: Office, number: str) -> ListState:
    started(office, number)
    return executing.run(fetched(number).id)
