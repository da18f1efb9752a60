"""Writes about two-step opinions: the handler writes one, those whom the rules name decide, each another person."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from archive.binding.bound import bound
from archive.binding.roles import stands
from archive.core.act import Act, Actor, Machine
from archive.core.errors import NotAllowed, Problem, RuleBroken
from archive.core.ids import new_id
from archive.dossiers.duties import Hindrance
from archive.dossiers.models import Dossier, Move
from archive.dossiers.states import Verb
from archive.handling import holding, procedure
from archive.handling.holding import check, hold, make
from archive.handling.kinds import OpinionState, Subject
from archive.handling.models import Decision, Minutes, Opinion
from archive.handling.rules import Approver
from archive.people.rules import Permission, Role
from archive.procedures.profile import Standing


def propose(dossier: Dossier, asked: Mapping[str, Any], *, act: Act) -> Opinion:
    """Write an opinion for those who decide; one about a subject at a time. Raises NotAllowed, RuleBroken."""
    hold(dossier, Permission.HANDLE, act=act)
    waiting = _query(dossier, asked["subject"], OpinionState.WAITING)
    if act.session.scalar(waiting) is not None:
        raise RuleBroken("opinion.waiting", subject=asked["subject"])
    needed = procedure.approvers(bound(act.session, dossier), asked["subject"])
    plain = [[one.role.value, one.name, one.article, one.standing.value] for one in needed]
    values = {**asked, "approvers": plain}
    return make(Opinion, dossier, values, act=act, verb="propose", about=asked["subject"])


def decide(opinion: Opinion, asked: Mapping[str, Any], *, act: Act) -> None:
    """Agree to an opinion or send it back, by the next of its approvers; not its author, nobody twice.

    A decision may rest on minutes of a meeting of this dossier. Raises NotAllowed, RuleBroken, BadInput.
    """
    dossier = holding.dossier_of(opinion, act)
    hold(dossier, Permission.READ, act=act)
    holding.check_state(opinion, opinion.state, OpinionState.WAITING)
    check_approver(opinion, dossier, act.actor)
    minutes = act.session.get(Minutes, asked["minutes"]) if asked["minutes"] else None
    if asked["minutes"] and (minutes is None or minutes.dossier_id != dossier.id):
        check(Problem("opinion.minutes", "minutes"))
    step = len(opinion.decisions) + 1
    opinion.decisions.append(
        Decision(
            id=new_id(),
            dossier_id=dossier.id,
            step=step,
            agreed=asked["agreed"],
            text=asked["text"],
            minutes_id=minutes.id if minutes else None,
            by=act.actor.id,
            by_name=act.actor.name,
            at=act.moment,
        )
    )
    if not asked["agreed"]:
        opinion.state = OpinionState.RETURNED
    elif step == len(opinion.approvers):
        opinion.state = OpinionState.APPROVED
    holding.note(opinion, "decide", act=act, agreed=asked["agreed"], step=step)


def next_approver(opinion: Opinion) -> Approver | None:
    """Return who must decide next upon a waiting opinion."""
    if opinion.state is not OpinionState.WAITING:
        return None
    role, name, article, standing = opinion.approvers[len(opinion.decisions)]
    return Approver(Role(role), name, article, Standing(standing))


def check_approver(opinion: Opinion, dossier: Dossier, actor: Actor) -> None:
    """Refuse who may not decide next upon a waiting opinion. Raises NotAllowed."""
    approver = next_approver(opinion)
    if isinstance(actor, Machine) or approver is None:
        return
    if not stands(actor, approver.role, approver.standing, dossier.unit.path):
        raise NotAllowed("opinion.approver", role=approver.role, name=approver.name)
    if actor.id == opinion.made_by or any(one.by == actor.id for one in opinion.decisions):
        raise NotAllowed("opinion.same_person")


def may_decide(opinion: Opinion, dossier: Dossier, actor: Actor) -> bool:
    """Tell whether the actor may decide next upon a waiting opinion."""
    try:
        check_approver(opinion, dossier, actor)
    except NotAllowed:
        return False
    return opinion.state is OpinionState.WAITING


def approved(session: Session, dossier: Dossier, subject: Subject) -> bool:
    """Tell whether an opinion about the subject was agreed to since the dossier was last taken up again."""
    reopened = select(func.max(Move.at)).where(Move.dossier_id == dossier.id, Move.verb == Verb.REOPEN)
    since = or_(reopened.scalar_subquery().is_(None), Opinion.made_at >= reopened.scalar_subquery())
    return session.scalar(_query(dossier, subject, OpinionState.APPROVED).where(since)) is not None


def before(subject: Subject) -> Hindrance:
    """Return the check before a move that a profile may want approved (WQZX, 一; XXGS, 第二十二条; XLM, 4.2.2.2).

    A single approver may make the move himself; a chain decides upon an opinion first.
    """

    def against(session: Session, dossier: Dossier, actor: Actor) -> list[Problem]:
        found = bound(session, dossier)
        named = procedure.approvers(found, subject)
        if not procedure.asks_approval(found, subject) or isinstance(actor, Machine):
            return []
        if len(named) == 1 and stands(actor, named[0].role, named[0].standing, dossier.unit.path):
            return []
        return [] if approved(session, dossier, subject) else [_unapproved("opinion.wanted", subject, named)]

    return against


def before_closing(session: Session, dossier: Dossier) -> list[Problem]:
    """Return what stands against closing: a rule that wants the result decided by others, and no decision."""
    found = bound(session, dossier)
    if not procedure.asks_approval(found, Subject.DECIDE) or approved(session, dossier, Subject.DECIDE):
        return []
    return [_unapproved("close.no_decision", Subject.DECIDE, procedure.approvers(found, Subject.DECIDE))]


def _unapproved(code: str, subject: Subject, named: Sequence[Approver]) -> Problem:
    who = "、".join(one.name for one in named)
    return Problem(code, facts={"who": who, "article": named[0].article, "subject": subject})


def _query(dossier: Dossier, subject: Subject, state: OpinionState) -> Select[uuid.UUID]:
    return (
        select(Opinion.id)
        .where(Opinion.dossier_id == dossier.id, Opinion.subject == subject, Opinion.state == state)
        .limit(1)
    )
