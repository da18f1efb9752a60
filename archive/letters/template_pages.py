"""Pages of templates: all kinds, the versions of one, a version and its course, comparison, Word files."""

import io
import re
import uuid
from collections.abc import Callable

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.letters import laws, previews, template_diff, template_forms, template_store, templates
from archive.letters import template_operations as operations
from archive.letters.blueprints import pages
from archive.letters.kinds import Kind, kind, kinds
from archive.letters.laws import Law
from archive.letters.template_models import OPEN, TemplateState
from archive.letters.templates import Template
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.S)
_FIELD = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


@pages.get("/letters/templates/")
@requires(Permission.READ)
def template_index() -> str:
    """List the kinds: which version is in force, which is being worked on, what rests on a repealed law."""
    session, today = db.session(), shanghai_date(now())
    known = template_store.laws(session)
    rows = template_store.standing(session)
    in_force = {row.kind: row for row in rows if row.state is TemplateState.PUBLISHED}
    lines = [
        {
            "kind": one,
            "in_force": in_force.get(one.code),
            "open": next((row for row in rows if row.kind == one.code and row.state in OPEN), None),
            "repealed": laws.not_in_force(
                template_store.content_of(in_force[one.code]).basis
                if one.code in in_force
                else templates.default(one.code).basis,
                known,
                today,
            ),
        }
        for one in kinds()
    ]
    return render_template(
        "letter_templates/index.html", lines=lines, may_edit=may(person(), Permission.EDIT_TEMPLATES)
    )


@pages.get("/letters/templates/<kind_code>")
@requires(Permission.READ)
def template_kind(kind_code: str) -> str:
    """Show the template of a kind in force, and its versions."""
    session = db.session()
    of = kind(kind_code)
    current = template_store.current(session, of.code)
    versions = template_store.versions(session, of.code)
    return render_template(
        "letter_templates/kind.html",
        kind=of,
        template=current,
        versions=versions,
        open=next((row for row in versions if row.state in OPEN), None),
        repealed=_repealed(session, current),
        may_edit=may(person(), Permission.EDIT_TEMPLATES),
    )


@pages.post("/letters/templates/<kind_code>/begin")
@requires(Permission.EDIT_TEMPLATES)
def begin_template(kind_code: str) -> ResponseReturnValue:
    """Begin the next version and open it in the editor."""
    with acting() as act:
        row = operations.begin(kind_code, act=act)
        target = url_for(".edit_template", version_id=row.id)
    return redirect(target)


@pages.get("/letters/templates/<kind_code>/preview-<int:page>.png")
@requires(Permission.READ)
def template_picture(kind_code: str, page: int) -> ResponseReturnValue:
    """Return a page of the template in force with example facts."""
    return _picture(template_store.current(db.session(), kind_code), page)


@pages.get("/letters/templates/<kind_code>/word")
@requires(Permission.READ)
def template_word(kind_code: str) -> Response:
    """Return the template in force as a Word file."""
    return _word(template_store.current(db.session(), kind_code))


@pages.get("/letters/templates/versions/<uuid:version_id>")
@requires(Permission.READ)
def template_version(version_id: uuid.UUID) -> str:
    """Show a version, what it changes, and what may be done with it."""
    session = db.session()
    row = template_store.by_id(session, version_id)
    template = template_store.content_of(row)
    base = template_store.exact(session, row.kind, row.based_on) if row.based_on else template
    return render_template(
        "letter_templates/show.html",
        row=row,
        kind=kind(row.kind),
        template=template,
        changed=template_diff.changed(template_diff.compare(base, template)),
        repealed=_repealed(session, template),
        may_edit=may(person(), Permission.EDIT_TEMPLATES),
        may_approve=may(person(), Permission.APPROVE_TEMPLATES),
        me=person(),
    )


@pages.get("/letters/templates/versions/<uuid:version_id>/preview-<int:page>.png")
@requires(Permission.READ)
def version_picture(version_id: uuid.UUID, page: int) -> ResponseReturnValue:
    """Return a page of a version with example facts."""
    return _picture(template_store.content_of(template_store.by_id(db.session(), version_id)), page)


@pages.get("/letters/templates/versions/<uuid:version_id>/word")
@requires(Permission.READ)
def version_word(version_id: uuid.UUID) -> Response:
    """Return a version as a Word file to edit."""
    return _word(template_store.content_of(template_store.by_id(db.session(), version_id)))


