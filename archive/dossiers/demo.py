"""The demonstration's dossiers: a year of an office's work, made through the real operations with a moving clock.

Persons and institutions are invented; numbers end in 0000 and belong to nobody.
"""

import csv
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import count

from archive.core.act import Act, Actor, Machine, Origin, acting, shell
from archive.core.clock import SHANGHAI
from archive.dossiers import admitting, assigning, code_tables, guarding, moving, registering, ruling
from archive.dossiers.models import Dossier, HandOver
from archive.dossiers.states import (
    Channel,
    CodeTable,
    NoticeChannel,
    NoticeKind,
    NoticeOutcome,
    PartyKind,
    PartyRole,
    Severity,
    Source,
)
from archive.dossiers.values import Complaint, ContactValue, NoticeValue, PartyValue
from archive.people import queries as people

FIELD = "DC"
# So long before today the stories begin: the office must have been there by then, for time only goes forward.
BEGINS = timedelta(days=370)
_LOGINS = ("intake", "officer", "officer2", "officer3", "head")

Do = Callable[[Act], None]
# A step of a story: when, by whom, what.
Step = tuple[datetime, str, Do]

_BEGUN = "register accept tell_acceptance assign take_over"
_DONE = f"{_BEGUN} answer tell_result close"
# How far a story goes, by the names of the steps in `_tell`.
ENDINGS = {
    "registered": "register",
    "supplementing": "register ask",
    "refused": "register decline",
    "declined": "register decline tell_refusal",
    "accepted": "register accept tell_acceptance",
    "assigned": "register accept tell_acceptance assign",
    "investigating": _BEGUN,
    "restricted": f"{_BEGUN} restrict",
    "withdrawn": f"{_BEGUN} withdraw",
    "mediating": f"{_BEGUN} mediate",
    "answered": f"{_BEGUN} answer",
    "reviewing": f"{_BEGUN} answer tell_result review",
    "closed": _DONE,
    "supplemented": f"register ask supplied {_DONE.removeprefix('register ')}",
    "mediated": f"{_BEGUN} mediate answer tell_result close",
    "unreachable": f"{_BEGUN} answer call call_again give_up close",
    "reopened": f"{_DONE} reopen",
}


@dataclass(frozen=True)
class Story:
    """One complaint of the demonstration (demo.csv). `days` before today it came; `ending` is how far it got."""

    days: int
    ending: str
    title: str
    category: str
    cause: str
    respondent: str
    complainant: str
    channel: Channel
    source: Source
    severity: Severity
    amount: Decimal | None
    facts: str
    request: str
    outcome: str


def demonstrate() -> None:
    """Make the demonstration's contacts and dossiers, in the order in which they would have happened."""
    with acting(Machine("演示数据")) as act:
        actors = {login: people.person(act.session, people.by_login(act.session, login)) for login in _LOGINS}
        stories = [_tell(story, serial, act.moment) for serial, story in enumerate(_stories())]
        for moment, login, do in heapq.merge(*stories, *_passers_by(act.moment), key=lambda step: step[0]):
            if moment < act.moment:
                _live(act, actors[login], moment, do)


def _live(act: Act, actor: Actor, moment: datetime, do: Callable[[Act], None]) -> None:
    """Do one step as its person, at its moment; it is written into the trail so."""
    then = Act(act.session, actor, moment, Origin("cli"))
    do(then)
    act.session.flush()
    shell().write_down(then)


def _stories() -> list[Story]:
    text = files(__package__).joinpath("demo.csv").read_text(encoding="utf-8")
    return [
        Story(
            int(row["days"]), row["ending"], row["title"], row["category"], row["cause"], row["respondent"],
            row["complainant"], Channel(row["channel"]), Source(row["source"]), Severity(row["severity"]),
            Decimal(row["amount"]) if row["amount"] else None, row["facts"], row["request"], row["outcome"],
        )
        for row in csv.DictReader(text.splitlines())
    ]  # fmt: skip


def _at(today: datetime, days: int, minutes: int) -> datetime:
    """Return an office hour so many days before today."""
    day = today.astimezone(SHANGHAI).date() - timedelta(days=days)
    at = datetime.combine(day, time(9), SHANGHAI) + timedelta(minutes=minutes % 470)
    return at.astimezone(UTC)


