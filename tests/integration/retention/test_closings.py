"""A closing day that came with an old dossier counts for destroying only when two have looked into the files."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, RuleBroken
from archive.core.paging import PageRequest
from archive.disposal import certificates, queries
from archive.disposal.kinds import ListState
from archive.retention import closings, keeping
from archive.retention.models import ClosingCheck
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import dossier
from tests.retention_builders import OLD, taken_over


def checked(office: Office, who: str, number: str = OLD, *, stands: bool = True, finding: str = "登记簿第3册") -> None:
    with acting(office.person(who)) as act:
        closings.check(dossier(number), stands=stands, finding=finding, act=act)


def test_an_old_closing_day_is_no_ground_for_destroying_until_two_confirmed_it(
    office: Office, clock: FixedClock
) -> None:
    taken_over(office)
    assert builders.keeping(OLD).last_day == date(2023, 6, 1)
    assert builders.reasons(OLD, clock) == ["kept.claimed"]
    [shown] = queries.due(db.session(), office.person("records_manager"), clock.moment, PageRequest()).rows
    assert not shown.selectable
    checked(office, "records_manager")
    assert builders.reasons(OLD, clock) == ["kept.claimed"]
    with pytest.raises(RuleBroken, match="twice"):
        checked(office, "records_manager")
    checked(office, "head")
    assert builders.reasons(OLD, clock) == []
    assert closings.count_awaiting(db.session(), office.person("head")) == 0
    with pytest.raises(RuleBroken, match="settled"):
        checked(office, "legal", stands=False)
    told = db.session.scalars(select(Entry.action).where(Entry.action.startswith("closing_check:"))).all()
    assert told == ["closing_check:confirm"] * 2


def test_a_day_that_does_not_stand_counts_from_the_taking_over_whatever_the_rules_become(
    office: Office, clock: FixedClock
) -> None:
    taken_over(office)
    checked(office, "records_manager")
    with pytest.raises(BadInput):
        checked(office, "head", stands=False, finding="")
    checked(office, "head", stands=False, finding="卷内答复函晚于登记的日期")
    assert (builders.keeping(OLD).closed_on, builders.keeping(OLD).last_day) == (date(2026, 3, 5), date(2029, 3, 5))
    assert builders.reasons(OLD, clock) == ["kept.until"]
    with acting(Machine("归档保管")) as act:
        keeping.refresh([dossier(OLD)], act=act)
    assert builders.keeping(OLD).last_day == date(2029, 3, 5)


def test_without_a_day_nobody_need_be_asked(office: Office, clock: FixedClock) -> None:
    taken_over(office, None)
    assert builders.reasons(OLD, clock) == ["kept.until"]
    assert "kept.claimed" not in builders.reasons(builders.a_closed_dossier(office), clock)


def test_neither_who_entered_it_nor_who_may_not_confirms_a_closing_day(office: Office) -> None:
    taken_over(office, by="records_manager")
    with pytest.raises(RuleBroken, match="importer"):
        checked(office, "records_manager")
    with pytest.raises(NotAllowed):
        checked(office, "officer")
    with pytest.raises(NotAllowed), acting(Machine("归档保管")) as act:
        closings.check(dossier(OLD), stands=True, finding="自动", act=act)
    with pytest.raises(BadInput):
        checked(office, "legal", finding="")


def test_a_dossier_joined_to_one_that_waits_waits_too(office: Office, clock: FixedClock) -> None:
    taken_over(office)
    taken_over(office, number="2020-TS-000002")
    for who in ("head", "legal"):
        checked(office, who)
    assert builders.reasons(OLD, clock) == []
    with acting(office.person("records_manager")) as act:
        keeping.join(dossier(OLD), dossier("2020-TS-000002"), reason="同一事项", act=act)
    assert builders.reasons(OLD, clock) == ["kept.link_claimed"]


@pytest.mark.parametrize(
    "spell",
    [
        "UPDATE keeping SET closing_confirmed_at = computed_at",
        "UPDATE closing_check SET stands = NOT stands",
        "DELETE FROM closing_check",
        "UPDATE keeping SET filed_on = closed_on",
    ],
)
def test_no_client_of_the_database_confirms_a_closing_day(office: Office, spell: str) -> None:
    taken_over(office)
    checked(office, "head")
    with pytest.raises(DatabaseError):
        db.session().execute(text(spell))
    db.session.rollback()
    assert db.session.query(ClosingCheck).count() == 1
    assert builders.keeping(OLD).claimed


def test_the_certificate_names_who_confirmed_the_closing_day(office: Office, clock: FixedClock) -> None:
    disposal.marked(clock, disposal.present() - timedelta(days=15))
    taken_over(office)
    for who in ("head", "legal"):
        checked(office, who)
    found = disposal.ready(office, clock, [OLD])
    assert disposal.destroyed(office, found) is ListState.CERTIFIED
    [line] = json.loads(certificates.fetch(queries.by_number(db.session(), found)))["lines"]
    assert [(one["name"], one["closed_on"]) for one in line["closing"]] == [
        ("head甲", "2020-06-01"),
        ("legal甲", "2020-06-01"),
    ]
