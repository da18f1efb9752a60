"""What the virus scanner says of each version: asked soon after deposit, at closing for what is left, again every year.

Nothing is taken away because of it. A find keeps its dossier from being filed until a person accepts it as evidence.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import NotAllowed, NotFound, RuleBroken
from archive.core.ports import ports
from archive.documents import blobs, queries
from archive.documents.kinds import Reading
from archive.documents.models import Version
from archive.dossiers import rules as dossiers
from archive.dossiers.models import Dossier
from archive.people.rules import Permission
from archive.retention import alarms
from archive.retention.clamd import Clamd, ScannerDown, TooLarge
from archive.retention.kinds import AlarmKind, Scanned
from archive.retention.models import Scan

log = logging.getLogger("archive.retention")

_SCANNER, _WORKER = Machine("病毒检测"), Origin("worker")


@dataclass(frozen=True)
class Said:
    """What the scanner said of one version."""

    result: Scanned
    finding: str
    engine: str


def scanner() -> Clamd | None:
    """Return the scanner the settings name, None when they name none."""
    address = ports().settings.clamd
    return Clamd(address) if address else None


def scan_new(*, most_bytes: int) -> int:
    """Scan versions nobody scanned yet, within a budget; return how many. Nothing without a scanner that answers."""
    clamd = scanner()
    if clamd is None:
        return 0
    session = db.session()
    rows = session.execute(
        select(Version.id, Version.size)
        .outerjoin(Scan, Scan.version_id == Version.id)
        .where(Scan.version_id.is_(None), Version.reading != Reading.TAKEN_OUT)
        .order_by(Version.id.desc())
        .limit(5000)
    ).all()
    session.rollback()
    done = total = 0
    for row in rows:
        if done and total + row.size > most_bytes:
            break
        if not _scan_one(clamd, row.id):
            break
        done, total = done + 1, total + row.size
    return done


def scan_dossier(dossier_id: uuid.UUID) -> None:
    """Scan every version of a dossier again, with the signatures of today. Nothing without a scanner that answers."""
    clamd, session = scanner(), db.session()
    if clamd is None:
        return
    there = Version.reading != Reading.TAKEN_OUT
    ids = session.scalars(select(Version.id).where(Version.dossier_id == dossier_id, there).order_by(Version.id)).all()
    session.rollback()
    for version_id in ids:
        if not _scan_one(clamd, version_id):
            return


def scan_now(versions: Sequence[Version], *, most_bytes: int, act: Act) -> None:
    """Scan in this act what was not scanned yet and is small enough to wait for; a silent scanner is no hindrance."""
    clamd = scanner()
    if clamd is None:
        return
    known = said_of(act.session, [version.id for version in versions])
    left = most_bytes
    for version in versions:
        if version.id in known or version.size > left or version.reading is Reading.TAKEN_OUT:
            continue
        left -= version.size
        try:
            write_down(version, _ask(clamd, version), act=act)
        except ScannerDown as error:
            log.warning("the virus scanner does not answer: %s", error)
            return


def said_of(session: Session, version_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Scan]:
    """Return what was said of these versions, by version. One statement."""
    return {row.version_id: row for row in session.scalars(select(Scan).where(Scan.version_id.in_(version_ids)))}


def finds_of(session: Session, dossier_id: uuid.UUID) -> Sequence[Scan]:
    """Return what was found in a dossier. One statement."""
    query = select(Scan).where(Scan.dossier_id == dossier_id, Scan.result == Scanned.FOUND).order_by(Scan.version_id)
    return session.scalars(query).all()


def write_down(version: Version, said: Said, *, act: Act) -> Scan:
    """Keep what was said of a version; a find becomes an alarm, unless it was accepted as evidence already."""
    row = act.session.get(Scan, version.id)
    if row is None:
        row = Scan(version_id=version.id, dossier_id=version.dossier_id, at=act.moment, result=said.result, engine="")
        act.session.add(row)
    if said.finding != row.finding:
        row.accepted_by_name, row.accepted_at, row.accepted_reason = "", None, ""
    row.at, row.result, row.finding, row.engine = act.moment, said.result, said.finding[:200], said.engine[:120]
    act.session.flush()
    if said.result is Scanned.FOUND and row.accepted_at is None:
        alarms.sound(
            AlarmKind.VIRUS,
            version.blob_key,
            dossier_id=version.dossier_id,
            finding=row.finding,
            engine=row.engine,
            act=act,
        )
    return row


def accept(dossier: Dossier, version_id: uuid.UUID, *, reason: str, act: Act) -> None:
    """Let a find stand as evidence, by name and with a reason. Raises NotAllowed, NotFound, RuleBroken."""
    if dossiers.lacks(act.actor, Permission.CLOSE, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.CLOSE)
    row = act.session.get(Scan, version_id)
    if row is None or row.dossier_id != dossier.id:
        raise NotFound("scan.unknown")
    if row.result is not Scanned.FOUND:
        raise RuleBroken("scan.nothing")
    if row.accepted_at is not None:
        raise RuleBroken("scan.accepted", name=row.accepted_by_name)
    row.accepted_by_name, row.accepted_at, row.accepted_reason = act.actor.name, act.moment, reason
    act.session.flush()
    act.record("scan:accept", dossier, version=version_id, finding=row.finding)


def _scan_one(clamd: Clamd, version_id: uuid.UUID) -> bool:
    """Scan a version in an act of its own; False when the scanner does not answer."""
    session = db.session()
    version = session.get(Version, version_id)
    if version is None:
        session.rollback()
        return True
    version = queries.detached(session, version)
    try:
        said = _ask(clamd, version)
    except ScannerDown as error:
        log.warning("the virus scanner does not answer: %s", error)
        return False
    with acting(_SCANNER, _WORKER) as act:
        write_down(act.session.get_one(Version, version_id), said, act=act)
    return True


def _ask(clamd: Clamd, version: Version) -> Said:
    engine = clamd.version()
    with blobs.open_version(version) as stream:
        try:
            found = clamd.scan(stream)
        except TooLarge:
            return Said(Scanned.TOO_LARGE, "", engine)
    return Said(Scanned.FOUND if found else Scanned.CLEAN, found, engine)
