"""The auditors' desk: what they may read and how long, and the ended dossiers to be found there."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.paging import Page, PageRequest
from archive.dossiers.answering import code_words, unit_choices
from archive.dossiers.queries import Line
from archive.inspection import cases, forms, grants
from archive.inspection.blueprints import pages
from archive.inspection.errands import errands
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse


@pages.get("/")
@requires(Permission.READ_AUDIT)
def index() -> ResponseReturnValue:
    """Show the grants in force and the ended dossiers in them, filtered; a search that was asked for is recorded."""
    asked = {name: value for name, value in request.args.items() if value}
    problems: tuple[Problem, ...] = ()
    page: Page[Line] = Page([])
    try:
        wanted = parse(forms.CaseFilter(), asked)
        page = cases.page(db.session(), person(), wanted, PageRequest(50, wanted["after"]))
        record(wanted, page)
    except BadInput as error:
        problems = error.problems or (Problem(error.code),)
    session = db.session()
    kept = {name: value for name, value in asked.items() if name != "after"}
    html = render_template(
        "inspection/index.html",
        waiting=errands(session, person(), now()),
        own=grants.own(session, person()),
        over=lambda one: grants.over(one, now()),
        page=page,
        asked=asked,
        kept=kept,
        here=f"{request.path}?{urlencode(kept)}",
        problems=problems,
        tables=code_words(session),
        units=unit_choices(people.units(session), person(), Permission.READ),
    )
    return html, 422 if problems else 200


def record(wanted: dict[str, Any], page: Page[Line]) -> None:
    """Write into the trail what an auditor looked for; by which name stays out, a trail is for ever."""
    fields = sorted(name for name, value in wanted.items() if value and name != "after")
    if not fields:
        return
    said = {name: wanted[name] for name in ("number", "letter", "since", "until", "category") if wanted[name]}
    with acting() as act:
        act.record("inspection:search", None, fields=fields, **said, found=len(page.rows))