@pages.get("/letters/templates/versions/<uuid:version_id>/compare")
@requires(Permission.READ)
def compare_versions(version_id: uuid.UUID) -> str:
    """Show what differs between a version and another of its kind, by default the one it was made from."""
    session = db.session()
    row = template_store.by_id(session, version_id)
    mark = request.args.get("with") or row.based_on
    other = template_store.exact(session, row.kind, mark)
    others = [one for one in template_store.versions(session, row.kind) if one.id != row.id and one.state not in OPEN]
    return render_template(
        "letter_templates/compare.html",
        row=row,
        kind=kind(row.kind),
        other=other,
        lines=template_diff.compare(other, template_store.content_of(row)),
        versions=others,
    )


@pages.post("/letters/templates/versions/<uuid:version_id>/propose")
@requires(Permission.EDIT_TEMPLATES)
def propose_template(version_id: uuid.UUID) -> ResponseReturnValue:
    """Ask that a draft be approved."""
    return _step(version_id, operations.propose, "已送审，请另一位有权限的人审批。")


@pages.post("/letters/templates/versions/<uuid:version_id>/approve")
@requires(Permission.APPROVE_TEMPLATES)
def approve_template(version_id: uuid.UUID) -> ResponseReturnValue:
    """Approve somebody else's version."""
    return _step(version_id, operations.approve, "已批准，可以由他人发布。")


@pages.post("/letters/templates/versions/<uuid:version_id>/publish")
@requires(Permission.EDIT_TEMPLATES)
def publish_template(version_id: uuid.UUID) -> ResponseReturnValue:
    """Put an approved version into use."""
    return _step(version_id, operations.publish, "已发布，此后起草的函件使用这一版。")


@pages.post("/letters/templates/versions/<uuid:version_id>/send-back")
@requires(Permission.APPROVE_TEMPLATES)
def send_template_back(version_id: uuid.UUID) -> ResponseReturnValue:
    """Make a version a draft again, with the reason."""
    with acting() as act:
        reason = parse(template_forms.Reason(), request.form)["reason"]
        operations.send_back(template_store.by_id(act.session, version_id), reason=reason, act=act)
    flash("已退回修改。", "success")
    return redirect(url_for(".template_version", version_id=version_id))


@pages.post("/letters/templates/versions/<uuid:version_id>/discard")
@requires(Permission.EDIT_TEMPLATES)
def discard_template(version_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        target = url_for(".template_kind", kind_code=row.kind)
        operations.discard(row, act=act)
    flash("草稿已删除。", "success")
    return redirect(target)


@pages.app_template_filter("fields")
def with_fields(text: str, of: Kind) -> Markup:
    """Return a template's text with its fields in words and its conditions set off."""
    made = Markup()
    for piece in _TAG.split(text):
        path = _FIELD.fullmatch(piece)
        field = of.field(path[1]) if path else None
        if field:
            made += Markup('<span class="in-text" title="{}">{}</span>').format(piece, field.label)
        elif piece.startswith(("{{", "{%")):
            made += Markup('<span class="in-text-tag">{}</span>').format(piece)
        else:
            made += piece
    return made


@pages.app_template_filter("kind_name")
def kind_name(code: str) -> str:
    """Return a kind's Chinese name."""
    return kind(code).name


def _step(version_id: uuid.UUID, step: Callable[..., None], done: str) -> ResponseReturnValue:
    with acting() as act:
        step(template_store.by_id(act.session, version_id), act=act)
    flash(done, "success")
    return redirect(url_for(".template_version", version_id=version_id))


def _repealed(session: Session, template: Template) -> tuple[Law, ...]:
    return laws.not_in_force(template.basis, template_store.laws(session), shanghai_date(now()))


def _picture(template: Template, page: int) -> ResponseReturnValue:
    drawn = previews.pictures(template)
    if not 1 <= page <= len(drawn):
        abort(404)
    return Response(drawn[page - 1], mimetype="image/png")


def _word(template: Template) -> Response:
    name = f"{kind(template.kind).name}-{template.mark}.docx".replace("@", "-")
    from archive.letters import word_template  # here: reading and writing Word loads slowly and is seldom wanted

    return send_file(io.BytesIO(word_template.to_word(template)), _WORD, as_attachment=True, download_name=name)
