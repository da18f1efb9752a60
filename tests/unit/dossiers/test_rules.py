"""The table of states and moves: who may do what from where, and that a refusal lists every reason."""

import uuid
from datetime import date
from types import SimpleNamespace

import pytest

from archive.core.act import Machine
from archive.core.errors import Problem, Refused, RuleBroken
from archive.dossiers import rules
from archive.dossiers.rules import NEXT, MoveNotAllowed, Situation
from archive.dossiers.states import ENDED, State, Verb
from archive.people.rules import Grant, Person, Role


def somebody(role: Role, path: str = "/1/") -> Person:
    return Person(uuid.uuid4(), role.value, role.value, (Grant(role, uuid.uuid4(), path),))


HEAD, OFFICER, INTAKE = somebody(Role.HEAD), somebody(Role.OFFICER), somebody(Role.INTAKE)


def standing(state: State, **facts: object) -> Situation:
    return Situation(state, "/1/2/", **facts)  # type: ignore[arg-type]


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def test_every_state_can_be_left_and_every_state_can_be_reached() -> None:
    left = {state for step in NEXT.values() for state, target in step.to.items() if target is not state}
    reached = {target for step in NEXT.values() for state, target in step.to.items() if target is not state}
    assert left == set(State)
    assert reached - {None} == set(State)


def test_the_main_way_leads_from_registration_to_closing() -> None:
    way = [
        (Verb.ACCEPT, State.ACCEPTED), (Verb.ASSIGN, State.ASSIGNED), (Verb.ACCEPT_HAND_OVER, State.INVESTIGATING),
        (Verb.ANSWER, State.ANSWERED), (Verb.CLOSE, State.CLOSED),
    ]  # fmt: skip
    at = State.REGISTERED
    for verb, target in way:
        facts = dict.fromkeys(NEXT[verb].needs, "x")
        at = rules.check(verb, standing(at), HEAD, facts)
        assert at is target


def test_a_refusal_lists_every_reason_at_once() -> None:
    handler = standing(State.INVESTIGATING, registered_by=HEAD.id)
    with pytest.raises(Refused) as refused:
        rules.check(Verb.DECLINE, handler, HEAD, {"note": ""}, [Problem("decline.needs_earlier", "link")])
    assert [problem.code for problem in refused.value.problems] == [
        "move.same_person", "move.state.decline", "move.needs.reason", "move.needs.note", "decline.needs_earlier",
    ]  # fmt: skip


def test_who_registered_a_complaint_does_not_decide_it() -> None:
    with pytest.raises(Refused):
        rules.check(Verb.ACCEPT, standing(State.REGISTERED, registered_by=HEAD.id), HEAD, {})
    assert rules.check(Verb.ACCEPT, standing(State.REGISTERED, registered_by=INTAKE.id), HEAD, {}) is State.ACCEPTED


def test_the_officer_neither_closes_nor_reviews_the_own_work() -> None:
    for verb, state in ((Verb.CLOSE, State.ANSWERED), (Verb.CONCLUDE_REVIEW, State.REVIEWING)):
        for own in (standing(state, officer_id=HEAD.id), standing(state, workers=frozenset({HEAD.id}))):
            assert "move.officer_decides" in codes(rules.problems(verb, own, HEAD))
            assert rules.problems(verb, own, somebody(Role.HEAD)) == []


def test_another_officer_does_not_handle_somebodys_dossier_but_the_head_may() -> None:
    theirs = standing(State.INVESTIGATING, officer_id=uuid.uuid4())
    assert codes(rules.problems(Verb.ANSWER, theirs, OFFICER)) == {"move.officer_only"}
    assert rules.problems(Verb.ANSWER, theirs, HEAD) == []


def test_a_permission_counts_only_in_the_unit_of_the_dossier() -> None:
    elsewhere = somebody(Role.HEAD, "/1/3/")
    with pytest.raises(MoveNotAllowed) as refused:
        rules.check(Verb.ACCEPT, standing(State.ANSWERED), elsewhere, {})
    assert codes(list(refused.value.problems)) == {"move.permission", "move.state.accept"}


def test_whoever_is_recused_does_nothing() -> None:
    recused = standing(State.REGISTERED, recused=frozenset({HEAD.id}))
    for verb in Verb:
        if verb in NEXT:
            assert "move.recused" in codes(rules.problems(verb, recused, HEAD)), verb


