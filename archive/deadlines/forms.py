"""Input about the calendar, one schema for pages and API, and what the API answers."""

from marshmallow import Schema, fields

from archive.web.forms import Form


class NoticeForm(Form):
    """The State Council's yearly notice, pasted whole."""

    text = fields.String(required=True, error_messages={"required": "input.required", "invalid": "input.bad"})


class NoticeBody(Schema):
    """A pasted notice."""

    id = fields.UUID()
    year = fields.Integer()
    number = fields.String()
    proposed_by = fields.String(attribute="proposed_by_name")
    proposed_at = fields.AwareDateTime()
    confirmed_by = fields.String(attribute="confirmed_by_name")
    confirmed_at = fields.AwareDateTime(allow_none=True)
    dropped_at = fields.AwareDateTime(allow_none=True)
