"""Pages of documents: the 卷内目录, uploading, the viewer, descriptions, custody."""

import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.paging import PageRequest, serial
from archive.documents import forms, looking, operations, queries, rules, serving, striking, weighing
from archive.documents.api_documents import entitled, strike_out
from archive.documents.api_uploads import limits_of
from archive.documents.citing import citation
from archive.documents.kinds import CustodyEvent, Kind
from archive.documents.models import Document, Version
from archive.dossiers import access
from archive.dossiers.dossier_pages import head_of
from archive.dossiers.models import Dossier
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse

pages = Blueprint("documents", __name__, url_prefix="/dossiers/<number>/documents")


@dataclass(frozen=True)
class Rights:
    """What the reader may do with the documents of a dossier."""

    deposit: bool
    change: bool


def _rights(dossier: Dossier) -> Rights:
    may = queries.may_in(db.session(), person(), Permission.DEPOSIT, dossier)
    return Rights(deposit=may, change=may and rules.is_open(dossier))


@pages.get("/")
@requires(Permission.READ)
def index(number: str) -> str:
    """Show the 卷内目录."""
    session = db.session()
    dossier = access.find(session, number, person())
    page = queries.contents(session, dossier, PageRequest(200, request.args.get("after", "")))
    return render_template(
        "documents/index.html",
        **head_of(dossier),
        page=page,
        rights=_rights(dossier),
        items=queries.number_of_items(session, dossier.id),
        struck=striking.standing(session, dossier.id),
    )


@pages.get("/add")
@requires(Permission.DEPOSIT)
def add(number: str) -> str:
    """Show the page for uploading files, or, with `document`, a further version of one."""
    session = db.session()
    dossier = access.find(session, number, person())
    document = None
    if wanted := request.args.get("document", type=uuid.UUID):
        document = queries.document(session, dossier, wanted)
    return render_template(
        "documents/add.html",
        dossier=dossier,
        document=document,
        limits=limits_of(number),
        kinds=Kind,
        kind=request.args.get("kind", ""),
        then=request.args.get("then", ""),
    )


@pages.get("/<uuid:document_id>")
@requires(Permission.READ)
def show(number: str, document_id: uuid.UUID) -> str:
    """Show a document in the viewer, and record that it was looked at."""
    session = db.session()
    dossier, document, version = queries.at(session, number, document_id, person(), request.args.get("n", type=serial))
    serving.record(version, person(), afresh=True, download=False)
    view = looking.view(
        session,
        version,
        page=request.args.get("page", 1, type=int),
        mark=request.args.get("mark", ""),
        with_text="text" in request.args,
    )
    return render_template(
        "documents/show.html",
        dossier=dossier,
        document=document,
        version=version,
        view=view,
        line=queries.lineage(session, document),
        label=queries.label(session, document),
        citation=citation,
        found=queries.contents(session, dossier, PageRequest(100, request.args.get("after", "")), parent=document),
        twins=queries.twins(session, version, person()),
        rights=_rights(dossier),
        struck=striking.standing(session, dossier.id).get(document.id),
        unsearched=version.id in weighing.left_out(session, [dossier.id], striking.struck_out(session, [dossier.id])),
    )


@pages.route("/<uuid:document_id>/edit", methods=["GET", "POST"])
@requires(Permission.DEPOSIT)
def edit(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Correct what is said about a document."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                changes = parse(forms.DocumentDescription(), request.form)
                operations.describe(entitled(act.session, number, document_id), changes, act=act)
            flash("已保存。", "success")
            return _back(number, document_id)
        except BadInput as error:
            problems = error.problems
    document = entitled(db.session(), number, document_id)
    return render_template(
        "documents/edit.html",
        dossier=document.dossier,
        document=document,
        values=request.form or document,
        problems=problems,
    ), 422 if problems else 200


@pages.post("/<uuid:document_id>/strike")
@requires(Permission.DEPOSIT)
def strike(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Strike a document out as filed in the wrong dossier."""
    strike_out(number, document_id, parse(forms.StrikeOut(), request.form))
    flash("已标为误归：不计入件数，内容仍保留。", "success")
    return _back(number, document_id)


@pages.post("/<uuid:document_id>/unstrike")
@requires(Permission.DEPOSIT)
def unstrike(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Let a struck document count again."""
    with acting() as act:
        reason = parse(forms.LiftStrike(), request.form)["reason"]
        striking.lift(entitled(act.session, number, document_id), reason=reason, act=act)
    flash("已撤销误归标记。", "success")
    return _back(number, document_id)


@pages.post("/<uuid:document_id>/place")
@requires(Permission.DEPOSIT)
def place(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Move an item within the contents."""
    with acting() as act:
        document = entitled(act.session, number, document_id)
        operations.place(document, after=parse(forms.ItemPlace(), request.form)["after"], act=act)
    return redirect(url_for(".index", number=number) + f"#d-{document_id}")


@pages.route("/<uuid:document_id>/custody", methods=["GET", "POST"])
@requires(Permission.DEPOSIT)
def custody(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Add a link to the chain of custody of the paper original."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                entry = parse(forms.CustodyNote(), request.form)
                operations.note_custody(entitled(act.session, number, document_id), **entry, act=act)
            flash("已登记原件保管情况。", "success")
            return _back(number, document_id)
        except BadInput as error:
            problems = error.problems
    document = entitled(db.session(), number, document_id)
    return render_template(
        "documents/custody.html",
        dossier=document.dossier,
        document=document,
        events=CustodyEvent,
        values=request.form,
        problems=problems,
    ), 422 if problems else 200


@pages.post("/<uuid:document_id>/v<int:n>/retry")
@requires(Permission.DEPOSIT)
def retry(number: str, document_id: uuid.UUID, n: int) -> ResponseReturnValue:
    """Have a version read again."""
    with acting() as act:
        operations.retry(queries.version(act.session, entitled(act.session, number, document_id), n), act=act)
    flash("已重新排队读取，稍后刷新查看。", "success")
    return redirect(url_for(".show", number=number, document_id=document_id, n=n))


@pages.get("/<uuid:document_id>/v<int:n>/file")
@requires(Permission.READ)
def file(number: str, document_id: uuid.UUID, n: int) -> Response:
    """Send the original: shown in place where that is safe, else, or with `download`, as a download."""
    dossier, document, version = _at(number, document_id, n)
    label = queries.label(db.session(), document)
    return serving.original(version, dossier.number, label, person(), download="download" in request.args)


@pages.get("/<uuid:document_id>/v<int:n>/pages/<int:no>-<int:width>.webp")
@requires(Permission.READ)
def image(number: str, document_id: uuid.UUID, n: int, no: int, width: int) -> Response:
    """Send the image of a page."""
    _, _, version = _at(number, document_id, n)
    return serving.page_image(version, no, width, person())


def _at(number: str, document_id: uuid.UUID, n: int) -> tuple[Dossier, Document, Version]:
    return queries.at(db.session(), number, document_id, person(), n)


def _back(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", number=number, document_id=document_id))
