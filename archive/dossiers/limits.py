"""The operative limit of a dossier: reckoned from its history, kept on its row so that lists sort and filter by it.

Until procedure profiles are bound to dossiers, every complaint has the one limit of the order in force: an answer
within fifteen natural days (中国人民银行金融消费者权益保护实施办法, 第四十三条), which stands still while a supplement
is waited for and starts anew on new facts.
"""

from dataclasses import replace
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.deadlines.calendar import packaged_calendar
from archive.deadlines.history import Due, History, Pause, PauseKind
from archive.deadlines.rules import due
from archive.dossiers import models
from archive.dossiers.models import Dossier, Move
from archive.dossiers.states import Verb
from archive.procedures.limit import Clock, Limit
from archive.procedures.loading import load, shipped_texts

_PROFILE, _LIMIT = "PBC5", "P43"


@cache
def core_limit() -> Limit:
    """Return the limit that holds for every complaint; see above."""
    found = load(shipped_texts()[_PROFILE], f"{_PROFILE}.yaml").limit(_LIMIT)
    if found is None:
        raise LookupError(f"the packaged profile {_PROFILE} lacks its limit {_LIMIT}")
    return replace(found, name="答复投诉人", when={}, clock=Clock(pause_on=("supplement",), restart_on=("new_facts",)))


def refresh(dossier: Dossier, *, act: Act) -> None:
    """Reckon the dossier's operative limit anew. A closed dossier keeps the one it had."""
    if dossier.closed_at is not None:
        return
    found = reckon(act.session, dossier)
    dossier.due_at = found.operative if found else None
    dossier.due_rule = found.reason if found else ""
    dossier.due_provisional = found.provisional if found else False


def reckon(session: Session, dossier: Dossier) -> Due | None:
    """Return the dossier's limit with the steps of its reckoning. Two statements."""
    rows = session.scalars(select(models.Pause).where(models.Pause.dossier_id == dossier.id))
    pauses = [
        Pause(PauseKind.SUPPLEMENT, row.began_at, str(row.id), row.ended_at, str(row.id) if row.ended_at else "")
        for row in rows
    ]
    reopened = session.scalars(select(Move.at).where(Move.dossier_id == dossier.id, Move.verb == Verb.REOPEN)).all()
    events = {"received": dossier.received_at, "accepted": dossier.accepted_at, "answered": dossier.answered_at}
    history = History({name: at for name, at in events.items() if at is not None}, pauses, reopened)
    return due(core_limit(), history, packaged_calendar())
