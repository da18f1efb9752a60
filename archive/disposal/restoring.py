"""After a restore: what was destroyed since the backup is back in the database, and must go again before anybody works.

The register of certificates lies in the store, locked; whatever it tells that the database does not know is destroyed
again from it. Until then the service only reads.
"""

import logging
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from archive.core.act import Act, Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.core.ports import ports
from archive.disposal import certificates, executing, rules
from archive.disposal.kinds import Decision, LineState, ListState
from archive.disposal.models import Appraisal, Approval, DisposalLine, DisposalList, Erasure, Witness
from archive.dossiers.models import Dossier
from archive.retention import closings, register
from archive.retention.models import ClosingCheck, Keeping
from storage.port import Stored

log = logging.getLogger("archive.disposal")

_REPLAYER, _WORKER = Machine("恢复后重新销毁"), Origin("worker")


def pending() -> list[Stored]:
    """Return the certificates in the store that the database knows nothing of. Raises StoreDown."""
    found = register.lying(certificates.REGISTER)
    session = db.session()
    known = set(session.scalars(select(DisposalList.certificate_key).where(DisposalList.certificate_key != "")))
    session.rollback()
    return [one for one in found if one.key not in known]


def replay() -> int:
    """Destroy again what the register says was destroyed; return how many dossiers went. Repeatable."""
    gone = 0
    for stored in pending():
        record = certificates.read(register.content(stored))
        # First in the trail, then done: the database gives a warrant only for what the trail tells of.
        with acting(_REPLAYER, _WORKER) as act:
            _recall(record, act)
        with acting(_REPLAYER, _WORKER) as act:
            gone += _replay(record, stored, act)
        log.warning("destroyed again after a restore: list %s", record["list"]["number"])
    return gone


def _recall(record: dict[str, Any], act: Act) -> None:
    """Write down again whose list it was, and who appraised, signed and witnessed it."""
    found = _list(record["list"], act)
    for told in record["lines"]:
        if told["signed"] is not None:
            _line(found, told, act)
    _hands(found, record, act)
    act.record("disposal:recall", found, number=found.number, hash=found.list_hash)


def _replay(record: dict[str, Any], stored: Stored, act: Act) -> int:
    found = act.session.get_one(DisposalList, uuid.UUID(record["list"]["id"]))
    gone = 0
    for told in record["lines"]:
        if told["signed"] is None:
            continue
        line = act.session.get_one(DisposalLine, uuid.UUID(told["id"]))
        if told["state"] != LineState.DESTROYED:
            continue
        _erasures(line, told, act)
        dossier = act.session.get(Dossier, line.dossier_id)
        if dossier is None:
            continue
        _closing(line, told, act)
        line.state = LineState.ERASED
        act.session.flush()
        # The database reckons the warrant from what was just written down, and refuses if a hold is in force.
        executing.leave_stub(line, dossier, act)
        gone += 1
    found.state, found.certified_at = ListState.CERTIFIED, act.moment
    found.certificate_key, found.certificate_version = stored.key, stored.version_id
    found.certificate_sha256 = stored.sha256
    act.session.flush()
    act.record("disposal:replay", found, number=found.number, dossiers=gone)
    return gone


def _list(told: dict[str, Any], act: Act) -> DisposalList:
    found = act.session.get(DisposalList, uuid.UUID(told["id"]))
    if found is None:
        found = DisposalList(
            id=uuid.UUID(told["id"]),
            number=told["number"],
            proposed_by=uuid.UUID(told["proposed_by"]),
            proposed_by_name=told["proposed_by_name"],
            proposed_at=_moment(told["proposed_at"]),
        )
        act.session.add(found)
    found.state, found.list_hash, found.report = ListState.EXECUTING, told["hash"], told["report"]
    found.listed_at, found.approved_at = _moment(told["listed_at"]), _moment(told["approved_at"])
    found.started_at, found.started_by_name = _moment(told["started_at"]), told["started_by_name"]
    act.session.flush()
    return found


