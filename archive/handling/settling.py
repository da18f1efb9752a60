"""Writes about mediation and review. None of them commits."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.bound import bound
from archive.binding.roles import stands
from archive.core.act import Act, Actor
from archive.core.errors import NotAllowed, NotFound, Problem, RuleBroken
from archive.dossiers import moving
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, Move
from archive.dossiers.situations import situation
from archive.dossiers.states import State, Verb
from archive.handling import holding, procedure
from archive.handling.holding import check, hold, make, note
from archive.handling.kinds import MediationOutcome, ReviewLevel
from archive.handling.models import Mediation, Review
from archive.people import queries as people
from archive.people.models import Account
from archive.people.rules import Permission, may
from archive.procedures import overlay

Asked = Mapping[str, Any]


def arrange(dossier: Dossier, asked: Asked, *, act: Act) -> Mediation:
    """Arrange a meeting for mediation; both sides agreed to mediate when the dossier came into that state.

    Source: 金融消费者维权中心受理投诉工作流程, 二(五). Raises NotAllowed, RuleBroken.
    """
    hold(dossier, Permission.HANDLE, act=act)
    if dossier.state is not State.MEDIATING:
        raise RuleBroken("mediation.state", state=dossier.state)
    return make(Mediation, dossier, dict(asked), act=act, verb="arrange", at=asked["at"])


def conclude_mediation(mediation: Mediation, asked: Asked, *, act: Act) -> None:
    """Write down how a meeting went. An agreement is there in words and, signed, as a document of the dossier.

    A failed one leaves the dossier where it is: it is then investigated further or answered. Raises NotAllowed,
    RuleBroken, BadInput.
    """
    hold(holding.dossier_of(mediation, act), Permission.HANDLE, act=act)
    holding.check_state(mediation, mediation.outcome, None)
    problems = holding.past(mediation.at, act, "outcome")
    for name in ("record_document_id", "agreement_document_id"):
        problems += holding.document(act.session, mediation.dossier_id, asked[name], name)
    if asked["outcome"] is MediationOutcome.AGREED:
        wanted = ("agreement", "agreement_document_id")
        problems += [Problem("mediation.agreement", name) for name in wanted if not asked[name]]
    check(*problems)
    for name, value in asked.items():
        setattr(mediation, name, value)
    note(mediation, "conclude", act=act, outcome=asked["outcome"])


def open_review(dossier: Dossier, asked: Asked, *, act: Act) -> Review:
    """Give the review of a result to somebody who did not make it, who decides in the unit and is not recused.

    An answered dossier goes under review by this. Raises NotAllowed, RuleBroken, Refused, BadInput.
    """
    hold(dossier, Permission.DECIDE, act=act)
    if dossier.state is State.ANSWERED:
        moving.request_review(dossier, note=asked["grounds"], act=act)
    elif dossier.state is not State.REVIEWING:
        raise RuleBroken("review.state", state=dossier.state)
    if _open(act.session, dossier) is not None:
        raise RuleBroken("review.twice")
    check(
        *_level_faults(dossier, asked["level"], act), *_reviewer_faults(dossier, asked["reviewer"], asked["level"], act)
    )
    reviewer = people.by_login(act.session, asked["reviewer"])
    values = {"level": asked["level"], "grounds": asked["grounds"], "reviewer_id": reviewer.id}
    return make(Review, dossier, values, act=act, verb="open", level=asked["level"], reviewer=reviewer.name)


def conclude_review(review: Review, asked: Asked, *, act: Act) -> None:
    """Give the result of a review, by its reviewer. Raises NotAllowed, RuleBroken, Refused."""
    dossier = holding.dossier_of(review, act)
    hold(dossier, Permission.DECIDE, act=act)
    holding.check_state(review, review.outcome, None)
    if review.reviewer_id != act.actor.id:
        raise NotAllowed("review.reviewer", name=review.reviewer.name)
    review.outcome, review.text, review.concluded_at = asked["outcome"], asked["text"], act.moment
    # First the review, then the move: while a review is open, the move waits for its reviewer (see before_conclusion).
    note(review, "conclude", act=act, outcome=asked["outcome"])
    moving.conclude_review(dossier, outcome=asked["text"], act=act)


def before_conclusion(session: Session, dossier: Dossier, actor: Actor) -> list[Problem]:
    """Return what stands against concluding a review by the plain move: it was given to somebody, or is another's."""
    found = _open(session, dossier)
    if found is not None:
        return [Problem("review.by_reviewer", facts={"name": found.reviewer.name})]
    return _role_faults(session, dossier, actor, None, "")


def before_request(session: Session, dossier: Dossier, _actor: Actor) -> list[Problem]:
    """Return what stands against another review: the final one was made, or the only one that the texts know."""
    final = select(Review.id).where(
        Review.dossier_id == dossier.id, Review.level == ReviewLevel.FINAL, Review.outcome.is_not(None)
    )
    reviewed = select(Move.id).where(Move.dossier_id == dossier.id, Move.verb == Verb.CONCLUDE_REVIEW)
    _, only = procedure.final_review(bound(session, dossier))
    made = session.scalar(final.limit(1)) or (only and session.scalar(reviewed.limit(1)))
    return [Problem("review.final")] if made else []


def _open(session: Session, dossier: Dossier) -> Review | None:
    return session.scalar(select(Review).where(Review.dossier_id == dossier.id, Review.outcome.is_(None)).limit(1))


def _level_faults(dossier: Dossier, level: ReviewLevel, act: Act) -> list[Problem]:
    final, only = procedure.final_review(bound(act.session, dossier))
    if final is None or not only or level is ReviewLevel.FINAL:
        return []
    return [Problem("review.only_final", "level", {"article": final.basis})]


def _role_faults(
    session: Session, dossier: Dossier, actor: Actor, level: ReviewLevel | None, field: str
) -> list[Problem]:
    """Return a problem for each role in which a text wants the review made and the actor does not stand.

    Without a `level`, that which the texts give the review.
    """
    found = bound(session, dossier)
    asked, (final, only) = overlay.approval(found, "review"), procedure.final_review(found)
    wanted = [(asked.roles[-1], asked.reason)] if asked and asked.roles else []
    if final is not None and (level is ReviewLevel.FINAL or (level is None and only)):
        wanted += [(role, final.basis) for role in final.profile.roles if role.code == final.entry.role]
    return [
        Problem("review.role", field, {"name": actor.name, "role": role.name, "article": article})
        for role, article in wanted
        if not stands(actor, role.core, role.standing, dossier.unit.path)
    ]


def _reviewer_faults(dossier: Dossier, login: str, level: ReviewLevel, act: Act) -> list[Problem]:
    try:
        reviewer: Account = people.by_login(act.session, login)
    except NotFound:
        return [Problem("account.unknown", "reviewer")]
    person = people.person(act.session, reviewer)
    sees = act.session.scalar(select(Dossier.id).where(Dossier.id == dossier.id, visible_to(person)))
    if not reviewer.active or sees is None or not may(person, Permission.DECIDE, dossier.unit.path):
        # Recusal shows only here: who keeps out does not see the dossier.
        return [Problem("review.unfit", "reviewer", {"name": reviewer.name})]
    wrong = _role_faults(act.session, dossier, person, level, "reviewer")
    if wrong:
        return wrong
    before = select(Review.id).where(
        Review.dossier_id == dossier.id, Review.reviewer_id == reviewer.id, Review.outcome.is_not(None)
    )
    if situation(act.session, dossier).handled_by(reviewer.id) or act.session.scalar(before.limit(1)) is not None:
        return [Problem("review.handler", "reviewer", {"name": reviewer.name})]
    return []
