"""Selections: dossiers chosen from a list or from search results, kept for an act on many of them.

A selection belongs to who made it. What it names is asked of `access.visible_to` when it is made and again whenever it
is used, so it never shows more than the person may see at that moment.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.db import rows_changed
from archive.core.errors import BadInput, NotFound
from archive.core.masking import masked
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, Selection
from archive.people.rules import Person

MOST = 5000
"""Dossiers in one selection; more are done in several steps."""

KEPT = timedelta(days=30)
_TITLE = 200


def choose(person: Person, dossier_ids: Sequence[uuid.UUID], title: str, act: Act, *, purpose: str = "") -> Selection:
    """Keep a selection of those of the dossiers that the person may see, in this order.

    Raises BadInput when none is left (`selection.empty`) or there are more than MOST (`selection.too_many`).
    """
    wanted = list(dict.fromkeys(dossier_ids))
    if len(wanted) > MOST:
        raise BadInput("selection.too_many", most=MOST, count=len(wanted))
    kept = [one.hex for one in _visible(act.session, person, wanted)]
    if not kept:
        raise BadInput("selection.empty")
    selection = Selection(
        account_id=person.id,
        created_at=act.moment,
        title=masked(title)[:_TITLE],
        purpose=purpose,
        dossier_ids=kept,
    )
    act.session.add(selection)
    act.session.flush()
    act.record("selection:choose", selection, title=selection.title, count=len(kept), purpose=purpose)
    return selection


def read(session: Session, person: Person, selection_id: uuid.UUID) -> Selection:
    """Return the person's own selection. Raises NotFound, the same for another's and for one that was swept."""
    found = session.get(Selection, selection_id)
    if found is None or found.account_id != person.id:
        raise NotFound("selection.unknown")
    return found


def ids_of(session: Session, person: Person, selection: Selection, limit: int = MOST) -> list[uuid.UUID]:
    """Return the ids of the first `limit` dossiers that are still there and visible, in order. One statement."""
    return _visible(session, person, [uuid.UUID(one) for one in selection.dossier_ids])[:limit]


def dossiers_of(session: Session, person: Person, selection: Selection, limit: int = MOST) -> list[Dossier]:
    """Return the first `limit` dossiers that are still there and visible, in order. Two statements."""
    ids = ids_of(session, person, selection, limit)
    rows = {one.id: one for one in session.scalars(select(Dossier).where(Dossier.id.in_(ids)))}
    return [rows[one] for one in ids if one in rows]


def sweep(session: Session, *, now: datetime) -> int:
    """Forget selections older than KEPT; return how many."""
    return rows_changed(session.execute(delete(Selection).where(Selection.created_at < now - KEPT)))


def _visible(session: Session, person: Person, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    seen = set(session.scalars(select(Dossier.id).where(Dossier.id.in_(ids), visible_to(person))))
    return [one for one in ids if one in seen]
