"""A complainant asks for erasure: before the end of keeping nothing is erased, but nobody uses it any more.

Source: 个人信息保护法, 第四十七条第二款 (where the period of keeping has not ended, all handling but keeping and
securing stops); the period rests on 第十三条第一款第三项 and the rule that keeps the dossier.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, Problem
from archive.core.labels import sentence
from archive.core.paging import Page, PageRequest, cut
from archive.core.ports import ports
from archive.dossiers import guarding
from archive.dossiers import rules as dossiers
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Permission, Person
from archive.retention import explaining
from archive.retention.explaining import Explanation
from archive.retention.models import ErasureRequest


def answer(dossier: Dossier, *, received_on: date, note: str = "", act: Act) -> ErasureRequest:
    """Answer a request for erasure: restrict the dossier as long as it must be kept, and write the reasoned reply.

    Nothing is erased here: what is over goes by an approved list. Raises NotAllowed, BadInput.
    """
    if dossiers.lacks(act.actor, Permission.RESTRICT, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.RESTRICT)
    if received_on > shanghai_date(act.moment):
        raise BadInput("input.bad", [Problem("input.future", "received_on")])
    found = explaining.explain(act.session, dossier, act.moment)
    if not dossier.restricted:
        guarding.restrict(dossier, reason="个人信息主体请求删除，保管期限未满，停止除存储外的处理", act=act)
    granted = found.standing.whatever_the_clock.destroyable
    request = ErasureRequest(
        dossier_id=dossier.id,
        received_on=received_on,
        note=note,
        granted=granted,
        reply=reply(found, received_on, granted, shanghai_date(act.moment)),
        answered_by=act.actor.id,
        answered_by_name=act.actor.name,
        answered_at=act.moment,
    )
    act.session.add(request)
    act.session.flush()
    act.record("erasure_request:answer", request, number=dossier.number, granted=granted)
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


def reply(found: Explanation, received_on: date, granted: bool, today: date) -> str:
    """Return the text of the reply: what was asked, what is done, and every reason."""
    asked = f"　　您于 {_day(received_on)} 提出的删除个人信息请求收悉（案号 {found.number}）。现答复如下："
    if granted:
        body = ["　　该案卷保管期限已满，将依照档案鉴定和销毁程序予以销毁。"]
    else:
        body = [
            f"　　一、该案卷须依法保管，保管期限：{found.summary}。",
            *([f"　　依据：{found.promise.asked.name}，{found.promise.asked.basis}。"] if found.promise else []),
            *(f"　　（{number}）{sentence(reason)}" for number, reason in enumerate(_lasting(found), start=1)),
            "　　二、依照《中华人民共和国个人信息保护法》第四十七条第二款，保管期限未满的，停止除存储和采取必要的"
            "安全保护措施之外的处理。自本日起，该案卷已限制查阅。",
            "　　三、保管期限届满后，将依照程序鉴定、销毁，销毁情况可以查询。",
        ]
    office = ports().settings.office_name
    return "\n".join(["关于删除个人信息请求的答复", "", "您好：", asked, *body, "", office, _day(today)])


def _lasting(found: Explanation) -> list[Problem]:
    # What it is held for, and what it is joined to, is nobody's business outside.
    told = ("kept.until", "kept.permanent", "kept.open", "kept.no_date")
    return [one for one in found.standing.reasons if one.code in told]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
