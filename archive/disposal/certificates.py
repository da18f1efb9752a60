"""The certificate of destruction: what proves it, and what it takes to destroy again after a restore. Kept for ever."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting
from archive.core.errors import RuleBroken
from archive.core.ports import ports
from archive.disposal import operations, queries, rules
from archive.disposal.kinds import ListState
from archive.disposal.models import DisposalLine, DisposalList, Erasure
from archive.documents.blobs import store_answers
from archive.retention import anchoring, closings, register

_EXECUTOR, _WORKER = Machine("系统销毁"), Origin("worker")
REGISTER = "register"


def certify(list_id: uuid.UUID) -> ListState:
    """Write the certificate of a list that is destroyed entirely, into the store first, locked; then its row.

    May be repeated: a certificate that lies in the store already is the one. Raises StoreDown.
    """
    with acting(_EXECUTOR, _WORKER) as act:
        found = queries.by_number(act.session, act.session.get_one(DisposalList, list_id).number)
        content = written(record(found, act))
        key = f"{REGISTER}/{found.id.hex}/c{hashlib.sha256(content).hexdigest()[:32]}"
        stored = anchoring.put_away(key, content, "application/json")
        found.state, found.certified_at, found.trouble = ListState.CERTIFIED, act.moment, ""
        found.certificate_key, found.certificate_version = key, stored.version_id
        found.certificate_sha256 = stored.sha256
        act.session.flush()
        act.record("disposal:certify", found, number=found.number, sha256=stored.sha256)
        return found.state


def record(found: DisposalList, act: Act) -> dict[str, Any]:
    """Return the certificate as plain values."""
    rows = act.session.scalars(
        select(Erasure).join(DisposalLine, DisposalLine.id == Erasure.line_id).where(DisposalLine.list_id == found.id)
        .order_by(Erasure.key)
    ).all()  # fmt: skip
    settings = ports().settings
    last = max((row.erased_at for row in rows if row.erased_at), default=act.moment)
    return {
        "format": 1,
        "kind": "certificate of destruction",
        "office": settings.office_name,
        "fonds": settings.fonds,
        "list": {
            "id": str(found.id), "number": found.number, "hash": found.list_hash, "report": found.report,
            "proposed_by": str(found.proposed_by), "proposed_by_name": found.proposed_by_name,
            "proposed_at": _at(found.proposed_at), "listed_at": _at(found.listed_at),
            "approved_at": _at(found.approved_at), "started_at": _at(found.started_at),
            "started_by_name": found.started_by_name, "executed_by": _EXECUTOR.name,
        },
        "approvals": [
            {"step": one.step, "person": str(one.person_id), "name": one.person_name, "hash": one.list_hash,
             "at": _at(one.at)} for one in queries.counting(found)
        ],
        "witnesses": [
            {"person": str(one.person_id), "name": one.person_name, "at": _at(one.at)} for one in found.witnesses
        ],
        "lines": [
            _line(act.session, line, [row for row in rows if row.line_id == line.id]) for line in found.lines
        ],
        "finished_at": _at(last),
        "backups_gone_on": (last + rules.BACKUPS_LAST).date().isoformat(),
    }  # fmt: skip


def written(plain: dict[str, Any]) -> bytes:
    """Return a certificate's bytes: the record and its digest."""
    return register.written(plain)


def read(content: bytes) -> dict[str, Any]:
    """Return a certificate's record. Raises RuleBroken when any byte of it was changed."""
    try:
        plain = register.read(content)
    except ValueError as error:
        raise RuleBroken("certificate.broken") from error
    signed = [line["signed"] for line in plain["lines"] if line["signed"] is not None]
    if rules.list_hash(plain["list"]["number"], signed) != plain["list"]["hash"]:
        raise RuleBroken("certificate.broken")
    return plain


def fetch(found: DisposalList) -> bytes:
    """Return a list's certificate out of the store, and make sure it is the one. Raises RuleBroken, StoreDown."""
    if not found.certificate_key:
        raise RuleBroken("certificate.none", number=found.number)
    with store_answers(), ports().store.open(found.certificate_key, found.certificate_version) as stream:
        content = stream.read()
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != found.certificate_sha256:
        raise RuleBroken("certificate.broken")
    read(content)
    return content


def _line(session: Session, line: DisposalLine, rows: list[Erasure]) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "dossier_id": str(line.dossier_id),
        "signed": None if line.state in operations.OFF else operations.signed(line),
        "state": line.state.value,
        "reasons": line.reasons,
        "rule": {"code": line.rule_code, "version": line.rule_version, "years": line.rule_years,
                 "basis": line.rule_basis},
        "appraisals": [
            {"person": str(one.person_id), "name": one.person_name, "legal": one.legal,
             "decision": one.decision.value, "reason": one.reason, "at": _at(one.at)} for one in line.appraisals
        ],
        "closing": [
            {"closed_on": one.closed_on.isoformat(), "person": str(one.person_id), "name": one.person_name,
             "at": _at(one.at)} for one in closings.checks_of(session, line.dossier_id) if one.stands
        ],
        "objects": [
            {"key": row.key, "version": row.store_version, "size": row.size, "sha256": row.sha256,
             "intended_at": _at(row.intended_at), "erased_at": _at(row.erased_at)} for row in rows
        ],
        "destroyed_at": _at(line.destroyed_at),
    }  # fmt: skip


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
