"""Pages of findings: for auditors who raise them, and for heads and records managers who reply."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import ArchiveError, NotAllowed
from archive.core.paging import PageRequest
from archive.core.sheets import as_bytes
from archive.dossiers.answering import Refusal, refused, unit_choices
from archive.inspection import findings, forms
from archive.inspection.blueprints import pages
from archive.inspection.kinds import FindingState, Step
from archive.inspection.sample_pages import as_xlsx
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.get("/findings")
@requires(Permission.READ)
def finding_list() -> ResponseReturnValue:
    """Show the findings the person raised or answers for."""
    return _list({name: request.args.get(name, "") for name in ("dossier", "sample")}, None)


@pages.post("/findings")
@requires(Permission.READ_AUDIT)
def raise_finding() -> ResponseReturnValue:
    """Raise a finding."""
    try:
        form = parse(forms.RaiseFinding(), {**request.form, "sample": request.form.get("sample") or None})
        with acting() as act:
            number = findings.open_one(**form, act=act).number
    except ArchiveError as error:
        return _list(request.form.to_dict(), refused(error))
    return redirect(url_for(".finding", number=number), 303)


@pages.get("/findings/<number>")
@requires(Permission.READ)
def finding(number: str) -> ResponseReturnValue:
    """Show a finding with everything said on it, and what may be said next."""
    check_may()
    return _one(number, {}, None)


@pages.post("/findings/<number>")
@requires(Permission.READ)
def say(number: str) -> ResponseReturnValue:
    """Reply, or as the auditor send back, accept, close."""
    check_may()
    try:
        form = parse(forms.SayOnFinding(), request.form)
        with acting() as act:
            findings.say(findings.find(act.session, number, person()), **form, act=act)
    except ArchiveError as error:
        return _one(number, request.form.to_dict(), refused(error))
    flash("已记录。", "success")
    return redirect(url_for(".finding", number=number), 303)


@pages.get("/findings.xlsx")
@requires(Permission.READ)
def findings_xlsx() -> Response:
    """Give the findings as a table; recorded."""
    check_may()
    with acting() as act:
        content = as_bytes(findings.sheet(act.session, person()))
        act.record("finding:export", None)
    return as_xlsx(content, "审计问题")


def check_may() -> None:
    """Refuse who neither audits nor answers auditors. Raises NotAllowed."""
    if not may(person(), Permission.READ_AUDIT) and not may(person(), Permission.ADMIT):
        raise NotAllowed("person.lacks", permission=Permission.ADMIT)


def _list(values: dict[str, str], refusal: Refusal | None) -> ResponseReturnValue:
    check_may()
    session = db.session()
    wanted = request.args.get("state", "")
    state = FindingState(wanted) if wanted in set(FindingState) else None
    html = render_template(
        "inspection/findings.html",
        page=findings.page(session, person(), PageRequest(50, request.args.get("after", "")), state),
        state=state,
        states=FindingState,
        may_raise=may(person(), Permission.READ_AUDIT),
        units=unit_choices(people.units(session), person(), Permission.READ_AUDIT),
        values=values,
        refusal=refusal,
    )
    return html, refusal.status if refusal else 200


def _one(number: str, values: dict[str, str], refusal: Refusal | None) -> ResponseReturnValue:
    found = findings.find(db.session(), number, person())
    html = render_template(
        "inspection/finding.html",
        found=found,
        steps=findings.next_steps(found, person()),
        office=Step.REPLY,
        values=values,
        refusal=refusal,
    )
    return html, refusal.status if refusal else 200
