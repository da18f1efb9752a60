"""What differs between two versions of a template: block by block, and within a block word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from archive.letters.templates import BlockKind, Template


class Place(StrEnum):
    """Which part of a template a line of the comparison belongs to."""

    TITLE = "title"
    ADDRESSEE = "addressee"
    BLOCK = "block"
    NOTE = "note"
    BASIS = "basis"


class Change(StrEnum):
    """What became of a part."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    ALTERED = "altered"


@dataclass(frozen=True)
class Part:
    """A piece of text: kept, taken out or put in."""

    change: Change
    text: str


@dataclass(frozen=True)
class Line:
    """One part of a template in both versions: its number among the old and the new blocks, from 1, and its text."""

    place: Place
    change: Change
    parts: tuple[Part, ...]
    kind: BlockKind | None = None
    was: BlockKind | None = None  # its kind before, when that changed
    old: int = 0
    new: int = 0


@dataclass(frozen=True)
class _Row:
    place: Place
    kind: BlockKind | None
    text: str
    number: int = 0

    @property
    def key(self) -> tuple[Place, BlockKind | None, str]:
        return self.place, self.kind, self.text


# A field or tag changes as a whole, and so does a run of letters or digits; Chinese changes character by character.
_TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|[A-Za-z0-9]+|\s+|.", re.S)
_ALIKE = 0.4  # below this two texts have so little in common that word by word would only confuse


def compare(old: Template, new: Template) -> tuple[Line, ...]:
    """Return both versions side by side, in order; all lines are SAME when nothing differs."""
    before, after = list(_rows(old)), list(_rows(new))
    matcher = SequenceMatcher(a=[row.key for row in before], b=[row.key for row in after], autojunk=False)
    lines: list[Line] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            lines += [_line(Change.SAME, row, other) for row, other in zip(before[a:b], after[c:d], strict=True)]
        else:
            lines += _replaced(before[a:b], after[c:d])
    return tuple(lines)


def changed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that differ."""
    return tuple(line for line in lines if line.change is not Change.SAME)


def _rows(template: Template) -> Iterator[_Row]:
    yield _Row(Place.TITLE, None, template.title)
    if template.addressee:
        yield _Row(Place.ADDRESSEE, None, template.addressee)
    for number, block in enumerate(template.blocks, start=1):
        yield _Row(Place.BLOCK, block.kind, block.text, number)
    if template.note:
        yield _Row(Place.NOTE, None, template.note)
    yield from (_Row(Place.BASIS, None, str(one)) for one in template.basis)


def _replaced(old: list[_Row], new: list[_Row]) -> Iterator[Line]:
    """Yield rows that stand in place of others: alike ones word by word, the rest as taken out and put in."""
    waiting = list(new)
    for row in old:
        at = next((at for at, other in enumerate(waiting) if _alike(row, other)), None)
        if at is None:
            yield _alone(Change.REMOVED, row)
            continue
        yield from (_alone(Change.ADDED, other) for other in waiting[:at])
        yield _line(Change.ALTERED, row, waiting[at])
        del waiting[: at + 1]
    yield from (_alone(Change.ADDED, other) for other in waiting)


def _alike(row: _Row, other: _Row) -> bool:
    if row.place is not other.place:
        return False
    return row.text == other.text or SequenceMatcher(None, row.text, other.text, autojunk=False).ratio() > _ALIKE


def _alone(change: Change, row: _Row) -> Line:
    old, new = (row.number, 0) if change is Change.REMOVED else (0, row.number)
    return Line(row.place, change, (Part(change, row.text),), row.kind, old=old, new=new)


def _line(change: Change, row: _Row, other: _Row) -> Line:
    was = row.kind if row.kind is not other.kind else None
    parts = tuple(_parts(row.text, other.text))
    return Line(other.place, change, parts, other.kind, was, row.number, other.number)


def _parts(old: str, new: str) -> Iterator[Part]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Part(Change.SAME, "".join(before[a:b]))
            continue
        if a < b:
            yield Part(Change.REMOVED, "".join(before[a:b]))
        if c < d:
            yield Part(Change.ADDED, "".join(after[c:d]))
