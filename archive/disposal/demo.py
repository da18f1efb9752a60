"""The demonstration's old dossiers, taken over as they ended years ago, and what becomes of them: destroyed and
certified, being appraised, waiting for approval, held, handed over to an archive. Through the real operations.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import NamedTuple

from sqlalchemy import select

from archive.core.act import Act, Machine, acting
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.disposal import executing, operations, queries, sheets, transfer_packing, transfers
from archive.disposal.kinds import Decision
from archive.documents import operations as filing
from archive.documents import queries as documents
from archive.documents import striking
from archive.documents.kinds import Kind
from archive.dossiers import legacy
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.states import Channel, State
from archive.dossiers.values import Complaint, Legacy, PartyValue
from archive.letters import operations as letters
from archive.letters.kinds import LetterKind
from archive.letters.states import Step
from archive.people import queries as people
from archive.people.rules import Person
from archive.retention import clocks, closings, holds, privacy, reading, removing
from archive.retention.rules import HoldKind

_MAKER = Machine("演示数据")


class _Old(NamedTuple):
    number: str
    title: str
    category: str
    respondent: str
    complainant: str
    closed_on: date


# Numbers in a row: the register of their years shows no gap. All closed so long ago that three years are over, but for
# what concerns credit reports: those are kept ten.
_OLD = (
    _Old("2020-TS-000001", "信用卡年费未提前告知", "card", "滨江银行", "何先生", date(2020, 5, 12)),
    _Old("2020-TS-000002", "网点排队时间过长引发纠纷", "deposit", "滨江银行", "吕女士", date(2020, 6, 30)),
    _Old("2020-TS-000003", "扫码付款后商户称未到账", "payment", "东渡支付服务有限公司", "施女士", date(2020, 9, 1)),
    _Old("2020-TS-000004", "提前还贷违约金计算有误", "loan", "沙洲农商银行", "张先生", date(2020, 12, 3)),
    _Old("2021-TS-000001", "理财产品到期未按约定兑付", "wealth", "滨江银行", "孔先生", date(2021, 2, 26)),
    _Old("2021-TS-000002", "存款利率与宣传不一致", "deposit", "沙洲农商银行", "曹女士", date(2021, 4, 9)),
    _Old("2021-TS-000003", "信用卡被盗刷申请拒付", "card", "滨江银行", "严先生", date(2021, 7, 16)),
    _Old("2021-TS-000004", "转账汇错账户请求协助", "payment", "东渡支付服务有限公司", "华女士", date(2021, 9, 30)),
    _Old("2021-TS-000005", "个人征信报告有误请求更正", "credit_report", "沙洲农商银行", "金先生", date(2021, 11, 8)),
    _Old("2021-TS-000006", "征信异议答复超过期限", "credit_report", "滨江银行", "魏女士", date(2021, 12, 20)),
    _Old("2022-TS-000001", "贷款服务费名目不清", "loan", "沙洲农商银行", "陶先生", date(2022, 3, 18)),
    _Old("2022-TS-000002", "人民币残币兑换被拒", "cash", "滨江银行", "姜女士", date(2022, 5, 27)),
)


def take_over(before: timedelta) -> None:
    """Take the old dossiers over, so long before today: before the demonstration's other stories begin."""
    for serial, old in enumerate(_OLD):
        with acting(_MAKER) as act:
            act.moment -= before
            received = datetime.combine(old.closed_on - timedelta(days=40), time(9), SHANGHAI).astimezone(UTC)
            complaint = Complaint(
                title=old.title,
                received_at=received,
                channel=Channel.VISIT,
                parties=(PartyValue(old.complainant, phone=f"139{serial:04}0000"),),
                respondent=old.respondent,
                category=old.category,
                facts=f"投诉人反映{old.title}。（自旧系统移入）",
                request="请求查明并书面答复",
                unit="TS",
            )
            legacy.take_over(Legacy(old.number, complaint, State.CLOSED, received, old.closed_on), act=act)