@pytest.mark.parametrize("verb", [verb for verb in NEXT if verb not in rules.AFTER_CLOSING])
def test_a_closed_dossier_is_read_only(verb: Verb) -> None:
    for state in ENDED:
        closed = standing(state, closed_on=date(2026, 3, 5))
        assert "move.closed" in codes(rules.problems(verb, closed, HEAD))


def test_a_closed_dossier_takes_addenda_and_new_facts() -> None:
    closed = standing(State.CLOSED, closed_on=date(2026, 3, 5))
    assert rules.check(Verb.ADDENDUM, closed, HEAD, {"note": "更正"}) is State.CLOSED
    assert rules.check(Verb.REOPEN, closed, HEAD, {"note": "新证据"}) is State.INVESTIGATING


def test_a_supplement_leads_back_to_where_it_was_asked_for() -> None:
    for before in (State.REGISTERED, State.ACCEPTED, State.INVESTIGATING):
        waiting = standing(State.SUPPLEMENTING, before=before)
        assert rules.check(Verb.RECEIVE_SUPPLEMENT, waiting, OFFICER, {"note": "补来"}) is before
    taken_over = standing(State.SUPPLEMENTING, before=None)
    assert rules.check(Verb.RECEIVE_SUPPLEMENT, taken_over, OFFICER, {"note": "补来"}) is State.REGISTERED


def test_what_was_accepted_is_not_declined_by_way_of_a_supplement() -> None:
    facts = {"reason": "42-1", "note": "请向他处反映"}
    for before in (None, State.REGISTERED):
        assert rules.check(Verb.DECLINE, standing(State.SUPPLEMENTING, before=before), HEAD, facts) is State.DECLINED
    accepted = standing(State.SUPPLEMENTING, before=State.ACCEPTED)
    assert codes(rules.problems(Verb.DECLINE, accepted, HEAD, facts)) == {"move.accepted"}
    again = standing(State.REGISTERED, before=State.WITHDRAWN)
    assert rules.check(Verb.DECLINE, again, HEAD, facts) is State.DECLINED


def test_mediation_needs_the_consent_of_both() -> None:
    with pytest.raises(Refused) as refused:
        rules.check(Verb.MEDIATE, standing(State.INVESTIGATING), HEAD, {"complainant_agreed_on": date(2026, 3, 1)})
    assert codes(list(refused.value.problems)) == {"move.needs.respondent_agreed_on"}


def test_the_machine_needs_no_permission_but_obeys_the_table() -> None:
    machine = Machine("import")
    assert rules.check(Verb.ACCEPT, standing(State.REGISTERED), machine, {}) is State.ACCEPTED
    with pytest.raises(Refused):
        rules.check(Verb.ACCEPT, standing(State.CLOSED), machine, {})


def test_an_auditor_may_read_and_nothing_else() -> None:
    auditor = somebody(Role.AUDITOR)
    allowed = {
        verb for verb in NEXT for state in State
        if not rules.problems(verb, standing(state), auditor)
    }  # fmt: skip
    assert allowed == {Verb.RECUSE}


def test_a_field_for_persons_may_name_several_and_say_what_they_are() -> None:
    assert {"张三", "李四"} <= rules.names_in("张三、李四")
    assert {"张三", "李四", "王五"} <= rules.names_in(" 张三（客户经理），李四 ;王五[柜员]/ ")
    assert rules.names_in("张三丰") == {"张三丰"}
    assert rules.names_in("  ") == frozenset()


def test_check_open_refuses_a_closed_dossier() -> None:
    rules.check_open(SimpleNamespace(number="1", closed_at=None, closed_on=None))
    with pytest.raises(RuleBroken, match=r"dossier\.closed"):
        rules.check_open(SimpleNamespace(number="1", closed_at="x", closed_on=date(2026, 3, 5)))


def test_five_may_speak_for_many_and_an_agent_needs_a_mandate() -> None:
    many = ["complainant", *["representative"] * 6, "agent"]
    found = rules.check_parties(many, [""] * 8)
    assert [(problem.code, problem.field) for problem in found] == [
        ("party.representatives", "parties"), ("party.mandate", "parties.7.mandate"),
    ]  # fmt: skip
    assert rules.check_parties(["complainant", *["representative"] * 5, "agent"], [*[""] * 6, "代为投诉"]) == []
    assert codes(rules.check_parties([], [])) == {"party.no_complainant"}
