"""Hand-over slips (转交处理联系单): who handed a case to whom, and how both sides signed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from archive.binding.showing import end
from archive.core.errors import NotFound
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, HandOver
from archive.people.models import Account
from archive.people.rules import Person


@dataclass(frozen=True)
class Slip:
    """A slip with the names of who signed it. Its number is the case's with its place among the case's slips."""

    row: HandOver
    place: int
    offered_by: str
    answered_by: str | None

    @property
    def number(self) -> str:
        """The slip's own number."""
        return f"{self.row.dossier.number}-{self.place}"

    @property
    def due(self) -> str:
        """The end of the case's operative limit: its last day, of one in minutes or hours the moment."""
        return end(self.row.dossier.due_at)

    @property
    def key(self) -> tuple[datetime, uuid.UUID]:
        """Where it stands in the list."""
        return self.row.offered_at, self.row.id


def page(session: Session, person: Person, request: PageRequest) -> Page[Slip]:
    """Return slips of the dossiers the person may see, the newest first. One statement."""
    query = _slips(person).order_by(HandOver.offered_at.desc(), HandOver.id.desc()).limit(request.size + 1)
    key = request.key(moment, uuid.UUID)
    if key is not None:
        query = query.where(tuple_(HandOver.offered_at, HandOver.id) < tuple_(*key))
    return cut(_read(session, query), request, lambda slip: slip.key)


def find(session: Session, slip_id: uuid.UUID, person: Person) -> Slip:
    """Return a slip. Raises NotFound, the same for hidden and for missing."""
    found = _read(session, _slips(person).where(HandOver.id == slip_id))
    if not found:
        raise NotFound("hand_over.unknown")
    return found[0]


def _slips(person: Person) -> Select[*tuple[Any, ...]]:
    other, offered, answered = aliased(HandOver), aliased(Account), aliased(Account)
    place = (
        select(func.count())
        .select_from(other)
        .where(
            other.dossier_id == HandOver.dossier_id,
            tuple_(other.offered_at, other.id) <= tuple_(HandOver.offered_at, HandOver.id),
        )
        .scalar_subquery()
    )
    return (
        select(HandOver, place, offered.name, answered.name)
        .join(Dossier, Dossier.id == HandOver.dossier_id)
        .join(offered, offered.id == HandOver.offered_by)
        .outerjoin(answered, answered.id == HandOver.answered_by)
        .options(
            joinedload(HandOver.dossier), joinedload(HandOver.from_unit), joinedload(HandOver.to_unit),
            joinedload(HandOver.officer),
        )
        .where(visible_to(person))
    )  # fmt: skip


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> Sequence[Slip]:
    return [Slip(row, place, offered, answered) for row, place, offered, answered in session.execute(query)]
