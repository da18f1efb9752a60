"""Where the letters meet the replies: what a reply may answer, and who hears when replies change (archive.wiring)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.dossiers.models import Dossier


@dataclass(frozen=True)
class Answerable:
    """A letter that a reply may answer: its number, and words by which a person knows it."""

    number: str
    words: str


Lister = Callable[[Session, Dossier], Sequence[Answerable]]
Hearer = Callable[[Dossier, Act], None]

_listers: list[Lister] = []
_hearers: list[Hearer] = []


def add(lister: Lister, hearer: Hearer) -> None:
    """Let a feature name what may be answered and hear of changes; adding one twice changes nothing."""
    if lister not in _listers:
        _listers.append(lister)
    if hearer not in _hearers:
        _hearers.append(hearer)


def answerable(session: Session, dossier: Dossier) -> list[Answerable]:
    """Return what a reply in this dossier may answer."""
    return [one for lister in _listers for one in lister(session, dossier)]


def changed(dossier: Dossier, act: Act) -> None:
    """Tell who wants to know that the replies in a dossier changed."""
    for hearer in _hearers:
        hearer(dossier, act)
