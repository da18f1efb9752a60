"""Having a page set for paper, as the worker would, and reading it."""

from flask.testing import FlaskClient
from pypdfium2 import PdfDocument
from werkzeug.test import TestResponse

from archive.core.db import db
from archive.jobs.operations import Task
from archive.printing import operations as printing
from archive.printing.models import Printout


def ordered(client: FlaskClient, path: str, **form: object) -> str:
    """Order a printout; return the page that would be set."""
    assert client.post(path, data=form).status_code == 302
    row = db.session.query(Printout).order_by(Printout.id.desc()).first()
    assert row is not None
    return row.page


def fetched(client: FlaskClient, path: str, **form: object) -> TestResponse:
    """Order a printout or a table, have it made, fetch it."""
    answer = client.post(path, data=form)
    assert answer.status_code == 302, answer.text
    place = answer.headers["Location"]
    assert "正在" in client.get(place).get_data(as_text=True)
    row = db.session.query(Printout).order_by(Printout.id.desc()).first()
    assert row is not None
    printing.render([Task(row.id, "printing.render", row.id, None, {}, 1, row.asked_at)])
    return client.get(place, follow_redirects=True)


def printed(client: FlaskClient, path: str, **form: object) -> str:
    """Order a printout, have it set, fetch it; return its text."""
    pdf = fetched(client, path, **form)
    assert pdf.content_type == "application/pdf"
    found = PdfDocument(pdf.data)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in found)
    finally:
        found.close()
