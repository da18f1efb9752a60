"""Pages of one letter: what it says, where it stands, and every step from review to reply."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import Act, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import label
from archive.core.ports import ports
from archive.documents import names
from archive.documents import queries as documents
from archive.dossiers.answering import refused
from archive.letters import composing, forms, issuing, mailing, operations, queries, replies, rules, serving
from archive.letters.blueprints import pages
from archive.letters.kinds import kind
from archive.letters.models import LetterRow
from archive.letters.states import Method, Outcome, Step
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.responses import queries as responses
from archive.web.forms import parse

_SAID = {
    Step.SUBMIT: "已送审。", Step.APPROVE: "审核通过，等待签发。", Step.RETURN: "已退回修改。",
    Step.WITHDRAW: "已撤回，可以修改。", Step.COMMENT: "已写入批注。",
}  # fmt: skip


@pages.get("/letters/<uuid:letter_id>")
@requires(Permission.READ)
def show(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Show a letter with its history and what can be done next. The look is recorded."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        act.record("letter:show", row, number=row.number)
    return _shown(letter_id)


@pages.post("/letters/<uuid:letter_id>/steps")
@requires(Permission.DRAFT_LETTER)
def step(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Submit, comment, approve, return, withdraw."""
    asked = parse(forms.StepForm(), request.form)
    return _done(
        letter_id, lambda row, act: operations.take_step(row, asked["step"], comment=asked["comment"], act=act),
        _SAID[asked["step"]],
    )  # fmt: skip


@pages.post("/letters/<uuid:letter_id>/issue")
@requires(Permission.ISSUE_LETTER)
def issue(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Issue the letter: it takes its number, and its files are made."""
    return _done(letter_id, lambda row, act: issuing.issue(row, act=act), "已签发，文件正在生成并归入案卷。")


@pages.post("/letters/<uuid:letter_id>/void")
@requires(Permission.DRAFT_LETTER)
def void(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Take a draft away, or void what was issued and not served."""
    return _done(
        letter_id,
        lambda row, act: operations.void(row, reason=parse(forms.ReasonForm(), request.form)["reason"], act=act),
        "已作废，并记入登记簿。",
    )


@pages.post("/letters/<uuid:letter_id>/remake")
@requires(Permission.DRAFT_LETTER)
def remake(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Have the files made again after trouble."""
    return _done(letter_id, lambda row, act: issuing.remake(row, act=act), "已重新排队生成，稍后刷新查看。")


@pages.post("/letters/<uuid:letter_id>/servings")
@requires(Permission.DRAFT_LETTER)
def serve(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Write down an attempt to serve the letter."""
    return _done(
        letter_id,
        lambda row, act: serving.record(row, parse(forms.ServingForm(), request.form), act=act),
        "已登记送达。",
    )


@pages.post("/letters/<uuid:letter_id>/servings/<uuid:serving_id>")
@requires(Permission.DRAFT_LETTER)
def conclude(letter_id: uuid.UUID, serving_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what came of an attempt, or link the receipt that came later."""

    def do(row: LetterRow, act: Act) -> None:
        found = queries.serving(act.session, row, serving_id)
        if "attach" in request.form:
            asked = parse(forms.ReceiptForm(), request.form)["document"]
            serving.attach(found, documents.document(act.session, row.dossier, asked), act=act)
        else:
            value = {**request.form.to_dict(), "document": request.form.get("document") or None}
            serving.conclude(found, parse(forms.OutcomeForm(), value), act=act)

    return _done(letter_id, do, "已登记送达结果。")


@pages.get("/letters/<uuid:letter_id>/mail.eml")
@requires(Permission.DRAFT_LETTER)
def mail(letter_id: uuid.UUID) -> Response:
    """Send the letter as a mail file, its PDF attached, to be sent with any mail program."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        made, name = mailing.eml(row), f"{composing.of_kind(row).name}{row.number}.eml"
        act.record("letter:mail", row, number=row.number)
    response = Response(made, content_type="message/rfc822")
    response.headers["Content-Disposition"] = names.disposition("attachment", name, f"letter-{letter_id}.eml")
    return response


def _done(letter_id: uuid.UUID, do: Callable[[LetterRow, Act], object], said: str) -> ResponseReturnValue:
    try:
        with acting() as act:
            do(queries.letter(act.session, letter_id, person()), act)
    except ArchiveError as error:
        if error.status == 404:
            raise
        return _shown(letter_id, error)
    flash(said, "success")
    return redirect(url_for(".show", letter_id=letter_id))


def _shown(letter_id: uuid.UUID, error: ArchiveError | None = None) -> ResponseReturnValue:
    session = db.session()
    refusal = refused(error) if error else None
    row = queries.letter(session, letter_id, person())
    path, open_ = row.dossier.unit.path, row.dossier.closed_at is None

    def takes(code: str) -> bool:
        return operations.takes(session, row.dossier, kind(code), now())

    today = shanghai_date(now())
    wrong = composing.findings(session, row) if row.issued_at is None and row.voided_at is None else ()
    html = render_template(
        "letters/show.html",
        letter=row,
        kind=composing.of_kind(row),
        dossier=row.dossier,
        refusal=refusal,
        typed=request.form if refusal else {},
        findings=wrong,
        reviews=queries.reviews(session, row),
        servings=queries.servings(session, row),
        belonging=queries.belonging(session, row),
        answers=replies.of_letter(session, row),
        receipt_options=[
            (one.id, one.title) for one in responses.candidates(session, row.dossier, limit=100) if row.is_out
        ],
        late=rules.overdue(row.reply_due, row.state, today),
        today=today,
        open=open_,
        takes=takes,
        drafts=may(person(), Permission.DRAFT_LETTER, path),
        issues=may(person(), Permission.ISSUE_LETTER, path),
        wrote=str(person().id) in row.authors,
        told_by=row.kind in serving.TOLD_BY and open_,
        relay=bool(ports().settings.mail_relay),
        methods=Method,
        outcome_options=[(one.value, label(one)) for one in Outcome if one is not Outcome.UNDER_WAY],
    )
    return html, refusal.status if refusal else 200
