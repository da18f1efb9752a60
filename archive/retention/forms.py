"""Input about keeping, one schema for pages and API, and what the API answers."""

from marshmallow import Schema, fields, validate

from archive.core.labels import sentence
from archive.documents.kinds import RemovalState, RenditionKind
from archive.dossiers.forms import Id
from archive.procedures.limit import Level
from archive.retention.kinds import AlarmKind, HoldStep
from archive.retention.periods import Trigger
from archive.retention.rules import HoldKind
from archive.web.forms import Choice, Day, Form, Words


class PlaceHold(Form):
    """A hold on a dossier."""

    kind = Choice(HoldKind, required=True)
    basis = Words(most=200, required=True, metadata={"description": "依据文件，如案号、检查通知书文号"})
    reason = Words(most=1000, required=True)
    owner = Words(most=80, metadata={"description": "谁负责这项冻结；空为设置人"})
    review_on = Day()


class PlaceHolds(PlaceHold):
    """A hold on many dossiers at once."""

    numbers = fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=500, error="input.bad"))


class OfSelection(Form):
    """Which selection."""

    selection = fields.UUID(required=True, error_messages={"required": "input.required", "invalid_uuid": "input.bad"})


class HoldMany(PlaceHold, OfSelection):
    """A hold on the dossiers of a selection."""


class SameBasis(Form):
    """The holds that rest on one document."""

    kind = Choice(HoldKind, required=True)
    basis = Words(most=200, required=True)


class Reason(Form):
    """A word on why."""

    reason = Words(most=1000, required=True)


class CheckClosing(Form):
    """What a person found of a closing day that came with an old dossier."""

    stands = fields.Boolean(
        required=True,
        error_messages={"required": "input.required", "invalid": "input.choice"},
        metadata={"description": "the day is right; false: count from the day of taking over"},
    )
    document_id = Id(load_default=None, metadata={"description": "the file the day is taken from"})
    finding = Words(most=1000, metadata={"description": "why, needed without a file and where the day is wrong"})


class CheckClosings(Form):
    """Dossiers whose closing days are confirmed by one finding."""

    numbers = fields.List(
        fields.String(), required=True, validate=validate.Length(min=1, max=500, error="hold.nothing")
    )
    finding = Words(most=1000, required=True)


class Join(Form):
    """Another dossier that is kept together with this one."""

    number = Words(most=80, required=True)
    reason = Words(most=200, required=True)


class DecideRemoval(Form):
    """Whether a document filed by mistake is taken out."""

    confirm = fields.Boolean(required=True)


class AnswerErasure(Form):
    """A complainant's request that personal data be erased."""

    received_on = Day(required=True)
    note = Words(most=1000)


class NewRule(Form):
    """A retention rule, or the next version of one."""

    code = Words(most=40, required=True)
    name = Words(most=120, required=True)
    years = Words(most=20, required=True, metadata={"description": "整年数，或“永久”"})
    basis = Words(most=200, required=True)
    level = Choice(Level, required=True)
    trigger = Choice(Trigger, load_default=Trigger.CLOSING)
    conditions = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), load_default=dict)
    starts_on = Day()


class PageQuery(Form):
    """Which part of a list."""

    after = Words(most=400)


class RuleBody(Schema):
    """A version of a rule."""

    code = fields.String()
    version = fields.Integer()
    name = fields.String()
    years = fields.Integer(allow_none=True, metadata={"description": "calendar years; null: for ever"})
    trigger = Choice(Trigger)
    conditions = fields.Dict()
    basis = fields.String()
    level = Choice(Level)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)


class ReasonBody(Schema):
    """One reason against destroying."""

    code = fields.String()
    detail = fields.Function(sentence, metadata={"type": "string"})


class PromiseBody(Schema):
    """What one rule asks."""

    last_day = fields.Date(allow_none=True)
    disposable_at = fields.AwareDateTime(allow_none=True)
    permanent = fields.Boolean()
    rule = fields.String(attribute="asked.code")
    version = fields.Integer(attribute="asked.version")
    name = fields.String(attribute="asked.name")
    years = fields.Integer(attribute="asked.years", allow_none=True)
    basis = fields.String(attribute="asked.basis")


