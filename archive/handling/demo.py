"""The demonstration's handling: one dossier in which everything was tried, calls after closing, a mass of complaints.

Called once, after office, dossiers and evidence were made. Persons and firms are invented; numbers end in 0000.
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from archive.core.act import Act, Machine, acting
from archive.core.clock import shanghai_date
from archive.documents.models import Document
from archive.dossiers import admitting, moving, registering, ruling
from archive.dossiers.models import Dossier
from archive.dossiers.states import Channel, NoticeChannel, Severity, Source, State
from archive.dossiers.values import Complaint, PartyValue
from archive.handling import masses, records
from archive.handling.kinds import (
    ConsultationKind,
    MediationOutcome,
    ReviewLevel,
    Sheet,
    Side,
    Step,
    Subject,
)
from archive.people import queries as people
from archive.people.rules import Person

_LOGINS = ("intake", "officer", "head")
_MASSED = ("张", "李", "王", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐")
_BANK = "东渡商业银行"
_OPERATOR, _FIRM = "东渡支付服务有限公司", "港城收单服务外包有限公司"


def demonstrate() -> None:
    """Make the demonstration's handling."""
    with acting(Machine("演示数据")) as act:
        who = {login: people.person(act.session, people.by_login(act.session, login)) for login in _LOGINS}
    _mediated(who)
    _investigated(who)
    _called(who["officer"])
    _reviewed(who["head"])
    _massed(who["intake"])


def sanction() -> None:
    """A dossier under way in the unit at a bank, and an employee held to account for it who asks for a review."""
    with acting(Machine("演示数据")) as act:
        who = {login: people.person(act.session, people.by_login(act.session, login)) for login in ("officer4", "head")}
        today = shanghai_date(act.moment)
    with acting(who["officer4"]) as act:
        dossier_id = registering.register(_misled(act), act=act).id
    with acting(who["head"]) as act:
        dossier = act.session.get_one(Dossier, dossier_id)
        wanted = admitting.conditions(ruling.bound(act.session, dossier), dossier.parties)
        moving.accept(dossier, admission=[one.code for one in wanted], act=act)
    with acting(who["officer4"]) as act:
        moving.investigate(act.session.get_one(Dossier, dossier_id), act=act)
    hand = _Hand(who, dossier_id)
    row = hand.make(
        Sheet.ACCOUNTABILITY, "head", person="冯经理", cause="未作风险提示，代客户操作手机银行",
        sanction="记过，扣减当季绩效", basis="本行员工违规处理办法第三十一条", amount=2000,
        decided_by="派驻银行监察室", decided_on=today - timedelta(days=3),
        referred_to="",
    )  # fmt: skip
    hand.step(
        Sheet.ACCOUNTABILITY, row, Step.APPEAL, "head", appealed_on=today,
        appeal_grounds="称已口头提示风险，系客户要求代为操作，请求复审",
    )  # fmt: skip


def _misled(act: Act) -> Complaint:
    return Complaint(
        title="柜员代客户操作手机银行购买理财",
        received_at=act.moment - timedelta(days=8),
        channel=Channel.VISIT,
        parties=(PartyValue("顾阿婆", phone="13880010000"),),
        source=Source.DIRECT,
        respondent=_BANK,
        category="wealth.agency",
        cause="disclosure",
        amount=Decimal(60000),
        severity=Severity.MAJOR,
        severity_reason="vulnerable",
        facts="办理定期存款转存时，网点经理代为操作手机银行，买成了理财产品，没有提示风险。",
        request="按原定期存款恢复，并处理有关人员。",
    )


class _Hand:
    """Makes records of one dossier as the persons who would make them, each in an act of its own."""

    def __init__(self, who: Mapping[str, Person], dossier_id: uuid.UUID) -> None:
        self.who, self.dossier_id = who, dossier_id

    def make(self, sheet: Sheet, login: str = "officer", **asked: Any) -> uuid.UUID:
        with acting(self.who[login]) as act:
            return records.make(sheet, self._dossier(act), asked, act=act).id

    def step(self, sheet: Sheet, row_id: uuid.UUID, step: Step, login: str = "officer", **asked: Any) -> None:
        with acting(self.who[login]) as act:
            records.take(sheet, step, self._dossier(act), row_id, asked, act=act)

    def _dossier(self, act: Act) -> Dossier:
        return act.session.get_one(Dossier, self.dossier_id)


