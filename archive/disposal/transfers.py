"""Handing dossiers over to an archive (移交) instead of destroying them: proposed, approved, packed, received.

The archive's own copy stays: it is kept, and destroyed, by the rules of its own period. While a hand-over is under way
nothing of it is destroyed. Sources: 档案法, 第十五条; 档案法实施条例 (移交); DA/T 70-2018 (examination at transfer).
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.paging import Page, PageRequest, cut
from archive.core.ports import ports
from archive.disposal import operations, papers, rules
from archive.disposal.kinds import Decision, LineState, ListState, PaperKind, ParcelState, TransferState
from archive.disposal.models import DisposalLine, DisposalList
from archive.disposal.transfer_models import Transfer, TransferLine
from archive.documents import striking
from archive.dossiers import code_tables, series
from archive.dossiers import rules as dossiers
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier
from archive.dossiers.states import CodeTable
from archive.people.rules import Permission, Person, may
from archive.retention.models import Keeping

UNDER_WAY = (TransferState.PROPOSED, TransferState.APPROVED, TransferState.PACKED)
MOST_RECEIPT_BYTES = 16 * 1024**2


def propose(found: Sequence[Dossier], *, receiver: str, basis: str, act: Act) -> Transfer:
    """Propose filed dossiers for a hand-over. Raises BadInput, NotAllowed, RuleBroken."""
    if not found:
        raise BadInput("disposal.nothing")
    proposer = _person(act)
    sequence = series.take(act.session, f"transfer:{shanghai_date(act.moment).year}")
    made = Transfer(
        number=f"{ports().settings.fonds}-YJ·{shanghai_date(act.moment).year}-{sequence:04}",
        receiver=receiver,
        basis=basis,
        proposed_by=proposer.id,
        proposed_by_name=proposer.name,
        proposed_at=act.moment,
    )
    words = code_tables.table(act.session, CodeTable.CATEGORY)
    for seq, dossier in enumerate(sorted(found, key=lambda one: one.number), start=1):
        if dossiers.lacks(act.actor, Permission.KEEP, dossier.unit.path):
            raise NotAllowed("person.lacks", permission=Permission.KEEP)
        lock(act.session, dossier)
        made.lines.append(_line(dossier, seq, f"{words.word(dossier.category) or '未分类'}投诉案卷", act))
    made.list_hash = rules.list_hash(made.number, [signed(line) for line in made.lines])
    act.session.add(made)
    act.session.flush()
    act.record("transfer:propose", made, number=made.number, hash=made.list_hash, lines=len(made.lines))
    return made


def approve(found: Transfer, *, list_hash: str, act: Act) -> None:
    """Sign the list's hash, by another than the proposer; packing begins. Raises NotAllowed, RuleBroken."""
    approver = _person(act)
    if not may(approver, Permission.APPROVE_DISPOSAL):
        raise NotAllowed("person.lacks", permission=Permission.APPROVE_DISPOSAL)
    _check_state(found, TransferState.PROPOSED)
    if approver.id == found.proposed_by:
        raise RuleBroken("disposal.own_proposal")
    if list_hash != found.list_hash:
        raise RuleBroken("disposal.hash_changed")
    found.state = TransferState.APPROVED
    found.approved_by, found.approved_by_name, found.approved_at = approver.id, approver.name, act.moment
    act.session.flush()
    act.record("transfer:approve", found, number=found.number, hash=list_hash)


def pack_again(found: Transfer, *, act: Act) -> None:
    """Let what failed its examination be examined and packed again. Raises NotAllowed, RuleBroken."""
    _check_keeper(act)
    _check_state(found, TransferState.APPROVED)
    found.trouble = ""
    act.session.flush()
    act.record("transfer:pack", found, number=found.number)


