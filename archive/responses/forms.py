"""Input about responses, one schema for page and API, and what the API answers."""

from marshmallow import Schema, fields

from archive.responses.kinds import Outcome, Sender
from archive.web.forms import Choice, Day, Form, Words


class ResponseForm(Form):
    """What is said about a reply."""

    sender = Choice(Sender, required=True)
    sender_name = Words(most=120, required=True)
    reference = Words(most=80)
    dated_on = Day()
    received_on = Day(required=True)
    answers = Words(most=80)
    outcome = Choice(Outcome, required=True)
    summary = Words(most=2000)


class NewResponseForm(ResponseForm):
    """A reply to be recorded: which document it is, and what is said about it."""

    document = fields.UUID(
        required=True,
        error_messages={"required": "input.required", "invalid_uuid": "form.response_document"},
    )


class ResponseBody(Schema):
    """A reply as the API shows it."""

    id = fields.UUID()
    document_id = fields.UUID()
    document_title = fields.String(attribute="document.title")
    sender = Choice(Sender)
    sender_name = fields.String()
    reference = fields.String()
    dated_on = fields.Date(allow_none=True)
    received_on = fields.Date()
    answers = fields.String(metadata={"description": "number of the letter it answers"})
    outcome = Choice(Outcome)
    summary = fields.String()
    recorded_by = fields.String(attribute="recorded_by_name")
    recorded_at = fields.AwareDateTime()
    revision = fields.Integer()


class StrikeForm(Form):
    """Why a record is taken back."""

    reason = Words(most=200, required=True)
