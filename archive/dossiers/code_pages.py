"""The page of the code tables: what is in use, and importing a table whole."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import ArchiveError, NotFound
from archive.core.labels import label
from archive.dossiers import code_tables
from archive.dossiers.answering import Refusal, refused
from archive.dossiers.blueprints import pages
from archive.dossiers.states import CodeTable
from archive.people.guard import requires
from archive.people.rules import Permission

# A code table is a few thousand short lines; a file beyond this is none.
MOST_BYTES = 2 * 1024 * 1024


@pages.get("/codes/")
@requires(Permission.MANAGE_CODES)
def codes() -> ResponseReturnValue:
    """Show the tables in use."""
    return _codes(None)


@pages.post("/codes/<name>")
@requires(Permission.MANAGE_CODES)
def import_codes(name: str) -> ResponseReturnValue:
    """Replace a table by an uploaded file, or by nothing when the file is faulty."""
    try:
        table = CodeTable(name)
    except ValueError:
        raise NotFound("code.table", name=name) from None
    try:
        upload = request.files.get("file")
        content = upload.stream.read(MOST_BYTES + 1) if upload else b""
        rows = code_tables.parse(content[:MOST_BYTES], upload.filename or "" if upload else "")
        with acting() as act:
            code_tables.replace(table, rows, act=act)
    except ArchiveError as error:
        return _codes(refused(error), table)
    flash(f"已导入{label(table)}，共 {len(rows)} 行。", "success")
    return redirect(url_for(".codes"))


def _codes(refusal: Refusal | None, wrong: CodeTable | None = None) -> ResponseReturnValue:
    tables = code_tables.tables(db.session())
    html = render_template("dossiers/codes.html", tables=tables, refusal=refusal, wrong=wrong)
    return html, refusal.status if refusal else 200
