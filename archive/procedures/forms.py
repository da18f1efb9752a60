"""Input about procedures, one schema for pages and API, and what the API answers."""

from marshmallow import Schema, fields

from archive.procedures.states import Origin, Subject
from archive.web.forms import Choice, Form, Words


class ProposeForm(Form):
    """A new version of a profile, as YAML."""

    text = fields.String(required=True, error_messages={"required": "input.required"})
    note = Words(most=1000, required=True, metadata={"description": "why the version is proposed"})


class ChoiceForm(Form):
    """What is to hold in a unit: its kind of institution, or that it follows a profile."""

    unit = Words(most=20, required=True, metadata={"description": "code of a unit"})
    subject = Choice(Subject, required=True)
    value = Words(most=40, required=True)
    holds = fields.Boolean(load_default=True, error_messages={"invalid": "input.choice"})
    reason = Words(most=1000, required=True)


class VersionBody(Schema):
    """A version of a profile."""

    profile = fields.String(attribute="profile_id")
    version = fields.Integer()
    title = fields.String()
    digest = fields.String()
    origin = Choice(Origin)
    note = fields.String()
    proposed_by = fields.String(attribute="proposed_by_name")
    proposed_at = fields.AwareDateTime()
    signed_by = fields.String(attribute="signed_by_name")
    signed_at = fields.AwareDateTime(allow_none=True)
    dropped_at = fields.AwareDateTime(allow_none=True)


class WholeVersionBody(VersionBody):
    """A version of a profile with its text."""

    text = fields.String()


class ChoiceBody(Schema):
    """A decision about a unit, or a proposal for one."""

    id = fields.UUID()
    unit = fields.String(attribute="unit.code")
    subject = Choice(Subject)
    value = fields.String()
    holds = fields.Boolean()
    reason = fields.String()
    proposed_by = fields.String(attribute="proposed_by_name")
    proposed_at = fields.AwareDateTime()
    decided_by = fields.String(attribute="decided_by_name")
    decided_at = fields.AwareDateTime(allow_none=True)
    dropped_at = fields.AwareDateTime(allow_none=True)
