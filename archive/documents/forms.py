"""Input about documents, one schema for pages and API, and what the API answers."""

from typing import Any

from marshmallow import Schema, fields, validate

from archive.documents.kinds import CustodyEvent, Kind, Origin, Reading
from archive.documents.labels import why
from archive.web.forms import Choice, Day, Form, Moment, Whole, Words


class Particulars(Form):
    """What is said about a file when it is deposited."""

    kind = Choice(Kind, load_default=None, allow_none=True)
    title = Words(most=200)
    source = Words(most=120)
    dated_on = Day()
    brought_by = Words(most=120)
    paper_at = Words(most=200)
    note = Words(most=2000)


class DocumentDescription(Particulars):
    """Corrections of what is said about a document; what is not given stays."""

    kind = Choice(Kind)
    title = Words(most=200, required=True)


class ItemPlace(Form):
    """Behind which item a document is to stand; 0 puts it first."""

    after = Whole(least=0, required=True)


class StrikeOut(Form):
    """A document that was filed in the wrong dossier; `into` is the number of the right one, where it is known."""

    reason = Words(most=1000, required=True)
    into = Words(most=80)


class LiftStrike(Form):
    """Why a document counts again."""

    reason = Words(most=1000, required=True)


class CustodyNote(Form):
    """A link in the chain of custody of a paper original."""

    event = Choice(CustodyEvent, required=True)
    holder = Words(most=120, required=True)
    place = Words(most=200)
    at = Moment()
    note = Words(most=500)


class UploadSpec(Particulars):
    """Upload-Metadata of a new upload: where it belongs, what it is called, what is said about it."""

    dossier = Words(most=80, required=True)
    filename = Words(most=1000, required=True)
    path = Words(most=1000)
    document = fields.UUID(load_default=None)
    sha256 = fields.String(load_default="", validate=validate.Regexp(r"^([0-9a-f]{64})?$", error="input.bad"))


class LimitsQuery(Form):
    """For which dossier."""

    dossier = Words(most=80, required=True)


class ContentsQuery(Form):
    """Which part of a list."""

    after = fields.String(load_default="")
    size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200, error="input.bad"))


class VersionBody(Schema):
    """A version as the API shows it."""

    n = fields.Integer()
    filename = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": "bytes"})
    sha256 = fields.String(metadata={"description": "sha256:<hex>"})
    filed_at = fields.AwareDateTime()
    filed_by = fields.String(attribute="filed_by_name")
    reading = Choice(Reading)
    reason = fields.String(metadata={"description": "code of why not everything was read"})
    reason_text = fields.Method("_reason")
    facts = fields.Dict()
    pages = fields.Integer(metadata={"description": "pages of text"})
    images = fields.Integer(allow_none=True, metadata={"description": "page images; null while not known"})

    def _reason(self, version: Any) -> str:
        return why(version)


class CustodyBody(Schema):
    """A link of the chain of custody as the API shows it."""

    at = fields.AwareDateTime()
    event = Choice(CustodyEvent)
    holder = fields.String()
    place = fields.String()
    note = fields.String()
    recorded_by = fields.String(attribute="recorded_by_name")


class DocumentBody(Schema):
    """A document as the API shows it."""

    id = fields.UUID()
    label = fields.String(metadata={"description": "number among the contents, 3 or 3-1"})
    item = fields.Integer()
    parent_id = fields.UUID(allow_none=True)
    kind = Choice(Kind)
    title = fields.String()
    source = fields.String()
    dated_on = fields.Date(allow_none=True)
    brought_by = fields.String()
    paper_at = fields.String()
    note = fields.String()
    origin = Choice(Origin)
    path = fields.String()
    filed_at = fields.AwareDateTime()
    revision = fields.Integer()


class LineBody(Schema):
    """A line of the contents."""

    document = fields.Nested(DocumentBody(exclude=("label",)))
    version = fields.Nested(VersionBody)
    found = fields.Integer(metadata={"description": "files found in it"})


class ContentsBody(Schema):
    """A page of the contents."""

    rows = fields.List(fields.Nested(LineBody))
    next = fields.String(metadata={"description": "cursor of the next page, empty on the last"})


class WholeBody(DocumentBody):
    """A document with its versions and the custody of its paper original."""

    versions = fields.List(fields.Nested(VersionBody))
    custody = fields.List(fields.Nested(CustodyBody))


class TwinBody(Schema):
    """The same bytes elsewhere."""

    number = fields.String()
    document_id = fields.UUID()
    title = fields.String()


class PageTextBody(Schema):
    """The text of a page; boxes are [start, end, x0, y0, x1, y1] in fractions of the page."""

    no = fields.Integer()
    text = fields.String()
    source = fields.String()
    label = fields.String()
    width = fields.Float()
    height = fields.Float()
    boxes = fields.List(fields.List(fields.Float()))


class LimitsBody(Schema):
    """What may be uploaded; `refusal` says why nothing may."""

    max_file_bytes = fields.Integer()
    max_unpacked_bytes = fields.Integer()
    chunk_bytes = fields.Integer()
    max_files = fields.Integer()
    files_left = fields.Integer()
    expires_hours = fields.Integer()
    refusal = fields.String()


class UploadBody(Schema):
    """Where an upload stands, and what became of it."""

    id = fields.UUID()
    filename = fields.String()
    size = fields.Integer()
    received = fields.Integer()
    expires_at = fields.AwareDateTime()
    filed = fields.Boolean()
    document_id = fields.UUID(allow_none=True)
    url = fields.String()
    sha256 = fields.String()
    twins = fields.List(fields.Nested(TwinBody))
