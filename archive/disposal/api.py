"""The API of disposal: due list, lists and their steps, certificates, stubs."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response

from archive.audit import checking
from archive.core.act import acting, now
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.disposal import (
    api_packs,
    certificates,
    completeness,
    due_lists,
    forms,
    operations,
    papers,
    queries,
    transfer_api,
)
from archive.disposal.blueprints import api
from archive.dossiers import access
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import idempotent

__all__ = ["api", "api_packs", "transfer_api"]

_ONE = "/disposals/<number>"


@api.get("/disposals/due")
@requires(Permission.APPRAISE)
@api.arguments(forms.PageQuery, location="query")
@api.response(200, forms.DuePage)
def due(query: dict[str, Any]) -> Any:
    """List dossiers whose keeping is over, the longest expired first; held ones are shown as held."""
    return queries.due(db.session(), person(), now(), PageRequest(query["size"], query["after"]))


@api.get("/disposals")
@requires(Permission.APPRAISE)
@api.arguments(forms.PageQuery, location="query")
@api.response(200, forms.ListsPage)
def list_disposals(query: dict[str, Any]) -> Any:
    """List disposal lists, the newest first, without their lines."""
    return queries.lists(db.session(), PageRequest(query["size"], query["after"]))


@api.get("/disposals/due-lists")
@requires(Permission.KEEP)
@api.response(200, forms.PaperBody(many=True))
def list_due_lists() -> Any:
    """List the frozen due lists of the last months."""
    return due_lists.listed(db.session())


@api.get("/disposals/due-lists/<uuid:paper_id>")
@requires(Permission.KEEP)
@api.response(200, forms.DueListBody)
def show_due_list(paper_id: uuid.UUID) -> Any:
    """Return what was due in a month, the lines of your units; that it was read is recorded."""
    with acting() as act:
        found = due_lists.read(act.session, paper_id, person())
        act.record("paper:export", found.paper, month=found.month, lines=len(found.lines))
        return found


@api.post("/disposals")
@requires(Permission.KEEP)
@idempotent
@api.arguments(forms.Propose)
@api.response(201, forms.ListBody)
def propose(form: dict[str, Any]) -> Any:
    """Put expired dossiers on a new list."""
    with acting() as act:
        found = [access.find(act.session, number, person()) for number in dict.fromkeys(form["numbers"])]
        number = operations.propose(found, act=act).number
    return queries.by_number(db.session(), number)


@api.get(_ONE)
@requires(Permission.READ)
@api.response(200, forms.ListBody)
def show(number: str) -> Any:
    """Return a list with everything that was said and signed."""
    return queries.shown(db.session(), number, person())


@api.post(f"{_ONE}/lines/<uuid:line_id>/appraise")
@requires(Permission.APPRAISE)
@api.arguments(forms.Appraise)
@api.response(200, forms.LineBody)
def appraise(form: dict[str, Any], number: str, line_id: uuid.UUID) -> Any:
    """Say what is to become of a dossier."""
    with acting() as act:
        line = queries.line(queries.by_number(act.session, number), line_id)
        access.find_by_id(act.session, line.dossier_id, person())
        operations.appraise(line, **form, act=act)
        return line


@api.post(f"{_ONE}/lines/<uuid:line_id>/drop")
@requires(Permission.KEEP)
@api.arguments(forms.Reason)
@api.response(200, forms.ListBody)
def drop(form: dict[str, Any], number: str, line_id: uuid.UUID) -> Any:
    """Take a dossier off a list; approvals given before are void."""
    with acting() as act:
        found = queries.by_number(act.session, number)
        operations.drop(found, queries.line(found, line_id), reason=form["reason"], act=act)
    return queries.by_number(db.session(), number)


@api.post(f"{_ONE}/settle")
@requires(Permission.KEEP)
@api.arguments(forms.Settle)
@api.response(200, forms.ListBody)
def settle(form: dict[str, Any], number: str) -> Any:
    """End the appraisal with its report and fix the list by its hash."""
    with acting() as act:
        operations.settle(queries.by_number(act.session, number), report=form["report"], act=act)
    return queries.by_number(db.session(), number)


@api.post(f"{_ONE}/approve")
@requires(Permission.APPRAISE)
@api.arguments(forms.Approve)
@api.response(200, forms.ListBody)
def approve(form: dict[str, Any], number: str) -> Any:
    """Sign the list's hash: first who leads, then legal, two persons, neither the proposer."""
    with acting() as act:
        operations.approve(queries.by_number(act.session, number), list_hash=form["list_hash"], act=act)
    return queries.by_number(db.session(), number)


@api.post(f"{_ONE}/attend")
@requires(Permission.WITNESS)
@api.response(200, forms.ListBody)
def attend(number: str) -> Any:
    """Sign as a witness."""
    with acting() as act:
        operations.attend(queries.by_number(act.session, number), act=act)
    return queries.by_number(db.session(), number)


@api.post(f"{_ONE}/start")
@requires(Permission.KEEP)
@api.response(202, forms.ListBody)
def start(number: str) -> Any:
    """Let the archive begin, or go on, to destroy the list."""
    with acting() as act:
        operations.start(queries.by_number(act.session, number), act=act)
    return queries.by_number(db.session(), number)


@api.post(f"{_ONE}/void")
@requires(Permission.KEEP)
@api.arguments(forms.Reason)
@api.response(200, forms.ListBody)
def void(form: dict[str, Any], number: str) -> Any:
    """Give up a list of which nothing was destroyed."""
    with acting() as act:
        operations.void(queries.by_number(act.session, number), reason=form["reason"], act=act)
    return queries.by_number(db.session(), number)


@api.get(f"{_ONE}/certificate")
@requires(Permission.READ)
@api.response(200, {"format": "binary", "type": "string"}, content_type="application/json")
def certificate(number: str) -> Response:
    """Return the certificate of destruction as it lies in the store; a changed one is refused."""
    content = certificates.fetch(queries.by_number(db.session(), number))
    return Response(content, content_type="application/json")


@api.get(f"{_ONE}/papers")
@requires(Permission.READ)
@api.response(200, forms.PaperBody(many=True))
def list_papers(number: str) -> Any:
    """List the papers about a list: the list as it was signed, the certificate as PDF."""
    session = db.session()
    return papers.about(session, queries.by_number(session, number).id)


@api.get(f"{_ONE}/papers/<uuid:paper_id>")
@requires(Permission.READ)
@api.response(200, {"format": "binary", "type": "string"}, content_type="application/pdf")
def fetch_paper(number: str, paper_id: uuid.UUID) -> Response:
    """Return a paper as it lies in the store; a changed one is refused."""
    session = db.session()
    found = papers.one(session, queries.by_number(session, number).id, paper_id)
    return Response(papers.fetch(found), content_type=found.media_type)


@api.get("/stubs/<number>")
@requires(Permission.READ)
@api.response(200, forms.StubBody)
def stub(number: str) -> Any:
    """Return what stays of a destroyed dossier."""
    return queries.stub(db.session(), number, person())


@api.get("/completeness")
@requires(Permission.READ_AUDIT)
@api.response(200, forms.SequenceBody(many=True))
def completeness_report() -> Any:
    """List every sequence of numbers with those that belong neither to something live nor to something destroyed."""
    checking.check_whole(person())
    return completeness.report(db.session())