def receive(
    found: Transfer,
    *,
    received_by: str,
    received_on: date,
    note: str = "",
    receipt: bytes,
    filename: str,
    media_type: str,
    act: Act,
) -> None:
    """Record that the receiver took the packages over, with the paper signed for it. Raises BadInput, RuleBroken."""
    keeper = _check_keeper(act)
    _check_state(found, TransferState.PACKED)
    wrong = []
    assert found.packed_at is not None
    if not shanghai_date(found.packed_at) <= received_on <= shanghai_date(act.moment):
        wrong.append(Problem("transfer.day", "received_on"))
    if not receipt or len(receipt) > MOST_RECEIPT_BYTES:
        wrong.append(Problem("transfer.receipt", "receipt", {"most": MOST_RECEIPT_BYTES // 1024**2}))
    if wrong:
        raise BadInput("input.bad", wrong)
    paper = papers.keep(found.id, PaperKind.RECEIPT, receipt, filename, media_type=media_type, act=act)
    found.received_by, found.received_on, found.receipt_note = received_by, received_on, note
    found.recorded_by_name, found.recorded_at, found.state = keeper.name, act.moment, TransferState.RECEIVED
    act.session.flush()
    act.record("transfer:receive", found, number=found.number, receipt=paper.sha256, on=received_on)


def void(found: Transfer, *, reason: str, act: Act) -> None:
    """Give up a hand-over that was not received. Raises NotAllowed, RuleBroken."""
    _check_keeper(act)
    _check_state(found, *UNDER_WAY)
    found.state, found.void_reason = TransferState.VOID, reason
    act.session.flush()
    act.record("transfer:void", found, number=found.number)


def signed(line: TransferLine) -> Mapping[str, Any]:
    """Return what of a line the list's hash covers."""
    names = ("seq", "filed_number", "number", "title", "year", "period", "items", "objects", "size")
    return {**{name: getattr(line, name) for name in names}, "manifest": line.manifest_hash}


def by_number(session: Session, number: str) -> Transfer:
    """Return the hand-over with its lines. Two statements. Raises NotFound."""
    query = select(Transfer).where(Transfer.number == number).options(selectinload(Transfer.lines))
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("transfer.unknown", number=number)
    return found


def listed(session: Session, page: PageRequest) -> Page[Transfer]:
    """Return hand-overs, the newest first. One statement."""
    query = select(Transfer).order_by(Transfer.id.desc()).limit(page.size + 1)
    key = page.key(uuid.UUID)
    if key is not None:
        query = query.where(Transfer.id < key[0])
    return cut(session.scalars(query).all(), page, lambda one: [one.id])


def of_dossier(session: Session, dossier_id: uuid.UUID) -> Sequence[Transfer]:
    """Return the hand-overs a dossier stands on, void ones aside, the newest first. One statement."""
    return session.scalars(
        select(Transfer)
        .join(TransferLine)
        .where(TransferLine.dossier_id == dossier_id, Transfer.state != TransferState.VOID)
        .order_by(Transfer.id.desc())
    ).all()


def appraised(session: Session) -> Sequence[uuid.UUID]:
    """Return the dossiers whose appraisal said that they be handed over, and that no hand-over names. One statement."""
    on_one = (
        select(TransferLine.id)
        .join(Transfer)
        .where(TransferLine.dossier_id == DisposalLine.dossier_id, Transfer.state != TransferState.VOID)
        .exists()
    )
    found = session.scalars(
        select(DisposalLine.dossier_id)
        .join(DisposalList)
        .join(Keeping, Keeping.dossier_id == DisposalLine.dossier_id)
        .where(
            DisposalLine.outcome == Decision.TRANSFER,
            DisposalLine.state == LineState.RETAINED,
            DisposalList.state.not_in((ListState.DUE,)),
            Keeping.destroyed_at.is_(None),
            ~on_one,
        )
        .order_by(DisposalLine.id)
    )
    return list(dict.fromkeys(found))


def _line(dossier: Dossier, seq: int, title: str, act: Act) -> TransferLine:
    kept = act.session.get(Keeping, dossier.id)
    if kept is None or dossier.closed_on is None:
        raise RuleBroken("transfer.open", number=dossier.number)
    if operations.handed_over_now(dossier.id, act):
        raise RuleBroken("transfer.twice", number=dossier.number)
    if operations.on_a_list(act.session, dossier.id):
        raise RuleBroken("disposal.listed_already", number=dossier.number)
    objects = operations.manifest(dossier.id, act, made=False)
    return TransferLine(
        dossier_id=dossier.id,
        seq=seq,
        number=dossier.number,
        filed_number=kept.filed_number,
        title=title,
        year=kept.closed_on.year,
        period="永久" if kept.rule_years is None else f"{kept.rule_years}年",
        items=striking.counted(act.session, dossier.id),
        objects=len(objects),
        size=sum(one["size"] for one in objects),
        manifest_hash=rules.digest(objects),
        state=ParcelState.WAITING,
    )


def _check_state(found: Transfer, *states: TransferState) -> None:
    if found.state not in states:
        raise RuleBroken("transfer.state", state=found.state)


def _check_keeper(act: Act) -> Person:
    keeper = _person(act)
    if not may(keeper, Permission.KEEP):
        raise NotAllowed("person.lacks", permission=Permission.KEEP)
    return keeper


def _person(act: Act) -> Person:
    if not isinstance(act.actor, Person):
        raise NotAllowed("transfer.person")
    return act.actor
