"""Finding ended dossiers as auditors do: by number, person, day of closing, letter number."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers import queries
from archive.dossiers.access import visible_to
from archive.dossiers.models import Alias, Dossier, Party
from archive.dossiers.queries import Line
from archive.letters.models import LetterRow
from archive.people.models import Unit
from archive.people.rules import Person
from archive.responses.models import Response
from archive.retention.models import Keeping


def page(session: Session, person: Person, wanted: dict[str, Any], request: PageRequest) -> Page[Line]:
    """Return ended dossiers the person may see, the last closed first; `wanted` as forms.CaseFilter. One statement."""
    query = queries.lines().where(*conditions(person, **wanted)).order_by(Dossier.closed_at.desc(), Dossier.id.desc())
    key = request.key(moment, uuid.UUID)
    if key is not None:
        query = query.where(tuple_(Dossier.closed_at, Dossier.id) < tuple_(*key))
    return cut(queries.read(session, query.limit(request.size + 1)), request, lambda row: (row.closed_at, row.id))


def conditions(
    person: Person,
    *,
    number: str = "",
    name: str = "",
    letter: str = "",
    category: str = "",
    unit: str = "",
    since: date | None = None,
    until: date | None = None,
    **_: Any,
) -> list[ColumnElement[bool]]:
    """Return the conditions on Dossier, that the person may see it among them."""
    found = [visible_to(person), Dossier.closed_on.is_not(None)]
    if number:
        filed = select(Keeping.dossier_id).where(Keeping.filed_number.startswith(number, autoescape=True))
        known = select(Alias.dossier_id).where(Alias.number.startswith(number, autoescape=True))
        by_number = Dossier.number.startswith(number, autoescape=True)
        found.append(or_(by_number, Dossier.id.in_(filed), Dossier.id.in_(known)))
    if name:
        found.append(Dossier.id.in_(select(Party.dossier_id).where(Party.name.contains(name, autoescape=True))))
    if letter:
        written = select(LetterRow.dossier_id).where(LetterRow.number.contains(letter, autoescape=True))
        received = select(Response.dossier_id).where(Response.reference.contains(letter, autoescape=True))
        found.append(or_(Dossier.id.in_(written), Dossier.id.in_(received)))
    if category:
        found.append(Dossier.category == category)
    if unit:
        found.append(Dossier.unit_id.in_(select(Unit.id).where(Unit.code == unit)))
    if since is not None:
        found.append(Dossier.closed_on >= since)
    if until is not None:
        found.append(Dossier.closed_on <= until)
    return found
