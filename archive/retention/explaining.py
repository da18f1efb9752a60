"""The one answer to "why can this not be destroyed?": for the page, the API, the command line and every refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from archive.core.errors import Problem
from archive.core.labels import sentence
from archive.dossiers.models import Dossier
from archive.people import queries as people
from archive.people.rules import Permission
from archive.retention import reading
from archive.retention.models import Hold
from archive.retention.periods import Promise
from archive.retention.rules import Standing, said_at


@dataclass(frozen=True)
class Explanation:
    """Kept until when, by which rule and article, which holds, what the store says, and all that speaks against it."""

    number: str
    filed_number: str
    ended: bool
    closed_on: date | None
    promise: Promise | None
    asked: Sequence[Promise]
    holds: Sequence[Hold]
    releasers: Sequence[str]
    standing: Standing
    at: datetime

    @property
    def reasons(self) -> Sequence[Problem]:
        """Everything that speaks against destroying."""
        return self.standing.reasons

    @property
    def summary(self) -> str:
        """One line: kept until when."""
        if self.promise is None:
            return "尚未办结，保管期限还没有开始" if not self.ended else "保管期限不明，须一直保管"
        if self.promise.last_day is None:
            return "永久"
        years = f"（{self.promise.asked.years} 年）" if self.promise.asked.years else ""
        return f"{self.promise.last_day:%Y-%m-%d} 止{years}"


def explain(session: Session, dossier: Dossier, now: datetime) -> Explanation:
    """Return how a dossier stands. Some twenty statements."""
    keeping = reading.keeping(session, dossier.id)
    standing = reading.standing(session, dossier, now)
    holds = reading.holds_in_force(session, dossier.id)
    releasers = people.persons_with(session, Permission.HOLD, dossier.unit.path) if holds else []
    return Explanation(
        number=dossier.number,
        filed_number=keeping.filed_number if keeping else "",
        ended=dossier.closed_on is not None,
        closed_on=dossier.closed_on,
        promise=standing.promise if keeping else None,
        asked=standing.asked,
        holds=holds,
        releasers=[one.name for one in releasers],
        standing=standing,
        at=now,
    )


def lines(found: Explanation) -> list[str]:
    """Return the explanation as lines of text, for the command line and the evidence pack."""
    told = [f"案号：{found.number}", f"档号：{found.filed_number or '尚未归档'}"]
    told.append(f"办结日期：{found.closed_on or '尚未办结'}")
    told.append(f"保管至：{found.summary}")
    if found.promise is not None:
        told.append(f"依据：{found.promise.asked.name}，{found.promise.asked.basis}")
    told += [
        f"  规则 {one.asked.name}（{one.asked.basis}）：{'永久' if one.permanent else f'至 {one.last_day}'}"
        for one in found.asked
    ]
    locks = found.standing.locks
    until = f"，最晚至 {said_at(locks.latest)}" if locks.latest else ""
    told.append(f"存储锁定：{locks.locked}/{locks.versions} 个版本{until}")
    told += [
        f"冻结：{hold.basis}，{hold.placed_by_name} 于 {hold.placed_at:%Y-%m-%d} 设置；"
        f"可由{'、'.join(found.releasers)}中两人解除"
        for hold in found.holds
    ]
    told.append("不能销毁的原因：" if found.reasons else "没有不能销毁的原因，可以提请鉴定。")
    return told + [f"  · {sentence(reason)}" for reason in found.reasons]
