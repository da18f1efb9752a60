"""Whoever is complained of, or recused, neither reads nor decides; a restricted dossier is seen by name only."""

import pytest
from sqlalchemy import select

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import NotFound, RuleBroken
from archive.core.ports import ports
from archive.dossiers import access, assigning, guarding, registering
from archive.dossiers.models import Recusal
from archive.dossiers.rules import MoveNotAllowed
from archive.dossiers.states import State
from archive.dossiers.values import PartyValue
from archive.people.models import Account
from tests.builders import Office
from tests.dossier_builders import WANG, account, brought_to, complaint, dossier, registered, sees


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
