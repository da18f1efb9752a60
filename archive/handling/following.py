"""Writes about follow-up (回访): asking both sides afterwards, and taking a dossier up again because of it."""

from collections.abc import Mapping
from typing import Any

from archive.core.act import Act
from archive.core.errors import Problem, RuleBroken
from archive.dossiers import followings, moving
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.handling import holding, rules
from archive.handling.holding import check, hold, make, note
from archive.handling.models import FollowUp
from archive.people.rules import Permission

# When the sides can be asked: the result is settled.
ASKED_IN = (State.ANSWERED, State.CLOSED)


def record(dossier: Dossier, asked: Mapping[str, Any], *, act: Act) -> FollowUp:
    """Write down an attempt to ask a side, reached or not. Raises NotAllowed, RuleBroken, BadInput."""
    hold(dossier, Permission.HANDLE, act=act, ended=True)
    if dossier.state not in ASKED_IN or dossier.answered_at is None:
        raise RuleBroken("follow_up.state", state=dossier.state)
    problems = holding.past(asked["at"], act, "at")
    if asked["at"] < dossier.answered_at:
        problems.append(Problem("follow_up.before", "at"))
    if not asked["reached"]:
        problems += [
            Problem("follow_up.unreached", name) for name in ("score", "words", "reopen_reason") if asked[name]
        ]
    elif asked["score"] is None:
        problems.append(Problem("follow_up.score", "score"))
    if asked["score"] is not None and asked["score"] not in rules.SCORES:
        problems.append(Problem("follow_up.score", "score"))
    if asked["reopen_reason"] and dossier.state is not State.CLOSED:
        problems.append(Problem("follow_up.open", "reopen_reason"))
    check(*problems)
    facts = {"side": asked["side"], "reached": asked["reached"], "score": asked["score"]}
    row = make(FollowUp, dossier, dict(asked), act=act, verb="record", **facts)
    followings.follow(dossier, act)
    return row


def settle(follow_up: FollowUp, asked: Mapping[str, Any], *, act: Act) -> None:
    """Answer a proposal to take the dossier up again: do so, or say why not. Raises NotAllowed, RuleBroken, Refused."""
    dossier = holding.dossier_of(follow_up, act)
    hold(dossier, Permission.DECIDE, act=act, ended=True)
    holding.check_state(follow_up, (bool(follow_up.reopen_reason), follow_up.settled_at), (True, None))
    follow_up.settled_at, follow_up.settled_by_name = act.moment, act.actor.name
    follow_up.settlement = asked["settlement"]
    note(follow_up, "settle", act=act, reopened=asked["reopened"])
    if asked["reopened"]:
        moving.reopen(dossier, note=follow_up.reopen_reason, act=act)
