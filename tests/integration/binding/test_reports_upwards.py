"""What is reported upwards (逐级上报): to somebody who may see it, for its own cause, answered by who decides."""

from datetime import timedelta
from typing import Any

from archive.binding import handlers, missed, operations
from archive.binding.models import Escalation
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.dossiers import guarding, moving
from archive.dossiers.states import State
from archive.handling import masses
from archive.handling.kinds import ClusterState, Sheet
from archive.people import operations as people
from archive.people import tokens
from archive.people.models import Account, Unit
from archive.people.rules import Permission, Role
from archive.procedures import operations as procedures
from archive.procedures.profile import Cause
from archive.procedures.states import Subject
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import account, brought_to, dossier, registered
from tests.handling_builders import made, somebody
from tests.integration.binding.test_binding import decide, limits

# A second text that has missed limits reported, to another than 客户员工投诉管理制度 (6.1) names.
OVERDUE = """
id: ZDB
version: 1
title: 督办办法
authority: 本公司督办办法
level: internal
roles: [{code: inspector, name: 督办专员, core: ROLE, standing: STANDING, article: 第二条}]
escalations: [{code: overdue, name: 逾期的交督办, role: inspector, on: missed, article: 第三条}]
"""
CLIENT: dict[str, Any] = {"kind": "client", "contract_no": "HT-1", "address": "张家港"}


def follow(office: Office, institution: str, *profiles: str) -> None:
    decide(office, Subject.INSTITUTION, institution)
    for profile in profiles:
        decide(office, Subject.PROFILE, profile)


def test_what_is_answered_in_time_is_not_told_as_missed(office: Office, clock: FixedClock) -> None:
    follow(office, "company", "KHYG")
    number = brought_to(office, State.INVESTIGATING, custom=CLIENT)
    clock.moment = NOW + timedelta(hours=2)
    handlers.watch([])
    assert limits(number)["KHYG.T25"].met_at is None
    clock.moment += timedelta(minutes=10)
    for one in db.session.query(Escalation).all():
        with acting(office.person("head")) as act:
            operations.see_escalation(act.session.merge(one), note="今日办结", act=act)
    assert limits(number)["KHYG.T25"].met_at == clock.moment
    clock.moment += timedelta(hours=1)
    handlers.watch([])
    assert db.session.query(Escalation).filter_by(limit_id="T25").all() == []


def oversee(office: Office, core: str, standing: str = "supervisor") -> None:
    """Let the office follow a second text, whose overseers are the archive's role `core`."""
    text = OVERDUE.replace("ROLE", core).replace("STANDING", standing)
    with acting(office.person("legal")) as act:
        proposed = procedures.propose(text, "own.yaml", note="新规", act=act)
    with acting(office.person("head")) as act:
        procedures.sign(act.session.merge(proposed), act=act)
    follow(office, "company", "KHYG", "ZDB")


def told() -> set[tuple[str, str]]:
    """Return whom the first limit that was missed was reported to: units and roles."""
    return {(row.unit.code, row.role) for row in db.session.query(Escalation).filter_by(limit_id="T21")}


def test_two_texts_that_report_what_is_missed_are_both_obeyed_each_until_its_own_has_looked(
    office: Office, clock: FixedClock
) -> None:
    oversee(office, "legal")
    for login, role in (("head-desk", Role.HEAD), ("legal-desk", Role.LEGAL), ("intake-desk", Role.INTAKE)):
        somebody(office, login, role, "desk")
    registered(office, by="intake-desk", custom=CLIENT)
    clock.moment = NOW + timedelta(minutes=45)
    handlers.watch([])
    assert told() == {("desk", "head"), ("desk", "legal")}
    with acting(office.person("head-desk")) as act:
        row = act.session.query(Escalation).filter_by(limit_id="T21", role="head").one()
        operations.see_escalation(row, note="今日办结", act=act)
    clock.moment = NOW + timedelta(days=4)
    handlers.watch([])
    handlers.watch([])
    assert told() == {("desk", "head"), ("desk", "legal"), ("root", "legal")}


def test_one_who_looked_for_one_text_does_not_silence_those_of_the_same_role_whom_another_wants_higher(
    office: Office, clock: FixedClock
) -> None:
    oversee(office, "head", "senior")
    with acting(Machine("test")) as act:
        office.units["team"] = people.add_unit("team", "一组", act.session.get(Unit, office.units["desk"]), act=act).id
    for login, role, unit in (
        ("head-team", Role.HEAD, "team"), ("head-desk", Role.HEAD, "desk"), ("intake-team", Role.INTAKE, "team"),
    ):  # fmt: skip
        somebody(office, login, role, unit)
    registered(office, by="intake-team", custom=CLIENT)
    clock.moment = NOW + timedelta(minutes=45)
    handlers.watch([])
    assert told() == {("team", "head"), ("desk", "head")}
    with acting(office.person("head-team")) as act:
        row = act.session.query(Escalation).filter_by(limit_id="T21", unit_id=office.units["team"]).one()
        operations.see_escalation(row, note="今日办结", act=act)
    clock.moment = NOW + timedelta(days=4)
    handlers.watch([])
    assert told() == {("team", "head"), ("desk", "head"), ("root", "head")}
    row = db.session.query(Escalation).filter_by(limit_id="T21", unit_id=office.units["root"]).one()
    assert row.basis == "《本公司督办办法》第三条"


