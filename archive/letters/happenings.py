"""What letters tell the limits: an assignment that waits for its result; which letter told of an extension."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.extending import Letter
from archive.binding.happenings import Case, Happened
from archive.core.clock import SHANGHAI
from archive.dossiers.models import Dossier
from archive.letters import facts
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow
from archive.letters.states import LetterState


def told(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield the assignment whose result is due first, or, when all were answered, the last one with its answer.

    One statement.
    """
    rows = session.execute(
        select(LetterRow.dossier_id, LetterRow.issued_at, LetterRow.reply_due, LetterRow.replied_on)
        .where(
            LetterRow.dossier_id.in_([case.id for case in cases]),
            LetterRow.kind == LetterKind.ASSIGNMENT,
            LetterRow.issued_at.is_not(None),
            LetterRow.state != LetterState.VOID,
        )
        .order_by(LetterRow.issued_at)
    )
    assigned: dict[uuid.UUID, list[tuple[datetime, date | None, date | None]]] = {}
    for dossier_id, issued_at, due, replied_on in rows:
        if issued_at is not None:
            assigned.setdefault(dossier_id, []).append((issued_at, due, replied_on))
    for dossier_id, letters in assigned.items():
        waiting = [one for one in letters if one[2] is None]
        issued_at, due, replied_on = min(waiting, key=lambda one: one[1] or date.max) if waiting else letters[-1]
        yield Happened(dossier_id, "letter_issued", issued_at, due)
        if replied_on is not None:
            yield Happened(dossier_id, "letter_answered", datetime.combine(replied_on, time(12), SHANGHAI))


def extensions(session: Session, dossier: Dossier) -> Sequence[Letter]:
    """Return the letters of extension that are in force, the first first. One statement."""
    rows = session.execute(
        select(LetterRow.id, LetterRow.number, LetterRow.issued_at, LetterRow.facts)
        .where(
            LetterRow.dossier_id == dossier.id,
            LetterRow.kind == LetterKind.EXTENSION,
            LetterRow.issued_at.is_not(None),
            LetterRow.state != LetterState.VOID,
        )
        .order_by(LetterRow.issued_at)
    )
    return [
        Letter(letter_id, number, issued_at, facts.parse_date(facts.get(said, "extension.until")))
        for letter_id, number, issued_at, said in rows
        if issued_at is not None
    ]
