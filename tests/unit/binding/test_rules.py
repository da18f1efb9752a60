"""Which limits a case has and which governs; that every limit of every shipped profile can be met."""

from datetime import datetime, timedelta

import pytest

from archive.binding.rules import BY_STEPS, SANCTIONED, Reckoned, core_limit, governing, limits_of, reckon, writable
from archive.deadlines.calendar import packaged_calendar
from archive.deadlines.history import History
from archive.deadlines.labels import EVENTS
from archive.procedures.limit import Limit
from archive.procedures.loading import shipped
from archive.procedures.office import Bound, Decided, Office, chosen
from archive.procedures.states import Subject
from tests.conftest import NOW

ALL = [limit for profile in shipped().values() for limit in profile.deadlines]


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: limit.key)
def test_every_limit_starts_and_ends_with_something_the_archive_hears_of(limit: Limit) -> None:
    assert {limit.from_, limit.to} <= set(EVENTS)
    if limit.from_ not in ("period", SANCTIONED):  # the office's own reports, and the review of a sanction
        assert limit.to in BY_STEPS or limit.to in writable([limit], ended=False)


@pytest.mark.parametrize(
    "limit", [one for one in ALL if one.from_ not in ("period", SANCTIONED)], ids=lambda limit: limit.key
)
def test_every_limit_is_reckoned_for_a_case_to_which_it_applies_and_met_by_its_event(limit: Limit) -> None:
    facts = {name: next(iter(values)) for name, values in limit.when.items()}
    bound = (Bound(shipped()[limit.key.partition(".")[0]], ""),)
    begun = NOW - timedelta(hours=3)

    def kept(**events: datetime) -> Reckoned | None:
        history = History({limit.from_: begun, **events})
        found = reckon(limits_of(bound, facts), history, {limit.from_: NOW.date()}, packaged_calendar(), ended_at=None)
        return next((one for one in found if one.due.limit.key == limit.key), None)

    open_ = kept()
    assert open_ is not None
    assert open_.open
    assert open_.due.operative is not None or limit.unnumbered is not None
    done = kept(**{limit.to: NOW})
    assert done is not None
    assert done.met_at == (NOW if limit.to != limit.from_ else begun)


def test_a_case_without_any_number_has_the_orders_fifteen_days() -> None:
    assert limits_of((), {}) == (core_limit(),)
    wqzx = Bound(shipped()["WQZX"], "")
    assert core_limit() in limits_of((wqzx,), {})
    with_parent = limits_of((wqzx, Bound(shipped()["CBIRC3"], "WQZX")), {})
    assert core_limit() not in with_parent
    assert "CBIRC3.C01" in {limit.key for limit in with_parent}


def test_the_nearest_unit_decides_and_law_needs_no_decision() -> None:
    office = Office(
        (
            Decided("/1/", Subject.INSTITUTION, "bank", True),
            Decided("/1/", Subject.PROFILE, "YJF13", True),
            Decided("/1/2/", Subject.INSTITUTION, "payment", True),
            Decided("/1/3/", Subject.PROFILE, "YJF13", False),
        )
    )

    def bound(path: str) -> set[str]:
        facts = {"institution": office.institution(path)}
        return {one.profile.id for one in chosen(office, shipped(), path, facts, NOW.date()) if not one.through}

    assert bound("/1/") == {"CBIRC3", "PBC5", "YJF13"}
    assert bound("/1/2/") == {"PBC5"}
    assert bound("/1/3/") == {"CBIRC3", "PBC5"}


def test_what_was_met_governs_only_when_nothing_is_open() -> None:
    found = limits_of((Bound(shipped()["GDCL"], ""),), {})
    events = {"received": NOW, "accepted": NOW + timedelta(hours=1)}
    calendar = packaged_calendar()
    open_ = reckon(found, History(events), {}, calendar, ended_at=None)
    assert governing(open_).met_at is None
    done = {**events, "handled": NOW + timedelta(days=2), "closed": NOW + timedelta(days=3)}
    assert governing(reckon(found, History(done), {}, calendar, ended_at=None)).met_at == done["closed"]
    declined = reckon(found, History(events), {}, calendar, ended_at=NOW + timedelta(hours=2))
    assert not any(one.open for one in declined)
