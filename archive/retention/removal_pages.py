"""The page on which a document filed by mistake is taken out: why it may or may not be, asking, deciding."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import BadInput, Problem, Refused
from archive.documents import queries as documents
from archive.documents import striking
from archive.documents.models import Document
from archive.dossiers.dossier_pages import head_of
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.retention import forms, removing
from archive.retention.blueprints import pages
from archive.web.forms import parse

_ONE = "/dossiers/<number>/documents/<uuid:document_id>/removal"


@pages.route(_ONE, methods=["GET", "POST"])
@requires(Permission.READ)
def removal(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Show where the taking out of a document stands; ask for it."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                document = of_document(act.session, number, document_id)
                removing.ask(document, reason=parse(forms.Reason(), request.form)["reason"], act=act)
            flash("已提出申请，须由负责人或者档案员中的另一人确认。", "success")
            return redirect(url_for(".removal", number=number, document_id=document_id))
        except (BadInput, Refused) as error:
            problems = error.problems
    session = db.session()
    document = of_document(session, number, document_id)
    path, asked = document.dossier.unit.path, striking.removal_of(session, document)
    return render_template(
        "retention/removal.html",
        **head_of(document.dossier),
        document=document,
        label=documents.label(session, document),
        files=removing.files(session, document),
        asked=asked,
        hindrances=removing.hindrances(session, document, now()),
        may_ask=may(person(), Permission.DEPOSIT, path),
        may_decide=removing.may_decide(person(), path),
        me=person(),
        values=request.form,
        problems=problems,
    ), 422 if problems else 200


@pages.post(f"{_ONE}/decision")
@requires(Permission.READ)
def decide_removal(number: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm, or refuse, what another person asked."""
    with acting() as act:
        confirm = parse(forms.DecideRemoval(), request.form)["confirm"]
        removing.decide(of_document(act.session, number, document_id), confirm=confirm, act=act)
    flash("已确认，系统正在移出。" if confirm else "已决定不移出。", "success")
    return redirect(url_for(".removal", number=number, document_id=document_id))


def of_document(session: Session, number: str, document_id: uuid.UUID) -> Document:
    """Return the document an address names. Raises NotFound; NotAllowed for who may not open what was struck out."""
    return documents.at(session, number, document_id, person())[1]
