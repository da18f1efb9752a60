"""How much text the files of a dossier hold, and how much of it the search takes in: a dossier is held in memory whole.

The files of a dossier go in as they were filed, each as a whole, until no more fits. One that is left out is found by
its title and name, and its page says so.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.documents.models import Version

# Characters of one dossier, some ten thousand pages. A file alone always fits: none is read further than this.
MOST = 20_000_000


def weights(session: Session, dossier_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many characters the files of each dossier hold, without those that hold none. One statement."""
    sums = select(Version.dossier_id, func.sum(Version.characters)).where(Version.dossier_id.in_(dossier_ids))
    rows = session.execute(sums.where(Version.characters > 0).group_by(Version.dossier_id))
    return {dossier_id: int(characters) for dossier_id, characters in rows}


def left_out(session: Session, dossier_ids: Sequence[uuid.UUID], struck: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return the versions whose text the search does not take in. One statement, and one more for each large dossier.

    struck: documents struck out, which do not count.
    """
    large = [one for one, characters in weights(session, dossier_ids).items() if characters > MOST]
    found: set[uuid.UUID] = set()
    for dossier_id in large:
        rows = session.execute(
            select(Version.id, Version.document_id, Version.characters)
            .where(Version.dossier_id == dossier_id, Version.characters > 0)
            .order_by(Version.id)
        )
        found |= beyond(((id_, characters) for id_, document_id, characters in rows if document_id not in struck), MOST)
    return found


def beyond(texts: Iterable[tuple[uuid.UUID, int]], most: int) -> set[uuid.UUID]:
    """Return which of these (id, characters), taken in turn, do not fit into `most` characters. Pure."""
    taken = 0
    found = set()
    for id_, characters in texts:
        if taken + characters > most:
            found.add(id_)
        else:
            taken += characters
    return found
