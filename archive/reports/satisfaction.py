"""How content complainants were when asked afterwards (回访): scores from 1 to 5, from 4 up is content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from archive.dossiers.models import Dossier
from archive.handling.kinds import Side
from archive.handling.models_after import FollowUp
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


def by(session: Session, of: Any, scope: ColumnElement[bool], period: Period) -> Mapping[str, Answers]:
    """Return the answers of the period by a text that a dossier's columns make. One statement."""
    content = func.sum(case((FollowUp.score >= CONTENT, 1), else_=0))
    query = (
        select(of, func.count(), content)
        .select_from(FollowUp)
        .join(Dossier, Dossier.id == FollowUp.dossier_id)
        .where(
            scope, FollowUp.side == Side.COMPLAINANT, FollowUp.score.is_not(None), counting.within(FollowUp.at, period)
        )
        .group_by(of)
    )
    return {key: Answers(given, int(good)) for key, given, good in session.execute(query)}


def within(session: Session, scope: ColumnElement[bool], period: Period) -> dict[str, int]:
    """Return the answers of the period as a report freezes them."""
    found = by(session, Dossier.fonds, scope, period).values()
    return {"given": sum(one.given for one in found), "content": sum(one.content for one in found)}
