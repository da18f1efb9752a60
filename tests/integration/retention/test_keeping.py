"""What ends is filed and kept; nothing that happens later makes it kept shorter."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import BadInput, Refused, RuleBroken, StoreDown
from archive.dossiers import moving
from archive.dossiers.models import Series
from archive.dossiers.states import Severity, State
from archive.procedures.limit import Level
from archive.retention import handlers, keeping, reading
from archive.retention.models import FilingReport, Keeping, RetentionRule
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, dossier, told
from tests.stores import BrokenStore


def a_rule(office: Office, years: int | None, starts_on: date = date(2026, 3, 5), code: str = "base") -> RetentionRule:
    with acting(office.person("records_manager")) as act:
        return keeping.add_rule(
            rule_code=code, name="一般投诉案卷", years=years, basis="本单位保管期限表", level=Level.INTERNAL,
            starts_on=starts_on, act=act,
        )  # fmt: skip


def reopened(office: Office, number: str) -> None:
    with acting(office.person("head")) as act:
        moving.reopen(dossier(number), note="投诉人提交新证据", act=act)


def closed_again(office: Office, number: str) -> None:
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="维持", act=act)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)


def test_closing_files_the_dossier_in_the_same_act(office: Office, clock: FixedClock) -> None:
    clock.moment = datetime(2026, 11, 21, 2, tzinfo=UTC)
    found = builders.keeping(builders.a_closed_dossier(office))
    assert found.filed_number == "A001-TS·2026-D3-root-0001"
    assert (found.closed_on, found.last_day) == (date(2026, 11, 21), date(2029, 11, 21))
    assert found.disposable_at == datetime(2029, 11, 21, 16, tzinfo=UTC)
    assert (found.rule_years, found.rule_basis) == (3, "《中国人民银行金融消费者权益保护实施办法》第四十四条")
    entry = db.session.scalars(select(Entry).where(Entry.action == "keeping:promise")).one()
    assert entry.dossier_id == found.dossier_id
    assert entry.facts["last_day"] == "2029-11-21"


def test_scenario_04_closing_after_midnight_in_shanghai_counts_from_the_new_day(
    office: Office, clock: FixedClock
) -> None:
    number = brought_to(office, State.ANSWERED)
    clock.moment = datetime(2026, 11, 21, 16, tzinfo=UTC)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert builders.keeping(number).closed_on == date(2026, 11, 22)
    assert builders.keeping(number).last_day == date(2029, 11, 22)


def test_scenario_07_the_longest_rule_wins_and_both_are_shown(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office, category="credit_report")
    found = builders.keeping(number)
    assert (found.rule_code, found.rule_years, found.last_day) == ("credit-reporting", 10, date(2036, 3, 5))
    assert found.filed_number == "A001-TS·2026-D10-root-0001"
    standing = reading.standing(db.session(), dossier(number), clock.moment)
    years = {one.asked.code: one.asked.years for one in standing.asked}
    assert (years["credit-reporting"], years["base"]) == (10, 3)


def test_what_was_declined_or_withdrawn_is_kept_alike(office: Office) -> None:
    assert builders.keeping(brought_to(office, State.WITHDRAWN)).last_day == date(2029, 3, 5)


def test_major_dossiers_are_kept_for_ten_years(office: Office) -> None:
    number = builders.a_closed_dossier(office, severity=Severity.MAJOR, severity_reason="group")
    assert builders.keeping(number).rule_years == 10


def test_filed_numbers_have_no_gaps_and_stay(office: Office, clock: FixedClock) -> None:
    first, second = builders.a_closed_dossier(office), builders.a_closed_dossier(office)
    assert builders.keeping(second).filed_number.endswith("-0002")
    clock.moment = NOW + timedelta(days=400)
    reopened(office, first)
    closed_again(office, first)
    assert builders.keeping(first).filed_number == "A001-TS·2026-D3-root-0001"
    assert db.session.scalar(select(Series.last).where(Series.key.startswith("filed:"))) == 2


def test_scenario_25_reopening_counts_from_the_new_closing_and_never_earlier(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office, category="credit_report")
    clock.moment = NOW + timedelta(days=4 * 366)
    reopened(office, number)
    assert "kept.open" in builders.reasons(number, clock)
    assert builders.keeping(number).last_day == date(2036, 3, 5)
    row = dossier(number)
    row.category = "loan"
    db.session.commit()
    closed_again(office, number)
    assert builders.keeping(number).last_day == date(2036, 3, 5)
    assert builders.keeping(number).closed_on == date(2030, 3, 8)
    plain = builders.a_closed_dossier(office)
    clock.moment += timedelta(days=100)
    reopened(office, plain)
    closed_again(office, plain)
    assert builders.keeping(plain).last_day == date(2033, 6, 16)


def test_scenario_26_joined_dossiers_share_the_later_end(office: Office, clock: FixedClock) -> None:
    first = builders.a_closed_dossier(office)
    clock.moment = NOW + timedelta(days=200)
    second = builders.a_closed_dossier(office)
    third = brought_to(office, State.INVESTIGATING)
    with acting(office.person("records_manager")) as act:
        keeping.join(dossier(first), dossier(second), reason="同一事项", act=act)
    assert builders.keeping(first).last_day == builders.keeping(second).last_day == date(2029, 9, 21)
    with acting(office.person("records_manager")) as act:
        keeping.join(dossier(second), dossier(third), reason="同一事项", act=act)
    assert "kept.link" in builders.reasons(first, clock)
    with pytest.raises(RuleBroken, match="twice"), acting(office.person("records_manager")) as act:
        keeping.join(dossier(second), dossier(first), reason="同一事项", act=act)


def test_scenario_27_a_longer_rule_reaches_what_is_kept_a_shorter_one_does_not(
    office: Office, clock: FixedClock
) -> None:
    number = builders.a_closed_dossier(office)
    clock.moment = NOW + timedelta(days=10)
    a_rule(office, 5, starts_on=date(2026, 3, 15))
    handlers.recompute([])
    assert builders.keeping(number).last_day == date(2031, 3, 5)
    clock.moment = NOW + timedelta(days=20)
    a_rule(office, 3, starts_on=date(2026, 3, 25))
    handlers.recompute([])
    assert builders.keeping(number).last_day == date(2031, 3, 5)
    assert builders.keeping(builders.a_closed_dossier(office)).last_day == date(2029, 3, 25)
    versions = db.session.scalars(
        select(RetentionRule).where(RetentionRule.code == "base").order_by(RetentionRule.version)
    )
    assert [(one.version, one.years, one.ends_on) for one in versions] == [
        (1, 3, date(2026, 3, 14)), (2, 5, date(2026, 3, 24)), (3, 3, None),
    ]  # fmt: skip


def test_scenario_08_a_permanent_rule_keeps_for_ever(office: Office, clock: FixedClock) -> None:
    a_rule(office, None)
    number = builders.a_closed_dossier(office)
    found = builders.keeping(number)
    assert (found.permanent, found.last_day, found.disposable_at) == (True, None, None)
    assert found.filed_number == "A001-TS·2026-Y-root-0001"
    clock.moment = datetime(2999, 1, 1, tzinfo=UTC)
    assert "kept.permanent" in builders.reasons(number, clock)


@pytest.mark.parametrize("years", [2, 0, -1])
def test_no_rule_is_added_under_the_floor(office: Office, years: int) -> None:
    with pytest.raises(BadInput):
        a_rule(office, years)


def test_scenario_32_closing_waits_while_the_clock_is_behind(office: Office, clock: FixedClock) -> None:
    number = brought_to(office, State.ANSWERED)
    told(office, number)
    clock.moment = NOW - timedelta(days=1)
    with pytest.raises(RuleBroken) as refused, acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert refused.value.code == "clock.behind"
    assert dossier(number).state is State.ANSWERED
    handlers.watch_clock([])
    raised = db.session.scalars(select(Entry).where(Entry.action == "alarm:raise")).all()
    assert "clock_back" in {one.facts["kind"] for one in raised}
    clock.moment = NOW + timedelta(minutes=1)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert db.session.scalar(select(Keeping.number)) == number


def test_nothing_is_closed_while_the_store_cannot_lock(office: Office, app) -> None:
    from dataclasses import replace

    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number)
    told(office, number)
    ports = app.extensions["archive_ports"]
    app.extensions["archive_ports"] = replace(ports, store=BrokenStore(ports.store, broken={"check"}))
    with pytest.raises(StoreDown), acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert dossier(number).state is State.ANSWERED


def test_filing_examines_the_files_and_a_damaged_one_keeps_the_dossier_open(office: Office, settings) -> None:
    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number)
    builders.deposited(office, number, b"second", "流水.txt")
    told(office, number)
    data = sorted(settings.home.glob("store/objects/*/*/*/*/data"))[0]
    data.chmod(0o600)
    data.write_bytes(b"longer than it was")
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert [one.code for one in refused.value.problems] == ["filing.digest"]
    assert dossier(number).state is State.ANSWERED
    assert db.session.scalars(select(FilingReport)).all() == []


def test_the_report_of_filing_is_kept(office: Office) -> None:
    builders.a_closed_dossier(office, files=2)
    report = db.session.scalars(select(FilingReport)).one()
    assert {one["result"] for one in report.checks} == {"passed", "not_run"}
