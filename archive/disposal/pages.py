"""Pages of disposal: the due list, a list with its steps, the stub of what was destroyed."""

import uuid

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import StoreDown
from archive.core.labels import sentence
from archive.core.paging import PageRequest
from archive.core.sheets import MEDIA_TYPE
from archive.disposal import (
    certificates,
    due_lists,
    forms,
    operations,
    pack_pages,
    papers,
    queries,
    restoring,
    transfer_pages,
    transfers,
)
from archive.disposal.blueprints import pages
from archive.disposal.kinds import Decision
from archive.documents import names
from archive.dossiers import access
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse

__all__ = ["pack_pages", "pages"]

pages.register_blueprint(transfer_pages.pages)

_SEEN = "archive_register_seen"


@pages.before_app_request
def only_reading_until_replayed() -> None:
    """Refuse to write while destroyed dossiers are back from a backup; asked once a process when all is well."""
    if request.method in ("GET", "HEAD", "OPTIONS") or current_app.extensions.get(_SEEN):
        return
    if (request.endpoint or "").startswith("security."):
        return
    try:
        waiting = restoring.pending()
    except StoreDown:
        return  # what needs the store will say so itself
    if waiting:
        raise StoreDown("disposal.replaying")
    current_app.extensions[_SEEN] = True


@pages.get("/disposals/")
@requires(Permission.APPRAISE)
def index() -> str:
    """Show what is due, and the lists."""
    session = db.session()
    return render_template(
        "disposal/index.html",
        due=queries.due(session, person(), now(), PageRequest(200, request.args.get("after", ""))),
        lists=queries.lists(session, PageRequest(20)),
        months=due_lists.listed(session),
        may_keep=may(person(), Permission.KEEP),
    )


@pages.get("/disposals/due-lists/<uuid:paper_id>.xlsx")
@requires(Permission.KEEP)
def due_list(paper_id: uuid.UUID) -> Response:
    """Send what was due in a month, as it was frozen."""
    with acting() as act:
        found = due_lists.read(act.session, paper_id, person())
        act.record("paper:export", found.paper, month=found.month, lines=len(found.lines))
        content = due_lists.workbook(found)
    response = Response(content, content_type=MEDIA_TYPE)
    plain = f"due-{found.month}.xlsx"
    response.headers["Content-Disposition"] = names.disposition("attachment", f"到期清单{found.month}.xlsx", plain)
    return response


@pages.post("/disposals/")
@requires(Permission.KEEP)
def propose() -> ResponseReturnValue:
    """Put the chosen dossiers on a new list."""
    with acting() as act:
        numbers = parse(forms.Propose(), {"numbers": request.form.getlist("numbers")})["numbers"]
        found = [access.find(act.session, number, person()) for number in numbers]
        number = operations.propose(found, act=act).number
    return redirect(url_for(".show", number=number))


@pages.get("/disposals/<number>")
@requires(Permission.READ)
def show(number: str) -> str:
    """Show a list with everything that was said and signed, and the next step."""
    session = db.session()
    found = queries.shown(session, number, person())
    return render_template(
        "disposal/show.html",
        found=found,
        hands=queries.hands(found),
        waiting=[sentence(one) for one in queries.hindrances(found, now())],
        papers=papers.about(session, found.id),
        me=person(),
        may=may,
        permission=Permission,
        decisions=Decision,
    )


@pages.post("/disposals/<number>/lines/<uuid:line_id>/appraise")
@requires(Permission.APPRAISE)
def appraise(number: str, line_id: uuid.UUID) -> ResponseReturnValue:
    """Say what is to become of a dossier."""
    form = request.form.to_dict()
    with acting() as act:
        line = queries.line(queries.by_number(act.session, number), line_id)
        access.find_by_id(act.session, line.dossier_id, person())
        said = parse(forms.Appraise(), {**form, "years": form.get("years") or None})
        operations.appraise(line, **said, act=act)
    return _back(number)


@pages.post("/disposals/<number>/lines/<uuid:line_id>/drop")
@requires(Permission.KEEP)
def drop(number: str, line_id: uuid.UUID) -> ResponseReturnValue:
    """Take a dossier off the list."""
    with acting() as act:
        found = queries.by_number(act.session, number)
        line = queries.line(found, line_id)
        operations.drop(found, line, reason=parse(forms.Reason(), request.form)["reason"], act=act)
    flash("已移出。清册有变动，此前的批准不再有效。", "warning")
    return _back(number)


@pages.post("/disposals/<number>/settle")
@requires(Permission.KEEP)
def settle(number: str) -> ResponseReturnValue:
    """End the appraisal with its report."""
    with acting() as act:
        report = parse(forms.Settle(), request.form)["report"]
        operations.settle(queries.by_number(act.session, number), report=report, act=act)
    return _back(number)


@pages.post("/disposals/<number>/approve")
@requires(Permission.APPRAISE)
def approve(number: str) -> ResponseReturnValue:
    """Sign the list's hash."""
    with acting() as act:
        signed = parse(forms.Approve(), request.form)["list_hash"]
        operations.approve(queries.by_number(act.session, number), list_hash=signed, act=act)
    return _back(number)


@pages.post("/disposals/<number>/attend")
@requires(Permission.WITNESS)
def attend(number: str) -> ResponseReturnValue:
    """Sign as a witness."""
    with acting() as act:
        operations.attend(queries.by_number(act.session, number), act=act)
    return _back(number)


@pages.post("/disposals/<number>/start")
@requires(Permission.KEEP)
def start(number: str) -> ResponseReturnValue:
    """Let the archive begin, or go on, to destroy."""
    with acting() as act:
        operations.start(queries.by_number(act.session, number), act=act)
    flash("已开始销毁，可刷新查看进度。", "success")
    return _back(number)


@pages.get("/disposals/<number>/certificate")
@requires(Permission.READ)
def certificate(number: str) -> Response:
    """Send the certificate as it lies in the store."""
    content = certificates.fetch(queries.by_number(db.session(), number))
    name = f"attachment; filename=certificate-{number.encode('ascii', 'ignore').decode()}.json"
    return Response(content, content_type="application/json", headers={"Content-Disposition": name})


@pages.get("/disposals/<number>/papers/<uuid:paper_id>")
@requires(Permission.READ)
def paper(number: str, paper_id: uuid.UUID) -> Response:
    """Send a paper about a list, checked against its hash."""
    session = db.session()
    return transfer_pages.sent(papers.one(session, queries.by_number(session, number).id, paper_id))


@pages.get("/stubs/<number>")
@requires(Permission.READ)
def stub(number: str) -> str:
    """Show what stays of a destroyed dossier."""
    session = db.session()
    found = queries.stub(session, number, person())
    return render_template(
        "disposal/stub.html",
        stub=found,
        transfers=transfers.of_dossier(session, found.dossier_id),
        hand=queries.has_a_hand(person()),
    )


def _back(number: str) -> ResponseReturnValue:
    return redirect(url_for(".show", number=number))
