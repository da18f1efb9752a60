"""Feeding the index: jobs of the lane `index`, one writer, many dossiers at a time."""

import uuid
from collections.abc import Sequence

from archive.audit import queries as audit
from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.jobs.operations import Task
from archive.search import engine, gathering, stored
from archive.search.port import Change, Delete, Upsert

_INDEXER = Machine("检索")
_WORKER = Origin("worker")
# Dossiers in memory at once: their whole text is.
_AT_ONCE = 100


def index(tasks: Sequence[Task]) -> None:
    """Bring the dossiers of these jobs into the index as they are now. Repeatable; raises when the index is away."""
    ids = list(dict.fromkeys(task.dossier_id for task in tasks if task.dossier_id is not None))
    for start in range(0, len(ids), _AT_ONCE):
        put(ids[start : start + _AT_ONCE])


def put(ids: Sequence[uuid.UUID]) -> None:
    """Index these dossiers; those that are gone are taken out.

    The stored texts come first: hits are verified on them, and a text that is newer than its terms shows at worst a hit
    too few for a moment, never a false one.
    """
    session = db.session()
    session.rollback()
    # Read before the rows: whatever was committed up to here is in what is gathered.
    seq = audit.head(session)
    found = gathering.gather(session, ids, version=seq)
    with acting(_INDEXER, _WORKER) as act:
        stored.replace(act.session, ids, found)
    changes: list[Change] = [Upsert(found[one].card) if one in found else Delete(one.hex) for one in ids]
    engine.apply(changes, upto_seq=seq)
