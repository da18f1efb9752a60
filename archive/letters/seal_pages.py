"""Pages of the seals: which units have one, putting one in, giving one up, looking at it."""

import uuid

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.dossiers.answering import unit_choices
from archive.letters import seal_picture, seals, template_forms
from archive.letters.blueprints import pages
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse


@pages.get("/letters/seals")
@requires(Permission.KEEP_SEALS)
def seal_list() -> ResponseReturnValue:
    """Show the seals of the keeper's units, those in use and those given up, without their pictures."""
    return _list()


@pages.post("/letters/seals")
@requires(Permission.KEEP_SEALS)
def put_seal_in() -> ResponseReturnValue:
    """Put a seal in, in place of the unit's present one."""
    try:
        with acting() as act:
            form = parse(template_forms.SealForm(), request.form)
            unit = people.unit_by_code(act.session, form["unit"])
            file = request.files.get("picture")
            uploaded = file.read(seal_picture.MOST_BYTES + 1) if file else b""
            seals.put_in(unit, uploaded, name=form["name"], width=form["width"], act=act)
    except BadInput as error:
        return _list(error.problems)
    flash("印章已启用，此后签发的函件加盖此章。", "success")
    return redirect(url_for(".seal_list"))


@pages.post("/letters/seals/<uuid:seal_id>/retire")
@requires(Permission.KEEP_SEALS)
def give_seal_up(seal_id: uuid.UUID) -> ResponseReturnValue:
    """Take a seal out of use."""
    with acting() as act:
        reason = parse(template_forms.Reason(), request.form)["reason"]
        seals.give_up(seals.by_id(act.session, seal_id), reason=reason, act=act)
    flash("印章已停用。", "success")
    return redirect(url_for(".seal_list"))


@pages.post("/letters/seals/<uuid:seal_id>/picture")
@requires(Permission.KEEP_SEALS)
def seal_image(seal_id: uuid.UUID) -> Response:
    """Return a seal's picture to its keeper; that somebody looked is recorded."""
    with acting() as act:
        png = seals.show(seals.by_id(act.session, seal_id), act=act)
    return Response(png, mimetype="image/png", headers={"Content-Disposition": "inline"})


def _list(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    session = db.session()
    html = render_template(
        "letter_templates/seals.html",
        rows=seals.listed(session, person()),
        units=unit_choices(people.units(session), person(), Permission.KEEP_SEALS),
        values=request.form,
        problems=problems,
        least=seal_picture.NARROWEST,
        most=seal_picture.WIDEST,
    )
    return html, 422 if problems else 200
