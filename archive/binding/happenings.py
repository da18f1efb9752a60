"""What happened to dossiers, by the names the profiles use: read off moves, notices and lines written by hand.

Features above add what they know (letters, follow-up, …): a source yields for many dossiers at once. A later source
overrides an earlier one; what a person wrote down (事项登记) overrides all.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.binding.models import DossierEvent, Escalation
from archive.dossiers.models import Move, Notice
from archive.dossiers.states import NoticeKind, NoticeOutcome, State, Verb
from archive.procedures.profile import Cause


class Case(NamedTuple):
    """What the reckoning asks of a dossier's row; `institution` is the kind of its respondent."""

    id: uuid.UUID
    number: str
    unit_path: str
    state: State
    received_at: datetime
    registered_at: datetime
    accepted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    source: str
    channel: str
    severity: str
    category: str
    custom: dict[str, object]
    institution: str | None
    due_at: datetime | None
    due_met_at: datetime | None
    due_rule: str
    due_provisional: bool


class Happened(NamedTuple):
    """Something that happened to a dossier; `due_on` is a day that it states itself, as a letter does."""

    dossier_id: uuid.UUID
    code: str
    at: datetime
    due_on: date | None = None


Source = Callable[[Session, Sequence[Case]], Iterable[Happened]]


def from_rows(_session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield what stands on the dossiers' own rows."""
    for case in cases:
        yield Happened(case.id, "received", case.received_at)
        yield Happened(case.id, "registered", case.registered_at)
        for code, at in (("accepted", case.accepted_at), ("decided", case.accepted_at), ("closed", case.closed_at)):
            if at is not None:
                yield Happened(case.id, code, at)
        if case.answered_at is not None:
            for code in ("answered", "handled", "result_known", "plan_confirmed"):
                yield Happened(case.id, code, case.answered_at)


# Which step tells of which event; the first such step counts, of `_LAST` the last.
_BY_MOVE: dict[Verb, tuple[str, ...]] = {
    Verb.DECLINE: ("declined", "decided"),
    Verb.WITHDRAW: ("withdrawn",),
    Verb.ASSIGN: ("forwarded",),
    Verb.APPOINT: ("forwarded",),
    Verb.INVESTIGATE: ("forwarded", "line_received"),
    Verb.RECEIVE_SUPPLEMENT: ("supplement_completed",),
    Verb.REQUEST_REVIEW: ("review_requested",),
    Verb.CONCLUDE_REVIEW: ("review_decided",),
}
_LAST = frozenset({Verb.REQUEST_REVIEW, Verb.CONCLUDE_REVIEW, Verb.RECEIVE_SUPPLEMENT, Verb.DECLINE})


def from_moves(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield what the steps tell. One statement."""
    rows = session.execute(
        select(Move.dossier_id, Move.verb, Move.before, Move.at)
        .where(Move.dossier_id.in_([case.id for case in cases]), Move.verb.in_((*_BY_MOVE, Verb.ACCEPT_HAND_OVER)))
        .order_by(Move.at)
    )
    seen: set[tuple[uuid.UUID, str]] = set()
    for dossier_id, verb, before, at in rows:
        # The lead unit took the dossier over; a co-operating unit that says yes changes no state.
        codes = (
            ("line_received",) if verb is Verb.ACCEPT_HAND_OVER and before is State.ASSIGNED else _BY_MOVE.get(verb, ())
        )
        for code in codes:
            if (dossier_id, code) not in seen or verb in _LAST:
                seen.add((dossier_id, code))
                yield Happened(dossier_id, code, at)


_PROGRESS = frozenset({NoticeKind.OTHER, NoticeKind.FORWARDING, NoticeKind.EXTENSION})


def from_notices(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield what complainants were told. One statement."""
    answered = {case.id: case.answered_at for case in cases}
    rows = session.execute(
        select(Notice.dossier_id, Notice.kind, Notice.at, Notice.recorded_at)
        .where(Notice.dossier_id.in_(list(answered)))
        .where(Notice.outcome.in_((NoticeOutcome.REACHED, NoticeOutcome.IMPOSSIBLE)))
        .order_by(Notice.at)
    )
    seen: set[tuple[uuid.UUID, str]] = set()
    for dossier_id, kind, at, recorded_at in rows:
        codes = ["contacted"]
        if kind in _PROGRESS:
            codes.append("progress_told")
        settled = answered[dossier_id]
        # What was told before the present answer was another result.
        if kind is NoticeKind.RESULT and settled is not None and recorded_at >= settled:
            codes.append("result_told")
        for code in codes:
            if (dossier_id, code) not in seen:
                seen.add((dossier_id, code))
                yield Happened(dossier_id, code, at)


def from_escalations(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield when dossiers were first reported upwards, and when somebody first answered. One statement."""
    rows = session.execute(
        select(Escalation.dossier_id, func.min(Escalation.raised_at), func.min(Escalation.seen_at))
        .where(Escalation.dossier_id.in_([case.id for case in cases]), Escalation.cause == Cause.MISSED)
        .group_by(Escalation.dossier_id)
    )
    for dossier_id, raised, seen in rows:
        yield Happened(dossier_id, "escalated", raised)
        if seen is not None:
            yield Happened(dossier_id, "escalation_answered", seen)


def by_hand(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield the lines that people wrote down, the last of a kind last. One statement."""
    rows = session.execute(
        select(DossierEvent.dossier_id, DossierEvent.code, DossierEvent.at, DossierEvent.due_on)
        .where(DossierEvent.dossier_id.in_([case.id for case in cases]), DossierEvent.struck_at.is_(None))
        .order_by(DossierEvent.at)
    )
    for row in rows:
        yield Happened(*row)


_sources: list[Source] = [from_rows, from_moves, from_notices, from_escalations]


def add(*sources: Source) -> None:
    """Add sources of another feature; adding one twice changes nothing."""
    _sources.extend(source for source in sources if source not in _sources)


def gathered(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield everything that happened to the dossiers; of two with one code the later yielded counts."""
    for source in (*_sources, by_hand):
        yield from source(session, cases)
