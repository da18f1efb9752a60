"""The investigation: who is given what, who may answer it, and what must not be left open."""

from datetime import timedelta

import pytest

from archive.core.act import acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, Refused, RuleBroken
from archive.dossiers import access, assigning, moving
from archive.dossiers.models import HandOver
from archive.dossiers.states import State
from archive.handling.kinds import OpinionState, Sheet, Step, Subject, TaskState
from archive.handling.models import Opinion, Task
from archive.handling.queries import texts
from archive.people.rules import Role
from archive.procedures.states import Subject as Choice
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, dossier, told, unit
from tests.handling_builders import a_document, everything, made, somebody, stepped
from tests.integration.binding.test_binding import decide


@pytest.fixture
def number(office: Office) -> str:
    return brought_to(office, State.INVESTIGATING)


def codes(error: BaseException) -> set[str]:
    return {one.code for one in error.problems}  # type: ignore[attr-defined]


def task(task_id: object) -> Task:
    return db.session.get_one(Task, task_id, populate_existing=True)


def test_a_unit_takes_a_task_on_and_brings_its_result(office: Office, number: str) -> None:
    given = made(office, number, Sheet.TASKS)
    assert task(given).state is TaskState.GIVEN
    stepped(office, number, Sheet.TASKS, given, Step.ACCEPT, "head")
    paper = a_document(office, number)
    stepped(office, number, Sheet.TASKS, given, Step.FINISH, "head", result="已核实", documents=[paper, paper])
    done = task(given)
    assert (done.state, done.done_by_name, [one.id for one in done.documents]) == (TaskState.DONE, "head甲", [paper])
    with pytest.raises(RuleBroken, match=r"handling\.state"):
        stepped(office, number, Sheet.TASKS, given, Step.REFUSE, "head", reason="晚了")


def test_only_who_sees_the_dossier_is_given_a_task(office: Office, number: str) -> None:
    """The dossier lies with the root unit; the department below sees it once it co-operates."""
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.TASKS, unit="field")
    assert codes(refusal.value) == {"handling.unit_blind"}
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.TASKS, unit="field", person="officer-field")
    assert codes(refusal.value) == {"handling.person_blind"}
    with acting(office.person("head")) as act:
        assigning.invite(dossier(number), unit=unit(office, "field"), act=act)
    with acting(office.person("officer-field")) as act:
        assigning.accept_hand_over(act.session.query(HandOver).one(), act=act)
    given = made(office, number, Sheet.TASKS, unit="field", person="officer-field")
    with pytest.raises(NotAllowed, match=r"handling\.not_yours"):
        stepped(office, number, Sheet.TASKS, given, Step.ACCEPT, "officer")
    stepped(office, number, Sheet.TASKS, given, Step.REFUSE, "officer-field", reason="不属本科职责")
    assert task(given).reason == "不属本科职责"


def test_a_task_for_oneself_needs_no_answer_and_none_lies_in_the_past(office: Office, number: str) -> None:
    assert task(made(office, number, Sheet.TASKS, person="officer")).state is TaskState.ACCEPTED
    with pytest.raises(BadInput) as refusal:
        made(office, number, Sheet.TASKS, due_on=shanghai_date(NOW) - timedelta(days=1))
    assert codes(refusal.value) == {"handling.past"}


def test_documents_of_another_dossier_prove_nothing(office: Office, number: str) -> None:
    other = brought_to(office, State.INVESTIGATING)
    asked = made(office, number, Sheet.EVIDENCE)
    foreign = a_document(office, other)
    for sheet, row, step, facts in (
        (Sheet.EVIDENCE, asked, Step.RECEIVE, {"document_id": foreign, "received_on": shanghai_date(NOW)}),
        (Sheet.TASKS, made(office, number, Sheet.TASKS), Step.FINISH, {"result": "有", "documents": [foreign]}),
    ):
        with pytest.raises(BadInput) as refusal:
            stepped(office, number, sheet, row, step, **facts)
        assert codes(refusal.value) == {"handling.document"}
    stepped(office, number, Sheet.EVIDENCE, asked, Step.GIVE_UP, reason="已超过保存期")


