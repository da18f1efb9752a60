"""What letters tell the limits: an assignment that waits for its result, an extension the complainant was told of."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.extending import TOLD_BY_LETTER
from archive.binding.happenings import Case, Happened
from archive.core.clock import SHANGHAI
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow
from archive.letters.states import LetterState

_TELLING = (LetterKind.ASSIGNMENT, LetterKind.EXTENSION)


def told(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield the assignment whose result is due first, or, when all were answered, the last one with its answer.

    One statement.
    """
    rows = session.execute(
        select(LetterRow.dossier_id, LetterRow.kind, LetterRow.issued_at, LetterRow.reply_due, LetterRow.replied_on)
        .where(
            LetterRow.dossier_id.in_([case.id for case in cases]),
            LetterRow.kind.in_(_TELLING),
            LetterRow.issued_at.is_not(None),
            LetterRow.state != LetterState.VOID,
        )
        .order_by(LetterRow.issued_at)
    )
    assigned: dict[uuid.UUID, list[tuple[datetime, date | None, date | None]]] = {}
    for dossier_id, kind, issued_at, due, replied_on in rows:
        if issued_at is None:
            continue
        if kind is LetterKind.EXTENSION:
            yield Happened(dossier_id, TOLD_BY_LETTER, issued_at)
        else:
            assigned.setdefault(dossier_id, []).append((issued_at, due, replied_on))
    for dossier_id, letters in assigned.items():
        waiting = [one for one in letters if one[2] is None]
        issued_at, due, replied_on = min(waiting, key=lambda one: one[1] or date.max) if waiting else letters[-1]
        yield Happened(dossier_id, "letter_issued", issued_at, due)
        if replied_on is not None:
            yield Happened(dossier_id, "letter_answered", datetime.combine(replied_on, time(12), SHANGHAI))