class HoldBody(Schema):
    """A hold with its history."""

    id = fields.UUID()
    kind = Choice(HoldKind)
    basis = fields.String()
    reason = fields.String()
    owner = fields.String()
    review_on = fields.Date(allow_none=True)
    placed_by = fields.String(attribute="placed_by_name")
    placed_at = fields.AwareDateTime()
    asked_by = fields.String(attribute="asked_by_name")
    asked_at = fields.AwareDateTime(allow_none=True)
    released_by = fields.String(attribute="released_by_name")
    released_at = fields.AwareDateTime(allow_none=True)


class ExplanationBody(Schema):
    """How a dossier stands."""

    number = fields.String()
    filed_number = fields.String()
    closed_on = fields.Date(allow_none=True)
    summary = fields.String()
    promise = fields.Nested(PromiseBody, allow_none=True)
    asked = fields.List(fields.Nested(PromiseBody))
    holds = fields.List(fields.Nested(HoldBody))
    releasers = fields.List(fields.String())
    versions = fields.Integer(attribute="standing.locks.versions")
    versions_locked = fields.Integer(attribute="standing.locks.locked")
    locked_until = fields.AwareDateTime(attribute="standing.locks.latest", allow_none=True)
    reasons = fields.List(fields.Nested(ReasonBody))


class ClosingCheckBody(Schema):
    """What one person found of a closing day."""

    id = fields.UUID()
    closed_on = fields.Date()
    stands = fields.Boolean()
    document_id = fields.UUID(allow_none=True)
    finding = fields.String()
    person = fields.String(attribute="person_name")
    at = fields.AwareDateTime()


class AwaitingBody(Schema):
    """A dossier whose closing day waits for two persons."""

    number = fields.String(attribute="dossier.number")
    closed_on = fields.Date(attribute="keeping.closed_on")
    taken_over_on = fields.Date(attribute="keeping.filed_on")
    checks = fields.List(fields.Nested(ClosingCheckBody))


class AwaitingPage(Schema):
    """A page of closing days that wait."""

    rows = fields.List(fields.Nested(AwaitingBody))
    next = fields.String()


class RemovalBody(Schema):
    """That a document filed by mistake is taken out: asked, decided, done."""

    state = Choice(RemovalState)
    reason = fields.String()
    asked_by = fields.String(attribute="asked_by_name")
    asked_at = fields.AwareDateTime()
    decided_by = fields.String(attribute="decided_by_name")
    decided_at = fields.AwareDateTime(allow_none=True)
    done_at = fields.AwareDateTime(allow_none=True)
    trouble = fields.String()


class ErasureRequestBody(Schema):
    """A request for erasure, and until when and by which rule the dossier is kept."""

    id = fields.UUID()
    received_on = fields.Date()
    note = fields.String()
    granted = fields.Boolean()
    permanent = fields.Boolean()
    period = fields.String()
    rule = fields.String()
    answered_by = fields.String(attribute="answered_by_name")
    answered_at = fields.AwareDateTime()


class AlarmBody(Schema):
    """An alarm."""

    id = fields.UUID()
    kind = Choice(AlarmKind)
    dossier = fields.String(
        metadata={"description": "its number; empty where it is about none, or one not yours to see"}
    )
    about = fields.String(metadata={"description": "as a rule the key of a file in the store"})
    facts = fields.Dict()
    raised_at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime()
    cleared_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()


class AlarmsBody(Schema):
    """A page of alarms."""

    rows = fields.List(fields.Nested(AlarmBody))
    next = fields.String()


class HoldOrderBody(Schema):
    """How far an order about many holds is: rows looked at, rows done, and why others were not."""

    id = fields.UUID()
    step = Choice(HoldStep)
    kind = Choice(HoldKind)
    basis = fields.String()
    total = fields.Integer()
    looked = fields.Integer()
    done = fields.Integer()
    ended_at = fields.AwareDateTime(allow_none=True)
    refused = fields.Function(
        lambda found: [{"number": number, "detail": detail} for number, detail in found.refused],
        metadata={"type": "array", "items": {"type": "object"}},
    )


class RenditionBody(Schema):
    """What the archive made of a filed dossier."""

    id = fields.UUID()
    kind = Choice(RenditionKind)
    version_id = fields.UUID(allow_none=True)
    size = fields.Integer(metadata={"description": "bytes"})
    sha256 = fields.String()
    source = fields.String(metadata={"description": "SHA-256 of what it was made from"})
    filed_at = fields.AwareDateTime()
