"""Writes about two-step opinions: the handler writes one, those whom the rules name decide, each another person."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act, Actor, Machine
from archive.core.errors import NotAllowed, Problem, RuleBroken
from archive.core.ids import new_id
from archive.dossiers.models import Dossier
from archive.handling import holding, procedure, rules
from archive.handling.holding import check, hold, make
from archive.handling.kinds import OpinionState, Subject
from archive.handling.models import Decision, Minutes, Opinion
from archive.handling.rules import Approver
from archive.people.rules import Permission, Person, Role


def propose(dossier: Dossier, asked: Mapping[str, Any], *, act: Act) -> Opinion:
    """Write an opinion for those who decide; one about a subject at a time. Raises NotAllowed, RuleBroken."""
    hold(dossier, Permission.HANDLE, act=act)
    waiting = _query(dossier, asked["subject"], OpinionState.WAITING)
    if act.session.scalar(waiting) is not None:
        raise RuleBroken("opinion.waiting", subject=asked["subject"])
    needed = procedure.approvers(act.session, dossier, asked["subject"])
    values = {**asked, "approvers": [[one.role.value, one.name, one.article] for one in needed]}
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
    role, name, article = opinion.approvers[len(opinion.decisions)]
    return Approver(Role(role), name, article)


def check_approver(opinion: Opinion, dossier: Dossier, actor: Actor) -> None:
    """Refuse who may not decide next upon a waiting opinion. Raises NotAllowed."""
    approver = next_approver(opinion)
    if isinstance(actor, Machine) or approver is None:
        return
    if not isinstance(actor, Person) or not rules.holds(actor, approver.role, dossier.unit.path):
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
    """Tell whether an opinion about the subject was agreed to."""
    return session.scalar(_query(dossier, subject, OpinionState.APPROVED)) is not None


def before_mediation(session: Session, dossier: Dossier) -> list[Problem]:
    """Return what stands against mediation: a rule that wants it approved (XXGS, 第二十二条), and no approval."""
    return _unapproved(session, dossier, Subject.MEDIATE, "opinion.mediation")


def before_closing(session: Session, dossier: Dossier) -> list[Problem]:
    """Return what stands against closing: a rule that wants the result decided by others, and no decision."""
    return _unapproved(session, dossier, Subject.DECIDE, "close.no_decision")


def _unapproved(session: Session, dossier: Dossier, subject: Subject, code: str) -> list[Problem]:
    if not procedure.asks_approval(session, dossier, subject) or approved(session, dossier, subject):
        return []
    named: Sequence[Approver] = procedure.approvers(session, dossier, subject)
    return [Problem(code, facts={"who": "、".join(one.name for one in named), "article": named[0].article})]


def _query(dossier: Dossier, subject: Subject, state: OpinionState) -> Any:
    return (
        select(Opinion.id)
        .where(Opinion.dossier_id == dossier.id, Opinion.subject == subject, Opinion.state == state)
        .limit(1)
    )
