"""Years whose register is closed: nothing is added to them or changed in them. An upper feature says which."""

import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from archive.core.errors import RuleBroken
from archive.dossiers.models import Contact

# Told whether a book ("contacts" of a unit, "cases" of the office) is closed for a year.
Closed = Callable[[Session, str, uuid.UUID | None, int], bool]

_ASKED: list[Closed] = []


def add(closed: Closed) -> None:
    """Have a feature asked, once, before a register is written to."""
    if closed not in _ASKED:
        _ASKED.append(closed)


def check_contact(session: Session, contact: Contact) -> None:
    """Raise RuleBroken when the contact stands in a closed register."""
    _check(session, "contacts", contact.unit_id, contact.year)


def check_cases(session: Session, year: int) -> None:
    """Raise RuleBroken when the register of the year's cases is closed."""
    _check(session, "cases", None, year)


def _check(session: Session, book: str, unit_id: uuid.UUID | None, year: int) -> None:
    if any(closed(session, book, unit_id, year) for closed in _ASKED):
        raise RuleBroken("register.closed", year=year)
