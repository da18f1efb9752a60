"""Input about disposal, one schema for pages and API, and what the API answers."""

from marshmallow import Schema, fields, validate

from archive.disposal.kinds import (
    Decision,
    LineState,
    ListState,
    PackState,
    PaperKind,
    ParcelState,
    TransferState,
)
from archive.web.forms import Choice, Day, Form, Words


class Propose(Form):
    """Which expired dossiers go on a list."""

    numbers = fields.List(
        fields.String(), required=True, validate=validate.Length(min=1, max=10_000, error="input.bad")
    )


class ProposeTransfer(Propose):
    """Which filed dossiers are handed over to which archive, and on what ground."""

    receiver = Words(most=120, required=True)
    basis = Words(most=200, required=True, metadata={"description": "依据，如档案馆接收通知、移交协议"})


class Receive(Form):
    """What the receiver signed."""

    received_by = Words(most=80, required=True)
    received_on = Day(required=True)
    note = Words(most=1000)


class Appraise(Form):
    """What an appraiser says of a dossier."""

    decision = Choice(Decision, required=True)
    years = fields.Integer(load_default=None, allow_none=True)
    reason = Words(most=1000, required=True)


class Settle(Form):
    """The report of the appraisal (鉴定工作报告)."""

    report = Words(most=20_000, required=True)


class Approve(Form):
    """The hash that is signed."""

    list_hash = Words(most=64, required=True)


class Reason(Form):
    """A word on why."""

    reason = Words(most=1000, required=True)


class PageQuery(Form):
    """Which part of a list."""

    after = Words(most=400)
    size = fields.Integer(load_default=200, validate=validate.Range(min=1, max=10_000, error="input.bad"))


class DueBody(Schema):
    """A dossier whose keeping is over."""

    number = fields.String(attribute="dossier.number")
    filed_number = fields.String(attribute="keeping.filed_number")
    closed_on = fields.Date(attribute="keeping.closed_on")
    last_day = fields.Date(attribute="keeping.last_day")
    rule = fields.String(attribute="keeping.rule_name")
    held = fields.Boolean()
    listed = fields.Boolean()
    claimed = fields.Boolean(attribute="keeping.claimed", metadata={"description": "the closing day waits for two"})
    selectable = fields.Boolean()


class DueLineBody(Schema):
    """A dossier as it stood when the month's list was frozen."""

    number = fields.String()
    filed_number = fields.String()
    closed_on = fields.String(metadata={"format": "date"})
    last_day = fields.String(metadata={"format": "date"})
    rule = fields.String()
    reasons = fields.List(fields.String(), metadata={"description": "why it could not be destroyed then"})


class DueListBody(Schema):
    """What was due in a month, as it was frozen."""

    month = fields.String()
    taken_at = fields.AwareDateTime()
    sha256 = fields.String(attribute="paper.sha256", metadata={"description": "of the frozen list, all units"})
    total = fields.Integer()
    lines = fields.List(fields.Nested(DueLineBody))


class DuePage(Schema):
    """A page of dossiers whose keeping is over."""

    rows = fields.List(fields.Nested(DueBody))
    next = fields.String()


class AppraisalBody(Schema):
    """What one appraiser said."""

    person = fields.String(attribute="person_name")
    legal = fields.Boolean()
    decision = Choice(Decision)
    years = fields.Integer(allow_none=True)
    reason = fields.String()
    at = fields.AwareDateTime()


class LineBody(Schema):
    """One dossier on a list."""

    id = fields.UUID()
    seq = fields.Integer()
    number = fields.String()
    filed_number = fields.String()
    title = fields.String()
    year = fields.Integer()
    closed_on = fields.Date()
    last_day = fields.Date()
    items = fields.Integer()
    objects = fields.Integer()
    size = fields.Integer(metadata={"description": "bytes"})
    manifest_hash = fields.String()
    state = Choice(LineState)
    outcome = Choice(Decision, allow_none=True)
    reasons = fields.List(fields.String())
    appraisals = fields.List(fields.Nested(AppraisalBody))


class HandBody(Schema):
    """A signature."""

    step = fields.Integer()
    person = fields.String(attribute="person_name")
    list_hash = fields.String()
    at = fields.AwareDateTime()


class WitnessBody(Schema):
    """A witness's signature."""

    person = fields.String(attribute="person_name")
    at = fields.AwareDateTime()


