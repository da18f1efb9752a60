"""Writing the index: putting dossiers in, building a new generation, finding and mending what differs.

The index is a disposable copy of the database; nothing here can lose anything.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from archive.audit import queries as audit
from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import ArchiveError, StoreDown
from archive.core.ports import ports
from archive.documents import weighing
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
# Characters of their files in memory at once, but for a dossier that alone has more.
_TEXT_AT_ONCE = weighing.MOST

# What is no fault of a dossier: the index, the disk or the database does not answer.
_NOT_ITS_FAULT = (StoreDown, OSError, OperationalError, InterfaceError)

Progress = Callable[[int, int], None]
"""Called with how many dossiers are done, and how many there are."""


class NotIndexed(ArchiveError):
    """Some dossiers could not be taken into the index: they are found by nothing, all others are.

    `errors`: what each of them failed with.
    """

    def __init__(self, errors: Mapping[uuid.UUID, str]) -> None:
        chosen = select(Dossier.number).where(Dossier.id.in_(list(errors)[:10])).order_by(Dossier.number)
        super().__init__("search.not_indexed", count=len(errors), numbers="、".join(db.session().scalars(chosen)))
        self.errors = errors


class _Apply(Protocol):
    def __call__(self, changes: Sequence[Change], /, *, upto_seq: int) -> None: ...


def put(ids: Sequence[uuid.UUID]) -> None:
    """Bring dossiers into the index as they are now; those that are gone are taken out.

    Raises IndexBusy, and NotIndexed when all are in but some that cannot be. Without a usable index a new one is built:
    a damaged generation is put aside for whoever wants to know why.
    """
    if left_out := _put(ids):
        raise NotIndexed(left_out)


def _put(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    left_out: dict[uuid.UUID, str] = {}
    for part in _parts(ids, _AT_ONCE):
        try:
            left_out |= _take_in(part, _serving)
        except IndexUnusable as error:
            engine.forget()
            generations = engine.generations()
            if (damaged := generations.current()) is not None and error.code == "search.index_damaged":
                log.warning("%s; it is kept as %s", error, generations.quarantine(damaged).name)
            log.info("building the index anew")
            rebuild()
            break
    return left_out


def _parts(ids: Sequence[uuid.UUID], most: int) -> Iterator[Sequence[uuid.UUID]]:
    """Yield the dossiers in parts that fit into memory. One statement for each `most` of them."""
    for start in range(0, len(ids), most):
        chunk = ids[start : start + most]
        weights = weighing.weights(db.session(), chunk)
        part: list[uuid.UUID] = []
        held = 0
        for one in chunk:
            weight = weights.get(one, 0)
            if part and held + weight > _TEXT_AT_ONCE:
                yield part
                part, held = [], 0
            part.append(one)
            held += weight
        yield part


def _serving(changes: Sequence[Change], /, *, upto_seq: int) -> None:
    engine.index().apply(changes, upto_seq=upto_seq)


def _take_in(ids: Sequence[uuid.UUID], apply: _Apply) -> dict[uuid.UUID, str]:
    """Commit dossiers; one that cannot be taken in is taken out, and returned with its error: the others go on.

    A batch that fails is halved until whichever is to blame stands alone.
    """
    try:
        changes, seq = _changes(ids)
        apply(changes, upto_seq=seq)
    except _NOT_ITS_FAULT:
        raise
    except Exception as error:
        if len(ids) > 1:
            half = len(ids) // 2
            return _take_in(ids[:half], apply) | _take_in(ids[half:], apply)
        log.exception("dossier %s cannot be indexed", ids[0])
        _take_out(ids[0], apply)
        return {ids[0]: f"{type(error).__name__}: {error}"}
    return {}


def _take_out(dossier_id: uuid.UUID, apply: _Apply) -> None:
    """Let nothing be found of a dossier: what the index holds of it is old, its readers too."""
    session = db.session()
    session.rollback()
    seq = audit.head(session)
    with acting(INDEXER, _WORKER) as act:
        stored.replace(act.session, [dossier_id], {})
    apply([Delete(dossier_id.hex)], upto_seq=seq)


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

    Returns the number of dossiers. Raises IndexBusy when another rebuild is under way, NotIndexed when it serves but
    lacks some.
    """
    session = db.session()
    session.rollback()
    noted = audit.head(session)
    ids = session.scalars(select(Dossier.id).order_by(Dossier.id)).all()
    left_out: dict[uuid.UUID, str] = {}
    with Rebuild(engine.generations(), ports().settings.search_engine, stored.DatabaseTexts()) as fresh:

        def building(changes: Sequence[Change], /, *, upto_seq: int) -> None:
            # What changes meanwhile is indexed again afterwards: until then the number noted first holds.
            fresh.apply(changes, upto_seq=min(upto_seq, noted))

        done = 0
        for part in _parts(ids, _REBUILT_AT_ONCE):
            left_out |= _take_in(part, building)
            done += len(part)
            if progress:
                progress(done, len(ids))
        fresh.apply([], upto_seq=noted)
        fresh.publish()
    engine.forget()
    left_out |= _put(audit.dossiers_since(db.session(), noted))
    if left_out:
        raise NotIndexed(left_out)
    return len(ids)


def differences() -> tuple[Drift, list[uuid.UUID]]:
    """Return how the index differs from the stored texts, and the dossiers whose texts are missing, or left behind."""
    session = db.session()
    session.rollback()
    drift = engine.index().verify(stored.versions(session))
    return drift, _without_text(session)


def mend(drift: Drift, lost: Sequence[uuid.UUID]) -> None:
    """Index again whatever differs. Raises as put."""
    ids = {uuid.UUID(one) for one in drift.missing | drift.surplus | drift.stale} | set(lost)
    put(sorted(ids))


def _without_text(session: Session) -> list[uuid.UUID]:
    missing = session.scalars(
        select(Dossier.id).outerjoin(SearchText, SearchText.dossier_id == Dossier.id)
        .where(SearchText.dossier_id.is_(None))
    )  # fmt: skip
    return list(missing)
