"""The stored texts of dossiers: written beside the index, read to verify hits and to cut excerpts."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from archive.core.db import db
from archive.search.gathering import Gathered
from archive.search.models import SearchText
from archive.search.port import CardId

_AT_ONCE = 500


class DatabaseTexts:
    """Implements `archive.search.port.TextSource` on the application's database."""

    def texts(self, ids: Sequence[CardId]) -> Mapping[CardId, str]:
        """Return the texts of these dossiers. One statement for each 500."""
        found: dict[CardId, str] = {}
        for start in range(0, len(ids), _AT_ONCE):
            part = [uuid.UUID(id_) for id_ in ids[start : start + _AT_ONCE]]
            rows = db.session().execute(
                select(SearchText.dossier_id, SearchText.text).where(SearchText.dossier_id.in_(part))
            )
            found.update((dossier_id.hex, text) for dossier_id, text in rows)
        return found


def replace(session: Session, ids: Sequence[uuid.UUID], found: Mapping[uuid.UUID, Gathered]) -> None:
    """Write the texts gathered of these dossiers in place of older ones; of one that is gone nothing stays."""
    session.execute(delete(SearchText).where(SearchText.dossier_id.in_(ids)))
    rows = [
        {
            "dossier_id": dossier_id,
            "version": one.card.version,
            "text": one.card.text,
            "passages": one.passages,
        }
        for dossier_id, one in found.items()
    ]
    if rows:
        session.execute(insert(SearchText), rows)


def versions(session: Session) -> dict[CardId, int]:
    """Return the version of every dossier's text: what the index should hold."""
    rows = session.execute(select(SearchText.dossier_id, SearchText.version))
    return {dossier_id.hex: version for dossier_id, version in rows}
