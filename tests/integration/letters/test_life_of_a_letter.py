"""From draft to reply: who does what, what is taken and frozen, what follows for the dossier."""

import threading
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, Refused, RuleBroken
from archive.documents import blobs
from archive.documents import operations as documents
from archive.documents.kinds import Kind, Origin
from archive.documents.models import Document
from archive.dossiers import moving
from archive.dossiers.states import State
from archive.jobs.models import Job
from archive.letters import composing, issuing, layout, operations, rendering, serving
from archive.letters.content_plain import from_plain
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterNumber, LetterRow
from archive.letters.rules import NEEDS_ABOUT, NOT_OF_A_DOSSIER
from archive.letters.same_text import docx_text, pdf_text
from archive.letters.states import LetterState, Method, NumberState, Outcome, Relation, Step
from archive.responses import operations as responses
from archive.responses.kinds import Outcome as Answer
from archive.responses.kinds import Sender
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier
from tests.letter_builders import TODAY, approved, drafted, example, filed, issued, make_files, notice_of


def row_of(row: LetterRow) -> LetterRow:
    db.session.rollback()
    return db.session.get_one(LetterRow, row.id)


def test_a_letter_takes_its_number_and_is_frozen_when_issued(app: Flask, office: Office) -> None:
    row = row_of(issued(office, brought_to(office, State.INVESTIGATING)))
    assert (row.state, row.number) == (LetterState.ISSUED, "金消函〔2026〕1号")
    assert row.content is not None
    assert row.content["number"] == row.number
    assert row.reply_due is not None
    with pytest.raises(DBAPIError, match="an issued letter stands"), acting(office.person("head")) as act:
        act.session.execute(text("UPDATE letter SET title = 'x'"))
    with pytest.raises(DBAPIError, match="destroyed with their dossier only"), acting(office.person("head")) as act:
        act.session.execute(text("DELETE FROM letter"))
    with pytest.raises(DBAPIError, match="no gaps"), acting(office.person("head")) as act:
        act.session.execute(text("DELETE FROM letter_number"))


