"""Pages for the rights of the person concerned: what is held about somebody, and the requests for erasure."""

from io import BytesIO

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.paging import PageRequest
from archive.dossiers.answering import Refusal, refused
from archive.inspection import disclosing, forms
from archive.inspection.blueprints import pages
from archive.inspection.disclosing import Matches
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.retention import privacy
from archive.web.forms import parse


@pages.get("/persons")
@requires(Permission.DISCLOSE)
def persons() -> ResponseReturnValue:
    """Show the form, and the requests for erasure."""
    return _page({}, None)


@pages.post("/persons")
@requires(Permission.DISCLOSE)
def look_up_person() -> ResponseReturnValue:
    """Find the dossiers in which a person is a party, to be confirmed one by one."""
    try:
        form = parse(forms.AboutPerson(), request.form)
        with acting() as act:
            found = disclosing.look_up(**form, act=act)
            return _page(request.form.to_dict(), None, found)
    except ArchiveError as error:
        return _page(request.form.to_dict(), refused(error))


@pages.post("/persons/export")
@requires(Permission.DISCLOSE)
def disclose() -> ResponseReturnValue:
    """Give what is held about the person in the confirmed dossiers."""
    try:
        form = parse(forms.Disclose(), _asked())
        with acting() as act:
            content = disclosing.disclose(**form, act=act)
    except ArchiveError as error:
        return _page(request.form.to_dict(), refused(error))
    return answer(content)


def _asked() -> dict[str, object]:
    return {**request.form, **{name: request.form.getlist(name) for name in ("dossiers", "contacts")}}


def answer(content: bytes) -> Response:
    """Answer with what was gathered."""
    name = f"个人信息副本-{shanghai_date(now()):%Y%m%d}.zip"
    response = send_file(BytesIO(content), "application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(values: dict[str, str], refusal: Refusal | None, found: Matches | None = None) -> ResponseReturnValue:
    asked = privacy.listed(db.session(), person(), PageRequest(50, request.args.get("after", "")))
    html = render_template("inspection/persons.html", values=values, refusal=refusal, found=found, erasures=asked)
    return html, refusal.status if refusal else 200