def _in_state(state: State, officer: Person | None = None) -> list[uuid.UUID]:
    """Return the dossiers in a state, the newest first."""
    with acting(Machine("演示数据")) as act:
        query = select(Dossier.id).where(Dossier.state == state).order_by(Dossier.registered_at.desc())
        if officer is not None:
            query = query.where(Dossier.officer_id == officer.id)
        return list(act.session.scalars(query))


def _paper(dossier_id: uuid.UUID) -> uuid.UUID | None:
    with acting(Machine("演示数据")) as act:
        query = select(Document.id).where(Document.dossier_id == dossier_id, Document.parent_id.is_(None))
        return act.session.scalar(query.order_by(Document.item).limit(1))


def _mediated(who: Mapping[str, Person]) -> None:
    """A dossier under mediation, with an investigation behind it and a promise before it."""
    dossier_id = _in_state(State.MEDIATING)[0]
    hand, paper = _Hand(who, dossier_id), _paper(dossier_id)
    with acting(Machine("演示数据")) as act:
        now, today = act.moment, shanghai_date(act.moment)
    done = hand.make(Sheet.TASKS, what="向销售网点核实当时的录音录像", unit="DC", person="", due_on=today)
    hand.step(
        Sheet.TASKS, done, Step.FINISH, result="网点提供了销售录像，客户经理没有出示风险揭示书。",
        documents=[paper] if paper else [],
    )  # fmt: skip
    hand.make(
        Sheet.TASKS,
        what="整理投诉人三年来的交易流水并列表",
        unit="DC",
        person="officer2",
        due_on=today + timedelta(days=2),
    )
    asked = hand.make(
        Sheet.EVIDENCE, what="2024年全部销售录音、风险评估问卷", holder="被投诉机构零售部",
        requested_on=today - timedelta(days=8), due_on=today - timedelta(days=1),
    )  # fmt: skip
    if paper:
        hand.step(Sheet.EVIDENCE, asked, Step.RECEIVE, document_id=paper, received_on=today)
    hand.make(
        Sheet.INTERVIEWS, person="钱经理", capacity="销售客户经理", at=now - timedelta(days=5),
        place="调解室",
        interviewer="陈承办", document_id=None,
        content="问：销售时是否说明到期可能不兑付？\n答：当时没有专门说明，只讲了预期收益。\n问：风险测评由谁填写？\n答：在柜台由我代填，客户签字。",
    )  # fmt: skip
    hand.make(
        Sheet.CONSULTATIONS, kind=ConsultationKind.INQUIRY, body="法律事务科",
        question="代填风险测评问卷的效力如何认定？",
        asked_on=today - timedelta(days=4), reply="代填不能证明尽到适当性义务，机构应承担相应责任。",
        replied_on=today - timedelta(days=3), document_id=None,
    )  # fmt: skip
    minutes = hand.make(
        Sheet.MINUTES, at=now - timedelta(days=3), place="三楼会议室", chair="王主任",
        attendees="调查调解科、法律事务科",
        content="汇报调查情况，讨论适当性义务与责任比例。", resolution="支持投诉人主张本金损失的七成，先行调解。",
        document_id=None,
    )  # fmt: skip
    opinion = hand.make(
        Sheet.OPINIONS, subject=Subject.DECIDE,
        text="销售过程未尽风险揭示和适当性义务，建议组织调解，由机构承担本金损失的七成。",
    )  # fmt: skip
    hand.step(Sheet.OPINIONS, opinion, Step.DECIDE, "head", agreed=True, text="同意，按会议决定办理。", minutes=minutes)
    first = hand.make(
        Sheet.MEDIATIONS, at=now - timedelta(days=2), place="调解室", mediator="陈承办", told="电话通知双方，短信确认"
    )
    hand.step(
        Sheet.MEDIATIONS, first, Step.CONCLUDE, outcome=MediationOutcome.ADJOURNED,
        participants="投诉人、机构零售部负责人",
        record="机构愿意承担五成，投诉人要求八成，双方同意再议。", record_document_id=None, agreement="",
        agreement_document_id=None,
    )  # fmt: skip
    hand.make(
        Sheet.MEDIATIONS, at=now + timedelta(days=2), place="调解室", mediator="陈承办", told="当面约定，书面通知双方"
    )
    money = hand.make(
        Sheet.COMPENSATIONS, kind="money", amount=128, detail="先行退还销售手续费", payer="被投诉机构",
        promised_on=today - timedelta(days=2), due_on=today + timedelta(days=8),
    )  # fmt: skip
    if paper:
        hand.step(Sheet.COMPENSATIONS, money, Step.PAY, paid_on=today, document_id=paper)
    hand.make(
        Sheet.COMPENSATIONS, kind="service", amount=None, detail="免收该客户一年账户管理费", payer="被投诉机构",
        promised_on=today, due_on=today + timedelta(days=15),
    )  # fmt: skip
    hand.make(
        Sheet.ACCOUNTABILITY, "head", person="钱经理", cause="代填风险测评，未作风险揭示",
        sanction="建议机构按内部规定处理", basis="", amount=None,
        decided_by="维权中心主任会议", decided_on=today, referred_to="",
    )  # fmt: skip


