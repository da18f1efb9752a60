"""Auditors see what is ended, within a grant in force, and nothing else: in the database and in the index alike."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, RuleBroken
from archive.dossiers import access, contacts, guarding, moving
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.inspection import grants
from archive.people.models import AuditGrant
from tests.builders import Office
from tests.dossier_builders import account, brought_to, dossier, registered, sees, ungranted, unit

TODAY = date(2026, 3, 5)


def given(office: Office, by: str = "head", **scope: object) -> AuditGrant:
    usual = {
        "since": TODAY,
        "until": TODAY,
        "expires_on": TODAY + timedelta(days=7),
        "basis": "审字〔2026〕3号",
        "reason": "季度审计",
    }
    with acting(office.person(by)) as act:
        of = unit(office, str(scope.pop("unit", "root")))
        return grants.admit(account(office, "auditor"), of, **{**usual, **scope}, act=act)  # type: ignore[arg-type]


def test_without_a_grant_an_auditor_sees_no_dossier(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    assert sees(office, "auditor", number)
    ungranted(office)
    assert not sees(office, "auditor", number)
    assert office.client("auditor").get(f"/dossiers/{number}").status_code == 404


def test_only_what_is_ended_and_in_scope_is_seen(office: Office) -> None:
    ungranted(office)
    open_one, closed = registered(office), brought_to(office, State.CLOSED)
    in_field = brought_to(office, State.CLOSED)
    db.session.execute(update(Dossier).where(Dossier.number == open_one).values(unit_id=office.units["desk"]))
    db.session.commit()
    given(office, unit="desk")
    assert not sees(office, "auditor", closed), "of another unit"
    given(office, category="card")
    assert not sees(office, "auditor", closed), "of another category"
    given(office, since=date(2026, 1, 1), until=date(2026, 2, 1))
    assert not sees(office, "auditor", closed), "of another period"
    given(office, category="loan")
    assert sees(office, "auditor", closed)
    assert sees(office, "auditor", in_field)
    assert not sees(office, "auditor", open_one)
    with acting(office.person("head")) as act:
        moving.reopen(access.find(act.session, closed, office.person("head")), note="新证据", act=act)
    assert not sees(office, "auditor", closed), "what is reopened is in hand again"


def test_a_grant_ends_by_time_or_by_hand_at_once(office: Office, clock: FixedClock) -> None:
    ungranted(office)
    number = brought_to(office, State.CLOSED)
    grant = given(office)
    client = office.client("auditor")
    assert client.get(f"/api/v1/dossiers/{number}").status_code == 200
    clock.moment = grant.expires_at - timedelta(seconds=1)
    assert sees(office, "auditor", number)
    clock.moment = grant.expires_at
    assert not sees(office, "auditor", number)
    clock.moment -= timedelta(days=3)
    assert sees(office, "auditor", number)
    with acting(office.person("records_manager")) as act:
        grants.end(act.session.get_one(AuditGrant, grant.id), reason="审计结束", act=act)
    assert not sees(office, "auditor", number)
    with pytest.raises(RuleBroken, match=r"audit_grant\.over"), acting(office.person("head")) as act:
        grants.end(act.session.get_one(AuditGrant, grant.id), reason="再次", act=act)


def test_restricted_dossiers_are_let_in_to_only_by_who_may_restrict(office: Office) -> None:
    ungranted(office)
    number = brought_to(office, State.CLOSED)
    with acting(office.person("head")) as act:
        guarding.restrict(dossier(number), reason="涉及员工", act=act)
        guarding.grant(dossier(number), account(office, "auditor"), reason="请查阅", act=act)
    given(office)
    assert not sees(office, "auditor", number), "not by name either: an auditor's way in is a grant with its time"
    with pytest.raises(NotAllowed):
        given(office, by="records_manager", restricted=True)
    given(office, restricted=True)
    assert sees(office, "auditor", number)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "auditor"), reason="亲属", act=act)
    assert not sees(office, "auditor", number)


def test_database_and_index_agree_on_every_scope(office: Office) -> None:
    ungranted(office)
    number = brought_to(office, State.CLOSED)
    chance = random.Random(7)
    for _ in range(30):
        since = date(2026, chance.randint(1, 4), 1)
        until = date(2026, chance.randint(since.month, 6), 1)
        given(
            office,
            unit=chance.choice(["root", "desk", "field"]),
            since=since,
            until=until,
            category=chance.choice(["", "loan", "card"]),
        )
        sees(office, "auditor", number)  # asserts that both agree
        ungranted(office)


@pytest.mark.parametrize(
    ("by", "scope", "field"),
    [
        ("head", {"until": date(2026, 2, 1)}, "until"),
        ("head", {"since": date(1990, 1, 1)}, "until"),
        ("head", {"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
        ("head", {"expires_on": TODAY + timedelta(days=367)}, "expires_on"),
        ("head", {"category": "no-such"}, "category"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(office: Office, by: str, scope: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        given(office, by=by, **scope)
    assert [one.field for one in refused.value.problems] == [field]


@pytest.mark.parametrize("by", ["auditor", "officer", "legal", "security_admin", "nobody"])
def test_nobody_else_lets_auditors_in(office: Office, by: str) -> None:
    with pytest.raises(NotAllowed):
        given(office, by=by)


def test_only_an_auditor_of_the_unit_is_let_in(office: Office) -> None:
    with pytest.raises(BadInput) as refused, acting(office.person("head")) as act:
        grants.admit(
            account(office, "officer"), unit(office, "root"), since=TODAY, until=TODAY, expires_on=TODAY, basis="x",
            reason="x", act=act,
        )  # fmt: skip
    assert [one.code for one in refused.value.problems] == ["audit_grant.whom"]


def test_a_grant_is_neither_rewritten_nor_removed(office: Office) -> None:
    for statement in (
        "UPDATE audit_grant SET until = '2040-01-31'",
        "DELETE FROM audit_grant",
    ):
        with pytest.raises(DBAPIError, match="audit_grant"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_contact_register_shows_an_auditor_its_numbers_only(office: Office) -> None:
    registered(office)
    person = office.person("auditor")
    [book] = contacts.books(db.session(), person)
    from archive.core.paging import PageRequest

    lines = contacts.page(db.session(), person, book.unit_id, book.year, PageRequest()).rows
    assert [(line.contact.serial, bool(line.open)) for line in lines] == [(1, False)]
