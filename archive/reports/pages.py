"""The overview page."""

from flask import Blueprint, render_template, url_for

from archive.core.act import now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.labels import label
from archive.dossiers.states import Channel, State
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.reports import queries
from archive.web.charts import Bar, Line, bars, over_time

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
