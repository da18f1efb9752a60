"""Evidence packs to order: made by the worker, fetched by who ordered them, gone after a while.

A pack is an export: it goes when one of its dossiers is destroyed, and is closed to who may no longer see all of them.
"""

import hashlib
import logging
import shutil
import time
import uuid
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.db import WRITES, db
from archive.core.errors import ArchiveError, BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.disposal import packing
from archive.disposal.kinds import UNDER_WAY, PackState
from archive.disposal.models import Pack, PackMember
from archive.documents.blobs import NoRoom
from archive.dossiers.access import find_by_id, visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.rules import lacks
from archive.people import queries as people
from archive.people.models import Account
from archive.people.rules import Permission, Person

log = logging.getLogger("archive.disposal")

MOST = 500
"""Dossiers in one pack."""

KEPT = timedelta(days=7)
_PACKER, _WORKER = Machine("证据包"), Origin("worker")
# Seconds between two notes of how far a pack is.
_GRAIN = 1.0


def order(dossiers: Sequence[Dossier], *, title: str, reason: str, act: Act) -> Pack:
    """Order a pack of closed dossiers; the worker makes it. Raises NotAllowed, BadInput, NoRoom."""
    if not 1 <= len(dossiers) <= MOST:
        raise BadInput("pack.count", most=MOST, count=len(dossiers))
    if any(lacks(act.actor, Permission.EXPORT, one.unit.path) for one in dossiers):
        raise NotAllowed("person.lacks", permission=Permission.EXPORT)
    problems = [Problem("pack.open", "numbers", {"number": one.number}) for one in dossiers if one.closed_on is None]
    if problems:
        raise BadInput("input.bad", problems)
    total = packing.volume(act.session, [one.id for one in dossiers])
    # The folder and the finished file lie beside each other for a moment.
    home = ports().settings.home
    if shutil.disk_usage(home).free < 2 * total + (1 << 28):
        raise NoRoom("pack.no_room")
    assert act.actor.id is not None
    ordered = Pack(
        title=title,
        reason=reason,
        ordered_by=act.actor.id,
        ordered_by_name=act.actor.name,
        ordered_at=act.moment,
        total=total,
        members=[PackMember(position=at, dossier_id=one.id, number=one.number) for at, one in enumerate(dossiers, 1)],
    )
    act.session.add(ordered)
    act.session.flush()
    act.record("pack:order", ordered, title=title, reason=reason, count=len(dossiers))
    return ordered


def make(pack_id: uuid.UUID) -> None:
    """Make an ordered pack; begun before, it goes on with the next dossier.

    What cannot be made (a dossier gone, or closed to who ordered) fails with its reason; StoreDown and the like are
    raised, to be tried again.
    """
    session = db.session()
    found = session.get(Pack, pack_id)
    if found is None or found.state not in UNDER_WAY:
        return
    numbers = [one.number for one in found.members]
    ids, by, title, total = [one.dossier_id for one in found.members], found.ordered_by, found.title, found.total
    # What lies here for a week is whole dossiers in the clear.
    ports().settings.packs.mkdir(mode=0o700, parents=True, exist_ok=True)
    _note(pack_id, state=PackState.GATHERING, trouble="", done=0)
    root, progress = _work(pack_id), _Progress(pack_id)
    try:
        for dossier_id in ids:
            # Asked anew for each: a grant may run out while a large pack is made.
            session.rollback()
            who = people.person(session, session.get_one(Account, by))
            packing.gather(session, find_by_id(session, dossier_id, who), root, now(), progress)
        session.rollback()
        packing.seal(root, numbers, now(), title)
    except (NotFound, RuleBroken) as error:
        shutil.rmtree(root, ignore_errors=True)
        _note(pack_id, state=PackState.FAILED, trouble=sentence(error))
        return
    except ArchiveError as error:
        _note(pack_id, trouble=sentence(error))
        raise
    size, sha256 = _zipped(root, file_of(pack_id))
    with acting(_PACKER, _WORKER) as act:
        made = act.session.get_one(Pack, pack_id, with_for_update=True)
        if made.state is PackState.GATHERING:
            made.state, made.size, made.sha256, made.done = PackState.READY, size, sha256, total
            made.ready_at, made.expires_at = act.moment, act.moment + KEPT
            act.record("pack:make", made, title=title, size=size, sha256=sha256)
            return
    # Meanwhile a dossier of it was destroyed.
    discard(pack_id)


def give_up(pack_id: uuid.UUID) -> None:
    """Mark a pack failed that was tried often enough; its last trouble says why."""
    _note(pack_id, state=PackState.FAILED)
    discard(pack_id)