class ListHead(Schema):
    """A disposal list without what stands on it."""

    number = fields.String()
    state = Choice(ListState)
    proposed_by = fields.String(attribute="proposed_by_name")
    proposed_at = fields.AwareDateTime()
    list_hash = fields.String()
    trouble = fields.String()
    certificate_sha256 = fields.String()


class ListBody(ListHead):
    """A disposal list."""

    report = fields.String()
    lines = fields.List(fields.Nested(LineBody))
    approvals = fields.List(fields.Nested(HandBody))
    witnesses = fields.List(fields.Nested(WitnessBody))


class ListsPage(Schema):
    """A page of disposal lists, without lines and signatures."""

    rows = fields.List(fields.Nested(ListHead))
    next = fields.String()


class StubBody(Schema):
    """What stays of a destroyed dossier."""

    number = fields.String()
    filed_number = fields.String()
    title = fields.String()
    year = fields.Integer()
    registered_on = fields.Date()
    closed_on = fields.Date()
    last_day = fields.Date()
    rule = fields.String(attribute="rule_code")
    basis = fields.String(attribute="rule_basis")
    items = fields.Integer()
    hashes = fields.List(fields.String())
    list_number = fields.String()
    destroyed_at = fields.AwareDateTime()


class SequenceBody(Schema):
    """A sequence of numbers, and which of them are nowhere."""

    name = fields.String()
    given = fields.Integer()
    live = fields.Integer()
    destroyed = fields.Integer()
    void = fields.Integer()
    gaps = fields.List(fields.String())


class PackOf(Form):
    """What a pack is to hold: a selection, or dossiers by number."""

    selection = fields.UUID(load_default=None, allow_none=True)
    numbers = fields.List(fields.String(), load_default=list, validate=validate.Length(max=500, error="input.bad"))


class OrderPack(Form):
    """What a pack is for."""

    title = Words(most=120, required=True)
    reason = Words(most=1000, required=True, metadata={"description": "用途，如审计通知书文号"})


class OrderPackOf(PackOf, OrderPack):
    """A pack to be made."""


class PackBody(Schema):
    """An evidence pack; `done` of `total` bytes are gathered."""

    id = fields.UUID()
    title = fields.String()
    reason = fields.String()
    state = Choice(PackState, attribute="stands")
    dossiers = fields.List(fields.Pluck("PackMemberBody", "number"), attribute="members")
    total = fields.Integer()
    done = fields.Integer()
    size = fields.Integer()
    sha256 = fields.String()
    trouble = fields.String()
    ordered_at = fields.AwareDateTime()
    ready_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)


class PackMemberBody(Schema):
    """A dossier of a pack."""

    number = fields.String()


class PaperBody(Schema):
    """A paper about a list, kept for ever."""

    id = fields.UUID()
    kind = Choice(PaperKind)
    filename = fields.String()
    size = fields.Integer(metadata={"description": "bytes"})
    sha256 = fields.String()
    kept_at = fields.AwareDateTime()


class ParcelBody(Schema):
    """One dossier of a hand-over, and its package."""

    id = fields.UUID()
    seq = fields.Integer()
    number = fields.String()
    filed_number = fields.String()
    title = fields.String()
    year = fields.Integer()
    period = fields.String()
    items = fields.Integer()
    objects = fields.Integer()
    size = fields.Integer(metadata={"description": "bytes"})
    state = Choice(ParcelState)
    package_hash = fields.String()
    package_bytes = fields.Integer()
    reasons = fields.List(fields.String())


class TransferHead(Schema):
    """A hand-over to an archive without its lines."""

    number = fields.String()
    state = Choice(TransferState)
    receiver = fields.String()
    basis = fields.String()
    proposed_by = fields.String(attribute="proposed_by_name")
    approved_by = fields.String(attribute="approved_by_name")
    list_hash = fields.String()
    trouble = fields.String()
    received_by = fields.String()
    received_on = fields.Date(allow_none=True)


class TransferBody(TransferHead):
    """A hand-over to an archive."""

    lines = fields.List(fields.Nested(ParcelBody))


class TransfersPage(Schema):
    """A page of hand-overs, without lines."""

    rows = fields.List(fields.Nested(TransferHead))
    next = fields.String()
