"""A disposal list from its proposal to the moment before destroying. None of this commits."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, Problem, Refused, RuleBroken
from archive.core.ports import ports
from archive.disposal import queries, rules
from archive.disposal.kinds import Decision, LineState, ListState, TransferState
from archive.disposal.models import Appraisal, Approval, DisposalLine, DisposalList, Witness
from archive.disposal.rules import Voice
from archive.disposal.transfer_models import Transfer, TransferLine
from archive.documents.models import Document, Rendition, Version
from archive.dossiers import code_tables, series
from archive.dossiers import rules as dossiers
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier, Recusal
from archive.dossiers.states import CodeTable
from archive.people.rules import Permission, Person, may
from archive.retention import keeping, periods, reading
from archive.retention.models import Keeping
from archive.retention.periods import Asked
from archive.retention.rules import check_destroyable

# Lines that are not, or no longer, meant to be destroyed; the list's hash does not cover them.
OFF = (LineState.RETAINED, LineState.DROPPED, LineState.PROPOSED)


def propose(found: Sequence[Dossier], *, act: Act) -> DisposalList:
    """Put expired dossiers on a new list; refused while anything speaks against any. Raises Refused, NotAllowed."""
    if not found:
        raise BadInput("disposal.nothing")
    proposer = _person(act)
    on = shanghai_date(act.moment)
    sequence = series.take(act.session, f"disposal:{on.year}")
    number = f"{ports().settings.fonds}-XH·{on.year}-{sequence:04}"
    made = DisposalList(number=number, proposed_by=proposer.id, proposed_by_name=proposer.name, proposed_at=act.moment)
    act.session.add(made)
    act.session.flush()
    words = code_tables.table(act.session, CodeTable.CATEGORY)
    for seq, dossier in enumerate(sorted(found, key=lambda one: one.number), start=1):
        _check_may(Permission.KEEP, dossier, act)
        lock(act.session, dossier)
        # A doubtful clock makes no list wrong that is looked at again; it stops the destroying itself.
        check_destroyable(dossier.number, reading.standing(act.session, dossier, act.moment).whatever_the_clock)
        if on_a_list(act.session, dossier.id):
            raise RuleBroken("disposal.listed_already", number=dossier.number)
        if handed_over_now(dossier.id, act):
            raise RuleBroken("disposal.in_transfer", number=dossier.number)
        made.lines.append(_line(dossier, seq, f"{words.word(dossier.category) or '未分类'}投诉案卷", act))
    act.session.flush()
    act.record("disposal:propose", made, number=number, lines=len(made.lines))
    return made


def appraise(line: DisposalLine, *, decision: Decision, reason: str, years: int | None = None, act: Act) -> Appraisal:
    """Say what is to become of a dossier, once a person. Raises NotAllowed, RuleBroken, BadInput."""
    appraiser, dossier = _person(act), act.session.get_one(Dossier, line.dossier_id)
    _check_may(Permission.APPRAISE, dossier, act)
    _check_state(line.on, ListState.DUE)
    if act.session.get(Recusal, (dossier.id, appraiser.id)) is not None:
        raise RuleBroken("disposal.recused", number=line.number)
    if any(one.person_id == appraiser.id for one in line.appraisals):
        raise RuleBroken("disposal.appraised_already", number=line.number)
    if decision is Decision.KEEP:
        if years is None:
            raise BadInput("input.bad", [Problem("input.required", "years")])
        periods.check_years(years)
    appraisal = Appraisal(
        person_id=appraiser.id,
        person_name=appraiser.name,
        legal=may(appraiser, Permission.REVIEW_DISPOSAL),
        decision=decision,
        years=years if decision is Decision.KEEP else None,
        reason=reason,
        at=act.moment,
    )
    line.appraisals.append(appraisal)
    act.session.flush()
    act.record("disposal:appraise", line.on, dossier=line.number, decision=decision)
    return appraisal


def settle(found: DisposalList, *, report: str, act: Act) -> None:
    """End the appraisal with its report (鉴定工作报告): keep longer what is to be kept, fix the list by its hash.

    Raises NotAllowed, RuleBroken, Refused while a dossier lacks its second appraiser, or one of legal or the business.
    """
    _check_keeper(act)
    _check_state(found, ListState.DUE)
    open_lines = [line for line in found.lines if line.state is LineState.PROPOSED]
    missing = []
    for line in open_lines:
        line.outcome = rules.outcome([Voice(one.person_id, one.legal, one.decision) for one in line.appraisals])
        if line.outcome is None:
            missing.append(Problem("disposal.appraisers", facts={"number": line.number}))
    if missing:
        raise Refused("disposal.not_appraised", missing, number=found.number)
    for line in open_lines:
        if line.outcome is Decision.DESTROY:
            line.state = LineState.LISTED
        else:
            line.state = LineState.RETAINED
            _keep_longer(line, act)
    found.report = report
    _fix(found, act)
    act.record("disposal:list", found, number=found.number, hash=found.list_hash, lines=len(_listed(found)))


def drop(found: DisposalList, line: DisposalLine, *, reason: str, act: Act) -> None:
    """Take a dossier off a list. The list's hash changes, and every approval under the old one is void."""
    _check_keeper(act)
    if found.state not in (ListState.LISTED, ListState.APPROVED_ONCE, ListState.APPROVED):
        raise RuleBroken("disposal.state", state=found.state)
    if line.state is not LineState.LISTED:
        raise RuleBroken("disposal.line_state")
    line.state, line.reasons = LineState.DROPPED, [reason]
    _fix(found, act)
    act.record("disposal:drop", found, number=found.number, dossier=line.number, hash=found.list_hash)


