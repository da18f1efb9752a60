"""Pages of a draft: beginning one, its facts, the preview beside them."""

import re
import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, Problem
from archive.dossiers import access
from archive.letters import composing, facts_form, forms, obeying, operations, personal, previewing, queries
from archive.letters.blueprints import pages
from archive.letters.models import LetterRow
from archive.letters.preflight import Finding, Level
from archive.letters.states import LetterState, Step
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.post("/dossiers/<number>/letters")
@requires(Permission.DRAFT_LETTER)
def begin(number: str) -> ResponseReturnValue:
    """Begin a letter with what the dossier knows."""
    asked = parse(forms.DraftForm(), {name: value for name, value in request.form.items() if value})
    with acting() as act:
        dossier = access.find(act.session, number, person())
        about = queries.letter(act.session, asked["about"], person()) if asked["about"] else None
        row = operations.draft(dossier, asked["kind"], about=about, act=act)
        letter_id = row.id
    return redirect(url_for(".edit", letter_id=letter_id))


@pages.route("/letters/<uuid:letter_id>/edit", methods=["GET", "POST"])
@requires(Permission.DRAFT_LETTER)
def edit(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Show the facts of a draft with everything wrong in them; save them, and send them for review when asked to."""
    refused: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                row = queries.letter(act.session, letter_id, person())
                _save(row, act)
            if "submit" not in request.form:
                flash("已保存。", "success")
                return redirect(url_for(".edit", letter_id=letter_id))
            with acting() as act:
                row = queries.letter(act.session, letter_id, person())
                operations.take_step(row, Step.SUBMIT, act=act)
            flash("已送审。", "success")
            return redirect(url_for(".show", letter_id=letter_id))
        except BadInput as error:
            refused = error.problems or (Problem(error.code),)
    session = db.session()
    row = queries.letter(session, letter_id, person())
    if row.state is not LetterState.DRAFT:
        return redirect(url_for(".show", letter_id=letter_id))
    of = composing.of_kind(row)
    found = composing.findings(session, row)
    problems = [_problem(one) for one in found]
    typed = facts_form.read(of, request.form) if refused else row.facts
    html = render_template(
        "letters/edit.html",
        letter=row,
        kind=of,
        dossier=row.dossier,
        groups=facts_form.groups(of, typed, personal.masked(of, composing.secrets_of(row)), [*problems, *refused]),
        findings=found,
        faults=[one for one in found if one.level is Level.FAULT],
        refused=refused,
        # What is merely missing yet stands in the list above; beside the fields only what was filled in wrongly.
        problems=[*refused, *(one for one in problems if one.code != "letter.missing")],
        input_type=facts_form.input_type,
        options=facts_form.options,
        may_reveal=may(person(), Permission.UNMASK, row.dossier.unit.path),
        receivers=obeying.asked(session, row.dossier, of).words,
        pair=queries.belonging(session, row) if of.paired else (),
    )
    return html, 422 if refused else 200


@pages.post("/letters/<uuid:letter_id>/preview")
@requires(Permission.DRAFT_LETTER)
def preview_typed(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Return the pages as the form now says, without saving it: a piece of the page of the draft."""
    row = queries.letter(db.session(), letter_id, person())
    of = composing.of_kind(row)
    typed = facts_form.read(of, request.form)
    plain, secrets = personal.take_out(of, typed, composing.secrets_of(row))
    whole = personal.put_back(plain, secrets)
    if may(person(), Permission.UNMASK, row.dossier.unit.path):
        whole["reveal"] = request.form.getlist("reveal")
    return _pages(row, whole)


@pages.get("/letters/<uuid:letter_id>/preview")
@requires(Permission.READ)
def preview(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Return the pages of a letter as it stands: a piece of its page."""
    return _pages(queries.letter(db.session(), letter_id, person()), None)


@pages.get("/letters/<uuid:letter_id>/preview/<key>/<int:no>.png")
@requires(Permission.READ)
def picture(letter_id: uuid.UUID, key: str, no: int) -> Response:
    """Send the picture of a page that was drawn before."""
    row = queries.letter(db.session(), letter_id, person())
    response = Response(previewing.picture(row, key, no), content_type="image/png")
    response.headers["Cache-Control"] = "private, max-age=1800"
    return response


@pages.app_template_filter("fact_anchor")
def anchor(path: str) -> str:
    """Return the name of the input at which a fault is mended: a list is one input, a table has one a cell."""
    whole = re.sub(r"\[\d+\]$", "", path)
    return whole.replace("[", ".").replace("]", "")


def _pages(row: LetterRow, facts: dict[str, Any] | None) -> ResponseReturnValue:
    session = db.session()
    letter = previewing.letter_of(session, row) if facts is None else composing.draft_letter(session, row, facts)
    session.rollback()  # drawing takes a while; no transaction stays open meanwhile
    refusal: ArchiveError | None = None
    key, drawn = "", 0
    try:
        key, drawn = previewing.draw(row, letter)
    except ArchiveError as error:
        refusal = error
    html = render_template("letters/preview.html", letter=row, key=key, drawn=drawn, refusal=refusal)
    return html, refusal.status if refusal else 200


def _save(row: LetterRow, act: Any) -> None:
    asked = parse(
        forms.ReviseForm(),
        {
            "facts": facts_form.read(composing.of_kind(row), request.form),
            "reveal": request.form.getlist("reveal"),
            "reveal_reason": request.form.get("reveal_reason", ""),
        },
    )
    operations.revise(row, asked["facts"], reveal=tuple(asked["reveal"]), reveal_reason=asked["reveal_reason"], act=act)


def _problem(one: Finding) -> Problem:
    return Problem(one.code, anchor(one.path), one.facts)
