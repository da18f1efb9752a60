"""The register of outgoing letters (发文登记簿), as a page and as a table."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from archive.core import sheets
from archive.core.act import acting
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.documents import names
from archive.letters import forms, registers
from archive.letters.blueprints import pages
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.get("/letters/register")
@requires(Permission.READ)
def register() -> ResponseReturnValue:
    """Show a series of numbers, voids and destroyed ones among them: without a gap."""
    session = db.session()
    books = registers.books(session, person())
    asked = parse(forms.RegisterQuery(), request.args)
    book = next((one for one in books if (one.mark, one.year) == (asked["mark"], asked["year"])), None)
    if book is None and not asked["mark"] and books:
        book = books[0]
    page = registers.page(session, person(), book.mark, book.year, PageRequest(100, asked["after"])) if book else None
    return render_template(
        "letters/register.html", books=books, book=book, page=page, may_export=may(person(), Permission.EXPORT)
    )


@pages.get("/letters/register.xlsx")
@requires(Permission.EXPORT)
def register_xlsx() -> Response:
    """Send a whole series as a table."""
    asked = parse(forms.RegisterQuery(), request.args)
    with acting() as act:
        sheet = registers.sheet(act.session, person(), asked["mark"], asked["year"] or 0)
        made = sheets.as_bytes(sheet)
        act.record("letter:register", None, mark=asked["mark"], year=asked["year"])
    response = Response(made, content_type=sheets.MEDIA_TYPE)
    name = f"发文登记簿 {sheet.title}.xlsx"
    response.headers["Content-Disposition"] = names.disposition("attachment", name, "register.xlsx")
    return response
