"""Closing days that came with old dossiers: two persons look into the files before any period counts from them.

The archive saw no such closing itself. Until two have confirmed the day, each by a file of the dossier or in words,
nothing of the dossier is destroyed; where one finds it wrong, the period counts from the day it was taken over.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnExpressionArgument, func, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, Problem, RuleBroken
from archive.core.paging import Page, PageRequest, cut
from archive.documents.models import Document
from archive.dossiers import rules as dossiers
from archive.dossiers.access import lock, visible_to
from archive.dossiers.models import Dossier, Move, Recusal
from archive.dossiers.states import Verb
from archive.people.rules import Permission, Person
from archive.retention import keeping
from archive.retention.models import ClosingCheck, Keeping

NEEDED = 2


@dataclass(frozen=True)
class Awaiting:
    """A dossier whose closing day waits: what is kept, who looked at it so far, the person among them or not."""

    dossier: Dossier
    keeping: Keeping
    checks: Sequence[ClosingCheck]
    mine: bool


def check(
    dossier: Dossier, *, stands: bool, document_id: uuid.UUID | None = None, finding: str = "", act: Act
) -> ClosingCheck:
    """Say whether the closing day that came with a dossier stands, by a file of the dossier or in words.

    The second who says so confirms it; the first who says it does not lets the period count from the day the dossier
    was taken over. Raises NotAllowed, BadInput, RuleBroken.
    """
    if not isinstance(act.actor, Person):
        raise NotAllowed("closing.person")
    if dossiers.lacks(act.actor, Permission.APPRAISE, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.APPRAISE)
    _check_basis(dossier, stands, document_id, finding, act)
    lock(act.session, dossier)
    kept = act.session.get(Keeping, dossier.id, populate_existing=True)
    if kept is None or not kept.claimed or dossier.closed_on is None:
        raise RuleBroken("closing.settled", number=dossier.number)
    before = checks_of(act.session, dossier.id)
    _check_hands(dossier, before, act)
    said = ClosingCheck(
        dossier_id=dossier.id, closed_on=kept.closed_on, stands=stands, document_id=document_id, finding=finding,
        person_id=act.actor.id, person_name=act.actor.name, at=act.moment,
    )  # fmt: skip
    act.session.add(said)
    act.session.flush()
    verb = "confirm" if stands else "reject"
    act.record(f"closing_check:{verb}", said, number=dossier.number, closed_on=said.closed_on, document=document_id)
    if not stands:
        keeping.count_from_filing(dossier, kept, act=act)
    elif len(before) + 1 >= NEEDED:
        kept.closing_confirmed_at = act.moment
    act.session.flush()
    return said


def check_all(found: Sequence[Dossier], *, finding: str, act: Act) -> list[ClosingCheck]:
    """Confirm the closing days of many dossiers by the same finding, all or none. Raises as `check`."""
    if not found:
        raise BadInput("hold.nothing")
    return [check(dossier, stands=True, finding=finding, act=act) for dossier in sorted(found, key=lambda one: one.id)]


def checks_of(session: Session, dossier_id: uuid.UUID) -> Sequence[ClosingCheck]:
    """Return what was said of a dossier's closing day, the first first. One statement."""
    query = select(ClosingCheck).where(ClosingCheck.dossier_id == dossier_id)
    return session.scalars(query.order_by(ClosingCheck.at, ClosingCheck.id)).all()


def documents_of(session: Session, dossier_id: uuid.UUID) -> list[tuple[str, str]]:
    """Return the files a closing day may be taken from, as choices of a form. One statement."""
    query = select(Document.id, Document.item, Document.title).where(
        Document.dossier_id == dossier_id, Document.parent_id.is_(None)
    )
    return [(str(one.id), f"第 {one.item} 件　{one.title}") for one in session.execute(query.order_by(Document.item))]


def awaiting(session: Session, person: Person, page: PageRequest) -> Page[Awaiting]:
    """Return the dossiers the person sees whose closing day waits, by number. Two statements."""
    query = (
        select(Dossier, Keeping)
        .join(Keeping, Keeping.dossier_id == Dossier.id)
        .where(visible_to(person), *_waiting())
        .order_by(Dossier.number)
        .limit(page.size + 1)
    )
    key = page.key(str)
    if key is not None:
        query = query.where(Dossier.number > key[0])
    rows = session.execute(query).all()
    ids = [dossier.id for dossier, _ in rows]
    said: dict[uuid.UUID, list[ClosingCheck]] = {one: [] for one in ids}
    for one in session.scalars(select(ClosingCheck).where(ClosingCheck.dossier_id.in_(ids)).order_by(ClosingCheck.at)):
        said[one.dossier_id].append(one)
    found = [
        Awaiting(dossier, kept, said[dossier.id], any(one.person_id == person.id for one in said[dossier.id]))
        for dossier, kept in rows
    ]
    return cut(found, page, lambda row: [row.dossier.number])


def count_awaiting(session: Session, person: Person) -> int:
    """Return how many closing days wait among what the person sees. One statement."""
    query = select(func.count()).select_from(Dossier).join(Keeping, Keeping.dossier_id == Dossier.id)
    return session.scalar(query.where(visible_to(person), *_waiting())) or 0


def _waiting() -> tuple[ColumnExpressionArgument[bool], ...]:
    return Keeping.claimed, Keeping.destroyed_at.is_(None), Dossier.closed_at.is_not(None)


def _check_basis(dossier: Dossier, stands: bool, document_id: uuid.UUID | None, finding: str, act: Act) -> None:
    if document_id is not None:
        document = act.session.get(Document, document_id)
        if document is None or document.dossier_id != dossier.id:
            raise BadInput("input.bad", [Problem("closing.document", "document_id")])
    if not stands and not finding:
        raise BadInput("input.bad", [Problem("closing.reason", "finding")])
    if document_id is None and not finding:
        raise BadInput("input.bad", [Problem("closing.basis", "finding")])


def _check_hands(dossier: Dossier, before: Sequence[ClosingCheck], act: Act) -> None:
    if act.session.get(Recusal, (dossier.id, act.actor.id)) is not None:
        raise RuleBroken("closing.recused", number=dossier.number)
    if any(one.person_id == act.actor.id for one in before):
        raise RuleBroken("closing.twice", number=dossier.number)
    taken_over = select(Move.actor_id).where(Move.dossier_id == dossier.id, Move.verb == Verb.TAKE_OVER)
    if act.actor.id in act.session.scalars(taken_over).all():
        raise RuleBroken("closing.importer", number=dossier.number)
