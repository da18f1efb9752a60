"""Many like complaints become a group by themselves, put to the head; nobody sees or counts what is closed to them."""

from datetime import timedelta

import pytest

from archive.binding import missed, operations
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import NotAllowed, NotFound, RuleBroken
from archive.core.paging import PageRequest
from archive.dossiers import guarding, moving
from archive.dossiers.states import Severity
from archive.handling import clusters, handlers, masses, measuring
from archive.handling.kinds import ClusterState, Likeness
from archive.handling.models import Cluster, ClusterMember, MajorReport
from archive.jobs.models import Job
from archive.jobs.operations import task
from archive.procedures.profile import Cause
from archive.procedures.states import Subject as Choice
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import account, conditions_of, dossier, registered
from tests.integration.binding.test_binding import decide, limits


def watched() -> None:
    """Run the watching jobs that wait, as the worker does."""
    jobs = db.session.query(Job).filter_by(kind="handling.watch", state="waiting").order_by(Job.created_at).all()
    tasks = [task(job) for job in jobs]
    for job in jobs:
        job.state = "done"
    db.session.commit()
    handlers.watch(tasks)


def ten(office: Office, count: int = 10, **facts: str) -> list[str]:
    return [registered(office, title=f"年费争议{n}", **facts) for n in range(count)]


def groups() -> list[Cluster]:
    return db.session.query(Cluster).order_by(Cluster.found_at, Cluster.id).all()


def test_the_tenth_like_complaint_in_seven_days_makes_one_group(office: Office) -> None:
    ten(office, 9)
    watched()
    assert groups() == []
    registered(office)
    watched()
    (found,) = groups()  # alike in respondent and in matter: one group all the same
    assert (found.likeness, found.name, found.state) == (Likeness.RESPONDENT, "张家港某某银行", ClusterState.PROPOSED)
    registered(office)
    watched()
    assert db.session.query(ClusterMember).count() == 11
    assert len(groups()) == 1


def test_complaints_of_different_banks_are_alike_by_their_matter(office: Office) -> None:
    for n in range(10):
        registered(office, respondent=f"第{n}银行")
    watched()
    assert [one.likeness for one in groups()] == [Likeness.MATTER]


def test_what_came_slowly_is_no_mass(office: Office, clock: FixedClock) -> None:
    ten(office, 5)
    clock.moment = NOW + timedelta(days=7)
    ten(office, 5)
    watched()
    assert groups() == []


def test_what_was_dismissed_is_proposed_again_only_by_as_many_new_ones(office: Office, clock: FixedClock) -> None:
    ten(office)
    watched()
    with acting(office.person("head")) as act:
        masses.dismiss(groups()[0], note="各不相同", act=act)
    clock.moment = NOW + timedelta(minutes=5)
    ten(office, 9)
    watched()
    assert [one.state for one in groups() if one.state is not ClusterState.DISMISSED] == []
    registered(office)
    watched()
    again = [one for one in groups() if one.state is ClusterState.PROPOSED]
    assert [one.likeness for one in again] == [Likeness.RESPONDENT]


def test_the_head_confirms_reports_within_the_limit_and_settles(office: Office) -> None:
    ten(office)
    watched()
    head = office.person("head")
    with pytest.raises(NotAllowed, match=r"person\.lacks"), acting(office.person("officer")) as act:
        masses.confirm(groups()[0], note="同一事项", act=act)
    with acting(head) as act:
        masses.confirm(groups()[0], note="同一事项", act=act)
    found = groups()[0]
    assert (found.state, found.report_due_at) == (ClusterState.CONFIRMED, NOW.replace(hour=16) + timedelta(days=1))
    assert [one.id for one in clusters.waiting(db.session(), head)] == [found.id]
    with acting(head) as act:
        masses.flag(found, emergency=True, note="可能引发群体性事件", act=act)
    with pytest.raises(RuleBroken, match=r"cluster\.unreported"), acting(head) as act:
        masses.settle(groups()[0], note="完毕", act=act)
    with acting(head) as act:
        masses.report(groups()[0], receiver="人民银行", reference="〔2026〕1号", act=act)
    with acting(head) as act:
        masses.settle(groups()[0], note="已全部退费", act=act)
    assert clusters.waiting(db.session(), head) == []


def test_hidden_members_are_neither_shown_nor_counted(office: Office) -> None:
    numbers = ten(office)
    watched()
    with acting(office.person("head")) as act:
        for number in numbers[:4]:
            guarding.recuse(dossier(number), account(office, "legal"), reason="亲属", act=act)
        for number in numbers:
            guarding.recuse(dossier(number), account(office, "letter_clerk"), reason="亲属", act=act)
    session, found = db.session(), groups()[0]
    legal = office.person("legal")
    assert [one.count for one in clusters.page(session, legal, PageRequest()).rows] == [6]
    assert {one.number for one in clusters.members(session, found, legal)} == set(numbers[4:])
    assert [one.count for one in clusters.of_dossier(session, dossier(numbers[9]), legal)] == [6]
    assert clusters.page(session, office.person("letter_clerk"), PageRequest()).rows == []
    with pytest.raises(NotFound, match=r"cluster\.unknown"):
        clusters.one(session, found.id, office.person("letter_clerk"))


