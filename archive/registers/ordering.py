"""Having a long year closed by the worker: the request only asks for it, and tells how far it is.

The lines are read without a transaction that would keep others waiting; one act at the end closes the year, or nothing
is closed.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, NotFound, RuleBroken
from archive.jobs.operations import Task
from archive.people import queries as people
from archive.people.rules import Person
from archive.registers import closing
from archive.registers.models import ClosingOrder, OrderState
from archive.registers.sources import SOURCES
from archive.registers.volumes import Volume

# So many lines are closed while the request waits: a second or two.
AT_ONCE = 2000
_CLERK = Machine("封存登记簿")
_WORKER = Origin("worker")


def is_long(session: Session, volume: Volume) -> bool:
    """Tell whether a year has too many lines to be closed while somebody waits. One statement."""
    return SOURCES[volume.book].count(session, volume) > AT_ONCE


def order(volume: Volume, *, act: Act) -> ClosingOrder:
    """Ask for the closing of a year; the job follows from the entry. Raises NotAllowed, RuleBroken."""
    session = act.session
    closing.check(session, volume, act.actor, shanghai_date(act.moment).year)
    unit_id = volume.unit.id if volume.unit else None
    if closing.is_closed(session, volume.book.value, unit_id, volume.year, volume.mark):
        raise RuleBroken("register.closed", year=volume.year)
    if act.actor.id is None or waiting(session, volume.key) is not None:
        raise RuleBroken("register.ordered", year=volume.year)
    row = ClosingOrder(
        key=volume.key, book=volume.book, unit_id=unit_id, mark=volume.mark, year=volume.year, asked_by=act.actor.id,
        asked_at=act.moment, whole=SOURCES[volume.book].count(session, volume),
    )  # fmt: skip
    session.add(row)
    session.flush()
    act.record("closing_order:give", row, book=volume.book.value, unit=volume.part, year=volume.year)
    return row


def waiting(session: Session, key: str) -> ClosingOrder | None:
    """Return the order for this volume that waits or is under way."""
    return session.scalar(select(ClosingOrder).where(ClosingOrder.key == key, ClosingOrder.state == OrderState.WAITING))


def latest(session: Session) -> dict[str, ClosingOrder]:
    """Return the last order of each volume, by key. One statement."""
    return {row.key: row for row in session.scalars(select(ClosingOrder).order_by(ClosingOrder.asked_at))}


def find(session: Session, order_id: uuid.UUID, person: Person) -> ClosingOrder:
    """Return an order of the person's own. Raises NotFound."""
    row = session.get(ClosingOrder, order_id)
    if row is None or row.asked_by != person.id:
        raise NotFound("register.no_order")
    return row


def carry_out(tasks: Sequence[Task]) -> None:
    """Close the years that were asked for, as who asked for it and may still. Repeatable."""
    for task in tasks:
        row = db.session().get(ClosingOrder, task.subject_id)
        if row is None or row.state is not OrderState.WAITING:
            db.session().rollback()
            continue
        try:
            _close(row)
        except ArchiveError as error:
            db.session().rollback()
            with acting(_CLERK, _WORKER) as act:
                failed = act.session.get_one(ClosingOrder, task.subject_id)
                failed.state, failed.trouble, failed.facts = OrderState.FAILED, error.code, _told(error)
                act.record("closing_order:fail", failed, reason=error.code)


def _close(row: ClosingOrder) -> None:
    session = db.session()
    account = people.account(session, row.asked_by)
    if not account.active:
        raise NotFound("account.unknown")
    person, order_id = people.person(session, account), row.id
    volume = Volume(row.book, row.year, people.unit(session, row.unit_id) if row.unit_id else None, row.mark)

    def progress(lines: int) -> None:
        with acting(_CLERK, _WORKER) as act:
            act.session.execute(update(ClosingOrder).where(ClosingOrder.id == order_id).values(done=lines))

    closing.check(session, volume, person, shanghai_date(now()).year)
    with closing.prepared(session, volume, progress) as ready, acting(person, _WORKER) as act:
        closing.close(ready, act=act)
        act.session.get_one(ClosingOrder, order_id).state = OrderState.DONE


def _told(error: ArchiveError) -> dict[str, str]:
    return {name: str(value) for name, value in error.facts.items()}
