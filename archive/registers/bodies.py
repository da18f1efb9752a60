"""Input about registers, one schema for pages and API, and what the API answers."""

from marshmallow import Schema, fields, validate

from archive.core.labels import sentence
from archive.registers.models import Book, OrderState
from archive.web.forms import Choice, Form, Whole, Words


class VolumeQuery(Form):
    """Which volume of a register, and which part of it.

    `unit`: of contacts the unit's code, of letters the words of the series; the other registers are the office's.
    """

    unit = Words(most=30)
    year = Whole(required=True, least=1900, most=2200)
    after = Words(most=400)
    size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200, error="input.bad"))


class WorkbookForm(Form):
    """Which volume of a register is wanted as a table."""

    unit = Words(most=30)
    year = Whole(required=True, least=1900, most=2200)


class PrintForm(WorkbookForm):
    """Which bound volume of a register is wanted on paper."""

    volume = Whole(load_default=1, least=1, most=100_000)


class CloseForm(Form):
    """Which year of a book is closed; `confirm` repeats the year."""

    book = Choice(Book, required=True)
    unit = Words(most=30)
    year = Whole(required=True, least=1900, most=2200)
    confirm = Words(most=10, required=True)


class ClosingBody(Schema):
    """The closing of a volume."""

    id = fields.UUID()
    book = Choice(Book)
    unit = fields.Function(lambda closing: closing.unit.code if closing.unit else closing.mark)
    year = fields.Integer()
    count = fields.Integer()
    last_number = fields.String()
    missing = fields.Integer()
    sha256 = fields.String()
    closed_at = fields.AwareDateTime()
    closed_by_name = fields.String()


class OrderBody(Schema):
    """A long year that the worker closes or, closed, checks: how many of about how many lines it has read.

    Then what the check found (`sound`, `blanked`), or why it was not done.
    """

    id = fields.UUID()
    book = Choice(Book)
    unit = fields.Function(lambda order: order.unit.code if order.unit else order.mark)
    year = fields.Integer()
    asked_at = fields.AwareDateTime()
    done = fields.Integer()
    whole = fields.Integer()
    state = Choice(OrderState, attribute="stands")
    sound = fields.Boolean(allow_none=True)
    blanked = fields.Integer()
    trouble = fields.Function(lambda order: sentence(order.problem) if order.problem else "")


class FormBody(Schema):
    """A form of register."""

    code = fields.String()
    name = fields.String()
    book = Choice(Book)
    columns = fields.List(fields.String())
    basis = fields.String()
    restricted = fields.Boolean()


class VolumeBody(Schema):
    """A year of a book."""

    book = Choice(Book)
    year = fields.Integer()
    unit = fields.String(attribute="part")
    count = fields.Integer()
    closing = fields.Nested(ClosingBody, allow_none=True)


class LineBody(Schema):
    """A line; `cells` is null where the reader may not look, or the dossier was destroyed (`blank` says which)."""

    position = fields.Integer()
    number = fields.String()
    cells = fields.List(fields.String(), allow_none=True)
    blank = fields.String(metadata={"enum": ["", "hidden", "destroyed"]})


class PageBody(Schema):
    """A page of a register."""

    columns = fields.List(fields.String())
    rows = fields.List(fields.Nested(LineBody))
    next = fields.String(metadata={"description": "cursor of the next page, empty on the last"})
    closing = fields.Nested(ClosingBody, allow_none=True)
    missing = fields.Integer(metadata={"description": "numbers of the series that no line bears"})


class CheckBody(Schema):
    """Whether the frozen lines are still those that were summed."""

    sound = fields.Boolean()
    blanked = fields.Integer(metadata={"description": "lines of dossiers destroyed since"})
