"""Pages of holds on many dossiers: by the document they rest on; placing and releasing, and how far that is."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.dossiers import selections
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.retention import bulk_holds, forms
from archive.retention.blueprints import pages
from archive.retention.rules import HoldKind
from archive.web.forms import parse


@pages.get("/retention/holds")
@requires(Permission.HOLD)
def hold_list() -> str:
    """Show the holds in force, by the document they rest on, and the person's last orders."""
    session = db.session()
    return render_template(
        "retention/holds.html",
        groups=bulk_holds.groups(session, person()),
        orders=bulk_holds.own(session, person()),
    )


@pages.route("/retention/holds/new", methods=["GET", "POST"])
@requires(Permission.HOLD)
def hold_many() -> ResponseReturnValue:
    """Hold the dossiers of a selection."""
    problems: tuple[Problem, ...] = ()
    selection_id = parse(forms.OfSelection(), request.args)["selection"]
    if request.method == "POST":
        try:
            with acting() as act:
                selection = selections.read(act.session, person(), selection_id)
                ids = selections.ids_of(act.session, person(), selection)
                return _order(bulk_holds.place(ids, parse(forms.PlaceHold(), request.form), act=act).id)
        except BadInput as error:
            problems = error.problems
    selection = selections.read(db.session(), person(), selection_id)
    return render_template(
        "retention/hold_many.html",
        selection=selection,
        dossiers=selections.dossiers_of(db.session(), person(), selection),
        kinds=HoldKind,
        values=request.form,
        problems=problems,
    ), 422 if problems else 200


@pages.post("/retention/holds/ask-release")
@requires(Permission.HOLD)
def ask_release_many() -> ResponseReturnValue:
    """Ask that all holds on one basis be released; another person decides."""
    same, reason = parse(forms.SameBasis(), request.form), parse(forms.Reason(), request.form)["reason"]
    with acting() as act:
        return _order(bulk_holds.ask_release(**same, reason=reason, act=act).id)


@pages.post("/retention/holds/release")
@requires(Permission.HOLD)
def release_many() -> ResponseReturnValue:
    """Release all holds on one basis, as somebody else asked."""
    same = parse(forms.SameBasis(), request.form)
    with acting() as act:
        return _order(bulk_holds.release(**same, act=act).id)


@pages.get("/retention/holds/orders/<uuid:order_id>")
@requires(Permission.HOLD)
def hold_order(order_id: uuid.UUID) -> str:
    """Show how far an order is, and what was passed over."""
    return render_template("retention/hold_order.html", found=bulk_holds.find(db.session(), order_id, person()))


def _order(order_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".hold_order", order_id=order_id), 303)
