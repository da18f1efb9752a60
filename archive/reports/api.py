"""The API of reports: snapshots and how units and officers fare."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import url_for
from flask_smorest import Blueprint

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.people.guard import person, requires
from archive.people.rules import Permission, covering
from archive.reports import bodies, performance, periods, snapshots
from archive.web.idempotency import etag, idempotent

api = Blueprint("reports_api", __name__, url_prefix="/api/v1", description="Reports and performance")

_ONE = "/reports/<uuid:snapshot_id>"


@api.get("/reports")
@requires(Permission.REPORT)
@api.arguments(bodies.PageQuery, location="query")
@api.response(200, bodies.SnapshotPage)
def reports(query: dict[str, Any]) -> Any:
    """List the reports the caller may read, the newest first."""
    return snapshots.page(db.session(), person(), PageRequest(query["size"], query["after"]))


@api.post("/reports")
@requires(Permission.REPORT)
@idempotent
@api.arguments(bodies.MakeForm)
@api.response(201, bodies.WholeSnapshotBody)
def make(asked: dict[str, Any]) -> Any:
    """Make the report of a period. Where one stands, the new one corrects it and needs a reason."""
    with acting() as act:
        unit = snapshots.unit_for(act.session, person(), asked["unit"])
        found = snapshots.make(asked["kind"], asked["period"], unit, reason=asked["reason"], act=act)
    return found, 201, {"Location": url_for("reports_api.report", snapshot_id=found.id)}


@api.get(_ONE)
@requires(Permission.REPORT)
@api.response(200, bodies.WholeSnapshotBody)
def report(snapshot_id: uuid.UUID) -> Any:
    """Return a report with its figures."""
    found = snapshots.find(db.session(), snapshot_id, person())
    return found, 200, {"ETag": etag(found.sha256)}


@api.get(f"{_ONE}/verification")
@requires(Permission.REPORT)
@api.response(200, bodies.VerdictBody)
def verify(snapshot_id: uuid.UUID) -> Any:
    """Reckon a report again and compare."""
    return snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, person()))


@api.get("/performance")
@requires(Permission.REPORT)
@api.arguments(bodies.PeriodQuery, location="query")
@api.response(200, bodies.PerformanceBody)
def fares(query: dict[str, Any]) -> Any:
    """Return how the units and officers fare on which the caller may report."""
    paths = covering(person().paths(Permission.REPORT))
    period = periods.any_of(query["period"], shanghai_date(now()))
    session = db.session()
    found = performance.figures(session, paths, period, now())
    return {
        "period": period,
        "units": performance.by_unit(session, found),
        "officers": performance.by_officer(session, found),
    }
