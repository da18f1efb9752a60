"""A dossier walks from registration to closing; what stands against a step is said, all of it."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import Act, acting
from archive.core.db import db
from archive.core.errors import Refused
from archive.dossiers import assigning, moving
from archive.dossiers.models import Closing, Dossier, HandOver, Move, Pause
from archive.dossiers.rules import MoveNotAllowed
from archive.dossiers.states import HandOverState, NoticeChannel, NoticeKind, NoticeOutcome, State, Verb
from archive.dossiers.values import NoticeValue
from archive.people.rules import Role
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import account, brought_to, dossier, registered, told
from tests.handling_builders import somebody


def refusals(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def call(office: Office, login: str, number: str, outcome: NoticeOutcome, kind=NoticeKind.RESULT) -> None:
    with acting(office.person(login)) as act:
        value = NoticeValue(kind, NoticeChannel.PHONE, outcome, act.moment, "拨打登记电话")
        moving.notify(dossier(number), value, act=act)


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_reached_by_its_way(office: Office, state: State) -> None:
    number = brought_to(office, state)
    assert dossier(number).state is state


def test_the_registrar_does_not_accept(office: Office) -> None:
    number = registered(office, by="head")
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.accept(dossier(number), act=act)
    assert refusals(refused) == {"move.same_person"}
    with pytest.raises(MoveNotAllowed), acting(office.person("officer")) as act:
        moving.accept(dossier(number), act=act)
    assert dossier(number).state is State.REGISTERED


def test_closing_lists_everything_left_undone(office: Office) -> None:
    number = brought_to(office, State.ANSWERED, category="", cause="", respondent="")
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert refusals(refused) == {"close.not_told", "close.no_category", "close.no_cause", "close.no_respondent"}


def test_closing_sets_the_date_in_shanghai(office: Office, clock) -> None:
    number = brought_to(office, State.ANSWERED)
    told(office, number)
    clock.moment = NOW.replace(month=11, day=21, hour=16)  # 00:00 of the 22nd in Shanghai
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    closed = dossier(number)
    assert closed.closed_on == date(2026, 11, 22)
    closing = db.session.scalars(select(Closing)).one()
    assert (closing.state, closing.closed_on, closing.reopened_at) == (State.CLOSED, date(2026, 11, 22), None)


def test_the_officer_does_not_close(office: Office) -> None:
    number = registered(office)
    with acting(office.person("head")) as act:
        moving.accept(dossier(number), act=act)
    with acting(office.person("head")) as act:
        moving.investigate(dossier(number), act=act)
    with acting(office.person("head")) as act:
        moving.answer(dossier(number), outcome="已退款", act=act)
    told(office, number)
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert refusals(refused) == {"move.officer_decides"}


def test_whoever_did_the_work_does_not_close_it_as_somebody_elses(office: Office) -> None:
    somebody(office, "deputy", Role.HEAD)
    appointed, answered = brought_to(office, State.ACCEPTED), brought_to(office, State.INVESTIGATING)
    with acting(office.person("head")) as act:
        moving.investigate(dossier(appointed), act=act)
    for number in (appointed, answered):
        with acting(office.person("head")) as act:
            moving.answer(dossier(number), outcome="已退款", act=act)
    with acting(office.person("head")) as act:
        assigning.appoint(dossier(appointed), officer=account(office, "officer"), act=act)
    for number in (appointed, answered):
        told(office, number)
        with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
            moving.close(dossier(number), act=act)
        assert refusals(refused) == {"move.officer_decides"}
        with acting(office.person("deputy")) as act:
            moving.close(dossier(number), act=act)
    # What was done before the dossier was reopened was looked at then.
    with acting(office.person("deputy")) as act:
        moving.reopen(dossier(appointed), note="新证据", act=act)
    with acting(office.person("officer")) as act:
        moving.answer(dossier(appointed), outcome="重新计算", act=act)
    told(office, appointed)
    with acting(office.person("head")) as act:
        moving.close(dossier(appointed), act=act)


def test_the_only_head_closes_what_another_worked_on_though_appointing_and_reviewing_it(office: Office) -> None:
    number = brought_to(office, State.ACCEPTED)
    with acting(office.person("head")) as act:
        assigning.appoint(dossier(number), officer=account(office, "head"), act=act)
        assigning.appoint(dossier(number), officer=account(office, "officer"), act=act)
    with acting(office.person("officer")) as act:
        moving.investigate(dossier(number), act=act)
        moving.answer(dossier(number), outcome="已退款", act=act)
    told(office, number)
    with acting(office.person("intake")) as act:
        moving.request_review(dossier(number), note="对答复不服", act=act)
    with acting(office.person("head")) as act:
        moving.conclude_review(dossier(number), outcome="维持答复", act=act)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert dossier(number).state is State.CLOSED


def test_who_begins_an_unassigned_dossier_becomes_its_officer(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    assert dossier(number).officer_id == office.accounts["officer"]


def test_what_was_told_before_a_new_answer_does_not_count(office: Office, clock) -> None:
    number = brought_to(office, State.ANSWERED)
    told(office, number)
    clock.moment += timedelta(hours=1)
    with acting(office.person("officer")) as act:
        moving.investigate(dossier(number), act=act)
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="重新计算", act=act)
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert refusals(refused) == {"close.not_told"}


def test_nobody_is_called_unreachable_before_two_attempts(office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    call(office, "officer", number, NoticeOutcome.FAILED)
    with pytest.raises(Refused) as refused:
        call(office, "officer", number, NoticeOutcome.IMPOSSIBLE)
    assert refusals(refused) == {"notice.attempts"}
    call(office, "officer", number, NoticeOutcome.FAILED)
    call(office, "officer", number, NoticeOutcome.IMPOSSIBLE)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert dossier(number).state is State.CLOSED


def test_a_notice_lies_between_receipt_and_now_and_a_failure_says_how(office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    for at, code in ((NOW + timedelta(days=1), "input.future"), (NOW - timedelta(days=30), "notice.before")):
        with pytest.raises(Refused) as refused, acting(office.person("officer")) as act:
            value = NoticeValue(NoticeKind.RESULT, NoticeChannel.PHONE, NoticeOutcome.FAILED, at)
            moving.notify(dossier(number), value, act=act)
        assert refusals(refused) == {code, "notice.note"}


def test_who_is_told_in_the_very_minute_of_receipt_was_not_told_before_it(office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    with acting(office.person("head")):
        dossier(number).received_at = NOW - timedelta(hours=1) + timedelta(seconds=40)
    with acting(office.person("officer")) as act:
        value = NoticeValue(NoticeKind.RESULT, NoticeChannel.PHONE, NoticeOutcome.REACHED, NOW - timedelta(hours=1))
        moving.notify(dossier(number), value, act=act)


def test_declining_needs_its_reason_its_link_and_advice(office: Office) -> None:
    number = registered(office)
    for asked, codes in (
        ({"reason": "", "note": ""}, {"move.needs.reason", "move.needs.note"}),
        ({"reason": "99", "note": "说明"}, {"decline.ground"}),
        ({"reason": "42-4", "note": "说明"}, {"decline.needs_proceeding"}),
        ({"reason": "42-6", "note": "说明"}, {"decline.needs_earlier"}),
    ):
        with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
            moving.decline(dossier(number), act=act, **asked)
        assert refusals(refused) == codes
    with acting(office.person("head")) as act:
        moving.decline(dossier(number), reason="42-4", link="（2026）苏0582民初1号", note="请等待判决", act=act)
    assert dossier(number).decline_link == "（2026）苏0582民初1号"


def test_a_declined_dossier_closes_when_the_refusal_was_told(office: Office) -> None:
    number = brought_to(office, State.DECLINED)
    assert dossier(number).closed_on is None
    call(office, "officer", number, NoticeOutcome.FAILED, NoticeKind.REFUSAL)
    assert dossier(number).closed_on is None
    told(office, number, NoticeKind.REFUSAL)
    assert dossier(number).closed_on == date(2026, 3, 5)
    with pytest.raises(Refused) as refused:
        told(office, number, NoticeKind.REFUSAL)
    assert refusals(refused) == {"move.closed"}


def test_a_supplement_stops_the_clock_and_leads_back(office: Office, clock) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with pytest.raises(Refused) as refused, acting(office.person("officer")) as act:
        moving.request_supplement(dossier(number), note="", due_on=date(2026, 3, 1), act=act)
    assert refusals(refused) == {"supplement.past", "move.needs.note"}
    with acting(office.person("officer")) as act:
        moving.request_supplement(dossier(number), note="请补合同", due_on=date(2026, 3, 20), act=act)
    clock.moment = NOW + timedelta(days=3)
    with acting(office.person("intake")) as act:
        moving.receive_supplement(dossier(number), note="合同原件", act=act)
    assert dossier(number).state is State.INVESTIGATING
    pause = db.session.scalars(select(Pause)).one()
    assert (pause.began_at, pause.ended_at, pause.due_on) == (NOW, NOW + timedelta(days=3), date(2026, 3, 20))


def test_refusing_to_supplement_leads_to_refusal(office: Office) -> None:
    number = brought_to(office, State.SUPPLEMENTING)
    with acting(office.person("head")) as act:
        moving.decline(dossier(number), reason="supplement", note="可补齐后再来", act=act)
    assert db.session.scalars(select(Pause)).one().ended_at is not None


def test_a_withdrawal_ends_everything_the_same_day(office: Office) -> None:
    number = brought_to(office, State.ASSIGNED)
    with acting(office.person("officer")) as act:
        moving.withdraw(dossier(number), note="书面撤回", act=act)
    assert dossier(number).closed_on == date(2026, 3, 5)
    assert db.session.scalars(select(HandOver.state)).all() == [HandOverState.TAKEN_BACK]


def test_reopening_keeps_the_old_closing(office: Office, clock) -> None:
    number = brought_to(office, State.CLOSED)
    clock.moment = NOW + timedelta(days=40)
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.reopen(dossier(number), note="", act=act)
    assert refusals(refused) == {"move.needs.note"}
    with acting(office.person("head")) as act:
        moving.reopen(dossier(number), note="投诉人提交新证据", act=act)
    found = dossier(number)
    assert (found.state, found.closed_on, found.closed_at) == (State.INVESTIGATING, None, None)
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="维持", act=act)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    closings = db.session.scalars(select(Closing).order_by(Closing.closed_at)).all()
    assert [one.closed_on for one in closings] == [date(2026, 3, 5), date(2026, 4, 14)]
    assert closings[0].reopened_at == NOW + timedelta(days=40)
    reopened = db.session.scalars(select(Move).where(Move.verb == Verb.REOPEN)).one()
    assert reopened.facts == {"closed_on": "2026-03-05"}


def test_an_addendum_stands_beside_the_closed_dossier(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    before = dossier(number).revision
    with acting(office.person("officer")) as act:
        moving.add_addendum(dossier(number), note="登记表页码更正为第三页", act=act)
    assert dossier(number).state is State.CLOSED
    assert dossier(number).revision == before
    assert db.session.scalars(select(Move.note).where(Move.verb == Verb.ADDENDUM)).all() == ["登记表页码更正为第三页"]


def test_review_is_concluded_by_another_than_the_officer(office: Office) -> None:
    number = brought_to(office, State.REVIEWING)
    with pytest.raises(MoveNotAllowed), acting(office.person("officer")) as act:
        moving.conclude_review(dossier(number), outcome="维持原处理", act=act)
    with acting(office.person("head")) as act:
        moving.conclude_review(dossier(number), outcome="维持原处理", act=act)
    assert dossier(number).state is State.ANSWERED


def test_every_step_is_in_the_trail(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    told_of = db.session.scalars(select(Entry.action).where(Entry.dossier_id == dossier(number).id).order_by(Entry.seq))
    steps = [action for action in told_of if action.startswith("dossier:")]
    assert steps == [
        "dossier:register", "dossier:accept", "dossier:investigate", "dossier:answer", "dossier:notify",
        "dossier:close", "dossier:end", "dossier:file",
    ]  # fmt: skip


def test_of_two_who_decide_at_once_one_is_told_that_it_was_decided(app: Flask, office: Office) -> None:
    number = registered(office)
    head = office.person("head")
    start, outcomes = threading.Barrier(2), []

    def decide(do: Callable[[Dossier, Act], None]) -> None:
        with app.app_context():
            found = dossier(number)
            start.wait()
            try:
                with acting(head) as act:
                    do(act.session.merge(found), act)
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.problems[0].code)

    db.session.rollback()
    ways: list[Callable[[Dossier, Act], None]] = [
        lambda found, act: moving.accept(found, act=act),
        lambda found, act: moving.decline(found, reason="42-1", note="请向他处反映", act=act),
    ]
    threads = [threading.Thread(target=decide, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[0] == "done"
    assert sorted(outcomes)[1] in ("move.state.accept", "move.state.decline")
