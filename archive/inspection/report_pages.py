"""Pages of reports: completeness, who read what, unmaskings, certificates of destruction, figures."""

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.audit import checking
from archive.audit import forms as audit_forms
from archive.audit import queries as audit
from archive.audit.labels import action_word
from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, Problem, RuleBroken
from archive.core.labels import label
from archive.core.paging import Page, PageRequest
from archive.core.sheets import Column, Sheet, as_bytes
from archive.disposal import certificates, completeness, queries
from archive.disposal.kinds import ListState
from archive.inspection import figures as reckoned
from archive.inspection import forms, reading
from archive.inspection.blueprints import pages
from archive.inspection.sample_pages import as_xlsx
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.retention.rules import HoldKind
from archive.web.charts import Bar, Line, bars, over_time
from archive.web.forms import parse
from archive.web.heatmap import calendar

# A certificate of ten thousand dossiers is far smaller.
_MOST_BYTES = 64 << 20


@pages.get("/completeness")
@requires(Permission.READ_AUDIT)
def completeness_report() -> str:
    """Show every sequence of numbers: live, void, destroyed, and those that are nowhere."""
    checking.check_whole(person())
    return render_template("inspection/completeness.html", rows=completeness.report(db.session()))


@pages.get("/completeness.xlsx")
@requires(Permission.READ_AUDIT)
def completeness_xlsx() -> Response:
    """Give the completeness report as a table; recorded."""
    checking.check_whole(person())
    with acting() as act:
        rows = completeness.report(act.session)
        act.record("audit:export", None, report="completeness", gaps=sum(len(one.gaps) for one in rows))
    columns = (
        Column("序列", 40),
        *(Column(name, 10) for name in ("已编", "在册", "作废", "已销毁", "缺号数")),
        Column("缺号", 60),
    )
    told = [
        (one.name, one.given, one.live, one.void, one.destroyed, len(one.gaps), "、".join(one.gaps)) for one in rows
    ]
    return as_xlsx(as_bytes(Sheet("完整性", columns, told)), "完整性报告")


@pages.get("/reads")
@requires(Permission.READ_AUDIT)
def reads() -> ResponseReturnValue:
    """Show who read what: by dossier, by person, in a period."""
    return _entries("reads", reading.READS)


@pages.get("/reads.xlsx")
@requires(Permission.READ_AUDIT)
def reads_xlsx() -> Response:
    """Give the same as a table; recorded."""
    return _table("查阅记录", "reads", reading.READS)


@pages.get("/unmaskings")
@requires(Permission.READ_AUDIT)
def unmaskings() -> ResponseReturnValue:
    """Show who saw which personal numbers in full, and the reason given."""
    return _entries("unmaskings", reading.UNMASKINGS)


@pages.get("/unmaskings.xlsx")
@requires(Permission.READ_AUDIT)
def unmaskings_xlsx() -> Response:
    """Give the same as a table; recorded."""
    return _table("查看完整号码", "unmaskings", reading.UNMASKINGS)


@pages.route("/certificates", methods=["GET", "POST"])
@requires(Permission.READ_AUDIT)
def certificate_list() -> ResponseReturnValue:
    """Show the destructions, verify the certificate of each in the store, or one that somebody brought."""
    session = db.session()
    brought: dict[str, Any] | None = None
    problem: ArchiveError | None = None
    if request.method == "POST":
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise BadInput("input.bad", [Problem("input.required", "file")])
            brought = certificates.read(file.stream.read(_MOST_BYTES))
            with acting() as act:
                act.record("certificate:verify", None, number=brought["list"]["number"], digest=brought["list"]["hash"])
        except ArchiveError as error:
            problem = error
    found = [one for one in queries.lists(session, PageRequest(50)).rows if one.state is ListState.CERTIFIED]
    html = render_template(
        "inspection/certificates.html",
        lists=[(one, _standing(one)) for one in found],
        brought=brought,
        known=brought is not None and any(one.list_hash == brought["list"]["hash"] for one in found),
        problem=problem,
    )
    return html, problem.status if problem else 200


@pages.get("/figures")
@requires(Permission.READ_AUDIT)
def figures() -> str:
    """Show closings, expiries ahead, holds and destructions, as pictures with the figures behind them."""
    found = reckoned.figures(db.session(), person(), now())
    holds = [Bar(label(HoldKind(kind)), number) for kind, number in found.holds.items()]
    destroyed = [
        Bar(number, count, url_for("disposal.certificate", number=number)) for number, count in found.destroyed
    ]
    return render_template(
        "inspection/figures.html",
        found=found,
        closings=over_time(
            "近两年各月办结", [one[2:] for one in found.closings], [Line("办结", list(found.closings.values()))]
        ),
        ahead=calendar("今后各月期满", found.kept.months),
        charts=[
            ("有效冻结", "事由", holds, bars("有效冻结", holds)),
            ("已销毁", "清册", destroyed, bars("已销毁", destroyed)),
        ],
    )


def _standing(found: Any) -> str:
    """Return what is wrong with a list's certificate in the store, empty when it is whole."""
    try:
        certificates.fetch(found)
    except (RuleBroken, ArchiveError) as error:
        return error.code
    return ""


def wanted(session: Session) -> dict[str, Any]:
    """Return the filter in the address as keywords of `reading`. Raises BadInput."""
    form = parse(forms.ReadsFilter(), request.args)
    return {**audit_forms.as_filter(session, {**form, "action": ""}), "after": form["after"]}


def _entries(name: str, actions: Sequence[str]) -> ResponseReturnValue:
    checking.check_whole(person())
    session = db.session()
    problems: tuple[Problem, ...] = ()
    page: Page[Any] = Page([])
    busiest: list[reading.Reader] = []
    try:
        asked = wanted(session)
        page = reading.page(session, PageRequest(100, asked.pop("after")), actions, **asked)
        busiest = reading.readers(session, actions, **asked)
    except BadInput as error:
        problems = error.problems or (Problem(error.code),)
    kept = {key: request.args[key] for key in ("dossier", "who", "since", "until") if request.args.get(key)}
    html = render_template(
        f"inspection/{name}.html",
        page=page,
        numbers=audit.numbers(session, page.rows),
        busiest=busiest,
        asked=request.args,
        kept=kept,
        here=url_for(f".{name}", **kept),  # type: ignore[arg-type]
        xlsx=url_for(f".{name}_xlsx", **kept),  # type: ignore[arg-type]
        problems=problems,
        action_word=action_word,
    )
    return html, 422 if problems else 200


def _table(title: str, report: str, actions: Sequence[str]) -> Response:
    checking.check_whole(person())
    with acting() as act:
        asked = wanted(act.session)
        asked.pop("after")
        content = as_bytes(reading.sheet(act.session, title, actions, **asked))
        act.record(
            "audit:export", None, report=report, filter={key: str(value) for key, value in asked.items() if value}
        )
    return as_xlsx(content, title)
