"""The demonstration's audit: the auditor is let in, draws a sample, raises findings; the office replies to one."""

from dateutil.relativedelta import relativedelta

from archive.core.act import Machine, acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.disposal import packs
from archive.dossiers import access
from archive.inspection import findings, grants, sampling
from archive.inspection.kinds import Step, Strata
from archive.people import queries as people
from archive.people.rules import Person

_MAKER = Machine("演示数据")


def demonstrate() -> None:
    """Let the demonstration's auditor in and begin the audit. Called once, after its office and dossiers were made."""
    with acting(_MAKER) as act:
        today = shanghai_date(act.moment)
        grants.admit(
            people.by_login(act.session, "auditor"),
            people.unit_by_code(act.session, "WQ"),
            since=today - relativedelta(months=23),
            until=today,
            expires_on=today + relativedelta(days=180),
            basis="审计通知书（演示审字〔2026〕1号）",
            reason="投诉处理和档案管理专项审计",
            act=act,
        )
    auditor = _person("auditor")
    with acting(auditor) as act:
        sample = sampling.draw(
            title="办结质量抽查", size=6, strata=Strata.CATEGORY, seed="20261122", since=None, until=None, act=act
        )
        first, second = sample.members[0].number, sample.members[1].number
        replied = findings.open_one(
            title="答复未写明不服处理结果的途径",
            text="卷内答复没有告知投诉人可以申请核查。请说明原因并核对同期案卷。",
            dossier=first,
            sample=sample.id,
            reply_by=shanghai_date(act.moment) + relativedelta(days=15),
            act=act,
        ).number
        findings.open_one(
            title="补充材料未注明收到日期",
            text="两份补充材料只有登记时间，没有收到日期，无法核对时限。",
            dossier=second,
            sample=sample.id,
            reply_by=shanghai_date(act.moment) + relativedelta(days=15),
            act=act,
        )
        members = [access.find(act.session, one.number, auditor) for one in sample.members[:2]]
        packs.order(members, title="办结质量抽查样卷", reason="审计通知书（演示审字〔2026〕1号）", act=act)
    head = _person("head")
    with acting(head) as act:
        found = findings.find(act.session, replied, head)
        findings.say(found, Step.REPLY, "已补寄告知书，并核对了同期 26 件案卷，另有 1 件一并补正。", act=act)


def _person(login: str) -> Person:
    session = db.session()
    return people.person(session, people.by_login(session, login))
