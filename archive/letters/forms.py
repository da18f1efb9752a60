"""Input about letters, one schema for page and API, and what the API answers."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from archive.core.errors import BadInput, NotFound, Problem
from archive.letters.kinds import LetterKind
from archive.letters.queries import Filter, Waits
from archive.letters.states import LetterState, Method, Outcome, Relation, Step
from archive.people import queries as people
from archive.web.forms import Choice, Day, Flag, Form, Whole, Words


class ListQuery(Form):
    """Which letters a list shows."""

    kind = Choice(LetterKind, load_default=None)
    state = Choice(LetterState, load_default=None)
    unit = Words(most=20)
    year = Whole(least=1990, most=2200, load_default=None)
    waits = Choice(Waits, load_default=None)
    number = Words(most=60)
    size = Whole(least=1, most=200, load_default=50)
    after = Words(most=500)


def filter_of(session: Session, query: dict[str, Any]) -> Filter:
    """Return the filter in a query. Raises BadInput for a unit there is not."""
    try:
        unit = people.unit_by_code(session, query["unit"]).id if query["unit"] else None
    except NotFound:
        raise BadInput("input.bad", [Problem("unit.unknown", "unit")]) from None
    return Filter(query["kind"], query["state"], unit, query["year"], query["waits"], query["number"])


class RegisterQuery(Form):
    """Which series of the register."""

    mark = Words(most=30)
    year = Whole(least=1990, most=2200, load_default=None)
    after = Words(most=500)


class BatchQuery(Form):
    """Of which kind the letters of a batch are."""

    kind = Choice(LetterKind, load_default=None)


class DraftForm(Form):
    """A letter to begin: of which kind, and for some kinds about which earlier letter."""

    kind = Choice(LetterKind, required=True)
    about = fields.UUID(load_default=None, allow_none=True, error_messages={"invalid_uuid": "form.letter_about"})


class FactsForm(DraftForm):
    """A letter to begin by machine, with what it says beyond what the dossier knows."""

    facts = fields.Dict(keys=fields.String(), load_default=dict)
    # Of the notice that goes with a 分办函 or 移交函.
    notice = fields.Dict(keys=fields.String(), load_default=dict)


class ReviseForm(Form):
    """All that a draft says; personal numbers not given stay as they are, `-` removes one."""

    facts = fields.Dict(keys=fields.String(), required=True, error_messages={"required": "input.required"})
    reveal = fields.List(fields.String(), load_default=list)
    reveal_reason = Words(most=200)


class StepForm(Form):
    """A step of the review."""

    step = Choice(Step, required=True)
    comment = Words(most=2000)


class ReasonForm(Form):
    """Why a letter is void."""

    reason = Words(most=200, required=True)


class ServingForm(Form):
    """An attempt to serve a letter. With a mail address and a relay set, the letter is sent."""

    method = Choice(Method, required=True)
    sent_on = Day(required=True)
    tracking = Words(most=60)
    mail_to = Words(most=200)
    note = Words(most=200)


class OutcomeForm(Form):
    """What came of an attempt. `tell` records that the complainant was told by it."""

    outcome = Choice(Outcome, required=True)
    outcome_on = Day(required=True)
    witness = Words(most=80)
    note = Words(most=200)
    document = fields.UUID(load_default=None, allow_none=True, error_messages={"invalid_uuid": "form.receipt_document"})
    tell = Flag()


class ReceiptForm(Form):
    """The receipt that came after the outcome."""

    document = fields.UUID(
        required=True, error_messages={"required": "input.required", "invalid_uuid": "form.receipt_document"}
    )


class FindingBody(Schema):
    """One thing that stands between a draft and its issue."""

    level = fields.String()
    code = fields.String()
    path = fields.String()
    sentence = fields.String()


class LetterLine(Schema):
    """A letter in a list."""

    id = fields.UUID()
    dossier = fields.String(attribute="dossier.number")
    kind = Choice(LetterKind)
    state = Choice(LetterState)
    number = fields.String()
    title = fields.String()
    addressee = fields.String()
    about = fields.UUID(attribute="about_id", allow_none=True)
    relation = Choice(Relation, allow_none=True)
    drafted_by = fields.String(attribute="drafted_by_name")
    drafted_at = fields.AwareDateTime()
    issued_by = fields.String(attribute="issued_by_name")
    issued_on = fields.Date(allow_none=True)
    reply_due = fields.Date(allow_none=True)
    replied_on = fields.Date(allow_none=True)
    files_missing = fields.Boolean()


class LetterPage(Schema):
    """A page of letters."""

    rows = fields.List(fields.Nested(LetterLine))
    next = fields.String()


class LetterBody(Schema):
    """A letter whole: facts without personal numbers, those masked, and what stands between it and its issue."""

    line = fields.Nested(LetterLine)
    facts = fields.Dict()
    personal = fields.Dict()
    reveal_reason = fields.String()
    template = fields.String()
    findings = fields.List(fields.Nested(FindingBody))
    files = fields.Dict(allow_none=True)
    seal = fields.Dict(allow_none=True)
    trouble = fields.String()
    text_sha256 = fields.String()


class KindBody(Schema):
    """A kind of letter."""

    code = Choice(LetterKind)
    name = fields.String()
    form = fields.String()
    series = fields.String()
    addressees = fields.List(fields.String())
    states = fields.List(fields.String())
    paired = Choice(LetterKind, allow_none=True)


class ReviewBody(Schema):
    """A step on the way to issue."""

    at = fields.AwareDateTime()
    by = fields.String(attribute="by_name")
    step = Choice(Step)
    comment = fields.String()


class ServingBody(Schema):
    """An attempt to serve a letter."""

    id = fields.UUID()
    method = Choice(Method)
    sent_on = fields.Date()
    tracking = fields.String()
    outcome = Choice(Outcome)
    outcome_on = fields.Date(allow_none=True)
    witness = fields.String()
    note = fields.String()
    document = fields.UUID(attribute="document_id", allow_none=True)
    mailed_at = fields.AwareDateTime(allow_none=True)
    trouble = fields.String()
    recorded_by = fields.String(attribute="recorded_by_name")


class SeriesBody(Schema):
    """A series of numbers: how many were taken, how many are void."""

    mark = fields.String()
    year = fields.Integer()
    last = fields.Integer()
    void = fields.Integer()


class RegisteredLetter(Schema):
    """A letter in the register."""

    id = fields.UUID()
    state = Choice(LetterState)
    title = fields.String()
    addressee = fields.String()
    issued_by = fields.String(attribute="issued_by_name")
    issued_on = fields.Date()
    reply_due = fields.Date(allow_none=True)
    replied_on = fields.Date(allow_none=True)


class RegisterLine(Schema):
    """A line of the register; without a letter when its dossier is closed to the reader, or was destroyed."""

    number = fields.String(attribute="line.number")
    serial = fields.Integer(attribute="line.serial")
    kind = Choice(LetterKind, attribute="line.kind")
    state = fields.String(attribute="line.state")
    void_reason = fields.String(attribute="line.void_reason")
    destroyed = fields.Boolean()
    dossier = fields.String(attribute="number", allow_none=True)
    letter = fields.Nested(RegisteredLetter, allow_none=True)


class RegisterBody(Schema):
    """The series, or a page of one."""

    series = fields.List(fields.Nested(SeriesBody))
    rows = fields.List(fields.Nested(RegisterLine))
    next = fields.String()
