"""Builders of records of handling: name only what matters; the rest is believable."""

import io
import uuid
from datetime import timedelta
from typing import Any

from archive.core.act import acting, shell
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.documents import operations as documents
from archive.documents.kinds import Kind
from archive.dossiers import access
from archive.dossiers.states import NoticeChannel
from archive.handling import records
from archive.handling.kinds import (
    ConsultationKind,
    ReviewLevel,
    Sheet,
    Side,
    Step,
    Subject,
)
from archive.people.models import Account, RoleHeld
from archive.people.rules import Role
from tests.builders import Office
from tests.dossier_builders import dossier


def usual(sheet: Sheet) -> dict[str, Any]:
    """Return what the form of a record gives when it is filled in as usual, today."""
    now = shell().clock.now()
    today = shanghai_date(now)
    forms: dict[Sheet, dict[str, Any]] = {
        Sheet.TASKS: {
            "what": "调取2025年扣款流水", "unit": "root", "person": "", "due_on": today + timedelta(days=3),
        },
        Sheet.EVIDENCE: {
            "what": "柜面监控录像", "holder": "张家港某某银行", "requested_on": today,
            "due_on": today + timedelta(days=5),
        },
        Sheet.INTERVIEWS: {
            "person": "赵柜员", "capacity": "经办柜员", "at": now, "place": "调解室", "interviewer": "officer甲",
            "content": "问：是否提示过年费？答：没有提示过年费。", "document_id": None,
        },
        Sheet.CONSULTATIONS: {
            "kind": ConsultationKind.INQUIRY, "body": "法律事务科", "question": "格式条款未提示的后果",
            "asked_on": today, "reply": "", "replied_on": None, "document_id": None,
        },
        Sheet.MINUTES: {
            "at": now, "place": "会议室", "chair": "主任", "attendees": "投诉科、法务", "content": "讨论退费方案。",
            "resolution": "同意全额退还年费", "document_id": None,
        },
        Sheet.OPINIONS: {"subject": Subject.DECIDE, "text": "条款未提示，建议支持退费。"},
        Sheet.MEDIATIONS: {"at": now, "place": "调解室", "mediator": "officer甲", "told": "电话通知双方"},
        Sheet.THIRD_PARTIES: {"name": "某收单外包公司", "part": "布放终端"},
        Sheet.MEASURES: {"measure": "rectify", "detail": "限期整改", "taken_on": today, "due_on": None},
        Sheet.COMPENSATIONS: {
            "kind": "money", "amount": 300, "detail": "退还三年年费", "payer": "张家港某某银行", "promised_on": today,
            "due_on": today + timedelta(days=10),
        },
        Sheet.REVIEWS: {"level": ReviewLevel.INDEPENDENT, "reviewer": "head", "grounds": "投诉人认为金额偏低"},
        Sheet.GRADINGS: {"grade": "XXGS/major/12-2-3", "note": "涉及信息泄露"},
        Sheet.REPORTS: {"receiver": "人民银行张家港支行", "due_at": now + timedelta(days=1), "basis": "XXGS 第八条"},
        Sheet.ACCOUNTABILITY: {
            "person": "钱某某", "cause": "未按规定提示", "sanction": "通报批评", "amount": None, "decided_by": "总行",
            "basis": "", "decided_on": today, "referred_to": "",
        },
        Sheet.FOLLOW_UPS: {
            "side": Side.COMPLAINANT, "channel": NoticeChannel.PHONE, "at": now, "reached": True, "score": 4,
            "words": "满意，谢谢", "remarks": "", "reopen_reason": "",
        },
    }  # fmt: skip
    return forms[sheet]


def made(office: Office, number: str, sheet: Sheet, by: str = "officer", **facts: Any) -> uuid.UUID:
    """Make a record of a dossier and return its id."""
    with acting(office.person(by)) as act:
        found = access.find(act.session, number, office.person(by))
        return records.make(sheet, found, {**usual(sheet), **facts}, act=act).id


def stepped(
    office: Office, number: str, sheet: Sheet, row_id: uuid.UUID, step: Step, by: str = "officer", **asked: Any
) -> Any:
    """Do a step of a record."""
    with acting(office.person(by)) as act:
        found = access.find(act.session, number, office.person(by))
        return records.take(sheet, step, found, row_id, asked, act=act)


def a_document(office: Office, number: str, name: str = "凭证.txt") -> uuid.UUID:
    with acting(office.person("officer")) as act:
        filed = documents.deposit(dossier(number), io.BytesIO(b"a proof"), name, kind=Kind.RECEIPT, act=act)
        return filed.document_id


def somebody(office: Office, login: str, role: Role, unit: str = "root") -> None:
    """Let one more person work in the office."""
    with acting(office.person("security_admin")) as act:
        account = Account(
            username=login, name=f"{login}乙", password="!", fs_uniquifier=uuid.uuid4().hex, created_at=act.moment
        )
        act.session.add(account)
        act.session.flush()
        act.session.add(RoleHeld(account_id=account.id, role=role, unit_id=office.units[unit], granted_at=act.moment))
        office.accounts[login] = account.id


def everything(office: Office, number: str) -> None:
    """Fill an investigated dossier with a finished record of every kind that its state allows."""
    today = shanghai_date(shell().clock.now())
    paper = a_document(office, number)
    task = made(office, number, Sheet.TASKS)
    stepped(office, number, Sheet.TASKS, task, Step.FINISH, result="流水已调取", documents=[paper])
    evidence = made(office, number, Sheet.EVIDENCE)
    stepped(office, number, Sheet.EVIDENCE, evidence, Step.RECEIVE, document_id=paper, received_on=today)
    made(office, number, Sheet.INTERVIEWS, document_id=paper)
    asked = made(office, number, Sheet.CONSULTATIONS)
    stepped(
        office, number, Sheet.CONSULTATIONS, asked, Step.REPLY, reply="条款不成为合同内容", replied_on=today,
        document_id=None,
    )  # fmt: skip
    minutes = made(office, number, Sheet.MINUTES)
    opinion = made(office, number, Sheet.OPINIONS)
    stepped(office, number, Sheet.OPINIONS, opinion, Step.DECIDE, "head", agreed=True, text="同意", minutes=minutes)
    party = made(office, number, Sheet.THIRD_PARTIES)
    measure = made(office, number, Sheet.MEASURES, third_party_id=party)
    stepped(office, number, Sheet.MEASURES, measure, Step.RESULT, result="已整改", result_on=today)
    money = made(office, number, Sheet.COMPENSATIONS)
    stepped(office, number, Sheet.COMPENSATIONS, money, Step.PAY, paid_on=today, document_id=paper)
    made(office, number, Sheet.GRADINGS, "head")
    report = made(office, number, Sheet.REPORTS)
    stepped(office, number, Sheet.REPORTS, report, Step.SEND, receiver="人民银行", reference="", text="情况报告")
    made(office, number, Sheet.ACCOUNTABILITY, "head")
    db.session.commit()
