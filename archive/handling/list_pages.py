"""Pages across dossiers: follow-ups that are due, groups of like complaints, firms that do work for institutions."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import Act, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, NotFound, Problem
from archive.core.paging import PageRequest
from archive.dossiers import access
from archive.dossiers.answering import Refusal, code_words, refused
from archive.handling import calls, clusters, forms, masses, third_parties
from archive.handling.blueprints import pages
from archive.handling.kinds import ClusterState
from archive.handling.models import Cluster
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.charts import Bar, Line, bars, over_time
from archive.web.forms import Form, parse

# A chart shows the firms complained of most.
_DRAWN = 12


@pages.get("/follow-ups/")
@requires(Permission.HANDLE)
def follow_ups() -> str:
    """List whom to ask whether they are content, and the proposals that came of asking."""
    session = db.session()
    mine = bool(request.args.get("mine"))
    page = calls.due(session, person(), PageRequest(after=request.args.get("after", "")), now(), mine=mine)
    return render_template(
        "handling/follow_ups.html", page=page, mine=mine, proposals=calls.proposals(session, person())
    )


@pages.get("/third-parties/")
@requires(Permission.READ)
def third_party_list() -> str:
    """Show how often complaints concern each firm."""
    rows = third_parties.frequencies(db.session(), person(), now())
    drawn = [Bar(row.name, row.dossiers, url_for(".third_party", name=row.name), row.lately) for row in rows[:_DRAWN]]
    return render_template(
        "handling/third_parties.html",
        rows=rows,
        chart=bars("涉及外包机构的投诉", drawn, "近90天"),
        days=third_parties.LATELY.days,
    )


@pages.get("/third-parties/one")
@requires(Permission.READ)
def third_party() -> str:
    """Show the complaints that concern one firm over time, and the measures on it."""
    session = db.session()
    name = request.args.get("name", "")
    lines = third_parties.dossiers_of(session, name, person())
    if not lines:
        raise NotFound("third_party.unknown")
    months = third_parties.by_month(lines, shanghai_date(now()))
    chart = over_time(f"{name}：近十二个月投诉", [word for word, _ in months], [Line("投诉", [n for _, n in months])])
    measures = third_parties.measures_on(session, name, person())
    return render_template(
        "handling/third_party.html", name=name, lines=lines, months=months, chart=chart, measures=measures,
        tables=code_words(session),
    )  # fmt: skip


@pages.get("/groups/")
@requires(Permission.READ)
def cluster_list() -> ResponseReturnValue:
    """List groups of like complaints."""
    return _list(None, {})


@pages.post("/groups/")
@requires(Permission.DECIDE)
def form_cluster() -> ResponseReturnValue:
    """Put dossiers together by hand."""
    try:
        asked = parse(forms.GroupForm(), request.form)
        with acting() as act:
            cluster = masses.group(dossiers_named(act, asked["numbers"]), name=asked["name"], act=act)
            cluster_id = cluster.id
    except ArchiveError as error:
        return _list(refused(error), request.form.to_dict())
    flash("已归为一组。", "success")
    return redirect(url_for(".cluster", cluster_id=cluster_id))


@pages.get("/groups/<uuid:cluster_id>")
@requires(Permission.READ)
def cluster(cluster_id: uuid.UUID) -> ResponseReturnValue:
    """Show a group: its members, over time, and what can be decided."""
    return _show(cluster_id, None, {})


@pages.post("/groups/<uuid:cluster_id>/<step>")
@requires(Permission.DECIDE)
def cluster_step(cluster_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Do a step of a group."""
    if step not in STEPS:
        raise NotFound("page.unknown")
    form, do = STEPS[step]
    try:
        asked = parse(form(), request.form)
        with acting() as act:
            do(clusters.one(act.session, cluster_id, person()), asked, act)
    except NotFound:
        raise
    except ArchiveError as error:
        return _show(cluster_id, refused(error), request.form.to_dict())
    flash("已办理。", "success")
    return redirect(url_for(".cluster", cluster_id=cluster_id))


def dossiers_named(act: Act, numbers: str) -> list[Any]:
    """Return the dossiers with these numbers, however they are parted. Raises NotFound, hidden and missing alike."""
    return [access.find(act.session, number, person()) for number in re.split(r"[\s,，、;；]+", numbers) if number]


def _add(cluster: Cluster, asked: Mapping[str, Any], act: Act) -> None:
    masses.add(cluster, access.find(act.session, asked["number"], person()), act=act)


def _remove(cluster: Cluster, asked: Mapping[str, Any], act: Act) -> None:
    masses.remove(cluster, access.find(act.session, asked["number"], person()), act=act)


# The steps of a group, by their names in addresses; pages and API share them.
STEPS: Mapping[str, tuple[type[Form], Callable[[Cluster, Mapping[str, Any], Act], None]]] = {
    "confirm": (forms.NoteForm, lambda cluster, asked, act: masses.confirm(cluster, **asked, act=act)),
    "dismiss": (forms.NoteForm, lambda cluster, asked, act: masses.dismiss(cluster, **asked, act=act)),
    "flag": (forms.EmergencyForm, lambda cluster, asked, act: masses.flag(cluster, **asked, act=act)),
    "report": (forms.ClusterReportForm, lambda cluster, asked, act: masses.report(cluster, **asked, act=act)),
    "settle": (forms.NoteForm, lambda cluster, asked, act: masses.settle(cluster, **asked, act=act)),
    "add": (forms.MemberForm, _add),
    "remove": (forms.MemberForm, _remove),
}


def _list(refusal: Refusal | None, values: Mapping[str, Any]) -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = ClusterState(wanted) if wanted in set(ClusterState) else None
    page = clusters.page(db.session(), person(), PageRequest(after=request.args.get("after", "")), state)
    html = render_template(
        "handling/clusters.html", page=page, state=state, states=ClusterState, refusal=refusal, values=values,
        problems=refusal.problems if refusal else (), may_group=may(person(), Permission.DECIDE),
    )  # fmt: skip
    return html, refusal.status if refusal else 200


def _show(cluster_id: uuid.UUID, refusal: Refusal | None, values: Mapping[str, Any]) -> ResponseReturnValue:
    session = db.session()
    found = clusters.one(session, cluster_id, person())
    lines = clusters.members(session, found, person())
    days = clusters.by_day(lines)
    points = [f"{day:%m-%d}" for day, _ in days]
    chart = over_time(f"{found.name}：每日收到", points, [Line("件", [number for _, number in days])])
    problems: tuple[Problem, ...] = refusal.problems if refusal else ()
    html = render_template(
        "handling/cluster.html", cluster=found, lines=lines, days=days, chart=chart, refusal=refusal,
        problems=problems, values=values, members=[(line.number, f"{line.number}　{line.title}") for line in lines],
        decides=clusters.decides(session, lines, person()),
        tables=code_words(session),
    )  # fmt: skip
    return html, refusal.status if refusal else 200
