"""Whoever is complained of, or recused, neither reads nor decides; a restricted dossier is seen by name only."""

import pytest
from sqlalchemy import select

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import NotFound, RuleBroken
from archive.core.ports import ports
from archive.dossiers import access, assigning, guarding, handlers, moving, registering
from archive.dossiers.models import Recusal
from archive.dossiers.rules import MoveNotAllowed
from archive.dossiers.states import State
from archive.dossiers.values import PartyValue
from archive.jobs.models import Job
from archive.jobs.operations import task
from archive.people import operations as people
from archive.people.models import Account
from archive.people.rules import Role
from tests.builders import Office
from tests.dossier_builders import WANG, account, brought_to, complaint, dossier, registered, sees, unit


def test_a_person_complained_of_is_recused_by_name(office: Office) -> None:
    number = registered(office, respondent_person="officer甲")
    assert not sees(office, "officer", number)
    assert sees(office, "head", number)
    assert db.session.scalars(select(Recusal.automatic)).all() == [True]


def test_a_party_is_recused_by_the_own_id_number(office: Office) -> None:
    with acting(office.person("security_admin")) as act:
        act.session.get(Account, office.accounts["head"]).id_number_hash = ports().vault.whole(WANG.id_number)
    number = registered(office)
    assert not sees(office, "head", number)
    with pytest.raises(NotFound):
        access.find(db.session(), number, office.person("head"))


def test_of_several_persons_complained_of_each_is_recused(office: Office) -> None:
    number = registered(office, respondent_person="officer甲（客户经理）、legal甲")
    assert [sees(office, login, number) for login in ("officer", "legal", "head")] == [False, False, True]


def test_who_gets_an_account_later_is_recused_from_what_is_open(office: Office) -> None:
    by_name = registered(office, respondent_person="张三（客户经理）")
    by_number = registered(office)
    neither = registered(office, respondent_person="张三丰", parties=(PartyValue("李四"),))
    with acting(Machine("anjuan user")) as act:
        newcomer, _ = people.add_account("zhang.san", "张三", act=act)
        people.grant(newcomer, Role.OFFICER, unit(office, "root"), act=act)
        office.accounts["zhang.san"] = newcomer.id
    _work()
    assert [sees(office, "zhang.san", number) for number in (by_name, by_number, neither)] == [False, True, True]
    for id_number, sees_own in ((WANG.id_number, False), ("", True)):
        with acting(office.person("security_admin")) as act:
            people.identify(account(office, "zhang.san"), id_number, act=act)
        _work()
        assert sees(office, "zhang.san", by_number) is sees_own
        assert not sees(office, "zhang.san", by_name)


def test_who_came_while_a_dossier_was_closed_is_recused_when_it_is_reopened(office: Office) -> None:
    number = brought_to(office, State.CLOSED, respondent_person="张三")
    with acting(Machine("anjuan user")) as act:
        newcomer, _ = people.add_account("zhang.san", "张三", act=act)
        people.grant(newcomer, Role.OFFICER, unit(office, "root"), act=act)
        office.accounts["zhang.san"] = newcomer.id
    _work()
    with acting(office.person("head")) as act:
        moving.reopen(dossier(number), note="新证据", act=act)
    assert not sees(office, "zhang.san", number)


def _work() -> None:
    """Do the jobs that look for recusals."""
    jobs = db.session.scalars(select(Job).where(Job.kind == "dossiers.find_recusals")).all()
    handlers.find_recusals([task(job) for job in jobs])
    db.session.expire_all()


def test_an_automatic_recusal_follows_what_is_registered(office: Office) -> None:
    number = registered(office, respondent_person="officer甲")
    with acting(office.person("intake")) as act:
        registering.edit(dossier(number), complaint(respondent_person="head甲"), act=act)
    assert sees(office, "officer", number)
    assert not sees(office, "head", number)