def demonstrate() -> None:
    """Let the old dossiers go their ways, and hold, strike and restrict some of this year's."""
    with acting(_MAKER) as act:
        clocks.watch(act=act)
    _looked_into()
    _destroyed()
    _under_way()
    _handed_over()
    _held()
    _struck()
    _asked_for_erasure()


def _looked_into() -> None:
    """Two look into when the old dossiers ended; one waits for the second of them, one for both."""

    def say(numbers: Sequence[str], finding: str) -> Callable[[Act], object]:
        return lambda act: closings.check_all(_named(numbers, act), finding=finding, act=act)

    numbers = [one.number for one in _OLD]
    _do("records_manager", say(numbers[:-1], "与旧系统办结登记簿逐件核对，日期一致"), days=28)
    _do("head", say(numbers[:-2], "逐卷查看答复函和送达回证，日期属实"), days=27)


def _destroyed() -> None:
    number = _listed(["2020-TS-000001", "2020-TS-000002", "2020-TS-000003"], days=25)
    _approve(number, "head", days=21)
    _approve(number, "legal", days=20)
    for login in ("officer3", "letter_clerk"):
        _do(login, lambda act: operations.attend(queries.by_number(act.session, number), act=act))
    _do("records_manager", lambda act: operations.start(queries.by_number(act.session, number), act=act))
    executing.run(queries.by_number(db.session(), number).id)


def _under_way() -> None:
    waiting = _listed(["2020-TS-000004", "2021-TS-000001"], days=6)
    _approve(waiting, "head", days=2)
    appraised = _propose(["2021-TS-000002", "2021-TS-000003"], days=3)
    _appraise(appraised, "records_manager", days=2, said=[Decision.DESTROY, Decision.KEEP])


def _handed_over() -> None:
    basis = "移交协议（演示）"
    numbers = ["2021-TS-000005", "2021-TS-000006"]
    made: list[str] = []
    for one in numbers:
        with acting(_person("records_manager")) as act:
            act.moment -= timedelta(days=9)
            made.append(transfers.propose(_named([one], act), receiver="市档案馆", basis=basis, act=act).number)
    first = made[0]

    def approve(act: Act) -> None:
        found = transfers.by_number(act.session, first)
        transfers.approve(found, list_hash=found.list_hash, act=act)

    def receive(act: Act) -> None:
        found = transfers.by_number(act.session, first)
        transfers.receive(
            found,
            received_by="市档案馆 顾接收",
            received_on=shanghai_date(act.moment),
            note="清点无误，载体一并移交",
            receipt=sheets.transfer_list(found),
            filename="接收回执.pdf",
            media_type="application/pdf",
            act=act,
        )

    _do("head", approve, days=8)
    transfer_packing.pack(transfers.by_number(db.session(), first).id)
    _do("records_manager", receive)


def _held() -> None:
    def place(number: str, kind: HoldKind, basis: str, reason: str) -> Callable[[Act], object]:
        return lambda act: holds.place(
            _named([number], act)[0], kind=kind, basis=basis, reason=reason, owner="赵法务",
            review_on=shanghai_date(act.moment) + timedelta(days=90), act=act,
        )  # fmt: skip

    _do("legal", place("2021-TS-000004", HoldKind.LITIGATION, "（2026）苏0582民初演示3号", "投诉人起诉支付机构"))
    recent = _closed_lately()
    for number in recent[:3]:
        _do("legal", place(number, HoldKind.INSPECTION, "演检〔2026〕1号检查通知书", "现场检查调阅"))

    def ask(act: Act) -> None:
        dossier = _named([recent[0]], act)[0]
        [hold] = reading.holds_in_force(act.session, dossier.id)
        holds.ask_release(hold, dossier, reason="检查已结束，材料已归还", act=act)

    _do("records_manager", ask)


