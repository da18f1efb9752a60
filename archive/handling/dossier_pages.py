"""The two tabs of a dossier: 办理 (investigation and opinions), 处置与回访 (what is done about it, and afterwards)."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.clock import SHANGHAI
from archive.core.db import db
from archive.core.errors import ArchiveError, NotFound
from archive.core.labels import label
from archive.dossiers import access
from archive.dossiers.answering import Refusal, refused
from archive.dossiers.dossier_pages import head_of
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.handling import asking, clusters, conditions, progress, queries, records, showing
from archive.handling.blueprints import pages
from archive.handling.kinds import Sheet, Step
from archive.handling.records import RECORDS
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import Form, parse

WORK = (
    Sheet.TASKS, Sheet.EVIDENCE, Sheet.INTERVIEWS, Sheet.CONSULTATIONS, Sheet.MINUTES, Sheet.OPINIONS,
    Sheet.FULFILMENTS,
)  # fmt: skip
AFTER = (
    Sheet.MEDIATIONS, Sheet.COMPENSATIONS, Sheet.THIRD_PARTIES, Sheet.MEASURES, Sheet.REVIEWS, Sheet.GRADINGS,
    Sheet.REPORTS, Sheet.FOLLOW_UPS, Sheet.ACCOUNTABILITY,
)  # fmt: skip


@pages.get("/dossiers/<number>/handling/")
@requires(Permission.READ)
def work(number: str) -> str:
    """Show the investigation: tasks, evidence, interviews, consultations, minutes, opinions."""
    session = db.session()
    dossier = access.find(session, number, person())
    demands = conditions.lines(session, dossier)
    sections = _sections(session, dossier, WORK)
    for part in sections:
        if part["sheet"] is Sheet.FULFILMENTS:
            part["may_make"] = part["may_make"] and any(line.recordable for line in demands)
    return render_template(
        "handling/work.html",
        **head_of(dossier),
        sections=sections,
        demands=demands,
        may_record=records.makeable(Sheet.FULFILMENTS, dossier, person()),
    )


@pages.get("/dossiers/<number>/settling/")
@requires(Permission.READ)
def after(number: str) -> str:
    """Show what is done about it: mediation, compensation, measures, review, reports, follow-up."""
    session = db.session()
    dossier = access.find(session, number, person())
    return render_template(
        "handling/after.html",
        **head_of(dossier),
        sections=_sections(session, dossier, AFTER),
        consents=queries.consents(session, dossier),
        groups=clusters.of_dossier(session, dossier, person()),
        may_give_code=any(may(person(), one, dossier.unit.path) for one in (Permission.REGISTER, Permission.HANDLE)),
    )


@pages.route("/dossiers/<number>/handling/<sheet>/new", methods=["GET", "POST"])
@requires(Permission.READ)
def new(number: str, sheet: str) -> ResponseReturnValue:
    """Make a record."""
    kind = _sheet(sheet)
    form = RECORDS[kind].form
    if request.method == "GET":
        return _form(number, kind, None, form, _usual(form), None)
    values = asking.typed(form, request.form)
    try:
        asked = parse(form(), values)
        with acting() as act:
            row = records.make(kind, access.find(act.session, number, person()), asked, act=act)
    except NotFound:
        raise
    except ArchiveError as error:
        return _form(number, kind, None, form, values, refused(error))
    flash(f"已登记：{label(kind)}。", "success")
    return redirect(_back(number, kind, row.id))


@pages.route("/dossiers/<number>/handling/<sheet>/<uuid:row_id>/<step>", methods=["GET", "POST"])
@requires(Permission.READ)
def step(number: str, sheet: str, row_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Do a step of a record."""
    kind = _sheet(sheet)
    taken = _step(kind, step)
    form = RECORDS[kind].steps[taken].form
    if request.method == "GET":
        return _form(number, kind, taken, form, _usual(form), None, row_id)
    values = asking.typed(form, request.form)
    try:
        asked = parse(form(), values)
        with acting() as act:
            dossier = access.find(act.session, number, person())
            records.take(kind, taken, dossier, row_id, asked, act=act)
    except NotFound:
        raise
    except ArchiveError as error:
        return _form(number, kind, taken, form, values, refused(error), row_id)
    flash(f"已办理：{label(kind)}·{label(taken)}。", "success")
    return redirect(_back(number, kind, row_id))


