"""Pages that list dossiers: the work list, the list with its filters, the file room, the look-up by a number."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.paging import Page, PageRequest
from archive.dossiers import bulk, forms, queries, selections, work
from archive.dossiers import file_room as room
from archive.dossiers.answering import code_words, unit_choices
from archive.dossiers.blueprints import pages
from archive.people import queries as people
from archive.people.guard import person, requires, signed_in
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.get("/")
@signed_in
def work_list() -> ResponseReturnValue:
    """Show what waits for the person: slips to answer, what is late, due, mine, my unit's. Auditors have a desk."""
    session = db.session()
    reads = may(person(), Permission.READ)
    if reads and not person().office_paths:
        return redirect(url_for("inspection.index"))
    return render_template(
        "dossiers/work.html",
        reads=reads,
        offered=work.offered(session, person()) if reads else [],
        errands=work.errands(session, person(), now()) if reads else [],
        today=shanghai_date(now()),
        sections=work.sections(session, person(), now()) if reads else [],
        told=work.told(session, person()),
        tables=code_words(session) if reads else {},
    )


@pages.get("/dossiers/")
@requires(Permission.READ)
def index() -> ResponseReturnValue:
    """List dossiers, filtered and sorted."""
    session = db.session()
    asked = {name: value for name, value in request.args.items() if value}
    problems: tuple[Problem, ...] = ()
    page: Page[queries.Line] = Page([])
    acts, found = bulk.actions_for(person()), 0
    try:
        query = parse(forms.ListQuery(), asked)
        wanted = forms.filter_of(query, person().login)
        page = queries.page(session, person(), wanted, PageRequest(query["size"], query["after"]), now())
        if acts and (page.next or query["after"]):
            found = queries.count(session, person(), wanted, now(), selections.MOST + 1)
    except BadInput as error:
        problems = error.problems or (Problem(error.code),)
    kept = {name: value for name, value in asked.items() if name != "after"}
    html = render_template(
        "dossiers/index.html",
        page=page,
        acts=acts,
        found=found,
        most=selections.MOST,
        asked=asked,
        kept=kept,
        filter=urlencode(kept),
        here=f"{request.path}?{urlencode(kept)}",
        problems=problems,
        tables=code_words(session),
        units=unit_choices(people.units(session), person(), Permission.READ),
    )
    return html, 422 if problems else 200


@pages.get("/file-room/")
@requires(Permission.READ)
def file_room() -> str:
    """Browse as in a file room: fonds, years, categories; the last shelf is the list of dossiers."""
    asked = parse(forms.ShelfQuery(), request.args)
    fonds, year = asked["fonds"], asked["year"]
    shelves = room.shelves(db.session(), person(), fonds, year if fonds else None)
    return render_template("dossiers/file_room.html", shelves=shelves, fonds=fonds, year=year if fonds else None)


@pages.post("/dossiers/by-number")
@requires(Permission.SEARCH)
def by_number() -> ResponseReturnValue:
    """Find dossiers by a personal number; posted, so that no number stands in an address or a log."""
    problems: tuple[Problem, ...] = ()
    rows: list[queries.Line] = []
    try:
        number = parse(forms.NumberForm(), request.form)["number"]
        with acting() as act:
            rows = queries.by_personal_number(act.session, person(), number)
            act.record("dossier:look_up", None, digits=len(number), found=len(rows))
    except BadInput as error:
        problems = error.problems
    html = render_template("dossiers/by_number.html", rows=rows, problems=problems, tables=code_words(db.session()))
    return html, 422 if problems else 200