def test_the_files_lie_in_the_dossier_as_evidence_and_say_what_was_frozen(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = filed(office, number)
    pdf, docx = row.pdf, row.docx
    assert pdf is not None
    assert docx is not None
    assert row.content is not None
    assert {pdf.kind, docx.kind} == {Kind.OWN_LETTER}
    assert {pdf.origin, docx.origin} == {Origin.LETTER}
    assert (pdf.latest.sha256, docx.latest.sha256) == (row.pdf_sha256, row.docx_sha256)
    with blobs.open_version(pdf.latest) as stream:
        paper = stream.read()
    with blobs.open_version(docx.latest) as stream:
        word = stream.read()
    assert layout.measure(paper).passed
    assert pdf_text(paper, from_plain(row.content)) == docx_text(word)
    assert "金消函〔2026〕1号" in docx_text(word)


def test_made_twice_a_letter_has_its_files_once(app: Flask, office: Office) -> None:
    row = filed(office, brought_to(office, State.INVESTIGATING))
    before = (row.pdf_document_id, row.pdf_sha256)
    make_files(row)
    assert (row_of(row).pdf_document_id, row.pdf_sha256) == before
    assert db.session.query(Document).filter_by(origin=Origin.LETTER).count() == 2


def test_killed_between_freeze_and_render_the_number_stands_and_the_files_come_later(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = issued(office, brought_to(office, State.INVESTIGATING))
    assert db.session.scalars(select(Job.kind).where(Job.kind == "letters.make")).all() == ["letters.make"]
    frozen = row_of(row).text_sha256

    def broken(*_: Any) -> Any:
        raise rendering.PressFailed("press.broken", reason="EOFError")

    with monkeypatch.context() as patch, pytest.raises(rendering.PressFailed):
        patch.setattr(rendering, "render", broken)
        make_files(row)
    row = row_of(row)
    assert "EOFError" in row.trouble
    assert row.files_missing
    assert row.number == "金消函〔2026〕1号"
    with acting(office.person("officer")) as act:
        issuing.remake(act.session.get_one(LetterRow, row.id), act=act)
    make_files(row)
    row = row_of(row)
    assert (row.trouble, row.files_missing, row.text_sha256) == ("", False, frozen)


def test_numbers_taken_at_once_have_no_gap_and_none_twice(app: Flask, office: Office) -> None:
    letters = [approved(office, brought_to(office, State.INVESTIGATING)).id for _ in range(6)]
    head, failed = office.person("head"), []

    def issue(letter_id: Any, give_up: bool) -> None:
        with app.app_context():
            try:
                with acting(head) as act:
                    issuing.issue(act.session.get_one(LetterRow, letter_id), act=act)
                    if give_up:
                        raise InterruptedError
            except InterruptedError:
                pass
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=issue, args=(one, at == 2)) for at, one in enumerate(letters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    serials = db.session.scalars(select(LetterNumber.serial).order_by(LetterNumber.serial)).all()
    assert serials == [1, 2, 3, 4, 5]


def test_nobody_approves_a_draft_they_wrote_in(app: Flask, office: Office) -> None:
    row = drafted(office, brought_to(office, State.INVESTIGATING), by="head")
    with acting(office.person("officer")) as act:
        mine = act.session.get_one(LetterRow, row.id)
        operations.revise(mine, {**example("inquiry"), "urgency": "urgent"}, act=act)
        operations.take_step(mine, Step.SUBMIT, act=act)
    for writer in ("head", "officer"):
        with pytest.raises(Refused) as refused, acting(office.person(writer)) as act:
            operations.take_step(act.session.get_one(LetterRow, row.id), Step.APPROVE, act=act)
        assert [one.code for one in refused.value.problems] == ["letter.own_draft"]
    with acting(office.person("letter_clerk")) as act:
        operations.take_step(act.session.get_one(LetterRow, row.id), Step.APPROVE, act=act)


def test_only_the_issuing_role_issues_and_only_what_was_approved(app: Flask, office: Office) -> None:
    row = approved(office, brought_to(office, State.INVESTIGATING))
    with pytest.raises(NotAllowed), acting(office.person("letter_clerk")) as act:
        issuing.issue(act.session.get_one(LetterRow, row.id), act=act)
    with acting(office.person("head")) as act:
        operations.take_step(act.session.get_one(LetterRow, row.id), Step.RETURN, comment="事实不清", act=act)
    with pytest.raises(Refused), acting(office.person("head")) as act:
        issuing.issue(act.session.get_one(LetterRow, row.id), act=act)
    assert row_of(row).number == ""


def test_a_letter_with_something_still_to_be_filled_in_goes_no_further(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with acting(office.person("officer")) as act:
        row = operations.draft(dossier(number), LetterKind.INQUIRY, act=act)
    with pytest.raises(BadInput) as refused, acting(office.person("officer")) as act:
        operations.take_step(act.session.get_one(LetterRow, row.id), Step.SUBMIT, act=act)
    assert {"questions", "evidence", "deadline.date"} <= {one.field for one in refused.value.problems}


def test_assignment_and_notice_are_issued_together_and_closing_waits_for_the_second(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = issued(office, number, "assignment")
    notice = notice_of(row)
    assert (row_of(row).state, notice.state) == (LetterState.ISSUED, LetterState.ISSUED)
    assert notice.facts["forwarded"]["number"] == row.number
    make_files(row, notice)
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="已分办。", act=act)
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        moving.close(dossier(number), act=act)
    assert "close.letter_pair" in [one.code for one in refused.value.problems]
    serve(office, notice)
    assert row_of(notice).state is LetterState.SERVED


def serve(office: Office, row: LetterRow, **more: Any) -> None:
    with acting(office.person("officer")) as act:
        mine = act.session.get_one(LetterRow, row.id)
        value = {"method": Method.POST, "sent_on": TODAY, "tracking": "EMS1", "mail_to": "", "note": ""}
        attempt = serving.record(mine, value, act=act)
        outcome = {"outcome": Outcome.DELIVERED, "outcome_on": TODAY, "witness": "", "note": "", "document": None}
        serving.conclude(attempt, {**outcome, "tell": False, **more}, act=act)


def test_the_refusal_that_was_served_ends_the_declined_dossier(app: Flask, office: Office) -> None:
    number = brought_to(office, State.DECLINED)
    row = issued(office, number, "refusal")
    with pytest.raises(RuleBroken, match="files_missing"):
        serve(office, row, tell=True)
    make_files(row)
    serve(office, row, tell=True)
    assert dossier(number).closed_on == TODAY


def test_a_refusal_to_take_a_letter_needs_a_witness(app: Flask, office: Office) -> None:
    row = filed(office, brought_to(office, State.INVESTIGATING))
    with pytest.raises(BadInput) as refused:
        serve(office, row, outcome=Outcome.REFUSED)
    assert [one.code for one in refused.value.problems] == ["serving.witness"]
    serve(office, row, outcome=Outcome.REFUSED, witness="居委会李某")
    assert row_of(row).state is LetterState.SERVED


def answer(office: Office, number: str, answers: str, outcome: Answer) -> None:
    with acting(office.person("officer")) as act:
        found = documents.deposit(dossier(number), BytesIO(outcome.encode()), f"{outcome}.txt", act=act)
        value = {
            "sender": Sender.INSTITUTION, "sender_name": "某行", "reference": "", "dated_on": None,
            "received_on": TODAY, "answers": answers, "outcome": outcome, "summary": "",
        }  # fmt: skip
        responses.record(found.document, value, act=act)


def test_a_reply_answers_the_letter_it_names_and_a_request_for_time_does_not(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = filed(office, number)
    answer(office, number, row.number, Answer.MORE_TIME)
    assert row_of(row).state is LetterState.ISSUED
    answer(office, number, "金消函[2026] 1号", Answer.EXPLAINED)
    assert (row_of(row).state, row.replied_on) == (LetterState.REPLIED, TODAY)


def test_a_revocation_voids_the_letter_it_names_and_its_number(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    first = filed(office, number)
    serve(office, first)
    with pytest.raises(RuleBroken, match="served_already"), acting(office.person("head")) as act:
        operations.void(act.session.get_one(LetterRow, first.id), reason="重复", act=act)
    second = row_of(issued(office, number, "revocation", about=first))
    first = row_of(first)
    assert (second.relation, second.about_id) == (Relation.REVOKES, first.id)
    assert first.state is LetterState.VOID
    assert second.number in first.void_reason
    line = db.session.scalars(select(LetterNumber).where(LetterNumber.number == first.number)).one()
    assert line.state is NumberState.VOID
    third = row_of(issued(office, number))
    assert third.number == "金消函〔2026〕3号"


def test_personal_numbers_are_sealed_in_the_row_and_printed_in_full_only_with_a_reason(
    app: Flask, office: Office
) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = drafted(office, number)
    account = example("inquiry")["complaint"]["account"]
    assert account not in str(row.facts)
    assert row.sealed is not None
    assert account not in row.sealed
    assert account not in str(composing.draft_letter(db.session(), row_of(row)))
    with pytest.raises(BadInput, match=r"input\.bad"), acting(office.person("officer")) as act:
        operations.revise(
            act.session.get_one(LetterRow, row.id), example("inquiry"), reveal=("complaint.account",), act=act
        )
    with pytest.raises(NotAllowed), acting(office.person("letter_clerk")) as act:
        operations.revise(
            act.session.get_one(LetterRow, row.id), example("inquiry"), reveal=("complaint.account",),
            reveal_reason="核对账户", act=act,
        )  # fmt: skip
    with acting(office.person("officer")) as act:
        operations.revise(
            act.session.get_one(LetterRow, row.id), example("inquiry"), reveal=("complaint.account",),
            reveal_reason="核对账户", act=act,
        )  # fmt: skip
    assert account in str(composing.draft_letter(db.session(), row_of(row)))


STATES = {
    "refusal": State.DECLINED, "supplement": State.SUPPLEMENTING, "mediation-notice": State.MEDIATING,
    "mediation-record": State.MEDIATING, "mediation-agreement": State.MEDIATING, "acceptance": State.ACCEPTED,
}  # fmt: skip


def test_every_kind_is_drafted_from_a_dossier_and_issued(app: Flask, office: Office) -> None:
    numbers = {state: brought_to(office, state) for state in {*STATES.values(), State.INVESTIGATING}}
    # The notice goes with its letter, see above.
    for kind in sorted(set(LetterKind) - NOT_OF_A_DOSSIER - NEEDS_ABOUT - {LetterKind.FORWARDING_NOTICE}):
        row = row_of(issued(office, numbers[STATES.get(kind, State.INVESTIGATING)], kind))
        assert row.state is LetterState.ISSUED, kind
        assert "【待填" not in str(row.content), kind
