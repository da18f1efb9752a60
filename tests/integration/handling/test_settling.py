"""Mediation, review, compensation, grading, accountability, follow-up: who may, in what order, and what stands."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from archive.binding.models import DossierProfile
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock, shanghai_date
from archive.core.db import WRITES, db
from archive.core.errors import BadInput, NotAllowed, Refused, RuleBroken
from archive.core.paging import PageRequest
from archive.deadlines.calendar import packaged_calendar
from archive.deadlines.models import DayRow
from archive.dossiers import guarding, moving
from archive.dossiers.states import Severity, State
from archive.handling import calls, conditions, handlers
from archive.handling.accounting import appeal_due
from archive.handling.kinds import (
    EvidenceState,
    MediationOutcome,
    ReviewLevel,
    ReviewOutcome,
    Sheet,
    Side,
    Step,
    TaskState,
)
from archive.handling.models import Accountability, Compensation, EvidenceRequest, FollowUp, Grading, MajorReport, Task
from archive.people.models import Unit
from archive.people.rules import Role
from archive.procedures import operations as procedures
from archive.procedures.loading import shipped
from archive.procedures.states import Subject as Choice
from tests import disposal_builders as disposing
from tests import retention_builders as keeping
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import account, brought_to, dossier, told
from tests.handling_builders import a_document, everything, made, somebody, stepped
from tests.integration.binding.test_binding import decide

TODAY = shanghai_date(NOW)


def codes(error: BaseException) -> set[str]:
    return {one.code for one in error.problems}  # type: ignore[attr-defined]


def run(statement: str) -> int:
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    try:
        result: Any = session.execute(text(statement))
        session.commit()
        return int(result.rowcount)
    except DatabaseError:
        session.rollback()
        raise


def test_mediation_needs_both_sides_and_an_agreement_its_paper(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with pytest.raises(RuleBroken, match=r"mediation\.state"):
        made(office, number, Sheet.MEDIATIONS)
    with acting(office.person("officer")) as act:
        moving.mediate(dossier(number), complainant_agreed_on=TODAY, respondent_agreed_on=TODAY, act=act)
    row = made(office, number, Sheet.MEDIATIONS)
    asked: dict[str, Any] = {
        "participants": "双方到场", "record": "各自陈述", "record_document_id": None, "agreement": "",
        "agreement_document_id": None,
    }  # fmt: skip
    with pytest.raises(BadInput) as refusal:
        stepped(office, number, Sheet.MEDIATIONS, row, Step.CONCLUDE, outcome=MediationOutcome.AGREED, **asked)
    assert [one.field for one in refusal.value.problems] == ["agreement", "agreement_document_id"]
    stepped(office, number, Sheet.MEDIATIONS, row, Step.CONCLUDE, outcome=MediationOutcome.FAILED, **asked)
    again = made(office, number, Sheet.MEDIATIONS)
    signed = a_document(office, number, "调解协议.txt")
    words = {**asked, "agreement": "退还年费三百元", "agreement_document_id": signed}
    stepped(office, number, Sheet.MEDIATIONS, again, Step.CONCLUDE, outcome=MediationOutcome.AGREED, **words)
    assert dossier(number).state is State.MEDIATING


def test_a_review_is_made_by_who_had_no_part_in_it(office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    somebody(office, "head-2", Role.HEAD)
    with acting(office.person("head-2")) as act:
        guarding.recuse(dossier(number), account(office, "head-2"), reason="亲属", act=act)
    for reviewer, code in (("head-2", "review.unfit"), ("legal", "review.unfit"), ("nobody-7", "account.unknown")):
        with pytest.raises(BadInput) as refusal:
            made(office, number, Sheet.REVIEWS, "head", reviewer=reviewer)
        assert codes(refusal.value) == {code}
    assert dossier(number).state is State.ANSWERED
    row = made(office, number, Sheet.REVIEWS, "head")
    assert dossier(number).state is State.REVIEWING
    somebody(office, "head-3", Role.HEAD)
    outcome = {"outcome": ReviewOutcome.CHANGED, "text": "另加退利息"}
    with pytest.raises(NotAllowed, match=r"review\.reviewer"):
        stepped(office, number, Sheet.REVIEWS, row, Step.CONCLUDE, "head-3", **outcome)
    with pytest.raises(Refused) as past, acting(office.person("head-3")) as act:
        moving.conclude_review(dossier(number), outcome="另加退利息", act=act)
    assert codes(past.value) == {"review.by_reviewer"}
    stepped(office, number, Sheet.REVIEWS, row, Step.CONCLUDE, "head", **outcome)
    assert (dossier(number).state, dossier(number).outcome) == (State.ANSWERED, "另加退利息")
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.REVIEWS, "head", level=ReviewLevel.FINAL)
    assert codes(refusal.value) == {"review.handler"}  # head reviewed once


def test_after_the_final_review_there_is_none(office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    row = made(office, number, Sheet.REVIEWS, "head", level=ReviewLevel.FINAL)
    stepped(office, number, Sheet.REVIEWS, row, Step.CONCLUDE, "head", outcome=ReviewOutcome.UPHELD, text="维持")
    with pytest.raises(Refused) as refusal, acting(office.person("officer")) as act:
        moving.request_review(dossier(number), note="仍不认可", act=act)
    assert codes(refusal.value) == {"review.final"}


def test_where_the_text_knows_only_a_final_review_it_is_made_by_whom_it_names_and_is_the_last(office: Office) -> None:
    for subject, value in ((Choice.INSTITUTION, "company"), (Choice.PROFILE, "KHYG")):
        decide(office, subject, value)
    for login, role in (("head-desk", Role.HEAD), ("intake-desk", Role.INTAKE)):
        somebody(office, login, role, "desk")
    custom = {"kind": "client", "contract_no": "HT-1", "address": "张家港"}
    by_sheet, by_move = (
        brought_to(office, State.ANSWERED, by="intake-desk", custom=custom, category="", cause="") for _ in range(2)
    )
    for asked, code in (
        ({}, "review.only_final"),
        ({"level": ReviewLevel.FINAL, "reviewer": "head-desk"}, "review.role"),
    ):
        with pytest.raises(BadInput) as refusal:
            made(office, by_sheet, Sheet.REVIEWS, "head", **asked)
        assert codes(refusal.value) == {code}
    row = made(office, by_sheet, Sheet.REVIEWS, "head", level=ReviewLevel.FINAL)
    stepped(office, by_sheet, Sheet.REVIEWS, row, Step.CONCLUDE, "head", outcome=ReviewOutcome.UPHELD, text="维持")
    with acting(office.person("officer")) as act:
        moving.request_review(dossier(by_move), note="不认可", act=act)
    with pytest.raises(Refused) as past, acting(office.person("head-desk")) as act:
        moving.conclude_review(dossier(by_move), outcome="维持", act=act)
    assert codes(past.value) == {"review.role"}
    with acting(office.person("head")) as act:
        moving.conclude_review(dossier(by_move), outcome="维持", act=act)
    for number in (by_sheet, by_move):
        with pytest.raises(Refused) as past, acting(office.person("officer")) as act:
            moving.request_review(dossier(number), note="仍不认可", act=act)
        assert codes(past.value) == {"review.final"}


def test_the_officer_does_not_review_the_own_result(office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    dossier(number).officer_id = office.accounts["head"]
    db.session.commit()
    somebody(office, "head-2", Role.HEAD)
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.REVIEWS, "head-2", reviewer="head")
    assert codes(refusal.value) == {"review.handler"}


def test_money_has_an_amount_and_a_payment_its_proof(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.COMPENSATIONS, amount=None)
    assert codes(refusal.value) == {"compensation.amount"}
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.COMPENSATIONS, kind="gold")
    assert [one.field for one in refusal.value.problems] == ["kind"]
    row = made(office, number, Sheet.COMPENSATIONS)
    with pytest.raises(NotAllowed, match=r"person\.lacks"):
        stepped(office, number, Sheet.COMPENSATIONS, row, Step.DROP, "officer", reason="投诉人放弃")
    proof = a_document(office, number)
    stepped(office, number, Sheet.COMPENSATIONS, row, Step.PAY, paid_on=TODAY, document_id=proof)
    assert db.session.get_one(Compensation, row).document_id == proof


def test_a_grade_of_the_office_maps_to_the_core_scheme_and_stays_on_record(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    made(office, number, Sheet.GRADINGS, "head", grade="XJPPT/urgent/at_once")
    made(office, number, Sheet.GRADINGS, "head")
    assert dossier(number).severity is Severity.MAJOR
    rows = db.session.query(Grading).order_by(Grading.made_at, Grading.id).all()
    told_of = [(one.profile, one.grade_name, one.before, one.after) for one in rows]
    assert told_of == [
        ("XJPPT", "紧急投诉", Severity.NORMAL, Severity.URGENT),
        ("XXGS", "重大", Severity.URGENT, Severity.MAJOR),
    ]
    for grade in ("XXGS/unheard", "NONE/major", "", "a/b/c/d/e"):
        with pytest.raises(BadInput):
            made(office, number, Sheet.GRADINGS, "head", grade=grade)


def test_accountability_is_written_by_the_head_and_never_changed(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    made(office, number, Sheet.ACCOUNTABILITY, "head")
    for login in ("officer", "legal"):
        with pytest.raises(NotAllowed, match=r"person\.lacks"):
            made(office, number, Sheet.ACCOUNTABILITY, login)
    for statement in ("UPDATE accountability SET sanction = '无'", "DELETE FROM accountability"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(statement)


def test_who_was_sanctioned_has_thirty_working_days_to_ask_for_a_review(office: Office, clock: FixedClock) -> None:
    number = brought_to(office, State.CLOSED)
    assert appeal_due([shipped()["XXGS"]], NOW.date(), packaged_calendar()) is None
    bind(number, NHWG="")
    row_id = made(office, number, Sheet.ACCOUNTABILITY, "head", decided_on=date(2026, 3, 2))
    row = db.session.get(Accountability, row_id)
    assert row is not None
    assert (row.serial, row.appeal_until, "第四章第四节" in row.appeal_basis) == (1, date(2026, 4, 14), True)
    for login in ("officer", "legal"):
        with pytest.raises(NotAllowed):
            stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.APPEAL, login,
                    appealed_on=NOW.date(), appeal_grounds="处理过重")  # fmt: skip
    decision = {"appeal_decided_by": "监察室", "appeal_decided_on": NOW.date(), "appeal_outcome": "维持"}
    with pytest.raises(RuleBroken):
        stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.DECIDE_APPEAL, "head", **decision)
    asked = {"appealed_on": date(2026, 3, 4), "appeal_grounds": "处理过重"}
    stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.APPEAL, "head", **asked)
    stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.DECIDE_APPEAL, "head", **decision)
    with pytest.raises(RuleBroken):
        stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.APPEAL, "head", **asked)
    again = {"recheck_decided_by": "上级行", "recheck_decided_on": NOW.date(), "recheck_outcome": "减轻为警告"}
    stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.RECHECK, "head", **again)
    with pytest.raises(RuleBroken):
        stepped(office, number, Sheet.ACCOUNTABILITY, row_id, Step.RECHECK, "head", **again)
    # In a year without its notice the last day is provisional; it moves once the notice is confirmed.
    clock.moment = datetime(2026, 12, 28, 3, tzinfo=UTC)
    late = made(office, number, Sheet.ACCOUNTABILITY, "head", decided_on=date(2026, 12, 28))
    before = db.session.get(Accountability, late)
    assert before is not None
    assert before.appeal_provisional
    guessed = before.appeal_until
    with acting(Machine("test")) as act:
        days = [(date(2027, 1, 1) + timedelta(days=at)) for at in range(365)]
        act.session.add_all(
            DayRow(day=day, version=1, is_workday=day.weekday() < 5 and day.day > 7, source="test") for day in days
        )
    handlers.confirmed([])
    db.session.expire_all()
    after = db.session.get(Accountability, late)
    assert after is not None
    assert not after.appeal_provisional
    assert after.appeal_until is not None
    assert guessed is not None
    assert after.appeal_until > guessed


def test_what_is_still_asked_of_others_ends_with_a_withdrawn_complaint(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    task, evidence = made(office, number, Sheet.TASKS), made(office, number, Sheet.EVIDENCE)
    done = made(office, number, Sheet.TASKS)
    stepped(office, number, Sheet.TASKS, done, Step.FINISH, result="已调取", documents=[])
    with acting(office.person("officer")) as act:
        moving.withdraw(dossier(number), note="投诉人来函撤回", act=act)
    states = {row.id: (row.state, row.reason) for row in db.session.query(Task)}
    assert states[task] == (TaskState.TAKEN_BACK, "案卷已撤回，无须再办。")
    assert states[done][0] is TaskState.DONE
    request = db.session.get(EvidenceRequest, evidence)
    assert request is not None
    assert request.state is EvidenceState.GIVEN_UP


def test_both_sides_are_asked_and_a_dossier_is_taken_up_again_by_the_head(office: Office, clock: FixedClock) -> None:
    number = brought_to(office, State.CLOSED)
    person = office.person("officer")
    assert [one.dossier.number for one in calls.due(db.session(), person, PageRequest(), NOW).rows] == [number]
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.FOLLOW_UPS, reached=False, score=3)
    assert codes(refusal.value) == {"follow_up.unreached"}
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.FOLLOW_UPS, score=None)
    assert codes(refusal.value) == {"follow_up.score"}
    made(office, number, Sheet.FOLLOW_UPS, reached=False, score=None, words="")
    made(office, number, Sheet.FOLLOW_UPS, side=Side.RESPONDENT, score=5)
    # What the other side said changes nothing where no rule set names it.
    assert [tried(one) for one in calls.due(db.session(), person, PageRequest(), NOW).rows] == [[("complainant", 1)]]
    row = made(office, number, Sheet.FOLLOW_UPS, score=1, reopen_reason="银行又扣了一次年费")
    assert calls.due(db.session(), person, PageRequest(), NOW).rows == []
    assert [one.number for _, one in calls.proposals(db.session(), office.person("head"))] == [number]
    assert calls.proposals(db.session(), person) == []
    answer = {"reopened": True, "settlement": "新事实，重新办理"}
    stepped(office, number, Sheet.FOLLOW_UPS, row, Step.SETTLE, "head", **answer)
    assert dossier(number).state is State.INVESTIGATING
    with pytest.raises(RuleBroken, match=r"handling\.state"):
        stepped(office, number, Sheet.FOLLOW_UPS, row, Step.SETTLE, "head", **answer)
    for statement in (
        "UPDATE follow_up SET score = 5",
        "UPDATE follow_up SET settlement = '不'",
        "DELETE FROM follow_up",
    ):
        with pytest.raises(DatabaseError):
            run(statement)


def tried(call: calls.Call) -> list[tuple[str, int]]:
    return [(one.side.value, one.attempts) for one in call.sides if one.waits]


def bind(number: str, **profiles: str) -> None:
    """Let profiles bind a dossier: each by its own scope (empty), or through the one that inherits from it."""
    with acting(Machine("test")) as act:
        found = dossier(number)
        for name, through in profiles.items():
            profile = shipped()[name]
            act.session.add(
                DossierProfile(
                    dossier_id=found.id, profile_id=name, version=profile.version, digest=profile.digest,
                    bound_at=act.moment, reason="scope", through=through,
                )
            )  # fmt: skip


def test_where_a_rule_set_names_both_sides_both_are_asked_until_reached_or_tried_enough(office: Office) -> None:
    reached, in_vain, spoken_for = (brought_to(office, State.CLOSED) for _ in range(3))
    bind(reached, LSTS="")
    bind(in_vain, LSTS="WQZX")
    bind(spoken_for, LSTS="WQZX", JFJJ="")  # a text of its own scope speaks of follow-up: inherited ones are silent

    def waiting() -> dict[str, list[tuple[str, int]]]:
        found = calls.due(db.session(), office.person("officer"), PageRequest(), NOW).rows
        assert calls.count_due(db.session(), office.person("officer"), NOW) == len(found)
        return {one.dossier.number: tried(one) for one in found}

    both = [("complainant", 0), ("respondent", 0)]
    assert waiting() == {reached: both, in_vain: both, spoken_for: both[:1]}
    for number in (reached, in_vain, spoken_for):
        made(office, number, Sheet.FOLLOW_UPS)
    assert waiting() == {reached: both[1:], in_vain: both[1:]}
    unreached = {"side": Side.RESPONDENT, "reached": False, "score": None, "words": ""}
    for _ in range(2):
        made(office, in_vain, Sheet.FOLLOW_UPS, **unreached)
    assert waiting() == {reached: both[1:], in_vain: [("respondent", 2)]}
    made(office, in_vain, Sheet.FOLLOW_UPS, **unreached)
    made(office, reached, Sheet.FOLLOW_UPS, side=Side.RESPONDENT)
    assert waiting() == {}


ASKING = """
id: ZXH
version: 1
title: 回访办法
authority: 本所回访办法
level: internal
closing: [{code: asked, name: 已回访双方, by: satisfaction, article: 第二条}]
follow_up: {satisfaction: [respondent], attempts: 4, article: 第三条}
"""


def test_a_text_may_want_more_attempts_and_both_sides_before_closing(office: Office) -> None:
    with acting(office.person("legal")) as act:
        proposed = procedures.propose(ASKING, "own.yaml", note="新规", act=act)
    with acting(office.person("head")) as act:
        procedures.sign(act.session.merge(proposed), act=act)
    with acting(office.person("records_manager")) as act:
        choice = procedures.propose_choice(
            act.session.get_one(Unit, office.units["root"]), Choice.PROFILE, "ZXH", holds=True, reason="施行", act=act
        )
    with acting(office.person("head")) as act:
        procedures.decide_choice(act.session.merge(choice), act=act)
    number = brought_to(office, State.ANSWERED)

    def open_demand() -> bool:
        return bool([one for one in conditions.unmet(db.session(), dossier(number)) if "satisfaction" in one.code])

    def waiting() -> list[list[tuple[str, int]]]:
        return [tried(one) for one in calls.due(db.session(), office.person("officer"), PageRequest(), NOW).rows]

    made(office, number, Sheet.FOLLOW_UPS)
    assert open_demand()
    for _ in range(3):
        made(office, number, Sheet.FOLLOW_UPS, side=Side.RESPONDENT, reached=False, score=None, words="")
    assert waiting() == [[("respondent", 3)]]
    assert open_demand()
    made(office, number, Sheet.FOLLOW_UPS, side=Side.RESPONDENT, reached=False, score=None, words="")
    assert waiting() == []
    assert not open_demand()


def test_who_was_tried_in_vain_three_times_or_long_ago_is_let_be(office: Office, clock: FixedClock) -> None:
    number, older = brought_to(office, State.CLOSED), brought_to(office, State.CLOSED)
    for _ in range(3):
        made(office, number, Sheet.FOLLOW_UPS, reached=False, score=None, words="")
    person = office.person("officer")
    assert [one.dossier.number for one in calls.due(db.session(), person, PageRequest(), NOW).rows] == [older]
    later = NOW + timedelta(days=20)
    assert [one.late for one in calls.due(db.session(), person, PageRequest(), later).rows] == [True]
    assert calls.due(db.session(), person, PageRequest(), NOW + timedelta(days=91)).rows == []


def test_the_database_keeps_what_was_done_in_a_closed_dossier(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    everything(office, number)
    for change in ("decision SET text = 'x'", "grading SET note = 'x'"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"UPDATE {change}")
    assert run("UPDATE task SET result = 'corrected while open'") == 1
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="退还年费", act=act)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    for table in (
        "task", "evidence_request", "interview", "consultation", "minutes", "opinion", "measure", "compensation",
        "third_party", "major_report",
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="read-only"):
            run(f"UPDATE {table} SET made_by_name = 'x'")
        with pytest.raises(DatabaseError, match="kept with its dossier"):
            run(f"DELETE FROM {table}")
    with pytest.raises(DatabaseError):
        run("DELETE FROM task_document")


def test_what_was_done_is_destroyed_with_its_dossier(office: Office, clock: FixedClock) -> None:
    keeping.long_ago(clock)
    number = brought_to(office, State.INVESTIGATING, received_at=clock.moment)
    everything(office, number)
    made(office, number, Sheet.GRADINGS, "head", grade="XXGS/normal/12-1-1")  # a major one is kept ten years
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="退还年费", act=act)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    made(office, number, Sheet.FOLLOW_UPS)
    disposing.locks.sweep()
    disposing.marked(clock, disposing.present() - timedelta(days=15))
    disposing.destroyed(office, disposing.ready(office, clock, [number]))
    for table in (
        "task", "task_document", "evidence_request", "interview", "consultation", "minutes", "opinion", "decision",
        "third_party", "measure", "compensation", "grading", "major_report", "accountability", "follow_up",
    ):  # fmt: skip
        assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_major_reports_and_follow_ups_are_rows_that_reports_read(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    made(office, number, Sheet.FOLLOW_UPS)
    rows = db.session.query(FollowUp.side, FollowUp.score, FollowUp.reached).all()
    assert [tuple(row) for row in rows] == [(Side.COMPLAINANT, 4, True)]
    assert db.session.query(MajorReport).count() == 0
