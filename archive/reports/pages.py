"""Pages of the reports: the overview, how units and officers fare, reports as they were made."""

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core import sheets
from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, RuleBroken
from archive.core.labels import label
from archive.core.paging import PageRequest
from archive.core.sheets import Column, Sheet
from archive.documents.names import disposition
from archive.dossiers.answering import refused
from archive.dossiers.states import Channel, State
from archive.people.guard import person, requires
from archive.people.rules import Permission, covering, may
from archive.printing import operations as printing
from archive.reports import bodies, calendar, performance, periods, queries, showing, snapshots
from archive.reports.definitions import FIGURES
from archive.reports.models import ReportKind, ReportSnapshot
from archive.web.charts import Bar, Line, bars, over_time
from archive.web.forms import parse

pages = Blueprint("reports", __name__, url_prefix="/reports")


@pages.get("/")
@requires(Permission.REPORT)
def index() -> str:
    """Show what came in, what ended and what is open, as pictures with the figures behind them."""
    found = queries.overview(db.session(), person(), today=shanghai_date(now()))
    states = [
        Bar(label(State(row.value)), row.number, url_for("dossiers.index", state=row.value)) for row in found.by_state
    ]
    channels = [Bar(label(Channel(row.value)), row.number) for row in found.by_channel]
    return render_template(
        "reports/index.html",
        overview=found,
        months_chart=over_time(
            "近十二个月登记与办结",
            [month.name for month in found.months],
            [Line("登记", [m.registered for m in found.months]), Line("办结", [m.ended for m in found.months])],
        ),
        charts=[
            ("当前状态", "状态", states, bars("当前状态", states)),
            ("渠道（近十二个月）", "渠道", channels, bars("渠道", channels)),
            *[
                (title, word, rows, bars(title, rows))
                for title, word, rows in (
                    ("业务类别（近十二个月）", "类别", [Bar(c.value, c.number) for c in found.by_category]),
                    ("被投诉机构（近十二个月，前十）", "机构", [Bar(c.value, c.number) for c in found.by_respondent]),
                )
            ],
        ],
    )


@pages.get("/performance")
@requires(Permission.REPORT)
def fares() -> str:
    """Show how the units and officers fare on which the reader may report."""
    session, today = db.session(), shanghai_date(now())
    period = periods.any_of(request.args.get("period", "").strip(), today)
    paths = covering(person().paths(Permission.REPORT))
    found = performance.figures(session, paths, period, now())
    units, officers = performance.by_unit(session, found), performance.by_officer(session, found)
    return render_template(
        "reports/performance.html",
        period=period,
        choices=calendar.choices(today),
        whole=performance.together(units),
        groups=[
            (
                word,
                lines,
                bars(f"{word}在办", [Bar(one.name, one.in_hand, part=one.overdue_now) for one in lines], "逾期"),
            )
            for word, lines in (("单位", units), ("承办人", officers))
        ],
        figures=[FIGURES[name] for name in _MEANT],
    )


_MEANT = (
    "in_hand", "overdue_now", "registered", "closed", "on_time", "late", "on_time_rate", "median_days", "reopened",
    "satisfaction",
)  # fmt: skip


@pages.get("/made/")
@requires(Permission.REPORT)
def made() -> ResponseReturnValue:
    """Show the reports that were made, and which are due."""
    return _made(None)


@pages.post("/made/")
@requires(Permission.REPORT)
def make() -> ResponseReturnValue:
    """Make a report."""
    try:
        asked = parse(bodies.MakeForm(), request.form)
        with acting() as act:
            unit = snapshots.unit_for(act.session, person(), asked["unit"])
            done = snapshots.make(asked["kind"], asked["period"], unit, reason=asked["reason"], act=act)
            snapshot_id = done.id
    except ArchiveError as error:
        return _made(error)
    flash("已编制并固化。此后案卷有变动，这份报表也不会改变。", "success")
    return redirect(url_for(".show", snapshot_id=snapshot_id))


@pages.get("/made/<uuid:snapshot_id>")
@requires(Permission.REPORT)
def show(snapshot_id: uuid.UUID) -> str:
    """Show a report as it was made."""
    return _show(snapshot_id, None)