def test_a_declared_recusal_stays_and_takes_the_dossier_from_the_officer(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with acting(office.person("officer")) as act:
        guarding.recuse(dossier(number), account(office, "officer"), reason="与投诉人有亲属关系", act=act)
    assert dossier(number).officer_id is None
    assert not sees(office, "officer", number)
    with acting(office.person("head")) as act:
        registering.edit(dossier(number), complaint(title="改题", parties=(PartyValue("王某"),)), act=act)
    assert not sees(office, "officer", number)


def test_who_sees_a_dossier_from_another_unit_or_by_name_declares_their_own_recusal(office: Office) -> None:
    number = registered(office, unit="desk")
    with acting(office.person("head")) as act:
        guarding.grant(dossier(number), account(office, "officer-field"), reason="请协助", act=act)
    assert sees(office, "officer-field", number)
    with pytest.raises(MoveNotAllowed), acting(office.person("officer-field")) as act:
        guarding.recuse(dossier(number), account(office, "head"), reason="不公", act=act)
    made = office.client("officer-field").post(f"/api/v1/dossiers/{number}/recuse", json={"note": "与投诉人有亲属关系"})
    assert made.status_code < 300, made.text
    assert not sees(office, "officer-field", number)


def test_nobody_else_is_recused_by_who_does_not_decide(office: Office) -> None:
    number = registered(office)
    with pytest.raises(MoveNotAllowed), acting(office.person("officer")) as act:
        guarding.recuse(dossier(number), account(office, "head"), reason="不公", act=act)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "officer"), reason="有利害关系", act=act)
    with pytest.raises(RuleBroken, match=r"recusal\.twice"), acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "officer"), reason="有利害关系", act=act)
    with acting(office.person("head")) as act:
        guarding.lift_recusal(dossier(number), account(office, "officer"), reason="经核实无利害关系", act=act)
    assert sees(office, "officer", number)


def test_nobody_lifts_the_own_recusal(office: Office) -> None:
    number = registered(office, respondent_person="head甲")
    with pytest.raises(MoveNotAllowed), acting(office.person("head")) as act:
        guarding.lift_recusal(dossier(number), account(office, "head"), reason="同名", act=act)


def test_a_recused_person_cannot_be_made_officer(office: Office) -> None:
    number = registered(office, respondent_person="officer甲")
    with pytest.raises(RuleBroken) as refused, acting(office.person("head")) as act:
        assigning.appoint(dossier(number), officer=account(office, "officer"), act=act)
    assert [problem.code for problem in refused.value.problems] == ["assign.recused"]


def test_a_restricted_dossier_is_seen_by_heads_officer_and_named_persons(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with acting(office.person("head")) as act:
        guarding.restrict(dossier(number), reason="涉及员工", act=act)
    assert {login for login in office.accounts if sees(office, login, number)} == {"head", "officer"}
    with acting(office.person("head")) as act:
        guarding.grant(dossier(number), account(office, "legal"), reason="请出具意见", act=act)
    assert sees(office, "legal", number)
    with acting(office.person("head")) as act:
        guarding.revoke(dossier(number), account(office, "legal"), reason="意见已出", act=act)
    assert not sees(office, "legal", number)
    with acting(office.person("head")) as act:
        guarding.open_up(dossier(number), reason="调查已公开", act=act)
    assert sees(office, "legal", number)


def test_a_grant_does_not_let_in_who_is_recused_or_reads_nothing(office: Office) -> None:
    number = registered(office, respondent_person="legal甲")
    with pytest.raises(RuleBroken, match=r"grant\.recused"), acting(office.person("head")) as act:
        guarding.grant(dossier(number), account(office, "legal"), reason="x", act=act)
    with acting(office.person("head")) as act:
        guarding.grant(dossier(number), account(office, "system_admin"), reason="x", act=act)
    assert not sees(office, "system_admin", number)


def test_only_who_may_restrict_restricts(office: Office) -> None:
    number = registered(office)
    for login in ("officer", "intake", "auditor", "legal", "records_manager"):
        with pytest.raises(MoveNotAllowed), acting(office.person(login)) as act:
            guarding.restrict(dossier(number), reason="x", act=act)
    with pytest.raises(RuleBroken, match=r"restriction\.same"), acting(office.person("head")) as act:
        guarding.open_up(dossier(number), reason="x", act=act)
