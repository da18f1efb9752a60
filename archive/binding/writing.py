"""Writing reckoned limits: only what differs from what stands there, many dossiers at once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from archive.binding.models import DossierLimit
from archive.binding.rules import Reckoned, core_limit, steps
from archive.core.act import Act
from archive.core.ids import new_id
from archive.deadlines.history import StepKind
from archive.procedures.loading import shipped

# What is compared and written of a row, in the order of `_values`.
_COLUMNS = (
    "profile_version", "name", "article", "duty", "from_event", "to_event", "started_at", "operative_at", "legal_at",
    "warn_at", "met_at", "ended_at", "extended_to", "paused", "provisional", "is_right", "follows", "others", "reason",
)  # fmt: skip


def store(
    reckoned: Mapping[uuid.UUID, Sequence[Reckoned]],
    versions: Mapping[uuid.UUID, Mapping[str, int]],
    ended: Collection[uuid.UUID],
    *,
    act: Act,
) -> None:
    """Write the limits of these dossiers; `versions` are those bound, by dossier and profile.

    What no longer binds goes; of an ended dossier nothing does. At most four statements.
    """
    table = DossierLimit.__table__
    key = (DossierLimit.id, DossierLimit.dossier_id, DossierLimit.profile_id, DossierLimit.limit_id)
    query = select(*key, *(getattr(DossierLimit, name) for name in _COLUMNS))
    there = {
        (row[1], row[2], row[3]): row
        for row in act.session.execute(query.where(DossierLimit.dossier_id.in_(list(reckoned))))
    }
    new, changed = [], []
    for dossier_id, found in reckoned.items():
        for one in found:
            limit = one.due.limit
            profile_id = limit.key.partition(".")[0]
            version = versions[dossier_id].get(profile_id, 0) or _core_version()
            values = {"profile_version": version, **_values(one)}
            row = there.pop((dossier_id, profile_id, limit.id), None)
            if row is None:
                new.append(
                    {"id": new_id(), "dossier_id": dossier_id, "profile_id": profile_id, "limit_id": limit.id} | values
                )
            elif tuple(values.values()) != tuple(row[4:]):
                changed.append({"row": row.id} | values)
                _tell(row, values, act)
    gone = [row.id for (dossier_id, _, _), row in there.items() if dossier_id not in ended]
    if new:
        act.session.execute(insert(table), new)  # type: ignore[arg-type]
    if changed:
        act.session.execute(update(table).where(table.c.id == bindparam("row")), changed)  # type: ignore[arg-type]
    if gone:
        act.session.execute(delete(table).where(table.c.id.in_(gone)))  # type: ignore[arg-type]


def _core_version() -> int:
    return shipped()[core_limit().key.partition(".")[0]].version


def _values(one: Reckoned) -> dict[str, Any]:
    due, limit = one.due, one.due.limit
    extended = any(step.kind is StepKind.EXTENDED for step in due.trace)
    return {
        "name": limit.name,
        "article": limit.reason,
        "duty": limit.duty,
        "from_event": limit.from_,
        "to_event": limit.to,
        "started_at": due.started,
        "operative_at": due.operative,
        "legal_at": due.legal,
        "warn_at": due.warn_at,
        "met_at": one.met_at,
        "ended_at": one.ended_at,
        "extended_to": due.operative if extended else None,
        "paused": due.operative is None and limit.limit is not None,
        "provisional": due.provisional,
        "is_right": limit.right,
        "follows": any(step.kind is StepKind.INHERITED for step in due.trace),
        "others": [{"kind": other.kind, "at": other.at.isoformat(), "article": other.article} for other in due.others],
        "reason": steps(due),
    }


def _tell(row: Any, values: Mapping[str, Any], act: Act) -> None:
    """Record that a provisional date moved: it never moves silently."""
    if row.provisional and row.operative_at != values["operative_at"]:
        subject = DossierLimit(id=row.id, dossier_id=row.dossier_id)
        before, after = row.operative_at, values["operative_at"]
        act.record("limit:move", subject, profile=row.profile_id, limit=row.limit_id, before=before, after=after)
