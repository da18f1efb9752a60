"""The API of keeping: explanations, holds, joined dossiers, rules, alarms; and the deletion that is always refused."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from collections.abc import Sequence
from typing import Any, NoReturn

from flask import Response
from sqlalchemy import select

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import Problem, Refused
from archive.core.paging import PageRequest
from archive.documents import queries as documents
from archive.documents import renditions
from archive.dossiers import access, selections
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.retention import (
    alarms,
    api_rights,
    bulk_holds,
    closings,
    explaining,
    figures,
    forms,
    holds,
    keeping,
    pages,
    reading,
    scanning,
)
from archive.retention.blueprints import api
from archive.retention.models import Alarm, RetentionRule
from archive.retention.periods import parse_years
from archive.web.idempotency import idempotent

__all__ = ["api", "api_rights"]

_DOSSIER = "/dossiers/<number>"


@api.get(f"{_DOSSIER}/retention")
@requires(Permission.READ)
@api.response(200, forms.ExplanationBody)
def explain(number: str) -> Any:
    """Tell until when a dossier is kept, by which rule, and all that speaks against destroying it."""
    session = db.session()
    return explaining.explain(session, access.find(session, number, person()), now())


@api.delete(_DOSSIER)
@requires(Permission.KEEP)
@api.response(204)
def delete_dossier(number: str) -> None:
    """Always refused, with every reason: what has expired is destroyed by an approved list only."""
    _refuse(number)


@api.delete(f"{_DOSSIER}/documents/<uuid:document_id>")
@requires(Permission.KEEP)
@api.response(204)
def delete_document(number: str, document_id: uuid.UUID) -> None:
    """Always refused, with every reason: a document goes with its dossier, when an approved list destroys it."""
    documents.at(db.session(), number, document_id, person())
    _refuse(number)


@api.get(f"{_DOSSIER}/holds")
@requires(Permission.READ)
@api.response(200, forms.HoldBody(many=True))
def list_holds(number: str) -> Any:
    """List all holds a dossier ever had."""
    session = db.session()
    return reading.holds_of(session, access.find(session, number, person()).id)


@api.post(f"{_DOSSIER}/holds")
@requires(Permission.HOLD)
@idempotent
@api.arguments(forms.PlaceHold)
@api.response(201, forms.HoldBody)
def place_hold(form: dict[str, Any], number: str) -> Any:
    """Hold a dossier."""
    with acting() as act:
        return holds.place(access.find(act.session, number, person()), **form, act=act)


@api.post("/holds")
@requires(Permission.HOLD)
@idempotent
@api.arguments(forms.PlaceHolds)
@api.response(201, forms.HoldBody(many=True))
def place_holds(form: dict[str, Any]) -> Any:
    """Hold many dossiers at once, all or none."""
    numbers = form.pop("numbers")
    with acting() as act:
        found = [access.find(act.session, number, person()) for number in dict.fromkeys(numbers)]
        return holds.place_on_all(found, **form, act=act)


@api.post("/holds/of-selection")
@requires(Permission.HOLD)
@idempotent
@api.arguments(forms.HoldMany)
@api.response(202, forms.HoldOrderBody)
def hold_selection(form: dict[str, Any]) -> Any:
    """Hold the dossiers of a selection, each row on its own; the worker does it."""
    with acting() as act:
        selection = selections.read(act.session, person(), form.pop("selection"))
        return bulk_holds.place(selections.ids_of(act.session, person(), selection), form, act=act)


@api.get("/holds/orders/<uuid:order_id>")
@requires(Permission.HOLD)
@api.response(200, forms.HoldOrderBody)
def show_hold_order(order_id: uuid.UUID) -> Any:
    """Return how far your order about many holds is, and what was passed over."""
    return bulk_holds.find(db.session(), order_id, person())


@api.get(f"{_DOSSIER}/renditions")
@requires(Permission.READ)
@api.response(200, forms.RenditionBody(many=True))
def list_renditions(number: str) -> Any:
    """List what the archive made of a filed dossier: cover, catalogue, PDF/A of office documents."""
    session = db.session()
    return renditions.of_dossier(session, access.find(session, number, person()).id)


@api.get(f"{_DOSSIER}/renditions/<uuid:rendition_id>")
@requires(Permission.READ)
@api.response(200, {"format": "binary", "type": "string"}, content_type="application/pdf")
def fetch_rendition(number: str, rendition_id: uuid.UUID) -> Response:
    """Return cover, catalogue or PDF/A; that it was read is recorded."""
    return pages.sent_rendition(number, rendition_id)


@api.post(f"{_DOSSIER}/scans/<uuid:version_id>/accept")
@requires(Permission.CLOSE)
@api.arguments(forms.Reason)
@api.response(204)
def accept_scan(form: dict[str, Any], number: str, version_id: uuid.UUID) -> None:
    """Let a find of the virus scanner stand as evidence, by name and with a reason."""
    with acting() as act:
        scanning.accept(access.find(act.session, number, person()), version_id, reason=form["reason"], act=act)


@api.post(f"{_DOSSIER}/holds/<uuid:hold_id>/ask-release")
@requires(Permission.HOLD)
@api.arguments(forms.Reason)
@api.response(200, forms.HoldBody)
def ask_release(form: dict[str, Any], number: str, hold_id: uuid.UUID) -> Any:
    """Ask that a hold be released; another person decides."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        hold = reading.hold(act.session, dossier.id, hold_id)
        holds.ask_release(hold, dossier, reason=form["reason"], act=act)
        return hold


