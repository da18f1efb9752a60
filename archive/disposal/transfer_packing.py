"""Packing what is handed over: each dossier examined (四性检测), put into a bag, the bag into one file, its hash kept.

Works in a folder that goes once the receipt is on record: the packages are copies. Killed anywhere, it goes on with the
dossier that is next.
"""

import hashlib
import shutil
import uuid
import zipfile
from pathlib import Path

from archive.core.act import Machine, Origin, acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError, RuleBroken, StoreDown
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.disposal import operations, packing, papers, rules, sheets
from archive.disposal.kinds import PaperKind, ParcelState, TransferState
from archive.disposal.transfer_models import Transfer, TransferLine
from archive.documents import blobs
from archive.dossiers.models import Dossier
from archive.retention import filing, reexamining
from archive.retention.four_properties import Check, Property, Result
from archive.retention.kinds import Occasion

_PACKER, _WORKER = Machine("移交封装"), Origin("worker")


def pack(transfer_id: uuid.UUID) -> TransferState:
    """Examine and pack every dossier of an approved hand-over that is not packed yet; return the state it ends in.

    Raises StoreDown, so that the job comes back.
    """
    session = db.session()
    found = session.get_one(Transfer, transfer_id)
    if found.state is not TransferState.APPROVED:
        return found.state
    waiting = [line.id for line in found.lines if line.state is not ParcelState.PACKED or not package(line).exists()]
    session.rollback()
    for line_id in waiting:
        _pack(line_id)
    with acting(_PACKER, _WORKER) as act:
        found = act.session.get_one(Transfer, transfer_id)
        if found.state is not TransferState.APPROVED:
            return found.state  # given up meanwhile
        failed = [line for line in found.lines if line.state is not ParcelState.PACKED]
        if failed:
            found.trouble = "；".join(f"{line.number}：{'、'.join(line.reasons)}" for line in failed)[:2000]
            act.session.flush()
            act.record("transfer:interrupt", found, number=found.number, failed=len(failed))
            return found.state
        found.state, found.packed_at, found.trouble = TransferState.PACKED, act.moment, ""
        content = sheets.transfer_list(found)
        papers.keep(found.id, PaperKind.TRANSFER_LIST, content, f"{found.number}.pdf", act=act)
        act.session.flush()
        act.record("transfer:packed", found, number=found.number, packages=len(found.lines))
        return found.state


def package(line: TransferLine) -> Path:
    """Return where the package of a dossier lies until it is received."""
    return folder(line.transfer_id) / f"{line.id.hex}.zip"


def folder(transfer_id: uuid.UUID) -> Path:
    """Return where the packages of a hand-over lie."""
    return ports().settings.home / "transfers" / transfer_id.hex


def clear(transfer_id: uuid.UUID) -> None:
    """Remove the packages of a hand-over that is received or given up: they are copies."""
    session = db.session()
    found = session.get_one(Transfer, transfer_id)
    over = found.state in (TransferState.RECEIVED, TransferState.VOID)
    session.rollback()
    if over:
        shutil.rmtree(folder(transfer_id), ignore_errors=True)


def _pack(line_id: uuid.UUID) -> None:
    session = db.session()
    line = session.get_one(TransferLine, line_id)
    path, number, dossier_id = package(line), line.number, line.dossier_id
    session.rollback()
    reasons = _reasons(line_id, dossier_id)
    if not reasons:
        try:
            _write(dossier_id, number, path)
        except StoreDown:
            raise
        except ArchiveError as error:  # a file is not what was filed
            reasons = [sentence(error)]
    with acting(_PACKER, _WORKER) as act:
        line = act.session.get_one(TransferLine, line_id)
        line.reasons, line.state = reasons, ParcelState.FAILED if reasons else ParcelState.PACKED
        if not reasons:
            line.package_hash, line.package_bytes, line.package_files = _measured(path)
            line.packed_at = act.moment
            act.session.flush()
            dossier = act.session.get_one(Dossier, dossier_id)
            act.record("dossier:transfer", dossier, number=number, transfer=line.on.number, package=line.package_hash)
        act.session.flush()


def _reasons(line_id: uuid.UUID, dossier_id: uuid.UUID) -> list[str]:
    """Examine a dossier, keep the report, and return why it cannot be handed over."""
    with acting(_PACKER, _WORKER) as act:
        line, dossier = act.session.get_one(TransferLine, line_id), act.session.get(Dossier, dossier_id)
        if dossier is None or dossier.closed_on is None:
            return [sentence(RuleBroken("transfer.open", number=line.number))]
        report = reexamining.examine_again(dossier, Occasion.TRANSFER, act=act)
        failed = [one for one in report.checks if one["result"] == Result.FAILED]
        reasons = [
            sentence(filing.problem(Check(Property(one["property"]), one["code"], Result.FAILED, tuple(one["about"]))))
            for one in failed
        ]
        if rules.digest(operations.manifest(dossier.id, act, made=False)) != line.manifest_hash:
            reasons.append(sentence(RuleBroken("transfer.changed", number=line.number)))
        return reasons


def _write(dossier_id: uuid.UUID, number: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    session = db.session()
    with blobs.workplace() as work:
        packing.pack(session, session.get_one(Dossier, dossier_id), work / number, now())
        session.rollback()
        part = work / "package.zip"
        # Stored, not squeezed: evidence mostly is already, and a damaged byte then spoils one file.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as target:
            for file in sorted(one for one in (work / number).rglob("*") if one.is_file()):
                target.write(file, file.relative_to(work))
        shutil.move(part, path)


def _measured(path: Path) -> tuple[str, int, int]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    with zipfile.ZipFile(path) as made:
        return f"sha256:{digest}", path.stat().st_size, len(made.namelist())
