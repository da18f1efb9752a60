"""Input about reports, one schema for pages and API, and what the API answers."""

from marshmallow import Schema, fields, validate

from archive.reports.models import ReportKind
from archive.web.forms import Choice, Form, Words


class MakeForm(Form):
    """Which report is made; `unit` by code, without one the topmost about which the maker may report."""

    kind = Choice(ReportKind, required=True)
    period = Words(most=20, required=True)
    unit = Words(most=20)
    reason = Words(most=1000)


class PageQuery(Form):
    """Which part of a list."""

    after = Words(most=400)
    size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200, error="input.bad"))


class PeriodQuery(Form):
    """A period: 2026-W10, 2026-03, 2026-H1 or 2026; without one, the present month."""

    period = Words(most=20)


class SnapshotBody(Schema):
    """A report as it was made; `data` only where one is asked for."""

    id = fields.UUID()
    kind = Choice(ReportKind)
    period = fields.String()
    unit = fields.String(attribute="unit.code")
    made_at = fields.AwareDateTime()
    made_by_name = fields.String()
    definition = fields.Integer()
    sha256 = fields.String()
    due_on = fields.Date(allow_none=True)
    due_basis = fields.String()
    late = fields.Boolean()
    replaces = fields.UUID(attribute="replaces_id", allow_none=True)
    reason = fields.String()


class WholeSnapshotBody(SnapshotBody):
    """A report with its figures."""

    data = fields.Dict(attribute="figures")


class SnapshotPage(Schema):
    """A page of reports."""

    rows = fields.List(fields.Nested(SnapshotBody))
    next = fields.String(metadata={"description": "cursor of the next page, empty on the last"})


class DifferenceBody(Schema):
    """A figure that comes out otherwise now."""

    path = fields.String()
    then = fields.Raw(allow_none=True)
    now = fields.Raw(allow_none=True)


class VerdictBody(Schema):
    """What comparing a report with the dossiers as they stand gave."""

    untouched = fields.Boolean(metadata={"description": "the data are those that were made"})
    explained = fields.Boolean()
    differences = fields.Function(
        lambda verdict: [{"path": path, "then": then, "now": now} for path, then, now in verdict.differences],
        metadata={"type": "array"},
    )
    more = fields.Integer()
    since = fields.Dict(metadata={"description": "what happened since to dossiers of the period, by verb"})


class LineBody(Schema):
    """The figures of a unit or an officer."""

    code = fields.String()
    name = fields.String()
    in_hand = fields.Integer()
    overdue_now = fields.Integer()
    registered = fields.Integer()
    closed = fields.Integer()
    on_time = fields.Integer()
    late = fields.Integer()
    reopened = fields.Integer()
    on_time_rate = fields.String(metadata={"description": "whole percent; empty for none"})
    median_days = fields.String()
    satisfaction = fields.String()


class PerformanceBody(Schema):
    """The figures of the units and officers the caller may see."""

    period = fields.String(attribute="period.code")
    first = fields.Date(attribute="period.first")
    last = fields.Date(attribute="period.last")
    units = fields.List(fields.Nested(LineBody))
    officers = fields.List(fields.Nested(LineBody))
