"""Having a long year closed, or a closed one checked, by the worker: the request only asks, and tells how far it is.

The lines are read without a transaction that would keep others waiting; one act at the end closes the year, or nothing
is closed.
"""

import uuid
from collections.abc import Callable, Sequence

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
from archive.registers.models import ClosingOrder, OrderState, RegisterClosing
from archive.registers.sources import SOURCES
from archive.registers.volumes import Volume

# So many lines are closed, or checked, while the request waits: a second or two.
AT_ONCE, CHECKED_AT_ONCE = 2000, 5000
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
    row = ClosingOrder(
        key=volume.key, book=volume.book, unit_id=unit_id, mark=volume.mark, year=volume.year,
        whole=SOURCES[volume.book].count(session, volume),
    )  # fmt: skip
    return _given(row, volume.part, "register.ordered", act)


def order_check(found: RegisterClosing, *, act: Act) -> ClosingOrder:
    """Ask for a closed year to be checked. Raises RuleBroken when that is under way."""
    row = ClosingOrder(
        key=found.key, book=found.book, unit_id=found.unit_id, mark=found.mark, year=found.year, whole=found.count,
        closing_id=found.id,
    )  # fmt: skip
    return _given(row, found.unit.code if found.unit else found.mark, "register.checking", act)


def _given(row: ClosingOrder, part: str, twice: str, act: Act) -> ClosingOrder:
    before = waiting(act.session, row.key)
    if act.actor.id is None or (before is not None and not before.lost):
        raise RuleBroken(twice, year=row.year)
    if before is not None and before.problem is not None:
        _fail(before, before.problem.code, {}, act)
    row.asked_by, row.asked_at = act.actor.id, act.moment
    act.session.add(row)
    act.session.flush()
    act.record("closing_order:give", row, book=row.book.value, unit=part, year=row.year)
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
    """Close the years that were asked for, as who asked for it and may still; check the closed ones. Repeatable.

    What breaks down otherwise than by a refusal is tried again; an order without a job left counts as failed.
    """
    for task in tasks:
        row = db.session().get(ClosingOrder, task.subject_id)
        if row is None or row.state is not OrderState.WAITING:
            db.session().rollback()
            continue
        try:
            _check(row) if row.closing_id else _close(row)
        except ArchiveError as error:
            db.session().rollback()
            with acting(_CLERK, _WORKER) as act:
                facts = {name: str(value) for name, value in error.facts.items()}
                _fail(act.session.get_one(ClosingOrder, task.subject_id), error.code, facts, act)


def _close(row: ClosingOrder) -> None:
    session = db.session()
    account = people.account(session, row.asked_by)
    if not account.active:
        raise NotFound("account.unknown")
    person, order_id = people.person(session, account), row.id
    volume = Volume(row.book, row.year, people.unit(session, row.unit_id) if row.unit_id else None, row.mark)

    closing.check(session, volume, person, shanghai_date(now()).year)
    with closing.prepared(session, volume, _progress(order_id)) as ready, acting(person, _WORKER) as act:
        closing.close(ready, act=act)
        act.session.get_one(ClosingOrder, order_id).state = OrderState.DONE


def _check(row: ClosingOrder) -> None:
    session, order_id = db.session(), row.id
    frozen = session.get_one(RegisterClosing, row.closing_id)
    year, sound, blanked = closing.verify(session, frozen, _progress(order_id))
    with acting(_CLERK, _WORKER) as act:
        done = act.session.get_one(ClosingOrder, order_id)
        done.state, done.sound, done.blanked = OrderState.DONE, sound, blanked
        act.record("closing_order:check", done, year=year, sound=sound, blanked=blanked)


def _progress(order_id: uuid.UUID) -> Callable[[int], None]:
    """Return what notes how many lines were read."""

    def note(lines: int) -> None:
        with acting(_CLERK, _WORKER) as act:
            act.session.execute(update(ClosingOrder).where(ClosingOrder.id == order_id).values(done=lines))

    return note


def _fail(row: ClosingOrder, trouble: str, facts: dict[str, str], act: Act) -> None:
    row.state, row.trouble, row.facts = OrderState.FAILED, trouble, facts
    act.session.flush()
    act.record("closing_order:fail", row, reason=trouble)
