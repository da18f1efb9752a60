"""What letters put on the work list: replies that are late, one by one; how many wait for review, issue, files."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from archive.core import act
from archive.core.clock import shanghai_date
from archive.core.db import tested
from archive.core.labels import label
from archive.dossiers.access import in_hand, visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.work import Errand, Told
from archive.letters import queries
from archive.letters.models import LetterRow
from archive.letters.queries import Waits
from archive.letters.states import Relation
from archive.people.rules import Permission, Person, may

_MOST = 20


def errands(session: Session, person: Person, now: datetime) -> Sequence[Errand]:
    """Return the letters of the person, or of dossiers in their hands, whose reply is late. One statement."""
    if not may(person, Permission.DRAFT_LETTER):
        return []
    rows = session.scalars(
        select(LetterRow)
        .join(Dossier, tested(LetterRow.dossier_id) == Dossier.id)
        .where(
            visible_to(person),
            or_(Dossier.officer_id == person.id, LetterRow.drafted_by == person.id),
            queries.waits_for(Waits.OVERDUE, shanghai_date(now)),
        )
        .order_by(LetterRow.reply_due, LetterRow.id)
        .limit(_MOST)
        .options(contains_eager(LetterRow.dossier))
    )
    return [
        Errand(
            "letter",
            f"{row.addressee}逾期未回复{label(row.kind)}（{row.number}），请催办",
            url_for("letters.show", letter_id=row.id),
            row.dossier.title,
            row.dossier.number,
            row.reply_due,
        )
        for row in rows
    ]


def told(session: Session, person: Person) -> Sequence[Told]:
    """Return how many letters wait for the person to review or issue, or cannot be made. One statement."""
    if not may(person, Permission.DRAFT_LETTER):
        return []
    drafts, issues = (in_hand(person, one) for one in (Permission.DRAFT_LETTER, Permission.ISSUE_LETTER))
    # A notice goes with its letter.
    alone = or_(LetterRow.relation.is_(None), LetterRow.relation != Relation.NOTIFIES)
    others = ~cast(LetterRow.authors, String).contains(str(person.id))
    today = shanghai_date(act.now())
    parts = {
        Waits.REVIEW: and_(queries.waits_for(Waits.REVIEW, today), drafts, alone, others),
        Waits.ISSUE: and_(queries.waits_for(Waits.ISSUE, today), issues, alone),
        Waits.FILES: and_(queries.waits_for(Waits.FILES, today), drafts, LetterRow.trouble != ""),
    }
    counts = session.execute(
        select(*(func.count().filter(part) for part in parts.values()))
        .select_from(LetterRow)
        .join(Dossier, tested(LetterRow.dossier_id) == Dossier.id)
        .where(visible_to(person), or_(*(queries.waits_for(waits, today) for waits in parts)))
    ).one()
    return [
        Told(f"函件{label(waits)}", url_for("letters.index", waits=waits.value), count)
        for waits, count in zip(parts, counts, strict=True)
        if count
    ]
