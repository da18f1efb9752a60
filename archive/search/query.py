"""What a query asks, as a frozen tree. Made by `archive.search.language`, answered by the engines.

Chunks of text stay as they were typed; `archive.search.analysis.needle` says what each of them looks for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class All:
    """Every part must hold."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Any:
    """At least one part must hold."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The part must not hold."""

    part: "Node"


@dataclass(frozen=True)
class Text:
    """The dossier's text holds the chunk."""

    chunk: str
    wild: bool = False


@dataclass(frozen=True)
class Field:
    """A field's value holds (text), is (word) or hashes to (sealed) the value."""

    name: str
    value: str
    wild: bool = False


@dataclass(frozen=True)
class Range:
    """A date (proleptic ordinal) or amount (fen) lies in [low, high]; None leaves that side open."""

    name: str
    low: int | None
    high: int | None


Node: TypeAlias = All | Any | Not | Text | Field | Range


def positive_texts(node: Node) -> Iterator[Text]:
    """Yield the chunks of text a hit may show: those not under a Not."""
    match node:
        case Text():
            yield node
        case All(parts) | Any(parts):
            for part in parts:
                yield from positive_texts(part)
