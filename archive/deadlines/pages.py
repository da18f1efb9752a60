"""Pages of the working-day calendar: a year as a picture, next year's notice pasted, checked and confirmed by two."""

import uuid
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.deadlines import drawing, forms, table
from archive.deadlines.labels import EVENTS
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse

pages = Blueprint("deadlines", __name__)
pages.add_app_template_global(lambda code: EVENTS.get(code, code), "event_word")


@pages.get("/calendar/")
@requires(Permission.READ)
def calendar() -> str:
    """Show a year of the calendar, the notices, and where to paste the next one."""
    return _calendar()


@pages.post("/calendar/")
@requires(Permission.GOVERN)
def propose() -> ResponseReturnValue:
    """Propose a pasted notice: taken whole or refused whole, with line and reason."""
    try:
        with acting() as act:
            row = table.propose(parse(forms.NoticeForm(), request.form)["text"], act=act)
            year = row.year
    except BadInput as error:
        return _calendar(error, error.problems), error.status
    flash(f"已读出 {year} 年的安排，请对照原文核对下图，再由他人确认。", "success")
    return redirect(url_for(".calendar", year=year))


@pages.post("/calendar/<uuid:notice_id>/confirm")
@requires(Permission.GOVERN)
def confirm(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a pasted notice."""
    with acting() as act:
        row = table.notice(act.session, notice_id)
        table.confirm(row, act=act)
        year = row.year
    flash("已确认，暂定的期限正在重新计算。", "success")
    return redirect(url_for(".calendar", year=year))


@pages.post("/calendar/<uuid:notice_id>/drop")
@requires(Permission.GOVERN)
def drop(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Give up a pasted notice."""
    with acting() as act:
        row = table.notice(act.session, notice_id)
        table.drop(row, act=act)
        year = row.year
    flash("已撤下。", "success")
    return redirect(url_for(".calendar", year=year))


def _calendar(error: BadInput | None = None, problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    days = table.calendar(session)
    year = request.args.get("year", type=int) or shanghai_date(now()).year
    year = min(max(year, 2000), 2099)
    notices = table.notices(session)
    waiting = next((row for row in notices if row.year == year and not row.confirmed_at and not row.dropped_at), None)
    said = table.read(waiting) if waiting else None
    source = said.is_workday if said else days.is_workday
    return render_template(
        "deadlines/calendar.html",
        year=year,
        known=days.knows(year),
        settled=days.is_settled(date(year, 12, 31)),
        picture=drawing.year(year, source, f"{year} 年工作日历"),
        waiting=waiting,
        said=said,
        notices=notices,
        sources=sorted({row.source for row in table.days_of(session, year)}),
        error=error,
        problems=problems,
        values=request.form,
        me=person().id,
    )
