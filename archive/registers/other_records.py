"""Lines of the registers of letters, of hand-over slips and of accountability as plain values; see records."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from archive.core.act import plain
from archive.core.labels import label
from archive.dossiers.models import Dossier, HandOver
from archive.handling.models import Accountability
from archive.letters.models import LetterNumber, LetterRow
from archive.people.models import Account, Unit

Record = dict[str, Any]


def of_letters(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Return the records of numbers whose letters are there, by the numbers' ids. One statement."""
    rows = session.execute(
        select(LetterNumber, LetterRow, Dossier.number)
        .join(LetterRow, LetterRow.id == LetterNumber.letter_id)
        .join(Dossier, Dossier.id == LetterRow.dossier_id)
        .where(LetterNumber.id.in_(ids))
    )
    return {
        line.id: {
            "letter": line.number,
            "issued_on": plain(letter.issued_on),
            "letter_kind": label(line.kind),
            "title": letter.title,
            "addressee": letter.addressee,
            "case": number,
            "issuer": letter.issued_by_name,
            "standing": label(letter.state),
            "reply_due": plain(letter.reply_due),
            "replied_on": plain(letter.replied_on),
            "void_reason": line.void_reason,
        }
        for line, letter, number in rows
    }


def of_slips(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Return the records of hand-over slips by id. One statement."""
    giver, taker, officer = aliased(Account), aliased(Account), aliased(Account)
    origin, target = aliased(Unit), aliased(Unit)
    rows = session.execute(
        select(HandOver, Dossier.number, Dossier.title, origin.name, target.name, giver.name, taker.name, officer.name)
        .join(Dossier, Dossier.id == HandOver.dossier_id)
        .join(origin, origin.id == HandOver.from_unit_id)
        .join(target, target.id == HandOver.to_unit_id)
        .join(giver, giver.id == HandOver.offered_by)
        .outerjoin(taker, taker.id == HandOver.answered_by)
        .outerjoin(officer, officer.id == HandOver.officer_id)
        .where(HandOver.id.in_(ids))
    )
    return {
        slip.id: {
            "case": number,
            "title": title,
            "from_unit": origin_name,
            "giver": giver_name,
            "offered_at": plain(slip.offered_at),
            "to_unit": target_name,
            "officer": officer_name or "",
            "lead": "主办" if slip.lead else "协办",
            "note": slip.note,
            "taker": taker_name or "",
            "answered_at": plain(slip.answered_at),
            "standing": label(slip.state),
            "refusal": slip.refusal,
        }
        for slip, number, title, origin_name, target_name, giver_name, taker_name, officer_name in rows
    }


def of_accounts(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Return the records of who answered for what, by id. One statement."""
    rows = session.execute(
        select(Accountability, Dossier.number)
        .join(Dossier, Dossier.id == Accountability.dossier_id)
        .where(Accountability.id.in_(ids))
    )
    return {
        row.id: {
            "case": number,
            "accountable": row.person,
            "cause": row.cause,
            "sanction": row.sanction,
            "basis": row.basis,
            "amount": plain(row.amount),
            "decided_by": row.decided_by,
            "decided_on": plain(row.decided_on),
            "referred_to": row.referred_to,
            "appeal_until": plain(row.appeal_until),
            "appealed_on": plain(row.appealed_on),
            "appeal_outcome": row.appeal_outcome,
            "recheck_outcome": row.recheck_outcome,
        }
        for row, number in rows
    }
