"""Reads about letters: one, those of a dossier, lists with filters, what is late. Access as of the dossier."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from archive.core.db import tested
from archive.core.errors import NotFound
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow, Review, Serving
from archive.letters.states import LetterState
from archive.people.models import Unit
from archive.people.rules import Person


class Waits(StrEnum):
    """What a letter waits for; the parts of the page of letters."""

    REVIEW = "review"
    ISSUE = "issue"
    FILES = "files"
    SERVING = "serving"
    REPLY = "reply"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Filter:
    """Which letters a list shows; empty parts do not count."""

    kind: LetterKind | None = None
    state: LetterState | None = None
    unit: uuid.UUID | None = None
    year: int | None = None
    waits: Waits | None = None
    number: str = ""


def letter(session: Session, letter_id: uuid.UUID, person: Person) -> LetterRow:
    """Return a letter. Raises NotFound, the same for hidden and for missing."""
    query = (
        select(LetterRow)
        .join(LetterRow.dossier)
        .where(LetterRow.id == letter_id, visible_to(person))
        .options(contains_eager(LetterRow.dossier).joinedload(Dossier.unit), joinedload(LetterRow.about))
    )
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("letter.unknown")
    return found


def of_dossier(session: Session, dossier: Dossier) -> Sequence[LetterRow]:
    """Return the letters of a dossier, the latest first. One statement."""
    return session.scalars(
        select(LetterRow)
        .where(LetterRow.dossier_id == dossier.id)
        .order_by(LetterRow.drafted_at.desc(), LetterRow.id.desc())
        .options(joinedload(LetterRow.about))
    ).all()


def belonging(session: Session, row: LetterRow) -> Sequence[LetterRow]:
    """Return the letters that point at this one, the first first. One statement."""
    return session.scalars(
        select(LetterRow).where(LetterRow.about_id == row.id).order_by(LetterRow.drafted_at, LetterRow.id)
    ).all()


def reviews(session: Session, row: LetterRow) -> Sequence[Review]:
    """Return what was done and said on the way to issue, in order. One statement."""
    return session.scalars(select(Review).where(Review.letter_id == row.id).order_by(Review.at, Review.id)).all()


def servings(session: Session, row: LetterRow) -> Sequence[Serving]:
    """Return the attempts to serve a letter, in order, with their receipts. One statement."""
    return session.scalars(
        select(Serving)
        .where(Serving.letter_id == row.id)
        .order_by(Serving.sent_on, Serving.id)
        .options(joinedload(Serving.document))
    ).all()


def serving(session: Session, row: LetterRow, serving_id: uuid.UUID) -> Serving:
    """Return an attempt to serve the letter. Raises NotFound."""
    found = session.scalar(select(Serving).where(Serving.id == serving_id, Serving.letter_id == row.id))
    if found is None:
        raise NotFound("serving.unknown")
    return found


def page(session: Session, person: Person, wanted: Filter, request: PageRequest, today: date) -> Page[LetterRow]:
    """Return a page of letters, the latest first. One statement."""
    query = (
        select(LetterRow)
        .join(Dossier, tested(LetterRow.dossier_id) == Dossier.id)
        .where(visible_to(person), *_conditions(wanted, today))
        .order_by(LetterRow.drafted_at.desc(), LetterRow.id.desc())
        .limit(request.size + 1)
        .options(contains_eager(LetterRow.dossier).joinedload(Dossier.unit))
    )
    key = request.key(moment, uuid.UUID)
    if key is not None:
        at, last = key
        query = query.where(or_(LetterRow.drafted_at < at, and_(LetterRow.drafted_at == at, LetterRow.id < last)))
    rows = session.scalars(query).unique().all()
    return cut(rows, request, lambda row: (row.drafted_at.isoformat(), row.id))


def waiting(session: Session, person: Person, today: date) -> dict[Waits, int]:
    """Return how many letters wait for what, those there are. One statement."""
    parts = {waits: waits_for(waits, today) for waits in Waits}
    row = session.execute(
        select(*(func.count().filter(part) for part in parts.values()))
        .select_from(LetterRow)
        .join(Dossier, tested(LetterRow.dossier_id) == Dossier.id)
        .where(visible_to(person), or_(*parts.values()))
    ).one()
    return {waits: count for waits, count in zip(parts, row, strict=True) if count}


def overdue_of(session: Session, dossier: Dossier, today: date) -> Sequence[LetterRow]:
    """Return the letters of a dossier whose reply is late. One statement."""
    return session.scalars(
        select(LetterRow)
        .where(LetterRow.dossier_id == dossier.id, waits_for(Waits.OVERDUE, today))
        .order_by(LetterRow.reply_due, LetterRow.id)
    ).all()


def _conditions(wanted: Filter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        found.append(LetterRow.kind == wanted.kind)
    if wanted.state is not None:
        found.append(LetterRow.state == wanted.state)
    if wanted.unit is not None:
        path = select(Unit.path).where(Unit.id == wanted.unit).scalar_subquery()
        below = select(Unit.id).where(Unit.path.startswith(path))
        found.append(Dossier.unit_id.in_(below))
    if wanted.year is not None:
        found.append(LetterRow.issued_on.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31)))
    if wanted.waits is not None:
        found.append(waits_for(wanted.waits, today))
    if wanted.number:
        found.append(LetterRow.number.contains(wanted.number, autoescape=True))
    return found


def waits_for(waits: Waits, today: date) -> ColumnElement[bool]:
    """Return the condition that a letter waits for this."""
    out = LetterRow.state.in_((LetterState.ISSUED, LetterState.SERVED))
    return {
        Waits.REVIEW: LetterRow.state == LetterState.IN_REVIEW,
        Waits.ISSUE: LetterRow.state == LetterState.APPROVED,
        Waits.FILES: and_(
            LetterRow.issued_at.is_not(None), LetterRow.pdf_document_id.is_(None), LetterRow.state != LetterState.VOID
        ),
        Waits.SERVING: and_(LetterRow.state == LetterState.ISSUED, LetterRow.pdf_document_id.is_not(None)),
        Waits.REPLY: and_(out, LetterRow.reply_due.is_not(None), LetterRow.reply_due >= today),
        Waits.OVERDUE: and_(out, LetterRow.reply_due.is_not(None), LetterRow.reply_due < today),
    }[waits]
