"""Writing the index: putting dossiers in, building a new generation, finding and mending what differs.

The index is a disposable copy of the database; nothing here can lose anything.
"""

import logging
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.audit import queries as audit
from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.core.ports import ports
from archive.dossiers.models import Dossier
from archive.search import engine, gathering, stored
from archive.search.generations import Rebuild
from archive.search.models import SearchText
from archive.search.port import Change, Delete, Drift, IndexUnusable, Upsert

log = logging.getLogger("archive.search")

INDEXER = Machine("检索")
_WORKER = Origin("worker")
# Dossiers in memory at once: their whole text is.
_AT_ONCE = 100
# Small commits cost an engine more than they save memory.
_REBUILT_AT_ONCE = 500

Progress = Callable[[int, int], None]
"""Called with how many dossiers are done, and how many there are."""


def put(ids: Sequence[uuid.UUID]) -> None:
    """Bring dossiers into the index as they are now; those that are gone are taken out. Raises IndexBusy.

    Without a usable index a new one is built: a damaged generation is put aside for whoever wants to know why.
    """
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        changes, seq = _changes(part)
        try:
            engine.index().apply(changes, upto_seq=seq)
        except IndexUnusable as error:
            engine.forget()
            generations = engine.generations()
            if (damaged := generations.current()) is not None and error.code == "search.index_damaged":
                log.warning("%s; it is kept as %s", error, generations.quarantine(damaged).name)
            log.info("building the index anew")
            rebuild()
            return


def _changes(ids: Sequence[uuid.UUID]) -> tuple[list[Change], int]:
    """Return what to commit for these dossiers, and the sequence number it brings the index to.

    Their stored texts are written first: hits are verified on them, and a text newer than its terms shows at worst a
    hit too few for a moment, never a false one.
    """
    session = db.session()
    session.rollback()
    # Read before the rows: whatever was committed up to here is in what is gathered.
    seq = audit.head(session)
    found = gathering.gather(session, ids, version=seq)
    with acting(INDEXER, _WORKER) as act:
        stored.replace(act.session, ids, found)
    return [Upsert(found[one].card) if one in found else Delete(one.hex) for one in ids], seq


def rebuild(progress: Progress | None = None) -> int:
    """Build a new generation with the engine of the settings, beside the one that serves, and let it serve.

    Returns the number of dossiers. Raises IndexBusy when another rebuild is under way.
    """
    session = db.session()
    session.rollback()
    noted = audit.head(session)
    ids = session.scalars(select(Dossier.id).order_by(Dossier.id)).all()
    with Rebuild(engine.generations(), ports().settings.search_engine, stored.DatabaseTexts()) as fresh:
        for start in range(0, len(ids), _REBUILT_AT_ONCE):
            changes, _ = _changes(ids[start : start + _REBUILT_AT_ONCE])
            fresh.apply(changes, upto_seq=noted)
            if progress:
                progress(min(start + _REBUILT_AT_ONCE, len(ids)), len(ids))
        fresh.apply([], upto_seq=noted)
        fresh.publish()
    engine.forget()
    put(audit.dossiers_since(db.session(), noted))
    return len(ids)


def differences() -> tuple[Drift, list[uuid.UUID]]:
    """Return how the index differs from the stored texts, and the dossiers whose texts are missing, or left behind."""
    session = db.session()
    session.rollback()
    drift = engine.index().verify(stored.versions(session))
    return drift, _without_text(session)


def mend(drift: Drift, lost: Sequence[uuid.UUID]) -> None:
    """Index again whatever differs."""
    ids = {uuid.UUID(one) for one in drift.missing | drift.surplus | drift.stale} | set(lost)
    put(sorted(ids))


def _without_text(session: Session) -> list[uuid.UUID]:
    missing = session.scalars(
        select(Dossier.id).outerjoin(SearchText, SearchText.dossier_id == Dossier.id)
        .where(SearchText.dossier_id.is_(None))
    )  # fmt: skip
    return list(missing)