def test_whom_two_texts_name_is_told_once_of_what_is_missed(office: Office, clock: FixedClock) -> None:
    oversee(office, "head")
    registered(office, custom=CLIENT)
    clock.moment = NOW + timedelta(minutes=45)
    handlers.watch([])
    [row] = db.session.query(Escalation).filter_by(limit_id="T21")
    assert row.receiver == "责任部门最高领导人、督办专员"
    assert row.basis == "《客户员工投诉管理制度》6.1、《本公司督办办法》第三条"


def test_a_compensation_is_reported_to_whom_the_text_names_until_seen(office: Office, clock: FixedClock) -> None:
    follow(office, "company", "KHYG")
    number = brought_to(office, State.INVESTIGATING, custom=CLIENT)
    head = office.person("head")
    made(office, number, Sheet.COMPENSATIONS)
    made(office, number, Sheet.COMPENSATIONS, amount=50)
    [row] = missed.waiting(db.session(), head)
    assert (row.dossier.number, row.cause, row.level, row.unit.code) == (number, Cause.COMPENSATION, 0, "root")
    assert (row.receiver, row.basis) == ("工程部经理与质量判定责任人", "《客户员工投诉管理制度》6.2")
    assert missed.waiting(db.session(), office.person("officer")) == []
    with acting(head) as act:
        operations.see_escalation(act.session.merge(row), note="同意赔付", act=act)
    assert missed.waiting(db.session(), head) == []
    clock.moment += timedelta(minutes=5)
    made(office, number, Sheet.COMPENSATIONS, amount=80)  # another one after that is told of anew
    assert [one.cause for one in missed.waiting(db.session(), head)] == [Cause.COMPENSATION]


def test_a_report_for_another_cause_starts_no_hour(office: Office) -> None:
    follow(office, "company", "KHYG")
    number = brought_to(office, State.INVESTIGATING, custom=CLIENT)
    made(office, number, Sheet.COMPENSATIONS)
    assert [row.cause for row in db.session.query(Escalation)] == ["compensation"]
    handlers.nightly([])
    assert "KHYG.T25" not in limits(number)


def test_a_second_review_has_its_own_limit(office: Office, clock: FixedClock) -> None:
    follow(office, "bank")
    number = brought_to(office, State.REVIEWING)
    clock.moment = NOW + timedelta(days=5)
    with acting(office.person("head")) as act:
        moving.conclude_review(dossier(number), outcome="维持", act=act)
    assert limits(number)["CBIRC3.C04"].met_at == clock.moment
    clock.moment = NOW + timedelta(days=9)
    with acting(office.person("officer")) as act:
        moving.request_review(dossier(number), note="仍不认可", act=act)
    row = limits(number)["CBIRC3.C04"]
    assert (row.started_at, row.met_at) == (clock.moment, None)


def test_a_report_goes_past_who_is_kept_from_the_dossier_and_who_is_no_longer_there(office: Office) -> None:
    follow(office, "bank", "YHZY")
    somebody(office, "head-desk", Role.HEAD, "desk")
    somebody(office, "intake-desk", Role.INTAKE, "desk")
    number, other = registered(office, by="intake-desk"), registered(office, by="intake-desk")
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "head-desk"), reason="本人被投诉", act=act)
    made(office, number, Sheet.GRADINGS, by="head", grade="YHZY/major")
    assert [row.dossier.number for row in missed.waiting(db.session(), office.person("head"))] == [number]
    with acting(Machine("test")) as act:
        act.session.get_one(Account, office.accounts["head-desk"]).active = False
    made(office, other, Sheet.GRADINGS, by="head", grade="YHZY/major")
    assert {row.dossier.number for row in missed.waiting(db.session(), office.person("head"))} == {number, other}


def test_a_mass_is_shown_though_its_oldest_complaint_has_ended(office: Office, clock: FixedClock) -> None:
    follow(office, "payment", "XXGS")
    ended = brought_to(office, State.WITHDRAWN)
    clock.moment = NOW + timedelta(minutes=5)
    later = registered(office)
    with acting(office.person("head")) as act:
        cluster = masses.group([dossier(one) for one in (ended, later)], name="同一事项", act=act)
        cluster.state = ClusterState.PROPOSED
        act.session.flush()
        masses.confirm(cluster, note="同一事项", act=act)
    assert [row.cause for row in missed.waiting(db.session(), office.person("legal"))] == ["mass"]


def test_a_token_answers_and_lists_reports_by_the_scope_of_deciding(office: Office) -> None:
    follow(office, "payment", "XXGS")
    number = registered(office)
    made(office, number, Sheet.GRADINGS, by="head")
    [row] = missed.waiting(db.session(), office.person("head"))
    address, given = f"/api/v1/escalations/{row.id}/seen", {}
    for name, scopes in (("reads", [Permission.READ]), ("decides", [Permission.READ, Permission.DECIDE])):
        with acting(office.person("head")) as act:
            own = act.session.get_one(Account, office.accounts["head"])
            given[name] = tokens.issue(own, name=name, scopes=scopes, days=5, act=act)[1]
    client = office.app.test_client()
    for name, status in (("reads", 403), ("decides", 200)):
        headers = {"Authorization": f"Bearer {given[name]}"}
        assert len(client.get("/api/v1/escalations", headers=headers).json) == (name == "decides")
        assert client.post(address, json={"note": "已督办"}, headers=headers).status_code == status
