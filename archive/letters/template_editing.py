"""Pages on which a draft of a template is written: the editor, its preview, and what came back from Word."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.labels import sentence
from archive.dossiers import extras
from archive.letters import laws, previews, template_diff, template_forms, template_store, templates
from archive.letters import template_operations as operations
from archive.letters.blueprints import pages
from archive.letters.kinds import kind
from archive.letters.template_forms import TemplateForm, Written
from archive.letters.template_models import TemplateVersion
from archive.letters.templates import BlockKind
from archive.people.guard import requires
from archive.people.rules import Permission
from archive.web.forms import parse


@pages.route("/letters/templates/versions/<uuid:version_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TEMPLATES)
def edit_template(version_id: uuid.UUID) -> ResponseReturnValue:
    """Edit a draft; buttons add, move and remove blocks, show a preview, or save."""
    session = db.session()
    row = template_store.by_id(session, version_id)
    if request.method == "GET":
        return _editor(row, Written.of(row))
    written, wish = Written.read(request.form), request.form.get("do", "save")
    try:
        if wish == "preview":
            made = operations.read(_content(written), row, template_store.laws(session))
            return _editor(row, written, shown=previews.as_addresses(previews.pictures(made)))
        if wish != "save":
            return _editor(row, written.rearranged(wish))
        with acting() as act:
            asked = parse(TemplateForm(), written.as_body())
            operations.change(
                template_store.by_id(act.session, version_id),
                template_forms.content_of(asked),
                remark=asked["remark"],
                revision=asked["revision"],
                act=act,
            )
    except BadInput as error:
        return _editor(template_store.by_id(db.session(), version_id), written, problems=error.problems)
    flash("已保存。", "success")
    return redirect(url_for(".template_version", version_id=version_id))


@pages.post("/letters/templates/versions/<uuid:version_id>/preview")
@requires(Permission.EDIT_TEMPLATES)
def preview_template(version_id: uuid.UUID) -> ResponseReturnValue:
    """Return what is being typed as pictures, or what is wrong with it; for the editor's script."""
    session = db.session()
    row = template_store.by_id(session, version_id)
    try:
        made = operations.read(_content(Written.read(request.form)), row, template_store.laws(session))
        return {"pages": previews.as_addresses(previews.pictures(made)), "problems": []}
    except BadInput as error:
        found = error.problems or (Problem(error.code),)
        return {"pages": [], "problems": [{"field": one.field, "sentence": sentence(one)} for one in found]}


@pages.post("/letters/templates/versions/<uuid:version_id>/word")
@requires(Permission.EDIT_TEMPLATES)
def take_word(version_id: uuid.UUID) -> ResponseReturnValue:
    """Read an edited Word file and show what it would change; nothing is saved yet."""
    session = db.session()
    row = template_store.by_id(session, version_id)
    file = request.files.get("file")
    uploaded = file.read(templates.MOST_WORD + 1) if file else b""
    before = template_store.content_of(row)
    try:
        content = operations.from_word(row, uploaded)
    except BadInput as error:
        return render_template("letter_templates/word_refused.html", row=row, kind=kind(row.kind), error=error), 422
    after = templates.build(content, row.kind, row.number)
    return render_template(
        "letter_templates/word.html",
        row=row,
        kind=kind(row.kind),
        lines=template_diff.compare(before, after),
        written=Written.with_content(row, content),
        shown=previews.as_addresses(previews.pictures(after)),
    )


def _editor(
    row: TemplateVersion, written: Written, *, problems: Sequence[Problem] = (), shown: Sequence[str] = ()
) -> ResponseReturnValue:
    of = kind(row.kind)
    added = (field.name for field in extras.names(db.session()).fields.values())
    html = render_template(
        "letter_templates/edit.html",
        row=row,
        kind=of,
        written=written,
        problems=problems,
        shown=shown,
        chips=template_forms.chips(of, added),
        blocks=BlockKind,
        laws=sorted(template_store.laws(db.session()).values(), key=lambda law: (law.ends is not None, law.title)),
        redress=laws.remedies(),
        today=shanghai_date(now()),
    )
    return html, 422 if problems else 200


def _content(written: Written) -> dict[str, Any]:
    return template_forms.content_of(parse(TemplateForm(), written.as_body()))
