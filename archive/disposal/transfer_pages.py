"""Pages of handing over to an archive: the lists, one list with its steps, its packages and papers."""

import uuid
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.core.act import Act, acting
from archive.core.db import db
from archive.core.errors import BadInput, NotFound, Problem, RuleBroken
from archive.core.paging import PageRequest
from archive.disposal import forms, papers, transfer_packing, transfers
from archive.disposal.transfer_models import Paper, Transfer, TransferLine
from archive.documents import names
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse

pages = Blueprint("transfers", __name__, url_prefix="/transfers")

# What a receipt may be, by how its bytes begin; anything else could carry a script.
_RECEIPTS = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@pages.get("/")
@requires(Permission.APPRAISE)
def index() -> str:
    """Show the hand-overs, and what an appraisal wants handed over."""
    return _index()


@pages.post("/")
@requires(Permission.KEEP)
def propose() -> ResponseReturnValue:
    """Propose dossiers for a hand-over."""
    given = {
        **request.form.to_dict(),
        "numbers": [*request.form.getlist("numbers"), *request.form.get("more", "").split()],
    }
    try:
        with acting() as act:
            number = proposed(parse(forms.ProposeTransfer(), given), act).number
    except BadInput as error:
        return _index(error.problems or (Problem(error.code),)), 422
    return redirect(url_for(".show", number=number))


@pages.get("/<number>")
@requires(Permission.APPRAISE)
def show(number: str) -> str:
    """Show a hand-over with its next step."""
    return _show(number)


@pages.post("/<number>/approve")
@requires(Permission.APPROVE_DISPOSAL)
def approve(number: str) -> ResponseReturnValue:
    """Sign the list's hash; packing begins."""
    with acting() as act:
        signed = parse(forms.Approve(), request.form)["list_hash"]
        transfers.approve(transfers.by_number(act.session, number), list_hash=signed, act=act)
    flash("已批准，正在检测并封装，可刷新查看进度。", "success")
    return _back(number)


@pages.post("/<number>/pack")
@requires(Permission.KEEP)
def pack(number: str) -> ResponseReturnValue:
    """Examine and pack again what failed."""
    with acting() as act:
        transfers.pack_again(transfers.by_number(act.session, number), act=act)
    return _back(number)


@pages.post("/<number>/receipt")
@requires(Permission.KEEP)
def receive(number: str) -> ResponseReturnValue:
    """Record the receiver's receipt."""
    try:
        with acting() as act:
            received(number, parse(forms.Receive(), request.form), act)
    except BadInput as error:
        return _show(number, error.problems), 422
    flash("已记录接收文据，移交办结。", "success")
    return _back(number)


@pages.post("/<number>/void")
@requires(Permission.KEEP)
def void(number: str) -> ResponseReturnValue:
    """Give up a hand-over."""
    with acting() as act:
        reason = parse(forms.Reason(), request.form)["reason"]
        transfers.void(transfers.by_number(act.session, number), reason=reason, act=act)
    return _back(number)


@pages.get("/<number>/packages/<uuid:line_id>.zip")
@requires(Permission.KEEP)
def package(number: str, line_id: uuid.UUID) -> Response:
    """Send the package of one dossier; that it was taken is recorded."""
    with acting() as act:
        line = _line(transfers.by_number(act.session, number), line_id)
        dossier = access.find_by_id(act.session, line.dossier_id, person())
        path = transfer_packing.package(line)
        if not line.package_hash or not path.exists():
            raise RuleBroken("transfer.no_package")
        act.record("dossier:export", dossier, number=line.number, transfer=number)
        name = f"{line.number}.zip"
    response = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Content-Disposition"] = names.disposition("attachment", name, name)
    return response


@pages.get("/<number>/papers/<uuid:paper_id>")
@requires(Permission.APPRAISE)
def paper(number: str, paper_id: uuid.UUID) -> Response:
    """Send a paper about the hand-over, checked against its hash."""
    session = db.session()
    return sent(papers.one(session, transfers.by_number(session, number).id, paper_id))


def proposed(form: dict[str, object], act: Act) -> Transfer:
    """Propose what a parsed form names, as far as the person may see it."""
    numbers = dict.fromkeys(form.pop("numbers"))  # type: ignore[call-overload]
    found = [access.find(act.session, number, person()) for number in numbers]
    return transfers.propose(found, **form, act=act)  # type: ignore[arg-type]


def received(number: str, form: dict[str, object], act: Act) -> Transfer:
    """Record the receipt that came with the request."""
    found = transfers.by_number(act.session, number)
    file = request.files.get("receipt")
    content = file.read(transfers.MOST_RECEIPT_BYTES + 1) if file else b""
    kind = next((kind for begins, kind in _RECEIPTS.items() if content.startswith(begins)), None)
    transfers.receive(
        found,
        **form,  # type: ignore[arg-type]
        receipt=content if kind else b"",
        filename=names.shown(file.filename or "") if file else "",
        media_type=kind or "",
        act=act,
    )
    return found


def sent(found: Paper) -> Response:
    """Answer with a paper."""
    response = Response(papers.fetch(found), content_type=found.media_type)
    plain = f"{found.kind.value}{Path(found.filename).suffix or '.pdf'}"
    response.headers["Content-Disposition"] = names.disposition("attachment", found.filename, plain)
    return response


def _index(problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    wanted = transfers.appraised(session)
    rows = session.scalars(
        select(Dossier).where(Dossier.id.in_(wanted), access.visible_to(person())).order_by(Dossier.number)
    ).all()
    return render_template(
        "disposal/transfers.html",
        page=transfers.listed(session, PageRequest(50, request.args.get("after", ""))),
        wanted=rows,
        may_keep=may(person(), Permission.KEEP),
        values=request.form,
        problems=problems,
    )


def _show(number: str, problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    found = transfers.by_number(session, number)
    return render_template(
        "disposal/transfer.html",
        found=found,
        papers=papers.about(session, found.id),
        there={line.id for line in found.lines if line.package_hash and transfer_packing.package(line).exists()},
        me=person(),
        may=may,
        permission=Permission,
        values=request.form,
        problems=problems,
    )


def _line(found: Transfer, line_id: uuid.UUID) -> TransferLine:
    for one in found.lines:
        if one.id == line_id:
            return one
    raise NotFound("disposal.line_unknown")


def _back(number: str) -> ResponseReturnValue:
    return redirect(url_for(".show", number=number))