def test_dossiers_are_put_together_and_parted_by_hand(office: Office) -> None:
    first, second = registered(office), registered(office)
    head = office.person("head")
    with acting(head) as act:
        masses.group([dossier(first), dossier(second)], name="同一楼盘", act=act)
    with pytest.raises(RuleBroken, match=r"cluster\.member"), acting(head) as act:
        masses.add(groups()[0], dossier(first), act=act)
    with acting(head) as act:
        masses.remove(groups()[0], dossier(first), act=act)
    assert [one.number for one in clusters.members(db.session(), groups()[0], head)] == [second]


def test_a_major_complaint_that_is_accepted_must_be_reported(office: Office) -> None:
    number = registered(office, severity=Severity.MAJOR, severity_reason="amount")
    watched()
    assert db.session.query(MajorReport).count() == 0
    with acting(office.person("head")) as act:
        moving.accept(dossier(number), admission=conditions_of(dossier(number)), act=act)
    watched()
    watched()
    handlers.watch([])
    report = db.session.query(MajorReport).one()
    assert (report.receiver, report.basis) == ("", "")
    assert (report.dossier_id, report.sent_at) == (dossier(number).id, None)
    assert report.due_at == NOW.replace(hour=16) + timedelta(days=1)


def test_a_profile_says_until_when_and_to_whom_and_the_report_meets_its_limit(office: Office) -> None:
    decide(office, Choice.INSTITUTION, "payment")
    decide(office, Choice.PROFILE, "XXGS")
    number = registered(office, severity=Severity.MAJOR, severity_reason="amount")
    with acting(office.person("head")) as act:
        moving.accept(dossier(number), admission=conditions_of(dossier(number)), act=act)
    watched()
    report = db.session.query(MajorReport).one()
    assert (report.receiver, report.due_at) == (
        "金融消费者权益保护工作领导小组",
        limits(number)["XXGS.T04"].operative_at,
    )
    assert "第二十三条" in report.basis
    with acting(office.person("head")) as act:
        asked = {"receiver": report.receiver, "reference": "", "text": "情况"}
        measuring.send_report(act.session.get_one(MajorReport, report.id), asked, act=act)
    assert limits(number)["XXGS.T04"].met_at == NOW


def test_a_mass_is_reported_to_the_role_that_the_text_names_though_it_decides_nothing(office: Office) -> None:
    decide(office, Choice.INSTITUTION, "payment")
    decide(office, Choice.PROFILE, "XXGS")
    numbers = [registered(office) for _ in range(2)]
    with acting(office.person("head")) as act:
        cluster = masses.group([dossier(number) for number in numbers], name="终端被盗用", act=act)
        cluster.state = ClusterState.PROPOSED  # as if found, without ten complaints
        act.session.flush()
        masses.confirm(cluster, note="同一事项", act=act)
    (row,) = missed.waiting(db.session(), office.person("legal"))
    assert (row.dossier.number, row.cause, row.receiver) == (numbers[0], Cause.MASS, "法律部")
    assert missed.waiting(db.session(), office.person("head")) == []
    with pytest.raises(NotAllowed), acting(office.person("officer")) as act:
        operations.see_escalation(act.session.merge(row), note="x", act=act)
    with acting(office.person("legal")) as act:
        operations.see_escalation(act.session.merge(row), note="已启动应急预案", act=act)
    assert missed.waiting(db.session(), office.person("legal")) == []


def test_a_group_formed_by_hand_is_reported_once_when_it_has_as_many_as_the_text_says(office: Office) -> None:
    decide(office, Choice.INSTITUTION, "payment")
    decide(office, Choice.PROFILE, "XXGS")
    numbers = [registered(office, respondent=f"第{n}商户") for n in range(11)]
    head, legal = office.person("head"), office.person("legal")
    with acting(head) as act:
        cluster = masses.group([dossier(number) for number in numbers[:9]], name="终端被盗用", act=act)
    assert (groups()[0].report_due_at, missed.waiting(db.session(), legal)) == (None, [])
    with acting(head) as act:
        masses.add(act.session.merge(cluster), dossier(numbers[9]), act=act)
    (row,) = missed.waiting(db.session(), legal)
    assert (row.dossier.number, row.cause, row.basis) == (
        numbers[0], Cause.MASS, "《xx公司金融消费者投诉处理办法》第八条",
    )  # fmt: skip
    assert groups()[0].report_to == "人民银行或其分支机构"
    assert [one.id for one in clusters.waiting(db.session(), head)] == [cluster.id]
    with acting(legal) as act:
        operations.see_escalation(act.session.merge(row), note="已启动应急预案", act=act)
    with acting(head) as act:
        masses.remove(groups()[0], dossier(numbers[9]), act=act)
        masses.add(groups()[0], dossier(numbers[10]), act=act)
    assert missed.waiting(db.session(), legal) == []
