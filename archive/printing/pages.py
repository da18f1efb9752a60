"""Waiting for a printout, and fetching it."""

import uuid

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.core import sheets
from archive.core.db import db
from archive.core.errors import NotFound
from archive.documents.names import disposition
from archive.people.guard import person, signed_in
from archive.printing import queries
from archive.printing.models import Printout, PrintState

pages = Blueprint("printing", __name__, url_prefix="/printouts")


@pages.get("/<uuid:printout_id>")
@signed_in
def show(printout_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the page is being set, and go on to the file when it is there."""
    found = queries.find(db.session(), printout_id, person())
    if found.state is PrintState.READY:
        return redirect(url_for(".fetch", printout_id=found.id))
    return render_template("printing/show.html", printout=found)


@pages.get("/<uuid:printout_id>/file")
@signed_in
def fetch(printout_id: uuid.UUID) -> Response:
    """Return the file to who asked for it."""
    return as_response(queries.find(db.session(), printout_id, person(), whole=True))


def as_response(found: Printout) -> Response:
    """Return the file of a printout that is ready. Raises NotFound before."""
    if found.content is None:
        raise NotFound("printout.unknown")
    if found.writer:
        name, media_type = disposition("attachment", f"{found.title}.xlsx", "table.xlsx"), sheets.MEDIA_TYPE
    else:
        name, media_type = disposition("inline", f"{found.title}.pdf", "printout.pdf"), "application/pdf"
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return Response(found.content, content_type=media_type, headers=headers)
