"""Pages of keeping: the tab 保管 of a dossier, the overview of what is kept, alarms, rules."""

import uuid

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.labels import label
from archive.core.paging import PageRequest
from archive.documents import names, renditions
from archive.documents import queries as documents
from archive.dossiers import access
from archive.dossiers.dossier_pages import head_of
from archive.dossiers.models import Dossier
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.retention import (
    alarms,
    clocks,
    closing_pages,
    closings,
    explaining,
    forms,
    hold_pages,
    holds,
    overview,
    privacy,
    reading,
    removal_pages,
    scanning,
)
from archive.retention.blueprints import pages
from archive.retention.four_properties import Property, Result
from archive.retention.labels import ADVICE, CHECKS
from archive.retention.models import Hold, RetentionRule
from archive.retention.rules import HoldKind
from archive.web.forms import parse

__all__ = ["closing_pages", "hold_pages", "pages", "removal_pages"]


@pages.get("/retention/")
@requires(Permission.KEEP)
def index() -> str:
    """Show what is kept: expiries ahead, holds, open alarms."""
    found = overview.overview(db.session(), person(), now())
    return render_template("retention/index.html", found=found, may_hold=may(person(), Permission.HOLD))


@pages.get("/retention/rules")
@requires(Permission.KEEP)
def rules() -> str:
    """Show all versions of all retention rules."""
    rows = db.session().scalars(select(RetentionRule).order_by(RetentionRule.code, RetentionRule.version)).all()
    return render_template("retention/rules.html", rules=rows)


@pages.get("/retention/alarms")
@requires(Permission.KEEP)
def alarm_list() -> str:
    """Show open alarms, or the cleared ones, and jumps of the clock."""
    session, cleared = db.session(), "cleared" in request.args
    page = alarms.listed(session, PageRequest(after=request.args.get("after", "")), cleared=cleared)
    return render_template(
        "retention/alarms.html", page=page, numbers=alarms.numbers(session, page.rows, person()), cleared=cleared,
        jumps=clocks.open_jumps(session), advice=ADVICE,
    )  # fmt: skip


@pages.post("/retention/alarms/<uuid:alarm_id>/clear")
@requires(Permission.KEEP)
def clear_alarm(alarm_id: uuid.UUID) -> ResponseReturnValue:
    """Close an alarm with what was found and done."""
    with acting() as act:
        alarm = alarms.by_id(act.session, alarm_id)
        alarms.clear(alarm, note=parse(forms.Reason(), request.form)["reason"], act=act)
    flash("告警已处理。", "success")
    return redirect(url_for(".alarm_list"))