def _line(found: DisposalList, told: dict[str, Any], act: Act) -> None:
    line = act.session.get(DisposalLine, uuid.UUID(told["id"]))
    if line is None:
        signed, rule = told["signed"], told["rule"]
        objects = [{name: one[name] for name in ("key", "version", "size", "sha256")} for one in told["objects"]]
        line = DisposalLine(
            id=uuid.UUID(told["id"]),
            list_id=found.id,
            dossier_id=uuid.UUID(told["dossier_id"]),
            seq=signed["seq"],
            number=signed["number"],
            filed_number=signed["filed_number"],
            title=signed["title"],
            year=signed["year"],
            closed_on=date.fromisoformat(signed["closed_on"]),
            last_day=date.fromisoformat(signed["last_day"]),
            rule_code=rule["code"],
            rule_version=rule["version"],
            rule_years=rule["years"],
            rule_basis=rule["basis"],
            items=signed["items"],
            objects=signed["objects"],
            size=signed["size"],
            manifest=objects,
            manifest_hash=signed["manifest"],
        )
        act.session.add(line)
    if told["state"] == LineState.DESTROYED and rules.digest(line.manifest) != line.manifest_hash:
        raise RuleBroken("certificate.broken")
    if line.state is LineState.DESTROYED:
        return  # before the backup already
    line.outcome, line.reasons = Decision.DESTROY, told["reasons"]
    line.state = LineState.SKIPPED if told["state"] == LineState.SKIPPED else LineState.ERASING
    act.session.flush()
    # The backup may know some of them only.
    for one in _missing(told["appraisals"], {said.person_id for said in line.appraisals}):
        line.appraisals.append(
            Appraisal(
                person_id=uuid.UUID(one["person"]), person_name=one["name"], legal=one["legal"],
                decision=Decision(one["decision"]), reason=one["reason"], at=_moment(one["at"]),
            )
        )  # fmt: skip


def _hands(found: DisposalList, record: dict[str, Any], act: Act) -> None:
    known = {one.person_id for one in found.approvals if one.list_hash == found.list_hash}
    for one in _missing(record["approvals"], known):
        found.approvals.append(
            Approval(
                step=one["step"], person_id=uuid.UUID(one["person"]), person_name=one["name"], list_hash=one["hash"],
                at=_moment(one["at"]),
            )
        )  # fmt: skip
    for one in _missing(record["witnesses"], {one.person_id for one in found.witnesses}):
        found.witnesses.append(
            Witness(person_id=uuid.UUID(one["person"]), person_name=one["name"], at=_moment(one["at"]))
        )
    act.session.flush()


def _missing(told: list[dict[str, Any]], known: set[uuid.UUID]) -> Iterator[dict[str, Any]]:
    return (one for one in told if uuid.UUID(one["person"]) not in known)


def _erasures(line: DisposalLine, told: dict[str, Any], act: Act) -> None:
    """Erase again what a restored store may hold again, and write the proofs down."""
    rows = {row.key: row for row in act.session.scalars(select(Erasure).where(Erasure.line_id == line.id))}
    for one in told["objects"]:
        executing.remove(ports().store, one["key"], one["version"])
        row = rows.get(one["key"])
        if row is None:
            row = Erasure(
                line_id=line.id, dossier_id=line.dossier_id, key=one["key"], store_version=one["version"],
                size=one["size"], sha256=one["sha256"], intended_at=_moment(one["intended_at"]),
            )  # fmt: skip
            act.session.add(row)
        if row.erased_at is None:
            row.erased_at = _moment(one["erased_at"])
    act.session.flush()


def _closing(line: DisposalLine, told: dict[str, Any], act: Act) -> None:
    """Write down again that two confirmed an old closing day: without that the database gives no warrant."""
    kept = act.session.get(Keeping, line.dossier_id)
    if kept is None or not kept.claimed:
        return
    known = {one.person_id for one in closings.checks_of(act.session, line.dossier_id)}
    for one in _missing(told["closing"], known):
        act.session.add(
            ClosingCheck(
                dossier_id=line.dossier_id, closed_on=date.fromisoformat(one["closed_on"]), stands=True,
                finding=line.number, person_id=uuid.UUID(one["person"]), person_name=one["name"], at=_moment(one["at"]),
            )
        )  # fmt: skip
    act.session.flush()
    kept.closing_confirmed_at = act.moment


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
