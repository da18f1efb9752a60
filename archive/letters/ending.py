"""Letters and the end of a dossier: nothing half done stays behind in what becomes read-only."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import Problem, RuleBroken
from archive.dossiers.models import Dossier
from archive.letters import operations
from archive.letters.models import LetterRow
from archive.letters.states import UNISSUED, LetterState, Relation


def unfinished(session: Session, dossier: Dossier) -> list[Problem]:
    """Return what letters still ask for before closing: drafts, files to be made, notices not served. One statement."""
    rows = session.scalars(
        select(LetterRow).where(LetterRow.dossier_id == dossier.id, LetterRow.state != LetterState.VOID)
    ).all()
    found = [Problem("close.letter_draft", facts={"letter": row.title}) for row in rows if row.state in UNISSUED]
    found += [Problem("close.letter_files", facts={"letter": _name(row)}) for row in rows if row.files_missing]
    # The matter was sent on: before the complainant knows of it, that is only half done.
    found += [
        Problem("close.letter_pair", facts={"letter": _name(row)})
        for row in rows
        if row.relation is Relation.NOTIFIES and row.state is LetterState.ISSUED
    ]
    return found


def ended(dossier: Dossier, act: Act) -> None:
    """Take drafts away when a dossier ends, whichever way; refuse its end while files of letters are missing.

    Raises RuleBroken.
    """
    rows = act.session.scalars(select(LetterRow).where(LetterRow.dossier_id == dossier.id)).all()
    for row in rows:
        if row.files_missing and row.state is not LetterState.VOID:
            raise RuleBroken("close.letter_files", letter=_name(row))
        if row.state in UNISSUED:
            operations.make_void(row, "案卷已结束", act=act)


def _name(row: LetterRow) -> str:
    return row.number or row.title
