"""The page of the laws templates rest on: in force or not, and which templates cite them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.letters import template_forms, template_store
from archive.letters import template_operations as operations
from archive.letters.blueprints import pages
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.get("/letters/laws")
@requires(Permission.READ)
def law_list() -> ResponseReturnValue:
    """Show what is known of the laws, those out of force first among the cited."""
    return _list()


@pages.post("/letters/laws")
@requires(Permission.APPROVE_TEMPLATES)
def note_law() -> ResponseReturnValue:
    """Note a law, or what became of one."""
    try:
        with acting() as act:
            operations.note_law(**parse(template_forms.LawForm(), request.form), act=act)
    except BadInput as error:
        return _list(error.problems)
    flash("已登记。引用该法规的模板和函件将按此核对。", "success")
    return redirect(url_for(".law_list"))


def _list(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    session, today = db.session(), shanghai_date(now())
    html = render_template(
        "letter_templates/laws.html",
        lines=template_store.standing_of_laws(session, today),
        values=request.form,
        problems=problems,
        may_note=may(person(), Permission.APPROVE_TEMPLATES),
    )
    return html, 422 if problems else 200
