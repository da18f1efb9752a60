"""Numbers have no gap: not when twenty register at once, not when a registration fails, not across years and units."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, RuleBroken
from archive.core.ports import ports
from archive.dossiers import access, legacy, registering, series
from archive.dossiers.models import Closing, Contact, Dossier, Move, Series
from archive.dossiers.states import State, Verb
from archive.dossiers.values import Legacy, PartyValue
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import complaint, dossier, registered

THREADS = 20


def test_twenty_who_register_at_once_leave_no_gap(app: Flask, office: Office) -> None:
    people = [office.person(login) for login in ("intake", "officer", "head", "officer-desk")]
    failures: list[Exception] = []
    start = threading.Barrier(THREADS)

    def work(index: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with acting(people[index % 4]) as act:
                    registering.register(complaint(respondent=f"银行{index % 3}"), act=act)
                    if index % 5 == 0:
                        raise RuntimeError("the power fails")
            except RuntimeError:
                pass
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()  # the look of before the threads
    numbers = sorted(db.session.scalars(select(Dossier.number)))
    assert numbers == [f"2026-TS-{seq:06}" for seq in range(1, 17)]
    by_unit: dict[object, list[int]] = {}
    for unit_id, serial in db.session.execute(select(Contact.unit_id, Contact.serial)):
        by_unit.setdefault(unit_id, []).append(serial)
    assert all(sorted(serials) == list(range(1, len(serials) + 1)) for serials in by_unit.values())


def test_a_failed_registration_gives_its_number_back(office: Office) -> None:
    with pytest.raises(BadInput), acting(office.person("intake")) as act:
        registering.register(complaint(parties=(PartyValue("甲", role="agent"),)), act=act)
    assert registered(office) == "2026-TS-000001"


def test_each_year_in_shanghai_begins_anew(office: Office, clock) -> None:
    registered(office)
    clock.moment = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert registered(office) == "2027-TS-000001"


def test_a_template_may_name_the_unit(office: Office, app: Flask) -> None:
    settings = replace(ports().settings, number_template="{unit}〔{year}〕{seq:04}号")
    app.extensions["archive_ports"] = replace(ports(), settings=settings)
    assert registered(office, unit="desk") == "desk〔2026〕0001号"
    assert registered(office, unit="field") == "field〔2026〕0001号"
    assert registered(office, unit="desk") == "desk〔2026〕0002号"


UNFIT = (
    "TS-{seq:06}",
    "{year}-TS",
    "{year}/{seq:06}",
    "{year} {seq:06}",
    "{year}{seq:06}{seq:03}",
    "{year}-{x}-{seq:06}",
)


@pytest.mark.parametrize("template", UNFIT)
def test_a_template_that_repeats_or_breaks_an_address_is_refused(template: str) -> None:
    with pytest.raises(BadInput):
        series.check_template(template)


def test_a_template_that_is_used_up_says_so(office: Office, app: Flask) -> None:
    settings = replace(ports().settings, number_template="{year}-{seq:01}")
    app.extensions["archive_ports"] = replace(ports(), settings=settings)
    for _ in range(9):
        registered(office)
    with pytest.raises(BadInput, match=r"profile\.number_full"):
        registered(office)


def old(number: str, state: State, closed_on: date | None = None, **facts: object) -> Legacy:
    filed = datetime(2023, 5, 1, 1, 0, tzinfo=UTC)
    return Legacy(number, complaint(received_at=filed, **facts), state, filed, closed_on)


def test_a_dossier_is_taken_over_as_it_stands(office: Office) -> None:
    with acting(office.person("records_manager")) as act:
        legacy.take_over(old("100912099", State.CLOSED, date(2023, 6, 1)), act=act)
        legacy.take_over(old("旧-2", State.CLOSED), act=act)
        legacy.take_over(old("旧-3", State.SUPPLEMENTING), act=act)
    first, second, third = dossier("100912099"), dossier("旧-2"), dossier("旧-3")
    assert (first.year, first.closed_on, first.closing_assumed) == (2023, date(2023, 6, 1), False)
    assert (second.closed_on, second.closing_assumed) == (date(2026, 3, 5), True)
    assert (third.state, third.closed_on) == (State.SUPPLEMENTING, None)
    assert db.session.scalars(select(Contact)).all() == []
    assert {move.verb for move in db.session.scalars(select(Move))} == {Verb.TAKE_OVER}
    assert sorted(db.session.scalars(select(Closing.assumed))) == [False, True]


def test_a_number_is_taken_over_once_and_our_series_goes_on_behind_it(office: Office) -> None:
    with acting(office.person("records_manager")) as act:
        legacy.take_over(Legacy("2026-TS-000040", complaint(), State.REGISTERED, NOW), act=act)
    with pytest.raises(RuleBroken, match=r"number\.taken"), acting(office.person("records_manager")) as act:
        legacy.take_over(old("2026-TS-000040", State.REGISTERED), act=act)
    assert registered(office) == "2026-TS-000041"
    # Our own form of another year does not touch this year's series.
    with acting(office.person("records_manager")) as act:
        legacy.take_over(old("2023-TS-000900", State.WITHDRAWN, date(2023, 5, 2)), act=act)
    assert registered(office) == "2026-TS-000042"
    assert db.session.get(Series, "dossier:{year}-TS-{seq:06}:2023:").last == 900


def test_bad_legacy_dates_and_numbers_are_refused_together(office: Office) -> None:
    with pytest.raises(BadInput) as refused, acting(office.person("records_manager")) as act:
        legacy.take_over(old("a b", State.ACCEPTED, date(2023, 4, 1)), act=act)
    assert [problem.code for problem in refused.value.problems] == [
        "number.unfit", "legacy.not_ended", "legacy.closed_on",
    ]  # fmt: skip


def test_a_dossier_is_found_under_its_old_number(office: Office) -> None:
    number = registered(office)
    with acting(office.person("records_manager")) as act:
        legacy.add_alias(dossier(number), "XLM-100912099", act=act)
    assert access.find(db.session(), "XLM-100912099", office.person("head")).number == number
    with pytest.raises(RuleBroken, match=r"number\.taken"), acting(office.person("records_manager")) as act:
        legacy.add_alias(dossier(number), "XLM-100912099", act=act)