def test_an_opinion_is_decided_by_another_who_holds_the_role(office: Office, number: str) -> None:
    opinion = made(office, number, Sheet.OPINIONS)
    with pytest.raises(RuleBroken, match=r"opinion\.waiting"):
        made(office, number, Sheet.OPINIONS)
    decision = {"agreed": False, "text": "再查", "minutes": None}
    for login in ("officer", "legal"):
        with pytest.raises(NotAllowed, match=r"opinion\.approver"):
            stepped(office, number, Sheet.OPINIONS, opinion, Step.DECIDE, login, **decision)
    stepped(office, number, Sheet.OPINIONS, opinion, Step.DECIDE, "head", **decision)
    assert db.session.get_one(Opinion, opinion).state is OpinionState.RETURNED
    own = made(office, number, Sheet.OPINIONS, "head")
    with pytest.raises(NotAllowed, match=r"opinion\.same_person"):
        stepped(office, number, Sheet.OPINIONS, own, Step.DECIDE, "head", **decision)
    somebody(office, "head-2", Role.HEAD)
    minutes = made(office, number, Sheet.MINUTES)
    stepped(office, number, Sheet.OPINIONS, own, Step.DECIDE, "head-2", agreed=True, text="同意", minutes=minutes)
    found = db.session.get_one(Opinion, own)
    assert (found.state, found.decisions[0].minutes_id) == (OpinionState.APPROVED, minutes)


def test_a_profile_that_asks_for_approval_is_waited_for(office: Office) -> None:
    """XXGS art. 22: mediation needs the consent of the leading group; it binds payment institutions."""
    decide(office, Choice.INSTITUTION, "payment")
    decide(office, Choice.PROFILE, "XXGS")
    number = brought_to(office, State.INVESTIGATING)
    agreed = {"complainant_agreed_on": shanghai_date(NOW), "respondent_agreed_on": shanghai_date(NOW)}
    with pytest.raises(Refused) as refusal, acting(office.person("officer")) as act:
        moving.mediate(dossier(number), **agreed, act=act)
    assert codes(refusal.value) == {"opinion.wanted"}
    opinion = made(office, number, Sheet.OPINIONS, subject=Subject.MEDIATE)
    stepped(office, number, Sheet.OPINIONS, opinion, Step.DECIDE, "head", agreed=True, text="同意", minutes=None)
    with acting(office.person("officer")) as act:
        moving.mediate(dossier(number), **agreed, act=act)
    assert dossier(number).state is State.MEDIATING


def test_everything_left_open_is_named_at_once_before_closing(office: Office, number: str) -> None:
    for sheet in (Sheet.TASKS, Sheet.EVIDENCE, Sheet.OPINIONS, Sheet.COMPENSATIONS, Sheet.REPORTS):
        made(office, number, sheet)
    party = made(office, number, Sheet.THIRD_PARTIES)
    made(office, number, Sheet.MEASURES, third_party_id=party)
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="退还年费", act=act)
    told(office, number)
    with pytest.raises(Refused) as refusal, acting(office.person("head")) as act:
        moving.close(access.find(act.session, number, office.person("head")), act=act)
    assert codes(refusal.value) == {
        f"close.{one}" for one in ("tasks", "evidence", "opinions", "compensations", "reports", "measures")
    }
    named = {one.code: one.facts for one in refusal.value.problems}
    assert named["close.tasks"] == {"count": 1, "names": "“调取2025年扣款流水”"}


def test_a_dossier_with_all_done_closes_and_is_found_by_its_words(office: Office, number: str) -> None:
    everything(office, number)
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="退还年费", act=act)
    told(office, number)
    with acting(office.person("head")) as act:
        moving.close(access.find(act.session, number, office.person("head")), act=act)
    assert dossier(number).state is State.CLOSED
    said = "\n".join(texts(db.session(), [dossier(number).id])[dossier(number).id])
    for words in ("没有提示过年费", "条款不成为合同内容", "同意全额退还年费", "条款未提示，建议支持退费", "流水已调取"):
        assert words in said
    assert "通报批评" not in said
    assert "钱某某" not in said
    with pytest.raises(RuleBroken, match=r"dossier\.closed"):
        made(office, number, Sheet.TASKS)


def test_nobody_without_the_permission_in_the_unit_writes(office: Office, number: str) -> None:
    for login in ("intake", "legal", "letter_clerk"):
        with pytest.raises(NotAllowed, match=r"person\.lacks"):
            made(office, number, Sheet.EVIDENCE, login)
