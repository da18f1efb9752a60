"""A list goes through many hands before anything is destroyed; none of them is the same twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import NotAllowed, Refused, RuleBroken
from archive.core.paging import PageRequest
from archive.disposal import executing, operations, queries
from archive.disposal.kinds import Decision, LineState, ListState
from archive.dossiers import guarding
from archive.retention.models import Keeping
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import account, dossier


def reasons(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def due(office: Office, clock: FixedClock) -> list[queries.Due]:
    person = office.person("records_manager")
    return list(queries.due(db.session(), person, clock.moment, PageRequest()).rows)


def test_scenario_21_a_held_dossier_is_shown_as_held_and_cannot_be_chosen(office: Office, clock: FixedClock) -> None:
    held, free = disposal.expired(office, clock, 2)
    builders.a_hold(office, held)
    shown = {row.dossier.number: row for row in due(office, clock)}
    assert (shown[held].held, shown[held].selectable) == (True, False)
    assert shown[free].selectable
    with pytest.raises(Refused) as refused:
        disposal.proposed(office, [held, free])
    assert reasons(refused) == {"kept.hold"}


def test_scenario_08_what_is_permanent_never_stands_on_the_due_list(office: Office, clock: FixedClock) -> None:
    (number,) = disposal.expired(office, clock)
    disposal.appraised(office, found := disposal.proposed(office, [number]), Decision.PERMANENT)
    disposal.settled(office, found)
    assert disposal.fetched(found).state is ListState.VOID
    assert builders.keeping(number).permanent
    assert due(office, clock) == []


def test_nothing_is_proposed_before_its_day_or_twice(office: Office, clock: FixedClock) -> None:
    (number,) = disposal.expired(office, clock)
    fresh = builders.a_closed_dossier(office)
    with pytest.raises(Refused) as refused:
        disposal.proposed(office, [fresh])
    assert "kept.until" in reasons(refused)
    disposal.proposed(office, [number])
    assert [row.selectable for row in due(office, clock)] == [False]
    with pytest.raises(RuleBroken, match="listed_already"):
        disposal.proposed(office, [number])
    with pytest.raises(NotAllowed):
        disposal.proposed(office, [number], by="officer")


def test_an_appraisal_needs_business_and_legal_and_the_most_cautious_voice_counts(
    office: Office, clock: FixedClock
) -> None:
    (number,) = disposal.expired(office, clock)
    found = disposal.proposed(office, [number])
    with acting(office.person("records_manager")) as act:
        line = queries.by_number(act.session, found).lines[0]
        operations.appraise(line, decision=Decision.DESTROY, reason="期满", act=act)
    with pytest.raises(RuleBroken, match="appraised_already"), acting(office.person("records_manager")) as act:
        line = queries.by_number(act.session, found).lines[0]
        operations.appraise(line, decision=Decision.DESTROY, reason="期满", act=act)
    with acting(office.person("head")) as act:
        line = queries.by_number(act.session, found).lines[0]
        operations.appraise(line, decision=Decision.DESTROY, reason="期满", act=act)
    with pytest.raises(Refused) as refused:
        disposal.settled(office, found)
    assert reasons(refused) == {"disposal.appraisers"}
    with acting(office.person("legal")) as act:
        line = queries.by_number(act.session, found).lines[0]
        operations.appraise(line, decision=Decision.KEEP, years=5, reason="可能涉诉", act=act)
    before = builders.keeping(number).last_day
    disposal.settled(office, found)
    assert disposal.fetched(found).lines[0].state is LineState.RETAINED
    kept = builders.keeping(number)
    assert kept.last_day > before
    assert (kept.rule_code, kept.rule_years) == ("appraisal", 5)
    assert due(office, clock) == []


def test_who_is_recused_does_not_appraise(office: Office, clock: FixedClock) -> None:
    (number,) = disposal.expired(office, clock)
    found = disposal.proposed(office, [number])
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "legal"), reason="亲属", act=act)
    with pytest.raises(RuleBroken, match="recused"), acting(office.person("legal")) as act:
        line = queries.by_number(act.session, found).lines[0]
        operations.appraise(line, decision=Decision.DESTROY, reason="期满", act=act)


def test_scenario_28_proposer_and_approvers_are_three_persons(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock)
    found = disposal.listed(office, numbers)
    with pytest.raises(RuleBroken, match="own_proposal"):
        disposal.approved(office, found, ["records_manager"])
    with pytest.raises(NotAllowed):
        disposal.approved(office, found, ["legal"])  # the second step is hers, the first is not
    disposal.approved(office, found, ["head"])
    with pytest.raises(RuleBroken, match="approved_already"):
        disposal.approved(office, found, ["head"])
    disposal.approved(office, found, ["legal"])
    assert disposal.fetched(found).state is ListState.APPROVED
    for who in ("head", "legal"):
        with pytest.raises(RuleBroken, match="witness_involved"):
            disposal.witnessed(office, found, [who])
    disposal.witnessed(office, found, ["officer-desk"])
    with pytest.raises(RuleBroken, match="witness_twice"):
        disposal.witnessed(office, found, ["officer-desk"])
    for who in ("auditor", "records_manager"):
        with pytest.raises(NotAllowed):
            disposal.witnessed(office, found, [who])


def test_scenario_29_a_changed_list_is_approved_anew(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock, 2)
    found = disposal.listed(office, numbers)
    first_hash = disposal.fetched(found).list_hash
    disposal.approved(office, found, ["head"])
    with acting(office.person("records_manager")) as act:
        row = queries.by_number(act.session, found)
        operations.drop(row, row.lines[0], reason="另案需要", act=act)
    row = disposal.fetched(found)
    assert row.state is ListState.LISTED
    assert row.list_hash != first_hash
    assert queries.hands(row).approvers == ()
    with pytest.raises(RuleBroken, match="hash_changed"), acting(office.person("head")) as act:
        operations.approve(queries.by_number(act.session, found), list_hash=first_hash, act=act)
    with pytest.raises(NotAllowed):
        disposal.approved(office, found, ["legal"])
    disposal.approved(office, found)
    assert disposal.fetched(found).state is ListState.APPROVED


def test_scenario_30_approvals_older_than_thirty_days_are_worth_nothing(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock)
    disposal.marked(clock, disposal.present() - timedelta(days=31))
    found = disposal.listed(office, numbers)
    disposal.approved(office, found)
    disposal.marked(clock, disposal.present())
    disposal.witnessed(office, found)
    with pytest.raises(Refused) as refused:
        disposal.started(office, found)
    assert reasons(refused) == {"disposal.approval_old"}


def test_an_approved_list_cools_off_for_seven_days_and_waits_for_two_witnesses(
    office: Office, clock: FixedClock
) -> None:
    numbers = disposal.expired(office, clock)
    disposal.marked(clock, disposal.present() - timedelta(days=6))
    found = disposal.listed(office, numbers)
    disposal.approved(office, found)
    disposal.marked(clock, disposal.present())
    with pytest.raises(Refused) as refused:
        disposal.started(office, found)
    assert reasons(refused) == {"disposal.cooling", "disposal.witnesses"}
    with pytest.raises(RuleBroken):
        executing.run(disposal.fetched(found).id)


def test_every_hand_is_in_the_trail(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock)
    disposal.ready(office, clock, numbers)
    actions = db.session.scalars(select(Entry.action).where(Entry.subject_kind == "disposal").order_by(Entry.seq)).all()
    assert actions == [
        "disposal:propose", "disposal:appraise", "disposal:appraise", "disposal:list", "disposal:approve",
        "disposal:approve", "disposal:attend", "disposal:attend",
    ]  # fmt: skip
    assert db.session.scalars(select(Keeping.destroyed_at)).all() == [None]