def approve(found: DisposalList, *, list_hash: str, act: Act) -> None:
    """Sign a list's hash: first who leads, then legal; neither the proposer, nor one person twice.

    Raises NotAllowed, RuleBroken (another hash than the list has now, the wrong step, the same person).
    """
    step = {ListState.LISTED: 1, ListState.APPROVED_ONCE: 2}.get(found.state)
    if step is None:
        raise RuleBroken("disposal.state", state=found.state)
    approver = _person(act)
    rules.check_approver(queries.hands(found), approver.id)
    wanted = Permission.APPROVE_DISPOSAL if step == 1 else Permission.REVIEW_DISPOSAL
    if not may(approver, wanted):
        raise NotAllowed("person.lacks", permission=wanted)
    if list_hash != found.list_hash:
        raise RuleBroken("disposal.hash_changed")
    found.approvals.append(
        Approval(step=step, person_id=approver.id, person_name=approver.name, list_hash=found.list_hash, at=act.moment)
    )
    if step == 1:
        found.state = ListState.APPROVED_ONCE
    else:
        found.state, found.approved_at = ListState.APPROVED, act.moment
    act.session.flush()
    act.record("disposal:approve", found, number=found.number, step=step, hash=found.list_hash)


def attend(found: DisposalList, *, act: Act) -> None:
    """Sign as a witness (监销人). Raises NotAllowed, RuleBroken."""
    witness = _person(act)
    if not may(witness, Permission.WITNESS):
        raise NotAllowed("person.lacks", permission=Permission.WITNESS)
    if found.state not in (ListState.APPROVED, ListState.PARTIAL):
        raise RuleBroken("disposal.state", state=found.state)
    rules.check_witness(queries.hands(found), witness.id)
    found.witnesses.append(Witness(person_id=witness.id, person_name=witness.name, at=act.moment))
    act.session.flush()
    act.record("disposal:attend", found, number=found.number)


def start(found: DisposalList, *, act: Act) -> None:
    """Let the archive begin, or go on, to destroy an approved list. Raises NotAllowed, Refused with every reason."""
    _check_keeper(act)
    rules.check_starter(queries.hands(found), act.actor.id)
    check_ready(found, act)
    found.state, found.started_at = ListState.EXECUTING, found.started_at or act.moment
    found.started_by_name, found.trouble = act.actor.name, ""
    act.session.flush()
    act.record("disposal:start", found, number=found.number, hash=found.list_hash)


def void(found: DisposalList, *, reason: str, act: Act) -> None:
    """Give up a list of which nothing was destroyed. Raises NotAllowed, RuleBroken."""
    _check_keeper(act)
    if found.state not in (ListState.DUE, ListState.LISTED, ListState.APPROVED_ONCE, ListState.APPROVED):
        raise RuleBroken("disposal.state", state=found.state)
    found.state, found.void_reason = ListState.VOID, reason
    act.session.flush()
    act.record("disposal:void", found, number=found.number)


def check_ready(found: DisposalList, act: Act) -> None:
    """Refuse to destroy while an approval, a witness or time is lacking, or the list is not what was signed."""
    if found.list_hash != rules.list_hash(found.number, [signed(line) for line in _listed(found)]):
        raise RuleBroken("disposal.hash_changed")
    if not queries.signed_in_trail(act.session, found):
        raise RuleBroken("disposal.not_in_trail", number=found.number)
    rules.check_start(queries.hindrances(found, act.moment), found.number)


def signed(line: DisposalLine) -> Mapping[str, Any]:
    """Return what of a line the list's hash covers: the columns of the 销毁清册."""
    return {
        "seq": line.seq,
        "filed_number": line.filed_number,
        "number": line.number,
        "title": line.title,
        "year": line.year,
        "closed_on": line.closed_on.isoformat(),
        "last_day": line.last_day.isoformat(),
        "rule": f"{line.rule_code}/{line.rule_version}",
        "items": line.items,
        "objects": line.objects,
        "size": line.size,
        "manifest": line.manifest_hash,
    }


