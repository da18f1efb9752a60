"""What the rule sets that bind a dossier say of it. The feature that binds them puts its reading in (wiring)."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from archive.dossiers.models import Dossier
from archive.procedures.office import Bound

# Given a dossier, returns the profiles that bind it, those by their own scope first. One statement.
Reading = Callable[[Session, Dossier], tuple[Bound, ...]]

_readings: list[Reading] = []


def read_by(reading: Reading) -> None:
    """Let this reading tell what binds a dossier."""
    _readings[:] = [reading]


def bound(session: Session, dossier: Dossier) -> tuple[Bound, ...]:
    """Return the profiles that bind the dossier."""
    return tuple(one for reading in _readings for one in reading(session, dossier))
