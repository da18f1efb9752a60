"""One step of a dossier: held, checked against the table, done, written into its history and the trail."""

from collections.abc import Iterable, Mapping
from typing import Any

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import Problem
from archive.dossiers import access, duties, endings, followings, rules
from archive.dossiers.models import Closing, Dossier, Move
from archive.dossiers.situations import situation
from archive.dossiers.states import State, Verb


def check(
    verb: Verb,
    dossier: Dossier,
    *,
    act: Act,
    asked: Mapping[str, Any] | None = None,
    hindrances: Iterable[Problem] = (),
    unit_path: str | None = None,
) -> State:
    """Hold the dossier and return the state the step leads to; `asked` are the facts the step must state.

    `unit_path` names the unit in which the permission counts, when it is not the one that has the dossier in hand.
    Raises Refused or MoveNotAllowed with every reason.
    """
    access.lock(act.session, dossier)
    where = situation(act.session, dossier, unit_path)
    found = [*hindrances, *duties.against(act.session, verb, dossier, act.actor)]
    return rules.check(verb, where, act.actor, asked or {}, found)


def write(
    verb: Verb, dossier: Dossier, after: State, *, act: Act, note: str = "", facts: Mapping[str, Any] | None = None
) -> Move:
    """Put the dossier into the state and write the step into its history and into the trail.

    `facts` must be plain and without personal numbers or texts: they go into the trail, which is kept for ever.
    """
    before = dossier.state
    dossier.state = after
    move = Move(
        dossier_id=dossier.id,
        at=act.moment,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        verb=verb,
        before=before,
        after=after,
        note=note,
        facts=dict(facts or {}),
    )
    act.session.add(move)
    changed = {} if before is after else {"before": before.value, "after": after.value}
    act.record(f"dossier:{verb.value}", dossier, number=dossier.number, **changed, **move.facts)
    followings.follow(dossier, act)
    return move


def end(dossier: Dossier, *, act: Act) -> None:
    """Close the dossier now: from here it is read-only and its keeping period runs (Asia/Shanghai date)."""
    dossier.closed_at = act.moment
    dossier.closed_on = shanghai_date(act.moment)
    act.session.add(
        Closing(
            dossier_id=dossier.id,
            state=dossier.state,
            closed_at=dossier.closed_at,
            closed_on=dossier.closed_on,
            closed_by=act.actor.id,
        )
    )
    act.record("dossier:end", dossier, number=dossier.number, state=dossier.state.value, closed_on=dossier.closed_on)
    endings.follow(dossier, act)
    followings.follow(dossier, act)
