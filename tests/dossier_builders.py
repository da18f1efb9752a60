"""Builders of dossiers: name only what matters; the rest is believable."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from archive.core.act import Machine, acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import NotFound
from archive.dossiers import access, admitting, assigning, moving, registering, ruling
from archive.dossiers.models import Dossier
from archive.dossiers.states import Channel, NoticeChannel, NoticeKind, NoticeOutcome, State
from archive.dossiers.values import Complaint, NoticeValue, PartyValue
from archive.people.models import Account, AuditGrant, Unit
from tests.builders import Office
from tests.conftest import NOW

WANG = PartyValue("王小明", id_number="320582198001010019", phone="13800135678", address="张家港市杨舍镇人民路1号")


def complaint(**facts: Any) -> Complaint:
    """A complaint about a loan, received an hour ago."""
    usual: dict[str, Any] = {
        "title": "贷款利率争议",
        "received_at": NOW - timedelta(hours=1),
        "channel": Channel.VISIT,
        "parties": (WANG,),
        "respondent": "张家港某某银行",
        "category": "loan",
        "cause": "fee",
        "facts": "合同约定利率与实际扣款不一致。",
        "request": "退还多收利息。",
    }
    return Complaint(**{**usual, **facts})


def registered(office: Office, by: str = "intake", **facts: Any) -> str:
    """Register a complaint and return its number."""
    with acting(office.person(by)) as act:
        return registering.register(complaint(**facts), act=act).number


def dossier(number: str) -> Dossier:
    return db.session.query(Dossier).filter_by(number=number).one()


def unit(office: Office, code: str) -> Unit:
    found = db.session.get(Unit, office.units[code])
    assert found is not None
    return found


def account(office: Office, login: str) -> Account:
    found = db.session.get(Account, office.accounts[login])
    assert found is not None
    return found


def conditions_of(found: Dossier) -> list[str]:
    """Return every condition of admission that binds the dossier, by code."""
    return [one.code for one in admitting.conditions(ruling.bound(db.session(), found), found.parties)]


def told(office: Office, number: str, kind: NoticeKind = NoticeKind.RESULT, at: datetime | None = None) -> None:
    with acting(office.person("officer")) as act:
        value = NoticeValue(kind, NoticeChannel.PHONE, NoticeOutcome.REACHED, at or act.moment)
        moving.notify(dossier(number), value, act=act)


def brought_to(office: Office, state: State, **facts: Any) -> str:
    """Register a complaint and walk it to the state by the usual way; return its number."""
    number = registered(office, **facts)
    head, officer = office.person("head"), office.person("officer")

    def step(who: Any, do: Any) -> None:
        with acting(who) as act:
            do(access.find(act.session, number, who), act)

    ways: dict[State, list[tuple[Any, Any]]] = {
        State.REGISTERED: [],
        State.SUPPLEMENTING: [
            (
                officer,
                lambda d, act: moving.request_supplement(d, note="缺合同", due_on=shanghai_date(act.moment), act=act),
            )
        ],
        State.DECLINED: [(head, lambda d, act: moving.decline(d, reason="42-1", note="请向他处反映", act=act))],
        State.WITHDRAWN: [(officer, lambda d, act: moving.withdraw(d, note="电话撤回", act=act))],
    }
    accept = (head, lambda d, act: moving.accept(d, admission=conditions_of(d), act=act))
    begin = (officer, lambda d, act: moving.investigate(d, act=act))
    answer = (officer, lambda d, act: moving.answer(d, outcome="银行退还利息。", act=act))
    assign = (head, lambda d, act: assigning.assign(d, lead=unit(office, "field"), act=act))
    mediate = (
        officer,
        lambda d, act: moving.mediate(
            d, complainant_agreed_on=shanghai_date(act.moment), respondent_agreed_on=shanghai_date(act.moment), act=act
        ),
    )
    review = (officer, lambda d, act: moving.request_review(d, note="投诉人不认可", act=act))
    ways |= {
        State.ACCEPTED: [accept],
        State.ASSIGNED: [accept, assign],
        State.INVESTIGATING: [accept, begin],
        State.MEDIATING: [accept, begin, mediate],
        State.ANSWERED: [accept, begin, answer],
        State.REVIEWING: [accept, begin, answer, review],
        State.CLOSED: [accept, begin, answer],
    }
    for who, do in ways[state]:
        step(who, do)
    if state is State.CLOSED:
        told(office, number)
        step(head, lambda d, act: moving.close(d, act=act))
    return number


def sees(office: Office, login: str, number: str) -> bool:
    """Tell whether a person sees a dossier; database and index must agree about it."""
    person = office.person(login)
    try:
        found = access.find(db.session(), number, person)
    except NotFound:
        found = None
    listed = db.session.scalar(select(Dossier.id).where(Dossier.number == number, access.visible_to(person)))
    assert (found is None) == (listed is None)
    row = dossier(number)
    carries = access.terms_of_many(db.session(), [row])[row.id]
    one_of, none_of = access.reader_terms(person)
    assert (bool(carries & one_of) and not carries & none_of) == (found is not None)
    return found is not None


def ungranted(office: Office) -> None:
    """Take back the grant that every test office begins with."""
    with acting(Machine("test")) as act:
        act.session.execute(update(AuditGrant).where(AuditGrant.ended_at.is_(None)).values(ended_at=act.moment))