def _investigated(who: Mapping[str, Person]) -> None:
    """Dossiers that concern the same firm that does work for institutions, with measures on it."""
    with acting(Machine("演示数据")) as act:
        today = shanghai_date(act.moment)
    for serial, dossier_id in enumerate(_in_state(State.INVESTIGATING)):
        hand = _Hand(who, dossier_id)
        firm = _FIRM if serial % 3 else "滨江呼叫中心有限公司"
        party = hand.make(Sheet.THIRD_PARTIES, name=firm, part="受机构委托开展营销和客户服务")
        if serial == 1:
            measure = hand.make(
                Sheet.MEASURES, third_party_id=party, measure="interview",
                detail="约见外包机构负责人，要求说明客户信息来源",
                taken_on=today - timedelta(days=3), due_on=today + timedelta(days=7),
            )  # fmt: skip
            hand.step(
                Sheet.MEASURES, measure, Step.RESULT, result="负责人到场说明，承诺清理来源不明的名单。", result_on=today
            )
        if serial == 2:
            hand.make(
                Sheet.MEASURES, third_party_id=party, measure="rectify", detail="限十五日内整改回访话术并报送整改报告",
                taken_on=today, due_on=today + timedelta(days=15),
            )  # fmt: skip


def _called(officer: Person) -> None:
    """Calls after the result: content, less content, not reached; one proposes to take a dossier up again."""
    calls = (
        (Side.COMPLAINANT, True, 5, "处理得很及时，谢谢", ""),
        (Side.RESPONDENT, True, 4, "配合顺畅，希望提前告知材料清单", ""),
        (Side.COMPLAINANT, False, None, "", ""),
        (Side.COMPLAINANT, True, 2, "退款还没有到账", "投诉人称答复承诺的退款没有到账，提供了新的流水"),
    )
    closed = _in_state(State.CLOSED, officer)[:3]
    for serial, (side, reached, score, words, reopen) in enumerate(calls):
        hand = _Hand({"officer": officer}, closed[min(serial // 2 + serial // 3, len(closed) - 1)])
        with acting(Machine("演示数据")) as act:
            at = act.moment
        hand.make(
            Sheet.FOLLOW_UPS, side=side, channel=NoticeChannel.PHONE, at=at, reached=reached, score=score, words=words,
            remarks="" if reached else "无人接听", reopen_reason=reopen,
        )  # fmt: skip


def _reviewed(head: Person) -> None:
    """A review that waits for its reviewer."""
    for dossier_id in _in_state(State.REVIEWING)[:1]:
        _Hand({"head": head}, dossier_id).make(
            Sheet.REVIEWS,
            "head",
            level=ReviewLevel.INDEPENDENT,
            reviewer="head",
            grounds="投诉人认为补偿金额偏低，要求重新核定",
        )


def _massed(intake: Person) -> None:
    """Eleven complaints about one thing, received over six days: the eleventh is no longer chance."""
    with acting(intake) as act:
        last = None
        for serial, surname in enumerate(_MASSED):
            last = registering.register(_alike(act, serial, surname), act=act)
        assert last is not None
        act.session.flush()
        masses.detect(last, act=act)


def _alike(act: Act, serial: int, surname: str) -> Complaint:
    received_at = act.moment - timedelta(days=(5 - serial // 2) % 6, hours=1 + serial % 3)
    return Complaint(
        title="商户收款被延迟结算",
        received_at=received_at,
        channel=Channel.PHONE if serial % 2 else Channel.VISIT,
        parties=(PartyValue(f"{surname}店主", phone=f"139{serial:04}0000"),),
        respondent=_OPERATOR,
        category="payment.merchant",
        cause="efficiency",
        product="聚合收款码",
        severity=Severity.NORMAL,
        facts="收款码的款项超过约定时间没有到账，客服称系统升级。",
        request="立即结算并赔偿利息损失。",
    )