@pages.post("/dossiers/<number>/progress-code")
@requires(Permission.READ)
def give_code(number: str) -> str:
    """Make the complainant a code for the progress page and show its slip, once."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        code = progress.give(dossier, act=act)
    kept = progress.code_of(db.session(), dossier)
    return render_template("handling/slip.html", **head_of(dossier), code=code, kept=kept)


def _sections(session: Session, dossier: Dossier, sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    found = []
    for sheet in sheets:
        reads = RECORDS[sheet].reads
        if reads is not Permission.READ and not may(person(), reads, dossier.unit.path):
            continue
        rows = queries.of_dossier(session, dossier, sheet)
        found.append(
            {
                "sheet": sheet,
                "cards": showing.cards(sheet, rows, dossier, person(), now()),
                "may_make": records.makeable(sheet, dossier, person()) and _fits(sheet, dossier),
            }
        )
    return found


# In which states a record of a kind can begin; no line: as long as the dossier is open.
_STATES = {
    Sheet.MEDIATIONS: (State.MEDIATING,),
    Sheet.REVIEWS: (State.ANSWERED, State.REVIEWING),
    Sheet.FOLLOW_UPS: (State.ANSWERED, State.CLOSED),
}


def _fits(sheet: Sheet, dossier: Dossier) -> bool:
    return dossier.state in _STATES.get(sheet, (dossier.state,))


def _form(
    number: str,
    sheet: Sheet,
    step: Step | None,
    form: type[Form],
    values: Any,
    refusal: Refusal | None,
    row_id: uuid.UUID | None = None,
) -> ResponseReturnValue:
    session = db.session()
    dossier = access.find(session, number, person())
    if sheet is Sheet.TASKS and step is None:
        values = {"unit": dossier.unit.code, **values}
    card = None
    records.check_reader(sheet, dossier, person())
    if row_id is not None:
        row = records.one(sheet, dossier, row_id, person(), session)
        card = showing.cards(sheet, [row], dossier, person(), now())[0]
    html = render_template(
        "handling/form.html",
        **head_of(dossier),
        sheet=sheet,
        step=step,
        card=card,
        asks=asking.asks(form, sheet.value, session, dossier),
        values=values,
        refusal=refusal,
        problems=refusal.problems if refusal else (),
        back=_back(number, sheet, row_id),
    )
    return html, refusal.status if refusal else 200


# Days on which something has happened: today, as a rule. `replied_on` is not among them: no answer is usual.
_TODAY = frozenset(
    {
        "asked_on", "requested_on", "received_on", "taken_on", "promised_on", "paid_on", "decided_on", "result_on",
        "told_on",
    }
)  # fmt: skip


def _usual(form: type[Form]) -> dict[str, Any]:
    """Return what a form starts with: today where something has happened, one's own name, what the address says."""
    today = now().astimezone(SHANGHAI)
    found: dict[str, Any] = {}
    for name in form().fields:
        if name == "at":
            found[name] = today.strftime("%Y-%m-%dT%H:%M")
        elif name in _TODAY:
            found[name] = today.date().isoformat()
        elif name in ("interviewer", "mediator"):
            found[name] = person().name
    return {**found, **request.args.to_dict()}


def _back(number: str, sheet: Sheet, row_id: uuid.UUID | None) -> str:
    endpoint = ".work" if sheet in WORK else ".after"
    return url_for(endpoint, number=number, _anchor=f"r-{row_id}" if row_id else sheet.value)


def _sheet(text: str) -> Sheet:
    try:
        return Sheet(text)
    except ValueError:
        raise NotFound("page.unknown") from None


def _step(sheet: Sheet, text: str) -> Step:
    if text not in RECORDS[sheet].steps:
        raise NotFound("page.unknown")
    return Step(text)
