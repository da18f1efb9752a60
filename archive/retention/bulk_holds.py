"""Holds on many dossiers: ordered by a person, done by the worker some dozens an act, each row on its own.

How far an order is stands in the same transaction as the holds it placed: killed anywhere it goes on with the next
row. What cannot be held, or is held on the same basis already, is told and passed over.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.act import Act, Origin, acting
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, NotFound
from archive.core.labels import sentence
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people import queries as people
from archive.people.models import Account
from archive.people.rules import Person
from archive.retention import holds
from archive.retention.kinds import HoldStep
from archive.retention.models import Hold, HoldOrder
from archive.retention.rules import HoldKind

_WORKER = Origin("worker")
_BATCH = 50


@dataclass(frozen=True)
class Group:
    """Holds in force that rest on one document: how many, for how many of them a release was asked."""

    kind: HoldKind
    basis: str
    count: int
    asked: int


def place(ids: Sequence[uuid.UUID], form: Mapping[str, Any], *, act: Act) -> HoldOrder:
    """Order that these dossiers be held. Raises BadInput."""
    holds.check_words(form["basis"], form["reason"], form["review_on"], act)
    return _order(HoldStep.PLACE, ids, act, **form)


def ask_release(kind: HoldKind, basis: str, reason: str, *, act: Act) -> HoldOrder:
    """Order that the release of all holds on a basis be asked for; another person decides. Raises BadInput."""
    ids = _held_on(act, kind, basis, Hold.asked_at.is_(None))
    return _order(HoldStep.ASK_RELEASE, ids, act, kind=kind, basis=basis, reason=reason)


def release(kind: HoldKind, basis: str, *, act: Act) -> HoldOrder:
    """Order that all holds on a basis be released whose release somebody else asked for. Raises BadInput."""
    ids = _held_on(act, kind, basis, Hold.asked_at.is_not(None))
    return _order(HoldStep.RELEASE, ids, act, kind=kind, basis=basis)


def carry_out(order_id: uuid.UUID) -> None:
    """Do what is left of an order. Repeatable."""
    while _some(order_id):
        pass


def find(session: Session, order_id: uuid.UUID, person: Person) -> HoldOrder:
    """Return the person's own order. Raises NotFound, the same for another's."""
    found = session.get(HoldOrder, order_id)
    if found is None or found.ordered_by != person.id:
        raise NotFound("hold_order.unknown")
    return found


def own(session: Session, person: Person) -> Sequence[HoldOrder]:
    """Return the person's last orders, the newest first. One statement."""
    query = select(HoldOrder).where(HoldOrder.ordered_by == person.id)
    return session.scalars(query.order_by(HoldOrder.id.desc()).limit(10)).all()


def groups(session: Session, person: Person) -> Sequence[Group]:
    """Return the holds in force on dossiers the person may see, by document, the largest group first. One statement."""
    count = func.count()
    rows = session.execute(
        select(Hold.kind, Hold.basis, count, func.count(Hold.asked_at))
        .join(Dossier, Dossier.id == Hold.dossier_id)
        .where(Hold.released_at.is_(None), visible_to(person))
        .group_by(Hold.kind, Hold.basis)
        .order_by(count.desc(), Hold.basis)
        .limit(200)
    )
    return [Group(*row) for row in rows]


def _order(
    step: HoldStep,
    ids: Sequence[uuid.UUID],
    act: Act,
    *,
    kind: HoldKind,
    basis: str,
    reason: str = "",
    owner: str = "",
    review_on: date | None = None,
) -> HoldOrder:
    if not ids:
        raise BadInput("hold.nothing")
    assert act.actor.id is not None
    made = HoldOrder(
        step=step,
        kind=kind,
        basis=basis,
        reason=reason,
        owner=owner,
        review_on=review_on,
        # In the order of ids: two orders at once wait for each other instead of tangling.
        dossier_ids=[one.hex for one in sorted(ids)],
        total=len(ids),
        ordered_by=act.actor.id,
        ordered_by_name=act.actor.name,
        ordered_at=act.moment,
    )
    act.session.add(made)
    act.session.flush()
    act.record("hold_order:give", made, step=step, kind=kind, basis=basis, count=len(ids))
    return made


def _some(order_id: uuid.UUID) -> bool:
    """Do the next rows in one act; tell whether any are left."""
    session = db.session()
    found = session.get(HoldOrder, order_id)
    if found is None or found.ended_at is not None:
        session.rollback()
        return False
    # Asked anew each time: rights may end while many rows are done.
    person = people.person(session, session.get_one(Account, found.ordered_by))
    with acting(person, _WORKER) as act:
        order = act.session.get_one(HoldOrder, order_id, with_for_update=True, populate_existing=True)
        rows = [uuid.UUID(one) for one in order.dossier_ids[order.looked : order.looked + _BATCH]]
        query = select(Dossier).where(Dossier.id.in_(rows), visible_to(person)).order_by(Dossier.id)
        for dossier in act.session.scalars(query).all():
            try:
                _one(order, dossier, act)
            except ArchiveError as error:
                order.refused = [*order.refused, [dossier.number, sentence(error)]]
            else:
                order.done += 1
        order.looked += len(rows)
        if order.looked >= order.total:
            order.ended_at = act.moment
            act.record("hold_order:end", order, done=order.done, refused=len(order.refused))
        return order.ended_at is None


def _one(order: HoldOrder, dossier: Dossier, act: Act) -> None:
    there = _in_force(act.session, dossier.id, order)
    if order.step is HoldStep.PLACE:
        if there:
            raise ArchiveError("hold.same_basis")
        holds.place(
            dossier, kind=order.kind, basis=order.basis, reason=order.reason, owner=order.owner,
            review_on=order.review_on, act=act,
        )  # fmt: skip
        return
    for hold in there:
        if order.step is HoldStep.RELEASE:
            holds.release(hold, dossier, act=act)
        else:
            holds.ask_release(hold, dossier, reason=order.reason, act=act)


def _in_force(session: Session, dossier_id: uuid.UUID, order: HoldOrder) -> Sequence[Hold]:
    query = select(Hold).where(Hold.dossier_id == dossier_id, Hold.kind == order.kind, Hold.basis == order.basis)
    return session.scalars(query.where(Hold.released_at.is_(None))).all()


def _held_on(act: Act, kind: HoldKind, basis: str, *conditions: Any) -> Sequence[uuid.UUID]:
    assert isinstance(act.actor, Person)
    query = select(Hold.dossier_id).distinct().join(Dossier, Dossier.id == Hold.dossier_id)
    mine = (visible_to(act.actor), Hold.kind == kind, Hold.basis == basis, Hold.released_at.is_(None))
    return act.session.scalars(query.where(*mine, *conditions)).all()
