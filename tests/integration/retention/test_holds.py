"""A hold is placed by one and released by two; every hold counts on its own."""

from datetime import date

import pytest
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, RuleBroken
from archive.retention import holds
from archive.retention.models import Hold
from archive.retention.rules import HoldKind
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import dossier


def asked(office: Office, number: str, hold_id: object, by: str) -> None:
    with acting(office.person(by)) as act:
        holds.ask_release(act.session.get_one(Hold, hold_id), dossier(number), reason="已结案", act=act)


def released(office: Office, number: str, hold_id: object, by: str) -> None:
    with acting(office.person(by)) as act:
        holds.release(act.session.get_one(Hold, hold_id), dossier(number), act=act)


def test_scenario_22_of_two_holds_one_released_still_holds(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office)
    first = builders.a_hold(office, number)
    builders.a_hold(office, number, by="records_manager", kind=HoldKind.AUDIT)
    assert builders.reasons(number, clock).count("kept.hold") == 2
    asked(office, number, first, "legal")
    released(office, number, first, "head")
    assert builders.reasons(number, clock).count("kept.hold") == 1


def test_scenario_23_who_asks_for_the_release_does_not_grant_it(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    hold = builders.a_hold(office, number)
    with pytest.raises(RuleBroken, match=r"hold\.not_asked"):
        released(office, number, hold, "head")
    asked(office, number, hold, "head")
    with pytest.raises(RuleBroken, match=r"hold\.same_person"):
        released(office, number, hold, "head")
    released(office, number, hold, "legal")
    with pytest.raises(RuleBroken, match=r"hold\.released"):
        released(office, number, hold, "legal")
    trail = db.session.scalars(select(Entry.action).where(Entry.subject_kind == "hold").order_by(Entry.seq)).all()
    assert trail == ["hold:place", "hold:ask_release", "hold:release"]


def test_a_release_that_is_refused_must_be_asked_for_again(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    hold = builders.a_hold(office, number)
    asked(office, number, hold, "legal")
    with acting(office.person("head")) as act:
        holds.keep_on(act.session.get_one(Hold, hold), dossier(number), act=act)
    with pytest.raises(RuleBroken, match=r"hold\.not_asked"):
        released(office, number, hold, "head")


@pytest.mark.parametrize("login", ["officer", "intake", "auditor", "system_admin", "nobody"])
def test_others_place_no_hold(office: Office, login: str) -> None:
    number = builders.a_closed_dossier(office)
    with pytest.raises(NotAllowed):
        builders.a_hold(office, number, by=login)


def test_a_hold_names_its_basis_and_a_day_to_come(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    with pytest.raises(BadInput) as refused, acting(office.person("legal")) as act:
        holds.place(dossier(number), kind=HoldKind.AUDIT, basis="", reason="", review_on=date(2020, 1, 1), act=act)
    assert [one.field for one in refused.value.problems] == ["basis", "reason", "review_on"]


def test_many_are_held_at_once_or_none(office: Office, clock: FixedClock) -> None:
    numbers = [builders.a_closed_dossier(office) for _ in range(3)]
    with acting(office.person("legal")) as act:
        rows = [dossier(number) for number in numbers]
        holds.place_on_all(rows, kind=HoldKind.INSPECTION, basis="检查通知书", reason="现场检查", act=act)
    assert all("kept.hold" in builders.reasons(number, clock) for number in numbers)
    with pytest.raises(BadInput), acting(office.person("legal")) as act:
        holds.place_on_all([], kind=HoldKind.INSPECTION, basis="检查通知书", reason="现场检查", act=act)
