"""Pages of closing days that came with old dossiers: what waits, and what one or many persons find of it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.paging import PageRequest
from archive.dossiers import access
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.retention import closings, forms
from archive.retention.blueprints import pages
from archive.web.forms import parse

_PAGE = 100


@pages.route("/retention/closings", methods=["GET", "POST"])
@requires(Permission.APPRAISE)
def closing_list() -> ResponseReturnValue:
    """Show the closing days that wait for two persons; confirm those chosen."""
    problems: tuple[Problem, ...] = ()
    chosen = request.form.getlist("numbers")
    if request.method == "POST":
        try:
            form = parse(forms.CheckClosings(), {"numbers": chosen, "finding": request.form.get("finding", "")})
            with acting() as act:
                found = [access.find(act.session, number, person()) for number in form["numbers"]]
                closings.check_all(found, finding=form["finding"], act=act)
            flash(f"已核对 {len(found)} 件。", "success")
            return redirect(url_for(".closing_list"), 303)
        except BadInput as error:
            problems = error.problems
    page = closings.awaiting(db.session(), person(), PageRequest(_PAGE, request.args.get("after", "")))
    return render_template(
        "retention/closings.html", page=page, chosen=chosen, values=request.form, problems=problems
    ), 422 if problems else 200
