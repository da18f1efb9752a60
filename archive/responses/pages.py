"""Pages of responses: the list of a dossier, recording, correcting."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.documents import queries as documents
from archive.documents import rules
from archive.documents.api_documents import entitled
from archive.dossiers import access
from archive.dossiers.dossier_pages import head_of
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.responses import forms, joining, operations, queries
from archive.responses.api import changeable
from archive.responses.kinds import Outcome, Sender
from archive.web.forms import parse

pages = Blueprint("responses", __name__, url_prefix="/dossiers/<number>/responses")


@pages.get("/")
@requires(Permission.READ)
def index(number: str) -> str:
    """Show the replies in a dossier."""
    session = db.session()
    dossier = access.find(session, number, person())
    may = documents.may_in(session, person(), Permission.DEPOSIT, dossier) and rules.is_open(dossier)
    return render_template(
        "responses/index.html",
        **head_of(dossier),
        responses=queries.of_dossier(session, dossier),
        may_change=may,
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.DEPOSIT)
def new(number: str) -> ResponseReturnValue:
    """Record that a document is a reply."""
    session = db.session()
    dossier = access.find(session, number, person())
    chosen = request.args.get("document", type=uuid.UUID)
    known = queries.of_document(session, documents.document(session, dossier, chosen).id) if chosen else None
    if known is not None and request.method == "GET":
        return redirect(url_for(".edit", number=number, response_id=known.id))
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                value = parse(forms.NewResponseForm(), request.form)
                operations.record(entitled(act.session, number, value["document"]), value, act=act)
            flash("已登记答复。", "success")
            return redirect(url_for(".index", number=number))
        except BadInput as error:
            problems = error.problems
        dossier = access.find(session, number, person())
    return render_template(
        "responses/edit.html",
        dossier=dossier,
        response=None,
        candidates=queries.candidates(session, dossier),
        letters=joining.answerable(session, dossier),
        values=request.form
        or {"document": chosen, "received_on": shanghai_date(now()), "answers": request.args.get("answers")},
        senders=Sender,
        outcomes=Outcome,
        problems=problems,
    ), 422 if problems else 200


@pages.route("/<uuid:response_id>/edit", methods=["GET", "POST"])
@requires(Permission.DEPOSIT)
def edit(number: str, response_id: uuid.UUID) -> ResponseReturnValue:
    """Correct what is said about a reply."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                changes = parse(forms.ResponseForm(), request.form)
                operations.revise(changeable(act.session, number, response_id), changes, act=act)
            flash("已保存。", "success")
            return redirect(url_for(".index", number=number))
        except BadInput as error:
            problems = error.problems
    response = changeable(db.session(), number, response_id)
    return render_template(
        "responses/edit.html",
        dossier=(dossier := access.find(db.session(), number, person())),
        response=response,
        letters=joining.answerable(db.session(), dossier),
        values=request.form or response,
        senders=Sender,
        outcomes=Outcome,
        problems=problems,
    ), 422 if problems else 200


@pages.post("/<uuid:response_id>/strike")
@requires(Permission.DEPOSIT)
def strike(number: str, response_id: uuid.UUID) -> ResponseReturnValue:
    """Take a record back; the document stays."""
    with acting() as act:
        reason = parse(forms.StrikeForm(), request.form)["reason"]
        operations.strike(changeable(act.session, number, response_id), reason=reason, act=act)
    flash("已撤销答复登记，材料仍在卷内。", "success")
    return redirect(url_for(".index", number=number))
