"""Reading off a dossier what the rules ask."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers.models import Dossier, Move, Recusal
from archive.dossiers.rules import WORK, Situation
from archive.dossiers.states import State, Verb


def situation(session: Session, dossier: Dossier, unit_path: str | None = None) -> Situation:
    """Return the dossier as the rules see it; `unit_path` when another unit's permission counts. Two statements."""
    recused = session.scalars(select(Recusal.account_id).where(Recusal.dossier_id == dossier.id))
    moves = session.execute(
        select(Move.verb, Move.actor_id, Move.before, Move.after)
        .where(Move.dossier_id == dossier.id)
        .order_by(Move.at.desc(), Move.id.desc())
    ).all()
    return Situation(
        state=dossier.state,
        unit_path=unit_path or dossier.unit.path,
        closed_on=dossier.closed_on,
        registered_by=dossier.registered_by,
        officer_id=dossier.officer_id,
        recused=frozenset(recused),
        before=_state_before(moves, dossier.state),
        workers=_workers(moves),
    )


def _state_before(moves: Sequence[Any], state: State) -> State | None:
    """Return the state from which the dossier came into the one it is in; `moves` last first."""
    return next((move.before for move in moves if move.after is state and move.before is not state), None)


def _workers(moves: Sequence[Any]) -> frozenset[uuid.UUID]:
    """Return who did the work since the dossier was last reopened; `moves` last first."""
    found: set[uuid.UUID | None] = set()
    for move in moves:
        if move.verb in WORK:
            found.add(move.actor_id)
        if move.verb is Verb.REOPEN:
            break
    return frozenset(one for one in found if one is not None)
