"""Input about limits, one schema for pages and API, and what the API answers."""

from datetime import datetime, time
from typing import Any

from marshmallow import Schema, fields, post_load

from archive.core.clock import SHANGHAI
from archive.dossiers.states import NoticeChannel
from archive.procedures.profile import Cause
from archive.web.forms import Choice, Day, Form, Moment, Words


class EventForm(Form):
    """Something that happened to a dossier, by the name the profiles use."""

    code = Words(most=40, required=True)
    at = Moment(required=True)
    due_on = Day(metadata={"description": "the day by which something is wanted, where what happened states one"})
    note = Words(most=1000)


class ReasonForm(Form):
    """A word on why."""

    reason = Words(most=1000, required=True)


class BeginAppraisal(Form):
    """An outside expert begins to look at the matter."""

    body = Words(most=120, required=True)
    reason = Words(most=1000, required=True)
    evidence = Words(most=200, required=True)
    began_at = Moment(required=True)


class EndAppraisal(Form):
    """An outside expert is done."""

    evidence = Words(most=200, required=True)
    ended_at = Moment(required=True)


class AskExtension(Form):
    """A limit is to be put off: `until_on` for a limit in days, `until_at` for one in minutes or hours."""

    until_on = Day()
    until_at = Moment()
    reason = Words(most=1000, required=True)
    notice = Choice(NoticeChannel, required=True)
    consent_evidence = Words(most=200)

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return what the operation takes; noon stands for a whole day."""
        day, at = data.pop("until_on"), data.pop("until_at")
        until = at or (datetime.combine(day, time(12), SHANGHAI) if day else None)
        return {**data, "until": until}


class DecideExtension(Form):
    """An extension is granted or refused."""

    granted = fields.Boolean(required=True, error_messages={"required": "input.required", "invalid": "input.choice"})
    refusal = Words(most=1000)


class SeenForm(Form):
    """What is done about a missed limit."""

    note = Words(most=1000, required=True)


class DayForm(Form):
    """A day."""

    day = Day(required=True)


class OwedBody(Schema):
    """Something else that is owed by a day."""

    title = fields.String()
    due_on = fields.String()
    late = fields.Boolean()


class ReminderBody(Schema):
    """A person's digest of one day, as it was reckoned at `made_at`."""

    day = fields.Date()
    made_at = fields.AwareDateTime()
    soon = fields.Integer()
    overdue = fields.Integer()
    escalated = fields.Integer()
    owed = fields.List(fields.Nested(OwedBody))
    seen_at = fields.AwareDateTime(allow_none=True)


class LimitBody(Schema):
    """A limit of a dossier. Moments are ends of last days; `operative_at` is null while paused or without a number."""

    profile = fields.String(attribute="profile_id")
    version = fields.Integer(attribute="profile_version")
    limit = fields.String(attribute="limit_id")
    name = fields.String()
    article = fields.String()
    duty = fields.String()
    from_event = fields.String()
    to_event = fields.String()
    started_at = fields.AwareDateTime()
    operative_at = fields.AwareDateTime(allow_none=True)
    legal_at = fields.AwareDateTime(allow_none=True)
    met_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    extended_to = fields.AwareDateTime(allow_none=True)
    paused = fields.Boolean()
    provisional = fields.Boolean()
    is_right = fields.Boolean()
    others = fields.List(fields.Dict())
    reason = fields.List(fields.Dict())


class EscalationBody(Schema):
    """A dossier reported upwards: on which cause, to whom, by which text; `limit` is the profile's own code else."""

    id = fields.UUID()
    dossier = fields.String(attribute="dossier.number")
    cause = Choice(Cause)
    profile = fields.String(attribute="profile_id")
    limit = fields.String(attribute="limit_id")
    name = fields.String()
    article = fields.String()
    missed_at = fields.AwareDateTime()
    unit = fields.String(attribute="unit.code")
    level = fields.Integer()
    receiver = fields.String()
    basis = fields.String()
    raised_at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime(allow_none=True)
    seen_by = fields.String(attribute="seen_by_name")
    note = fields.String()


class EventBody(Schema):
    """A line written down by hand."""

    id = fields.UUID()
    code = fields.String()
    at = fields.AwareDateTime()
    due_on = fields.Date(allow_none=True)
    note = fields.String()
    recorded_by = fields.String(attribute="recorded_by_name")
    recorded_at = fields.AwareDateTime()
    struck_at = fields.AwareDateTime(allow_none=True)
    struck_reason = fields.String()


class ExtensionBody(Schema):
    """An extension asked for."""

    id = fields.UUID()
    profile = fields.String(attribute="profile_id")
    limit = fields.String(attribute="limit_id")
    name = fields.String()
    article = fields.String()
    due_before = fields.AwareDateTime(allow_none=True)
    until = fields.AwareDateTime()
    reason = fields.String()
    requested_by = fields.String(attribute="requested_by_name")
    requested_at = fields.AwareDateTime()
    granted = fields.Boolean(allow_none=True)
    decided_by = fields.String(attribute="decided_by_name")
    decided_at = fields.AwareDateTime(allow_none=True)
    refusal = fields.String()
