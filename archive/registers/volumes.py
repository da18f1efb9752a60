"""What a register consists of: volumes, their lines, and where the contents of a line are found. Values."""

import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

from archive.people.models import Unit
from archive.registers.models import Book, RegisterClosing
from archive.registers.records import Record


@dataclass(frozen=True)
class Volume:
    """One year of a book: of a unit's contacts, of a series of letters (`mark`), else of the whole office."""

    book: Book
    year: int
    unit: Unit | None = None
    mark: str = ""
    closing: RegisterClosing | None = None
    count: int = 0

    @property
    def key(self) -> str:
        """The volume's name among the closings."""
        return key_of(self.book, self.unit.id if self.unit else None, self.year, self.mark)

    @property
    def part(self) -> str:
        """By what one asks for it beside the book and the year: the unit's code, the series' words, or nothing."""
        return self.unit.code if self.unit else self.mark

    @property
    def owner(self) -> str:
        """Whose it is, in words; empty for the whole office's."""
        return self.unit.name if self.unit else self.mark


class Line(NamedTuple):
    """A line: its place from 1, its number, and what it says; None where the reader may not look.

    An empty record is that of a destroyed dossier.
    """

    position: int
    number: str
    record: Record | None


class Place(NamedTuple):
    """Where a line's contents are found: the row's id (None: destroyed), and whether it is to be seen."""

    order: Any
    number: str
    id: Any
    seen: bool


def key_of(book: Book, unit_id: uuid.UUID | None, year: int, mark: str = "") -> str:
    """Return the name of a volume."""
    return f"{book.value}:{unit_id.hex if unit_id else mark}:{year}"