def _tell(story: Story, serial: int, today: datetime) -> Iterator[Step]:
    """Yield the steps of a story up to its ending."""
    made: list[Dossier] = []
    officer = "officer" if serial % 3 else "officer2"

    def when(after: int) -> datetime:
        return _at(today, story.days - after, serial * 37 + after * 11)

    def register(act: Act) -> None:
        made.append(registering.register(_complaint(story, serial, act.moment), act=act))

    def move(operation: Callable[..., object], **facts: object) -> Do:
        return lambda act: _discard(operation(made[0], **facts, act=act))

    def tell(kind: NoticeKind, outcome: NoticeOutcome = NoticeOutcome.REACHED) -> Do:
        note = "" if outcome is NoticeOutcome.REACHED else "拨打登记电话，无人接听"
        return lambda act: _discard(
            moving.notify(made[0], NoticeValue(kind, NoticeChannel.PHONE, outcome, act.moment, note), act=act)
        )

    def assign(act: Act) -> None:
        field = people.unit_by_code(act.session, FIELD)
        assigning.assign(made[0], lead=field, note="请调查核实后答复", act=act)

    def take_over(act: Act) -> None:
        slip = act.session.query(HandOver).filter_by(dossier_id=made[0].id).one()
        assigning.accept_hand_over(slip, act=act)

    def accept(act: Act) -> None:
        found = admitting.conditions(ruling.bound(act.session, made[0]), made[0].parties)
        moving.accept(made[0], admission=[one.code for one in found], act=act)

    def decline(act: Act) -> None:
        table = code_tables.table(act.session, CodeTable.NON_ACCEPTANCE)
        found = admitting.reasons(ruling.bound(act.session, made[0]), table)
        wanted = ("42-4",) if serial % 2 else ("out_of_scope", "42-1")
        ground = next(one for code in wanted for one in found if one.code.rpartition("/")[2] == code)
        link = "（2026）苏0582民初演示号" if ground.needs else ""
        moving.decline(made[0], reason=ground.code, link=link, note=story.outcome, act=act)

    agreed = {"complainant_agreed_on": when(9).date(), "respondent_agreed_on": when(9).date()}
    missing = {"note": "请补充合同和扣款凭证", "due_on": when(15).date()}
    steps: dict[str, tuple[int, str, Do]] = {
        "register": (0, "intake", register),
        "ask": (1, "officer3", move(moving.request_supplement, **missing)),
        "supplied": (3, "intake", move(moving.receive_supplement, note="已补来合同复印件和流水")),
        "decline": (2, "head", decline),
        "tell_refusal": (3, "officer3", tell(NoticeKind.REFUSAL)),
        "accept": (4, "head", accept),
        "tell_acceptance": (4, "officer3", tell(NoticeKind.ACCEPTANCE)),
        "assign": (5, "head", assign),
        "take_over": (6, officer, take_over),
        "restrict": (6, "head", move(guarding.restrict, reason="投诉涉及个人敏感信息")),
        "withdraw": (8, officer, move(moving.withdraw, note="投诉人称已与机构协商解决，书面撤回")),
        "mediate": (9, officer, move(moving.mediate, **agreed, note="双方愿意")),
        "answer": (13, officer, move(moving.answer, outcome=story.outcome)),
        "tell_result": (14, officer, tell(NoticeKind.RESULT)),
        "call": (14, officer, tell(NoticeKind.RESULT, NoticeOutcome.FAILED)),
        "call_again": (16, officer, tell(NoticeKind.RESULT, NoticeOutcome.FAILED)),
        "give_up": (18, officer, tell(NoticeKind.RESULT, NoticeOutcome.IMPOSSIBLE)),
        "review": (18, officer, move(moving.request_review, note="投诉人认为补偿金额偏低")),
        "close": (19, "head", move(moving.close)),
        "reopen": (40, "head", move(moving.reopen, note="投诉人提交新的通话录音")),
    }
    for name in ENDINGS[story.ending].split():
        after, who, do = steps[name]
        yield when(after), who, do


def _passers_by(today: datetime) -> list[Iterator[Step]]:
    """People who only asked: contacts that became no complaint."""
    asked = (
        (300, "丁女士", "询问怎样查询个人征信报告", True, "可携带身份证到人民银行服务窗口或通过官方网站查询"),
        (
            210,
            "某商户",
            "询问收单机具押金能否退还",
            False,
            "属合同约定事项，建议先与收单机构协商，协商不成可向法院起诉",
        ),
        (95, "匿名来电人", "反映某理财广告夸大收益，不愿留名", None, ""),
        (33, "姜先生", "询问残损人民币兑换", True, "可到就近银行网点兑换"),
        (2, "余女士", "询问存单遗失怎样挂失", True, "请携带身份证件到开户银行办理挂失"),
    )
    return [iter([_contact(today, *facts, serial)]) for facts, serial in zip(asked, count(1), strict=False)]


def _contact(
    today: datetime, days: int, name: str, summary: str, in_scope: bool | None, advice: str, serial: int
) -> Step:
    moment = _at(today, days, serial * 83)
    value = ContactValue(
        moment, Channel.PHONE if serial % 2 else Channel.VISIT, name, summary, in_scope=in_scope, advice=advice
    )
    return moment, "intake", lambda act: _discard(registering.record_contact(value, act=act))


def _complaint(story: Story, serial: int, moment: datetime) -> Complaint:
    parties = [
        PartyValue(
            story.complainant,
            kind=PartyKind.NATURAL if len(story.complainant) < 5 else PartyKind.INDIVIDUAL_BUSINESS,
            id_number=f"3205821970{serial % 12 + 1:02}{serial % 28 + 1:02}{serial:02}00",
            phone=f"138{serial:04}0000",
            address=f"张家港市杨舍镇演示路{serial + 1}号",
        )
    ]
    if serial % 9 == 5:
        parties.append(PartyValue("孙代理", role=PartyRole.AGENT, mandate="代为投诉、提交材料、参加调解，至办结止"))
    return Complaint(
        title=story.title,
        received_at=moment - timedelta(minutes=20),
        channel=story.channel,
        parties=tuple(parties),
        source=story.source,
        respondent=story.respondent,
        category=story.category,
        cause=story.cause,
        severity=story.severity,
        severity_reason="" if story.severity is Severity.NORMAL else "vulnerable" if serial % 2 else "amount",
        amount=story.amount,
        occurred_on=(moment - timedelta(days=20)).date(),
        facts=story.facts,
        request=story.request,
        contract_no=f"HT-2025-{serial:05}" if serial % 2 else "",
        account=f"622202000000{serial:04}" if serial % 3 == 0 else "",
    )


def _discard(_result: object) -> None:
    """Steps give nothing back."""