def manifest(dossier_id: uuid.UUID, act: Act, *, made: bool = True) -> list[dict[str, Any]]:
    """Return every object of a dossier, renditions too: key, store version, size, hash. No names: they name people.

    Without `made` what the archive made itself is left out: each examination adds a report, and may have cover,
    catalogue and PDF/A made anew; that before a hand-over too.
    """
    session = act.session
    versions = select(Version.blob_key, Version.store_version, Version.size, Version.sha256)
    rows = list(session.execute(versions.where(Version.dossier_id == dossier_id)))
    if made:
        own = select(Rendition.blob_key, Rendition.store_version, Rendition.size, Rendition.sha256)
        rows += session.execute(own.where(Rendition.dossier_id == dossier_id))
    return [
        {"key": row.blob_key, "version": row.store_version, "size": row.size, "sha256": row.sha256}
        for row in sorted(rows, key=lambda row: row.blob_key)
    ]


def _line(dossier: Dossier, seq: int, title: str, act: Act) -> DisposalLine:
    kept = act.session.get_one(Keeping, dossier.id)
    assert kept.last_day is not None
    objects = manifest(dossier.id, act)
    items = act.session.scalar(
        select(func.count()).where(Document.dossier_id == dossier.id, Document.parent_id.is_(None))
    )
    return DisposalLine(
        dossier_id=dossier.id,
        seq=seq,
        number=dossier.number,
        filed_number=kept.filed_number,
        title=title,
        year=kept.closed_on.year,
        closed_on=kept.closed_on,
        last_day=kept.last_day,
        rule_code=kept.rule_code,
        rule_version=kept.rule_version,
        rule_years=kept.rule_years,
        rule_basis=kept.rule_basis,
        items=items or 0,
        objects=len(objects),
        size=sum(one["size"] for one in objects),
        manifest=objects,
        manifest_hash=rules.digest(objects),
        state=LineState.PROPOSED,
    )


def on_a_list(session: Session, dossier_id: uuid.UUID) -> bool:
    """Tell whether a dossier stands on a disposal list that is not done with. One statement."""
    gone = (LineState.RETAINED, LineState.DROPPED, LineState.SKIPPED)
    query = (
        select(DisposalLine.id)
        .join(DisposalList)
        .where(
            DisposalLine.dossier_id == dossier_id, DisposalLine.state.not_in(gone), DisposalList.state.in_(queries.OPEN)
        )
    )
    return session.scalar(query.limit(1)) is not None


def handed_over_now(dossier_id: uuid.UUID, act: Act) -> bool:
    """Tell whether a dossier is just being handed over to an archive. One statement."""
    query = select(TransferLine.id).join(Transfer).where(TransferLine.dossier_id == dossier_id)
    under_way = (TransferState.PROPOSED, TransferState.APPROVED, TransferState.PACKED)
    return act.session.scalar(query.where(Transfer.state.in_(under_way)).limit(1)) is not None


def _keep_longer(line: DisposalLine, act: Act) -> None:
    if line.outcome is Decision.TRANSFER:
        return
    years = max((one.years or 0 for one in line.appraisals), default=0)
    asked = Asked(
        "appraisal", 1, "鉴定后续存", None if line.outcome is Decision.PERMANENT else years,
        f"鉴定意见（{line.on.number}）；《档案法实施条例》第二十四条",
    )  # fmt: skip
    dossier = act.session.get_one(Dossier, line.dossier_id)
    keeping.extend(dossier, asked, from_day=shanghai_date(act.moment), act=act)


def _listed(found: DisposalList) -> list[DisposalLine]:
    """Return the lines that the hash covers: everything meant to be destroyed, whatever became of it since."""
    return [line for line in found.lines if line.state not in OFF]


def _fix(found: DisposalList, act: Act) -> None:
    listed = _listed(found)
    found.state = ListState.LISTED if listed else ListState.VOID
    found.list_hash = rules.list_hash(found.number, [signed(line) for line in listed]) if listed else ""
    found.listed_at, found.approved_at = act.moment, None
    act.session.flush()


def _check_state(found: DisposalList, *states: ListState) -> None:
    if found.state not in states:
        raise RuleBroken("disposal.state", state=found.state)


def _check_may(permission: Permission, dossier: Dossier, act: Act) -> None:
    if dossiers.lacks(act.actor, permission, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=permission)


def _check_keeper(act: Act) -> None:
    if not may(_person(act), Permission.KEEP):
        raise NotAllowed("person.lacks", permission=Permission.KEEP)


def _person(act: Act) -> Person:
    # Whatever a machine may do elsewhere: destroying is decided by persons.
    if not isinstance(act.actor, Person):
        raise NotAllowed("disposal.person")
    return act.actor