@pages.post("/made/<uuid:snapshot_id>/verify")
@requires(Permission.REPORT)
def verify(snapshot_id: uuid.UUID) -> ResponseReturnValue:
    """Reckon a report again and show what differs and why."""
    try:
        verdict = snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, person()))
    except RuleBroken as error:
        return _show(snapshot_id, None, refused(error)), error.status
    return _show(snapshot_id, verdict)


@pages.get("/made/<uuid:snapshot_id>/workbook")
@requires(Permission.EXPORT)
def workbook(snapshot_id: uuid.UUID) -> Response:
    """Hand a report out as xlsx, a sheet for each table."""
    with acting() as act:
        snapshot = snapshots.find(act.session, snapshot_id, person())
        title, about = _title(snapshot), _about(snapshot)
        data = snapshot.figures
        act.record("report:export", snapshot, report=snapshot.kind.value, period=snapshot.period)
    content = sheets.as_bytes(
        *(
            Sheet(
                block.title,
                [Column(head, 28 if at < block.texts else 14) for at, head in enumerate(block.heads)],
                block.rows,
                [title, about, *([block.note] if block.note else [])],
            )
            for block in showing.blocks(data)
        )
    )
    headers = {"Content-Disposition": disposition("attachment", f"{title}.xlsx", "report.xlsx")}
    return Response(content, content_type=sheets.MEDIA_TYPE, headers=headers)


@pages.post("/made/<uuid:snapshot_id>/print")
@requires(Permission.REPORT)
def print_report(snapshot_id: uuid.UUID) -> ResponseReturnValue:
    """Have a report set for paper."""
    with acting() as act:
        snapshot = snapshots.find(act.session, snapshot_id, person())
        title = _title(snapshot)
        page = render_template(
            "reports/print.html",
            title=title,
            snapshot=snapshot,
            about=_about(snapshot),
            headline=showing.headline(snapshot.figures),
            blocks=showing.blocks(snapshot.figures),
            public=snapshot.kind is ReportKind.ANNUAL_PUBLIC,
            day=shanghai_date(act.moment),
        )
        act.record("report:print", snapshot, report=snapshot.kind.value, period=snapshot.period)
        printout_id = printing.order(title, page, act=act).id
    return redirect(url_for("printing.show", printout_id=printout_id))


def _made(error: ArchiveError | None) -> ResponseReturnValue:
    session, today = db.session(), shanghai_date(now())
    units = snapshots.units(session, person())
    html = render_template(
        "reports/made.html",
        page=snapshots.page(session, person(), PageRequest(50, request.args.get("after", ""))),
        calls=calendar.calls(session, units[0], today) if units else [],
        units=[(unit.code, unit.name) for unit in units],
        kinds=[(kind.value, label(kind)) for kind in ReportKind],
        words=_words,
        values=request.form if error else request.args,
        refusal=refused(error) if error else None,
    )
    return html, error.status if error else 200


def _show(snapshot_id: uuid.UUID, verdict: snapshots.Verdict | None, refusal: object = None) -> str:
    session = db.session()
    snapshot = snapshots.find(session, snapshot_id, person())
    data = snapshot.figures
    return render_template(
        "reports/show.html",
        snapshot=snapshot,
        title=_title(snapshot),
        data=data,
        headline=showing.headline(data),
        blocks=showing.blocks(data),
        later=snapshots.corrected_by(session, snapshot),
        verdict=verdict,
        refusal=refusal,
        verb=snapshots.verb_word,
        may_export=may(person(), Permission.EXPORT),
    )


def _words(snapshot: ReportSnapshot) -> str:
    return periods.parse(snapshot.kind, snapshot.period).words


def _title(snapshot: ReportSnapshot) -> str:
    name = "投诉数据年度公告" if snapshot.kind is ReportKind.ANNUAL_PUBLIC else f"投诉统计{label(snapshot.kind)}"
    return f"{snapshot.unit.name} {_words(snapshot)}{name.removesuffix('（内部）')}"


def _about(snapshot: ReportSnapshot) -> str:
    on = shanghai_date(snapshot.made_at)
    return f"{on:%Y-%m-%d} 编制　口径第 {snapshot.definition} 版　SHA-256 {snapshot.sha256}"
