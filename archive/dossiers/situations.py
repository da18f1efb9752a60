"""Reading off a dossier what the rules ask."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.dossiers.models import Dossier, Move, Recusal
from archive.dossiers.rules import Situation
from archive.dossiers.states import State


def situation(session: Session, dossier: Dossier, unit_path: str | None = None) -> Situation:
    """Return the dossier as the rules see it; `unit_path` when another unit's permission counts. Two statements."""
    recused = session.scalars(select(Recusal.account_id).where(Recusal.dossier_id == dossier.id))
    return Situation(
        state=dossier.state,
        unit_path=unit_path or dossier.unit.path,
        closed_on=dossier.closed_on,
        registered_by=dossier.registered_by,
        officer_id=dossier.officer_id,
        recused=frozenset(recused),
        before=_state_before(session, dossier),
    )


def _state_before(session: Session, dossier: Dossier) -> State | None:
    """Return the state from which the dossier came into the one it is in."""
    return session.scalar(
        select(Move.before)
        .where(
            Move.dossier_id == dossier.id,
            Move.after == dossier.state,
            or_(Move.before.is_(None), Move.before != Move.after),
        )
        .order_by(Move.at.desc(), Move.id.desc())
        .limit(1)
    )
