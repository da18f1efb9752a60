"""Taking facts of many dossiers out of the archive: which ones a person may, and the entry in each one's trail."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering


@dataclass(frozen=True)
class _Subject:
    """A dossier known by its id only, as the subject of an entry."""

    id: uuid.UUID
    audit_kind: ClassVar[str] = "dossier"


def exportable(session: Session, person: Person, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the dossiers that the person sees and whose unit is one where they may export. One statement."""
    tops = covering(person.paths(Permission.EXPORT))
    units = select(Unit.id).where(or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in tops)))
    found = select(Dossier.id).where(Dossier.id.in_(ids), visible_to(person), Dossier.unit_id.in_(units))
    return set(session.scalars(found))


def note(dossier_id: uuid.UUID, number: str, *, what: str, act: Act) -> None:
    """Write into a dossier's trail that it went out in a list, and in which one."""
    act.record("dossier:export", _Subject(dossier_id), number=number, selection=what)
