"""A complainant asks for erasure: before the end of keeping nothing is erased, but nobody uses it any more.

Source: 个人信息保护法, 第四十七条第二款 (where the period of keeping has not ended, all handling but keeping and
securing stops); the period rests on 第十三条第一款第三项 and the rule that keeps the dossier.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, Problem
from archive.core.paging import Page, PageRequest, cut
from archive.dossiers import guarding
from archive.dossiers import rules as dossiers
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Permission, Person
from archive.retention import reading
from archive.retention.models import ErasureRequest
from archive.retention.periods import MOST_YEARS, Asked
from archive.retention.rules import Facts, evaluate


@dataclass(frozen=True)
class Ground:
    """Until when a dossier is kept, as its complainant is told, and by which rule; whether that is over."""

    period: str
    rule: str
    permanent: bool
    over: bool


def answer(dossier: Dossier, *, received_on: date, note: str = "", act: Act) -> ErasureRequest:
    """Decide on a request for erasure: restrict the dossier, and write down until when and why it is kept.

    Nothing is erased here: what is over goes by an approved list. The person is told by a letter of a kind of its own
    that says what is decided here. Raises NotAllowed, BadInput.
    """
    if dossiers.lacks(act.actor, Permission.RESTRICT, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.RESTRICT)
    if received_on > shanghai_date(act.moment):
        raise BadInput("input.bad", [Problem("input.future", "received_on")])
    found = ground(reading.facts(act.session, dossier, act.moment))
    if not dossier.restricted:
        guarding.restrict(dossier, reason="个人信息主体请求删除，保管期限未满，停止除存储外的处理", act=act)
    request = ErasureRequest(
        dossier_id=dossier.id,
        received_on=received_on,
        note=note,
        granted=found.over,
        permanent=found.permanent,
        period=found.period,
        rule=found.rule,
        answered_by=act.actor.id,
        answered_by_name=act.actor.name,
        answered_at=act.moment,
    )
    act.session.add(request)
    act.session.flush()
    act.record("erasure_request:answer", request, number=dossier.number, granted=found.over)
    return request


def requests_of(session: Session, dossier: Dossier) -> Sequence[ErasureRequest]:
    """Return the requests about a dossier, the newest first. One statement."""
    query = select(ErasureRequest).where(ErasureRequest.dossier_id == dossier.id)
    return session.scalars(query.order_by(ErasureRequest.id.desc())).all()


def listed(session: Session, person: Person, request: PageRequest) -> Page[tuple[ErasureRequest, str]]:
    """Return the requests about dossiers the person may see, with their numbers, the newest first. One statement."""
    query = (
        select(ErasureRequest, Dossier.number)
        .join(Dossier, Dossier.id == ErasureRequest.dossier_id)
        .where(visible_to(person))
        .order_by(ErasureRequest.id.desc())
        .limit(request.size + 1)
    )
    key = request.key(uuid.UUID)
    if key is not None:
        query = query.where(ErasureRequest.id < key[0])
    rows = [(row[0], row[1]) for row in session.execute(query)]
    return cut(rows, request, lambda row: [row[0].id])


def ground(found: Facts) -> Ground:
    """Return what the complainant is told. What a dossier is held for, or joined to, is nobody's business outside."""
    standing = evaluate(found).whatever_the_clock
    promise = standing.promise if found.kept is not None and found.ended else None
    if promise is None:
        # Not ended, taken up again, or not filed: the longest of what the rules ask, and promised, will bind.
        promised = (found.kept.asked,) if found.kept is not None else ()
        longest = max((*found.asked, *promised), key=lambda one: one.years or MOST_YEARS + 1)
        said = f"{longest.years}年，自办结之日起计算，案件尚未办结" if longest.years else "永久"
        return Ground(said, _rule(longest), longest.years is None, False)
    if promise.last_day is None:
        return Ground("永久", _rule(promise.asked), True, False)
    years = f"{promise.asked.years}年，" if promise.asked.years else ""
    said = f"{years}至{promise.last_day.year}年{promise.last_day.month}月{promise.last_day.day}日"
    if standing.expired and not standing.destroyable:
        said += "，期满后因依法应当继续保管的情形尚未消除，继续保管"
    return Ground(said, _rule(promise.asked), False, standing.destroyable)


def _rule(asked: Asked) -> str:
    return f"{asked.name}，{asked.basis}"