@pages.post("/retention/jumps/<uuid:jump_id>/confirm")
@requires(Permission.HOLD)
def confirm_jump(jump_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the clock was right to jump."""
    with acting() as act:
        clocks.confirm(clocks.jump(act.session, jump_id), act=act)
    flash("已确认。", "success")
    return redirect(url_for(".alarm_list") if may(person(), Permission.KEEP) else "/")


@pages.route("/dossiers/<number>/retention", methods=["GET"])
@requires(Permission.READ)
def of_dossier(number: str) -> ResponseReturnValue:
    """Show until when a dossier is kept, by which rule, its holds, and all that speaks against destroying it."""
    return _panel(number)


@pages.post("/dossiers/<number>/closing-checks")
@requires(Permission.APPRAISE)
def check_closing(number: str) -> ResponseReturnValue:
    """Say whether the closing day that came with a dossier stands."""
    try:
        with acting() as act:
            dossier = access.find(act.session, number, person())
            closings.check(dossier, **parse(forms.CheckClosing(), request.form), act=act)
    except BadInput as error:
        return _panel(number, error.problems)
    flash("已记录您的核对意见。", "success")
    return redirect(url_for(".of_dossier", number=number))


@pages.post("/dossiers/<number>/holds")
@requires(Permission.HOLD)
def place_hold(number: str) -> ResponseReturnValue:
    """Hold a dossier."""
    try:
        with acting() as act:
            dossier = access.find(act.session, number, person())
            holds.place(dossier, **parse(forms.PlaceHold(), request.form), act=act)
    except BadInput as error:
        return _panel(number, error.problems)
    flash("已冻结：解除之前不能销毁。", "success")
    return redirect(url_for(".of_dossier", number=number))


@pages.post("/dossiers/<number>/holds/<uuid:hold_id>/ask-release")
@requires(Permission.HOLD)
def ask_release(number: str, hold_id: uuid.UUID) -> ResponseReturnValue:
    """Ask that a hold be released; another person decides."""
    with acting() as act:
        hold, dossier = _hold(act.session, number, hold_id)
        holds.ask_release(hold, dossier, reason=parse(forms.Reason(), request.form)["reason"], act=act)
    return redirect(url_for(".of_dossier", number=number))


@pages.post("/dossiers/<number>/holds/<uuid:hold_id>/release")
@requires(Permission.HOLD)
def release(number: str, hold_id: uuid.UUID) -> ResponseReturnValue:
    """Release a hold, as somebody else asked."""
    with acting() as act:
        holds.release(*_hold(act.session, number, hold_id), act=act)
    return redirect(url_for(".of_dossier", number=number))


@pages.post("/dossiers/<number>/holds/<uuid:hold_id>/keep-on")
@requires(Permission.HOLD)
def keep_on(number: str, hold_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse the release that somebody asked for."""
    with acting() as act:
        holds.keep_on(*_hold(act.session, number, hold_id), act=act)
    return redirect(url_for(".of_dossier", number=number))


@pages.get("/dossiers/<number>/renditions/<uuid:rendition_id>")
@requires(Permission.READ)
def rendition(number: str, rendition_id: uuid.UUID) -> Response:
    """Send cover, catalogue or PDF/A of a filed dossier, and record that it was read."""
    return sent_rendition(number, rendition_id)


def sent_rendition(number: str, rendition_id: uuid.UUID) -> Response:
    """Answer with what the archive made of a dossier."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        found = renditions.one(act.session, dossier, rendition_id)
        act.record("rendition:show", found, kind=found.kind, sha256=found.sha256)
        name = f"{number} {label(found.kind)}.pdf"
        content = renditions.read(found)
    response = Response(content, content_type="application/pdf")
    plain = f"{number}-{found.kind.value}.pdf"
    response.headers["Content-Disposition"] = names.disposition("inline", name, plain)
    return response


@pages.post("/dossiers/<number>/scans/<uuid:version_id>/accept")
@requires(Permission.CLOSE)
def accept_scan(number: str, version_id: uuid.UUID) -> ResponseReturnValue:
    """Let a find of the virus scanner stand as evidence."""
    with acting() as act:
        reason = parse(forms.Reason(), request.form)["reason"]
        scanning.accept(access.find(act.session, number, person()), version_id, reason=reason, act=act)
    flash("已确认作为证据保留。", "success")
    return redirect(url_for(".of_dossier", number=number))


def _hold(session: Session, number: str, hold_id: uuid.UUID) -> tuple[Hold, Dossier]:
    dossier = access.find(session, number, person())
    return reading.hold(session, dossier.id, hold_id), dossier


@pages.route("/dossiers/<number>/erasure-requests", methods=["GET", "POST"])
@requires(Permission.RESTRICT)
def erasure_requests(number: str) -> ResponseReturnValue:
    """Decide on a complainant's request for erasure, and show what was decided before."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            with acting() as act:
                form = parse(forms.AnswerErasure(), request.form)
                privacy.answer(access.find(act.session, number, person()), **form, act=act)
            return redirect(url_for(".erasure_requests", number=number))
        except BadInput as error:
            problems = error.problems
    session = db.session()
    dossier = access.find(session, number, person())
    return render_template(
        "retention/erasure_requests.html",
        **head_of(dossier),
        requests=privacy.requests_of(session, dossier),
        may_draft=may(person(), Permission.DRAFT_LETTER, dossier.unit.path),
        values=request.form,
        problems=problems,
    ), 422 if problems else 200


def _panel(number: str, problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    session = db.session()
    dossier = access.find(session, number, person())
    return render_template(
        "retention/of_dossier.html",
        **head_of(dossier),
        found=explaining.explain(session, dossier, now()),
        history=reading.holds_of(session, dossier.id),
        report=reading.last_report(session, dossier.id),
        kept=reading.keeping(session, dossier.id),
        closing_checks=closings.checks_of(session, dossier.id),
        sources=closings.documents_of(session, dossier.id),
        cited=documents.labels(session, dossier.id),
        may_check=may(person(), Permission.APPRAISE, dossier.unit.path),
        renditions=renditions.of_dossier(session, dossier.id),
        finds=scanning.finds_of(session, dossier.id),
        labels=documents.labels_of_versions(session, dossier.id),
        may_accept=may(person(), Permission.CLOSE, dossier.unit.path),
        checks=CHECKS,
        results={result.value: result for result in Result},
        properties={one.value: one for one in Property},
        may_hold=may(person(), Permission.HOLD, dossier.unit.path),
        may_restrict=may(person(), Permission.RESTRICT, dossier.unit.path),
        me=person(),
        kinds=HoldKind,
        values=request.form,
        problems=problems,
    ), 422 if problems else 200
