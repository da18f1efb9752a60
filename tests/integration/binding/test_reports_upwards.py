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
from archive.people import tokens
from archive.people.models import Account
from archive.people.rules import Permission, Role
from archive.procedures.states import Subject
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import account, brought_to, dossier, registered
from tests.handling_builders import made, somebody
from tests.integration.binding.test_binding import decide, limits

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
