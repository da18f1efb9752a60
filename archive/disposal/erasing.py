"""What belongs to a dossier, read off the tables themselves: whatever hangs on it goes with it.

A table that is added later with a foreign key to a dossier, or to anything of one, is covered without a word here;
what is to stay must say so in `STAYS`.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from archive.core.db import Base
from archive.dossiers.models import Dossier

# Rows that stay because their sequence has no gaps, with what is written over what they said.
STAYS: dict[str, Mapping[str, Any]] = {
    "contact": {
        "person_name": "（已销毁）", "phone_sealed": None, "phone_masked": "",
        "summary": "（案卷已销毁）", "advice": "", "leader_opinion": "", "dossier_id": None,
    },
}  # fmt: skip


def stays(table: str, blanked: Mapping[str, Any]) -> None:
    """Let the rows of another feature's table stay, blanked: a number register must show no gaps."""
    STAYS[table] = blanked


def rows_of(dossier_id: uuid.UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Yield each table that holds rows of a dossier with the condition that finds them, children before parents."""
    owned: dict[str, ColumnElement[bool]] = {"dossier": Dossier.__table__.c.id == dossier_id}
    for table in Base.metadata.sorted_tables:
        if table.name not in owned and (found := _condition(table, owned, dossier_id)) is not None:
            owned[table.name] = found
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in owned:
            yield table, owned[table.name]


def delete_rows(session: Session, dossier_id: uuid.UUID) -> dict[str, int]:
    """Delete every row of a dossier, the dossier itself last; return how many went from each table.

    The database lets it pass only under a warrant (see the view destruction_warrant).
    """
    gone = {}
    for table, condition in rows_of(dossier_id):
        if table.name in STAYS:
            done = session.execute(update(table).where(condition).values(**STAYS[table.name]))
        else:
            done = session.execute(delete(table).where(condition))
        gone[table.name] = done.rowcount  # type: ignore[attr-defined]
    session.expire_all()
    return gone


def _condition(
    table: Table, owned: Mapping[str, ColumnElement[bool]], dossier_id: uuid.UUID
) -> ColumnElement[bool] | None:
    found = []
    for key in table.foreign_keys:
        parent = key.column.table
        if parent is table:
            continue
        if parent.name == "dossier":
            found.append(key.parent == dossier_id)
        elif parent.name in owned and parent.name not in STAYS:
            found.append(key.parent.in_(select(key.column).where(owned[parent.name])))
    return or_(*found) if found else None
