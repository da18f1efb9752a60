"""How content complainants were when asked afterwards (回访): scores from 1 to 5, from 4 up is content."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, case, func, select
from sqlalchemy.orm import Session

from archive.core.db import Base
from archive.dossiers.models import Dossier
from archive.reports import counting
from archive.reports.periods import Period

CONTENT = 4


@dataclass(frozen=True)
class Answers:
    """How many complainants gave a score, and how many of them are content."""

    given: int = 0
    content: int = 0

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(self.given + other.given, self.content + other.content)

    @property
    def rate(self) -> str:
        """The content in whole percent; empty without answers."""
        return counting.rate(self.content, self.given - self.content)


def by(session: Session, of: Any, scope: ColumnElement[bool], period: Period) -> Mapping[uuid.UUID | None, Answers]:
    """Return the answers of the period by a column of the dossier. One statement; none where nobody is asked yet."""
    asked = _asked()
    if asked is None:
        return {}
    content = func.sum(case((asked.c.score >= CONTENT, 1), else_=0))
    query = (
        select(of, func.count(), content)
        .select_from(Dossier.__table__.join(asked, asked.c.dossier_id == Dossier.id))
        .where(
            scope, asked.c.side == "complainant", asked.c.score.is_not(None), counting.within(asked.c.at, period)
        )
        .group_by(of)
    )  # fmt: skip
    return {key: Answers(given, int(good)) for key, given, good in session.execute(query)}


def within(session: Session, scope: ColumnElement[bool], period: Period) -> dict[str, int]:
    """Return the answers of the period as a report freezes them."""
    found = by(session, Dossier.fonds, scope, period).values()
    return {"given": sum(one.given for one in found), "content": sum(one.content for one in found)}


def _asked() -> Table | None:
    """Return the table of follow-ups, where the office keeps them."""
    return Base.metadata.tables.get("follow_up")
