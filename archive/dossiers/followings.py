"""What follows, in the same act, from each step of a dossier. Later features add their part (wiring joins them)."""

from collections.abc import Callable

from archive.core.act import Act
from archive.dossiers.models import Dossier

# Called with the dossier as the step left it, the step already written.
Part = Callable[[Dossier, Act], None]

_parts: list[Part] = []


def add(*parts: Part) -> None:
    """Add parts of another feature; adding one twice changes nothing."""
    _parts.extend(part for part in parts if part not in _parts)


def follow(dossier: Dossier, act: Act) -> None:
    """Do what follows."""
    for part in _parts:
        part(dossier, act)