def _struck() -> None:
    """Strike one document out, and another, of today, which is to be taken out as soon as a second person agrees."""
    officer, reason = _person("officer"), "系另一投诉人的材料，窗口扫描时混入"
    query = select(Dossier).where(Dossier.state == State.INVESTIGATING, visible_to(officer))

    def strike(act: Act) -> None:
        for dossier in act.session.scalars(query.order_by(Dossier.number.desc())):
            lines = documents.contents(act.session, dossier, PageRequest(50)).rows
            if len(lines) > 2:
                striking.strike(lines[-1].document, reason=reason, act=act)
                page = BytesIO("居民身份证复印件（演示）".encode())
                wrong = filing.deposit(dossier, page, "身份证复印件.txt", kind=Kind.ID_COPY, act=act).document
                striking.strike(wrong, reason=reason, act=act)
                removing.ask(wrong, reason=reason, act=act)
                return

    _do("officer", strike)


def _asked_for_erasure() -> None:
    number = _closed_lately()[-1]
    _do(
        "head",
        lambda act: privacy.answer(
            _named([number], act)[0],
            received_on=shanghai_date(act.moment) - timedelta(days=3),
            note="删除投诉时登记的姓名、电话、住址和提交的身份证复印件",
            act=act,
        ),
    )

    def write(act: Act) -> None:
        given = {"officer": {"phone": "0512-58000000"}}
        row = letters.draft(_named([number], act)[0], LetterKind.ERASURE_REPLY, given=given, act=act)
        letters.take_step(row, Step.SUBMIT, act=act)

    _do("head", write)


def _listed(numbers: Sequence[str], days: int) -> str:
    """Propose a list, have it appraised by two, and fix it by its hash."""
    number = _propose(numbers, days)
    for login in ("records_manager", "legal"):
        _appraise(number, login, days - 1, [Decision.DESTROY] * len(numbers))
    report = "逐卷审核：保管期限均已届满，无诉讼、检查和未了事项，无继续保存价值，建议销毁。"
    _do(
        "records_manager",
        lambda act: operations.settle(queries.by_number(act.session, number), report=report, act=act),
        days - 2,
    )
    return number


def _propose(numbers: Sequence[str], days: int) -> str:
    with acting(_person("records_manager")) as act:
        act.moment -= timedelta(days=days)
        return operations.propose(_named(numbers, act), act=act).number


def _appraise(number: str, login: str, days: int, said: Sequence[Decision]) -> None:
    def appraise(act: Act) -> None:
        for line, decision in zip(queries.by_number(act.session, number).lines, said, strict=True):
            reason = "期满，无继续保存价值" if decision is Decision.DESTROY else "同类投诉仍多，续存备查"
            years = 5 if decision is Decision.KEEP else None
            operations.appraise(line, decision=decision, reason=reason, years=years, act=act)

    _do(login, appraise, days)


def _approve(number: str, login: str, days: int) -> None:
    def approve(act: Act) -> None:
        found = queries.by_number(act.session, number)
        operations.approve(found, list_hash=found.list_hash, act=act)

    _do(login, approve, days)


def _do(login: str, what: Callable[[Act], object], days: int = 0) -> None:
    """Do something as a person, so many days before now."""
    with acting(_person(login)) as act:
        act.moment -= timedelta(days=days)
        what(act)


def _named(numbers: Sequence[str], act: Act) -> list[Dossier]:
    return list(act.session.scalars(select(Dossier).where(Dossier.number.in_(numbers)).order_by(Dossier.number)))


def _closed_lately() -> list[str]:
    """Return this year's closed dossiers, the last closed first."""
    query = select(Dossier.number).where(Dossier.state == State.CLOSED, Dossier.restricted.is_(False))
    old = [one.number for one in _OLD]
    return list(db.session().scalars(query.where(Dossier.number.not_in(old)).order_by(Dossier.closed_at.desc())))


def _person(login: str) -> Person:
    return people.person(db.session(), people.by_login(db.session(), login))
