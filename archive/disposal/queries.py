"""Reads about disposal."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from archive.audit.models import Entry
from archive.audit.rules import link_hash
from archive.core.errors import NotAllowed, NotFound, Problem
from archive.core.paging import Page, PageRequest, cut, moment
from archive.disposal import rules
from archive.disposal.kinds import LineState, ListState
from archive.disposal.models import Approval, DisposalLine, DisposalList, Stub
from archive.disposal.rules import Hands
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Permission, Person, covering, may
from archive.retention.models import Hold, Keeping

OPEN = tuple(state for state in ListState if state not in (ListState.CERTIFIED, ListState.VOID))


@dataclass(frozen=True)
class Due:
    """A dossier whose keeping is over: what is promised to it, whether it is held or stands on a list already."""

    dossier: Dossier
    keeping: Keeping
    held: bool
    listed: bool

    @property
    def selectable(self) -> bool:
        """Whether it can be put on a list."""
        return not self.held and not self.listed and not self.keeping.claimed


def due(session: Session, person: Person, now: datetime, page: PageRequest) -> Page[Due]:
    """Return dossiers whose keeping is over, the longest expired first. One statement."""
    held = exists().where(Hold.dossier_id == Dossier.id, Hold.released_at.is_(None))
    on_list = exists().where(
        DisposalLine.dossier_id == Dossier.id,
        DisposalLine.list_id == DisposalList.id,
        DisposalList.state.in_(OPEN),
        DisposalLine.state.not_in((LineState.RETAINED, LineState.DROPPED, LineState.SKIPPED)),
    )
    query = (
        select(Dossier, Keeping, held, on_list)
        .join(Keeping, Keeping.dossier_id == Dossier.id)
        .where(
            visible_to(person),
            Dossier.closed_at.is_not(None),
            Keeping.destroyed_at.is_(None),
            Keeping.disposable_at <= now,
        )
        .order_by(Keeping.disposable_at, Dossier.id)
        .limit(page.size + 1)
    )
    key = page.key(moment, uuid.UUID)
    if key is not None:
        query = query.where(tuple_(Keeping.disposable_at, Dossier.id) > tuple_(*key))
    rows = [Due(*row) for row in session.execute(query)]
    return cut(rows, page, lambda row: [_disposable(row.keeping), row.dossier.id])


def _disposable(keeping: Keeping) -> str:
    assert keeping.disposable_at is not None
    return keeping.disposable_at.isoformat()


def lists(session: Session, page: PageRequest) -> Page[DisposalList]:
    """Return disposal lists, the newest first. One statement."""
    query = select(DisposalList).order_by(DisposalList.id.desc()).limit(page.size + 1)
    key = page.key(uuid.UUID)
    if key is not None:
        query = query.where(DisposalList.id < key[0])
    return cut(session.scalars(query).all(), page, lambda one: [one.id])


def by_number(session: Session, number: str) -> DisposalList:
    """Return the list with its lines, appraisals, approvals, witnesses. Five statements. Raises NotFound."""
    found = session.scalar(
        select(DisposalList)
        .where(DisposalList.number == number)
        .options(
            selectinload(DisposalList.lines).selectinload(DisposalLine.appraisals),
            selectinload(DisposalList.approvals),
            selectinload(DisposalList.witnesses),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("disposal.unknown", number=number)
    return found


def has_a_hand(person: Person) -> bool:
    """Tell whether the person keeps, appraises or witnesses anywhere."""
    return may(person, Permission.APPRAISE) or may(person, Permission.WITNESS)


def shown(session: Session, number: str, person: Person) -> DisposalList:
    """Return the list for who has a hand in it: who keeps, appraises or witnesses. Raises NotAllowed, NotFound."""
    if not has_a_hand(person):
        raise NotAllowed("person.lacks", permission=Permission.WITNESS)
    return by_number(session, number)


def line(found: DisposalList, line_id: uuid.UUID) -> DisposalLine:
    """Return a line of the list. Raises NotFound."""
    for one in found.lines:
        if one.id == line_id:
            return one
    raise NotFound("disposal.line_unknown")


def hands(found: DisposalList) -> Hands:
    """Return whose hands a list went through; approvals under another hash than the present one do not count."""
    return Hands(
        found.proposed_by,
        tuple(one.person_id for one in counting(found)),
        tuple(one.person_id for one in found.witnesses),
    )


def counting(found: DisposalList) -> list[Approval]:
    """Return the approvals that count: those under the list's present hash, the last two steps."""
    return [one for one in found.approvals if found.list_hash and one.list_hash == found.list_hash]


def signed_in_trail(session: Session, found: DisposalList) -> bool:
    """Tell whether the audit trail knows of each approval that counts: rows alone may be forged. One statement."""
    entries = session.scalars(select(Entry).where(Entry.action == "disposal:approve", Entry.subject_id == found.id))
    known = {
        one.actor_id
        for one in entries
        if one.facts.get("hash") == found.list_hash and one.hash == link_hash(one.seq, one.content(), one.previous)
    }
    return {one.person_id for one in counting(found)} <= known


def hindrances(found: DisposalList, now: datetime) -> list[Problem]:
    """Return everything that keeps a list from being destroyed now."""
    signed = counting(found)
    return rules.hindrances(found.state, hands(found), signed[0].at if signed else None, found.approved_at, now)


def stub(session: Session, number: str, person: Person) -> Stub:
    """Return what stays of a destroyed dossier, for who could see the dossier's unit. Raises NotFound."""
    paths = covering(person.paths(Permission.READ))
    mine = or_(*(Stub.unit_path.startswith(path, autoescape=True) for path in paths)) if paths else None
    found = None if mine is None else session.scalar(select(Stub).where(Stub.number == number, mine))
    if found is None:
        raise NotFound("dossier.unknown", number=number)
    return found


def stubs(session: Session) -> int:
    """Return how many dossiers were destroyed."""
    return session.scalar(select(func.count()).select_from(Stub)) or 0


def still_there(session: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these dossiers exist."""
    return set(session.scalars(select(Dossier.id).where(Dossier.id.in_(ids))))