def fetch(found: Pack, person: Person, *, begins: bool, act: Act) -> Path:
    """Return the file of a pack for who ordered it; where fetching `begins`, record that each dossier leaves.

    Raises RuleBroken when the file is not there, or the person may not see all of it now.
    """
    path = file_of(found.id)
    if found.state is not PackState.READY or found.expires_at is None or found.expires_at <= act.moment:
        raise RuleBroken("pack.not_there", state=found.state)
    ids = [one.dossier_id for one in found.members]
    dossiers = act.session.scalars(select(Dossier).where(Dossier.id.in_(ids), visible_to(person))).all()
    if len(dossiers) < len(ids) or not path.exists():
        raise RuleBroken("pack.closed")
    if not begins:
        return path
    act.record("pack:download", found, title=found.title, sha256=found.sha256)
    for dossier in dossiers:
        act.record("dossier:export", dossier, number=dossier.number, pack=found.id)
    return path


def withdraw(dossier_id: uuid.UUID, act: Act) -> None:
    """Remove every pack that holds a dossier which is being destroyed."""
    holding = select(PackMember.pack_id).where(PackMember.dossier_id == dossier_id)
    live = (*UNDER_WAY, PackState.READY)
    for found in act.session.scalars(select(Pack).where(Pack.id.in_(holding), Pack.state.in_(live))):
        _let_go(found, act)


def sweep() -> int:
    """Remove packs whose time is over, and files no pack speaks of; return how many packs went."""
    gone = 0
    with acting(_PACKER, _WORKER) as act:
        for found in act.session.scalars(
            select(Pack).where(Pack.state == PackState.READY, Pack.expires_at <= act.moment)
        ):
            _let_go(found, act)
            gone += 1
    session = db.session()
    kept = set(session.scalars(select(Pack.id).where(Pack.state.in_((*UNDER_WAY, PackState.READY)))))
    session.rollback()
    for path in list(ports().settings.packs.glob("*")):
        if path.name.partition(".")[0] not in {one.hex for one in kept}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return gone


def own(session: Session, person: Person) -> Sequence[Pack]:
    """Return the person's packs, the newest first, at most a hundred. Two statements."""
    query = select(Pack).where(Pack.ordered_by == person.id).options(selectinload(Pack.members))
    return session.scalars(query.order_by(Pack.ordered_at.desc(), Pack.id.desc()).limit(100)).all()


def find(session: Session, pack_id: uuid.UUID, person: Person) -> Pack:
    """Return the person's own pack. Raises NotFound, the same for another's."""
    found = session.scalar(select(Pack).where(Pack.id == pack_id, Pack.ordered_by == person.id))
    if found is None:
        raise NotFound("pack.unknown")
    return found


def whole(session: Session, found: Pack, person: Person) -> bool:
    """Tell whether the person may see every dossier of a pack now."""
    ids = [one.dossier_id for one in found.members]
    seen = session.scalar(select(func.count()).select_from(Dossier).where(Dossier.id.in_(ids), visible_to(person)))
    return seen == len(ids)


def file_of(pack_id: uuid.UUID) -> Path:
    """Return where a finished pack lies."""
    return ports().settings.packs / f"{pack_id.hex}.zip"


def discard(pack_id: uuid.UUID) -> None:
    """Remove what lies on the disk of a pack."""
    file_of(pack_id).unlink(missing_ok=True)
    shutil.rmtree(_work(pack_id), ignore_errors=True)


def _let_go(found: Pack, act: Act) -> None:
    found.state = PackState.GONE
    act.record("pack:remove", found, title=found.title)
    discard(found.id)


def _work(pack_id: uuid.UUID) -> Path:
    return ports().settings.packs / pack_id.hex


def _zipped(root: Path, path: Path) -> tuple[int, str]:
    """Put a bag into one file and remove it; return the file's size and SHA-256 in hex."""
    part = path.with_suffix(".part")
    # Stored: evidence is mostly packed already, and a reader can seek in it.
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as target:
        for file in sorted(one for one in root.rglob("*") if one.is_file()):
            target.write(file, f"evidence/{file.relative_to(root)}")
    with part.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    part.replace(path)
    shutil.rmtree(root)
    return path.stat().st_size, digest


class _Progress:
    """Writes down how far a pack is, not more often than somebody looks."""

    def __init__(self, pack_id: uuid.UUID) -> None:
        self.pack_id, self.done, self.noted = pack_id, 0, time.monotonic()

    def __call__(self, more: int) -> None:
        self.done += more
        if time.monotonic() - self.noted >= _GRAIN:
            _note(self.pack_id, done=self.done)
            self.noted = time.monotonic()


def _note(pack_id: uuid.UUID, **values: object) -> None:
    """Write down how a pack stands, outside any act: progress is no deed."""
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    session.execute(
        update(Pack).where(Pack.id == pack_id, Pack.state.in_(UNDER_WAY)).values(**values),
        execution_options={"synchronize_session": False},
    )
    session.commit()


def expected(dossiers: Sequence[Dossier], session: Session) -> tuple[list[Dossier], list[Dossier], int]:
    """Return which dossiers can be packed, which are still open, and the bytes of those that can."""
    closed = [one for one in dossiers if one.closed_on is not None]
    still_open = [one for one in dossiers if one.closed_on is None]
    return closed, still_open, packing.volume(session, [one.id for one in closed])


def over(found: Pack, moment: datetime) -> bool:
    """Tell whether a finished pack's time is over."""
    return found.expires_at is not None and found.expires_at <= moment
