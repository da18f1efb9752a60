"""Reading printouts: each only by who asked for it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from archive.core.errors import NotFound
from archive.people.rules import Person
from archive.printing.models import Printout


def find(session: Session, printout_id: uuid.UUID, person: Person, *, whole: bool = False) -> Printout:
    """Return a person's own printout, `whole` with its bytes. Raises NotFound, the same for another's."""
    query = select(Printout).where(Printout.id == printout_id, Printout.asked_by == person.id)
    found = session.scalar(query.options(undefer(Printout.content)) if whole else query)
    if found is None:
        raise NotFound("printout.unknown")
    return found
