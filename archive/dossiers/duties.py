"""What must be done before a dossier may be closed, and before other moves. Later features add their own checks.

Sources: 中国人民银行令〔2020〕第5号, 第三十八条 (classification), 第三十九条 (the complainant is told the result).
"""

from collections.abc import Callable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from archive.core.act import Actor
from archive.core.errors import Problem
from archive.dossiers.models import Dossier, HandOver, Notice, Pause
from archive.dossiers.states import HandOverState, NoticeKind, NoticeOutcome, Verb

# Given an open dossier, a check returns what is still to be done. At most a few statements each.
Check = Callable[[Session, Dossier], list[Problem]]


def told_the_result(session: Session, dossier: Dossier) -> list[Problem]:
    """The complainant was told the result after it was settled, or could not be told after attempts on record."""
    query = exists().where(
        Notice.dossier_id == dossier.id,
        Notice.kind == NoticeKind.RESULT,
        Notice.outcome.in_((NoticeOutcome.REACHED, NoticeOutcome.IMPOSSIBLE)),
    )
    if dossier.answered_at is not None:
        # What was told before the present answer was another result.
        query = query.where(Notice.recorded_at >= dossier.answered_at)
    return [] if session.scalar(select(query)) else [Problem("close.not_told")]


def handed_over(session: Session, dossier: Dossier) -> list[Problem]:
    """No slip of a hand-over waits for its answer."""
    waiting = exists().where(HandOver.dossier_id == dossier.id, HandOver.state == HandOverState.OFFERED)
    return [Problem("close.hand_over")] if session.scalar(select(waiting)) else []


def classified(_session: Session, dossier: Dossier) -> list[Problem]:
    """Business category, cause and respondent are filled in."""
    wanted = {"category": dossier.category, "cause": dossier.cause, "respondent": dossier.respondent_id}
    return [Problem(f"close.no_{name}") for name, value in wanted.items() if not value]


def running(session: Session, dossier: Dossier) -> list[Problem]:
    """No supplement is waited for."""
    open_pause = exists().where(Pause.dossier_id == dossier.id, Pause.ended_at.is_(None))
    return [Problem("close.paused")] if session.scalar(select(open_pause)) else []


_checks: list[Check] = [told_the_result, handed_over, classified, running]


def add(*checks: Check) -> None:
    """Add checks of another feature; adding one twice changes nothing."""
    _checks.extend(check for check in checks if check not in _checks)


# Given a dossier and who wants to move it, a hindrance returns what stands against the move.
Hindrance = Callable[[Session, Dossier, Actor], list[Problem]]

_before: dict[Verb, dict[str, Hindrance]] = {}


def before(verb: Verb, **checks: Hindrance) -> None:
    """Add what another feature wants done before a move, by name; adding it again changes nothing."""
    _before.setdefault(verb, {}).update(checks)


def against(session: Session, verb: Verb, dossier: Dossier, actor: Actor) -> list[Problem]:
    """Return what other features have against a move of the dossier by the actor now."""
    return [problem for check in _before.get(verb, {}).values() for problem in check(session, dossier, actor)]


def unfinished(session: Session, dossier: Dossier) -> list[Problem]:
    """Return everything that is still to be done before the dossier may be closed."""
    return [problem for check in _checks for problem in check(session, dossier)]