@api.post(f"{_DOSSIER}/holds/<uuid:hold_id>/release")
@requires(Permission.HOLD)
@api.response(200, forms.HoldBody)
def release_hold(number: str, hold_id: uuid.UUID) -> Any:
    """Release a hold, as somebody else asked."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        hold = reading.hold(act.session, dossier.id, hold_id)
        holds.release(hold, dossier, act=act)
        return hold


@api.post(f"{_DOSSIER}/holds/<uuid:hold_id>/keep-on")
@requires(Permission.HOLD)
@api.response(200, forms.HoldBody)
def keep_hold_on(number: str, hold_id: uuid.UUID) -> Any:
    """Refuse the release that somebody asked for."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        hold = reading.hold(act.session, dossier.id, hold_id)
        holds.keep_on(hold, dossier, act=act)
        return hold


@api.get(f"{_DOSSIER}/closing-checks")
@requires(Permission.READ)
@api.response(200, forms.ClosingCheckBody(many=True))
def list_closing_checks(number: str) -> Any:
    """List what was found of the closing day that came with an old dossier."""
    session = db.session()
    return closings.checks_of(session, access.find(session, number, person()).id)


@api.post(f"{_DOSSIER}/closing-checks")
@requires(Permission.APPRAISE)
@idempotent
@api.arguments(forms.CheckClosing)
@api.response(201, forms.ClosingCheckBody)
def check_closing(form: dict[str, Any], number: str) -> Any:
    """Say whether the closing day that came with an old dossier stands; the second person to say so confirms it."""
    with acting() as act:
        return closings.check(access.find(act.session, number, person()), **form, act=act)


@api.get("/closing-checks")
@requires(Permission.APPRAISE)
@api.arguments(forms.PageQuery, location="query")
@api.response(200, forms.AwaitingPage)
def list_closings_awaiting(query: dict[str, Any]) -> Any:
    """List the dossiers whose closing day waits for two persons, by number."""
    return closings.awaiting(db.session(), person(), PageRequest(after=query["after"]))


@api.post("/closing-checks")
@requires(Permission.APPRAISE)
@idempotent
@api.arguments(forms.CheckClosings)
@api.response(201, forms.ClosingCheckBody(many=True))
def check_closings(form: dict[str, Any]) -> Any:
    """Confirm the closing days of many old dossiers by one finding, all or none."""
    with acting() as act:
        found = [access.find(act.session, number, person()) for number in dict.fromkeys(form["numbers"])]
        return closings.check_all(found, finding=form["finding"], act=act)


@api.post(f"{_DOSSIER}/joined")
@requires(Permission.KEEP)
@api.arguments(forms.Join)
@api.response(204)
def join(form: dict[str, Any], number: str) -> None:
    """Keep two dossiers together, both until the later end."""
    with acting() as act:
        first = access.find(act.session, number, person())
        keeping.join(first, access.find(act.session, form["number"], person()), reason=form["reason"], act=act)


@api.get("/retention-rules")
@requires(Permission.READ)
@api.response(200, forms.RuleBody(many=True))
def list_rules() -> Any:
    """List all versions of all retention rules."""
    return db.session().scalars(select(RetentionRule).order_by(RetentionRule.code, RetentionRule.version)).all()


@api.post("/retention-rules")
@requires(Permission.KEEP)
@idempotent
@api.arguments(forms.NewRule)
@api.response(201, forms.RuleBody)
def add_rule(form: dict[str, Any]) -> Any:
    """Add a retention rule, or the next version of one."""
    with acting() as act:
        years = parse_years(form.pop("years"))
        return keeping.add_rule(rule_code=form.pop("code"), years=years, **form, act=act)


@api.get("/alarms")
@requires(Permission.KEEP)
@api.arguments(forms.PageQuery, location="query")
@api.response(200, forms.AlarmsBody)
def list_alarms(query: dict[str, Any]) -> Any:
    """List open alarms, the newest first."""
    found = alarms.listed(db.session(), PageRequest(after=query["after"]))
    return {"rows": _shown(found.rows), "next": found.next}


@api.post("/alarms/<uuid:alarm_id>/clear")
@requires(Permission.KEEP)
@api.arguments(forms.Reason)
@api.response(200, forms.AlarmBody)
def clear_alarm(form: dict[str, Any], alarm_id: uuid.UUID) -> Any:
    """Close an alarm with what was found and done."""
    with acting() as act:
        alarm = alarms.by_id(act.session, alarm_id)
        alarms.clear(alarm, note=form["reason"], act=act)
        return _shown([alarm])[0]


@api.get("/metrics")
@requires(Permission.MANAGE_SYSTEM)
@api.response(200, {"type": "string"}, content_type="text/plain")
def metrics() -> Response:
    """Return the figures of keeping in the text format of Prometheus, for a token with `manage_system`."""
    told = figures.lines(figures.figures(db.session(), now()))
    return Response("".join(f"{line}\n" for line in told), content_type="text/plain; version=0.0.4; charset=utf-8")


def _shown(found: Sequence[Alarm]) -> list[dict[str, Any]]:
    """Return alarms with what they are about, as far as the person may see the dossier."""
    numbers = alarms.numbers(db.session(), found, person())
    open_to = [one.dossier_id is None or one.dossier_id in numbers for one in found]
    return [
        {**vars(one), "dossier": numbers.get(one.dossier_id, "") if one.dossier_id else ""}
        | ({"about": one.key.partition(":")[2]} if seen else {"about": "", "facts": {}})
        for one, seen in zip(found, open_to, strict=True)
    ]


def _refuse(number: str) -> NoReturn:
    session = db.session()
    found = explaining.explain(session, access.find(session, number, person()), now())
    raise Refused("retention.kept", [*found.reasons, Problem("kept.no_route")], number=found.number)
