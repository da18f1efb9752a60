"""Pages of batches: choosing a kind and shared facts, the dry run, the batch on its way, taking its files away."""

import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import Act, acting
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, Problem
from archive.core.labels import sentence
from archive.dossiers import bulk, selections
from archive.dossiers.answering import refused
from archive.dossiers.models import Dossier
from archive.letters import batch_fields, batch_sending, batches, facts_form, forms
from archive.letters.blueprints import pages
from archive.letters.kinds import Kind, kind
from archive.letters.states import Step
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.get("/letters/batches/new")
@requires(Permission.DRAFT_LETTER)
def batch_new() -> str:
    """Ask for the kind, then for what all letters share."""
    session = db.session()
    selection = bulk.selection_asked(session, person())
    asked = parse(forms.BatchQuery(), request.args)
    of = kind(asked["kind"]) if asked["kind"] else None
    dossiers = selections.dossiers_of(session, person(), selection)
    return _new(selection.id, of, {}, dossiers)


@pages.post("/letters/batches/new")
@requires(Permission.DRAFT_LETTER)
def batch_make() -> ResponseReturnValue:
    """Try the batch without writing anything, or draft its letters."""
    asked = parse(forms.BatchQuery(), {"kind": request.form.get("kind", "")})
    if asked["kind"] is None:
        raise BadInput("input.bad", [Problem("input.required", "kind")])
    of = kind(asked["kind"])
    given = facts_form.read(batch_fields.shared_fields(of), request.form)
    selection_id = bulk.selection_asked(db.session(), person()).id
    try:
        with acting() as act:
            dossiers = _dossiers(act, selection_id)
            if "make" in request.form:
                batch_id = batches.make(dossiers, of, given, act=act).id
                return redirect(url_for(".batch", batch_id=batch_id))
            batches.check_size(dossiers)
            checked = list(batches.dry_run(dossiers, of, given, act=act))
            return _new(selection_id, of, given, dossiers, checked)
    except ArchiveError as error:
        refusal = refused(error)
        return _new(selection_id, of, given, _dossiers(None, selection_id), refusal=refusal), refusal.status


@pages.get("/letters/batches/<uuid:batch_id>")
@requires(Permission.READ)
def batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Show a batch: each letter, how far all of them have come, and the next step."""
    return _batch(batch_id)


@pages.post("/letters/batches/<uuid:batch_id>/steps")
@requires(Permission.DRAFT_LETTER)
def batch_step(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Submit, approve, return or withdraw all letters together."""
    asked = parse(forms.StepForm(), request.form)
    try:
        with acting() as act:
            found = batches.find(act.session, batch_id, person())
            count = batches.take_step(found, asked["step"], comment=asked["comment"], act=act, person=person())
    except ArchiveError as error:
        return _batch(batch_id, error)
    flash(f"已办理 {count} 份。", "success")
    return redirect(url_for(".batch", batch_id=batch_id))


@pages.post("/letters/batches/<uuid:batch_id>/issue")
@requires(Permission.ISSUE_LETTER)
def batch_issue(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Issue all approved letters in one act."""
    try:
        with acting() as act:
            count = batches.issue(batches.find(act.session, batch_id, person()), act=act, person=person())
    except ArchiveError as error:
        return _batch(batch_id, error)
    flash(f"已签发 {count} 份，文件正在逐份生成并归入各案卷。", "success")
    return redirect(url_for(".batch", batch_id=batch_id))


@pages.get("/letters/batches/<uuid:batch_id>/letters.zip")
@requires(Permission.DRAFT_LETTER)  # who writes letters prints them; each dossier must be theirs to see
def batch_zip(batch_id: uuid.UUID) -> Response:
    """Send the files of all letters that are ready, in one archive."""
    return batch_sending.files(batch_id, "zip")


@pages.get("/letters/batches/<uuid:batch_id>/letters.pdf")
@requires(Permission.DRAFT_LETTER)  # who writes letters prints them; each dossier must be theirs to see
def batch_print(batch_id: uuid.UUID) -> Response:
    """Send all letters that are ready as one PDF to print."""
    return batch_sending.files(batch_id, "pdf")


def _new(
    selection_id: uuid.UUID,
    of: Kind | None,
    given: dict[str, Any],
    dossiers: list[Dossier],
    checked: list[batches.Checked] | None = None,
    refusal: Any = None,
) -> str:
    return render_template(
        "letters/batch_new.html",
        selection_id=selection_id,
        kinds=batch_fields.kinds_offered(),
        kind=of,
        groups=facts_form.groups(batch_fields.shared_fields(of), given, {}, ()) if of else [],
        dossiers=dossiers,
        checked=checked,
        ready=sum(not one.problems for one in checked or ()),
        input_type=facts_form.input_type,
        options=facts_form.options,
        refusal=refusal,
        most=batches.MOST,
    )


def _batch(batch_id: uuid.UUID, error: ArchiveError | None = None) -> ResponseReturnValue:
    session = db.session()
    refusal = refused(error) if error else None
    found = batches.find(session, batch_id, person())
    shown = batches.lines(session, found, person())
    html = render_template(
        "letters/batch.html",
        batch=found,
        kind=kind(found.kind),
        lines=shown,
        progress=batches.progress(shown),
        steps=Step,
        may_draft=may(person(), Permission.DRAFT_LETTER),
        may_issue=may(person(), Permission.ISSUE_LETTER),
        mine=found.made_by == person().id,
        refusal=refusal,
        problem=lambda code, facts: sentence(Problem(code, facts=facts)),
    )
    return html, refusal.status if refusal else 200


def _dossiers(act: Act | None, selection_id: uuid.UUID) -> list[Dossier]:
    session = act.session if act else db.session()
    return selections.dossiers_of(session, person(), selections.read(session, person(), selection_id))
