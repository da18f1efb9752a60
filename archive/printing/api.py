"""The API of printouts: whether one is ready, and its file."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from archive.core.db import db
from archive.people.guard import person, signed_in
from archive.printing import queries
from archive.printing.models import PrintState
from archive.printing.pages import as_response
from archive.web.forms import Choice

api = Blueprint(
    "printing_api", __name__, url_prefix="/api/v1", description="Pages set as PDF, long tables as workbooks"
)


class PrintoutBody(Schema):
    """A printout or a table; its file is kept for a day, for who asked. Of a table: its lines so far, and about all."""

    id = fields.UUID()
    title = fields.String()
    state = Choice(PrintState, attribute="stands")
    asked_at = fields.AwareDateTime()
    done = fields.Integer()
    whole = fields.Integer()


@api.get("/printouts/<uuid:printout_id>")
@signed_in
@api.response(200, PrintoutBody)
def show(printout_id: uuid.UUID) -> Any:
    """Tell how a printout stands: waiting, ready or failed."""
    return queries.find(db.session(), printout_id, person())


@api.get("/printouts/<uuid:printout_id>/file")
@signed_in
@api.response(200, content_type="application/pdf")
def fetch(printout_id: uuid.UUID) -> Response:
    """Return the file of a printout that is ready: a PDF, or a workbook where a table was asked for."""
    return as_response(queries.find(db.session(), printout_id, person(), whole=True))
