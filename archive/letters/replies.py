"""Replies received: which letter each answers, and what follows for the letter."""

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.core.act import Act
from archive.dossiers.models import Dossier
from archive.letters import serving
from archive.letters.models import LetterRow
from archive.letters.states import LetterState
from archive.responses import queries as responses
from archive.responses.joining import Answerable
from archive.responses.kinds import Outcome
from archive.responses.models import Response

# Brackets as people type them, for the ones numbers are written with.
_BRACKETS = str.maketrans("[](){}【】（）［］", "〔〕" * 6)


def tidy(number: str) -> str:
    """Return a document number as it is compared: six-cornered brackets, no blanks. Pure."""
    return re.sub(r"\s", "", number).translate(_BRACKETS)


def answerable(session: Session, dossier: Dossier) -> Sequence[Answerable]:
    """Return the dossier's letters a reply may answer, the latest first. One statement."""
    rows = session.scalars(
        select(LetterRow)
        .where(LetterRow.dossier_id == dossier.id, LetterRow.number != "", LetterRow.state != LetterState.VOID)
        .order_by(LetterRow.issued_at.desc(), LetterRow.id.desc())
    )
    return [Answerable(row.number, f"{row.title}（{row.addressee}）") for row in rows]


def of_letter(session: Session, row: LetterRow) -> Sequence[Response]:
    """Return the replies that name the letter, the latest first. Two statements."""
    if not row.number:
        return []
    query = responses.counted(session, [row.dossier_id]).where(Response.answers != "")
    found = session.scalars(query.order_by(Response.received_on.desc()).options(joinedload(Response.document)))
    return [one for one in found if tidy(one.answers) == row.number]


def refresh(dossier: Dossier, act: Act) -> None:
    """Mark each letter answered or not, after a change of the replies. A request for more time is no answer."""
    came: dict[str, Response] = {}
    answers = responses.counted(act.session, [dossier.id]).where(Response.answers != "")
    for response in act.session.scalars(answers.order_by(Response.received_on.desc())):
        if response.outcome is not Outcome.MORE_TIME:
            came[tidy(response.answers)] = response
    letters = select(LetterRow).where(LetterRow.dossier_id == dossier.id, LetterRow.number != "")
    for row in act.session.scalars(letters):
        found = came.get(row.number)
        on = found.received_on if found else None
        if row.replied_on != on:
            row.replied_on = on
            serving.refresh_state(row, act=act)
            act.record("letter:reply", row, number=row.number, on=on)
