"""Pages of random samples: drawing one, its dossiers, how it was drawn, and a pack of it."""

import uuid
from io import BytesIO
from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.sheets import MEDIA_TYPE
from archive.dossiers import selections
from archive.dossiers.answering import Refusal, code_words, refused, unit_choices
from archive.inspection import forms, sampling
from archive.inspection.blueprints import pages
from archive.inspection.kinds import Strata
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse


@pages.get("/samples")
@requires(Permission.READ_AUDIT)
def samples() -> ResponseReturnValue:
    """Show the auditor's samples, and the form for a new one."""
    return _list({}, None)


@pages.post("/samples")
@requires(Permission.READ_AUDIT)
def draw() -> ResponseReturnValue:
    """Draw a sample."""
    try:
        form = parse(forms.DrawSample(), request.form)
        with acting() as act:
            sample_id = sampling.draw(**form, act=act).id
    except ArchiveError as error:
        return _list(request.form.to_dict(), refused(error))
    return redirect(url_for(".sample", sample_id=sample_id), 303)


@pages.get("/samples/<uuid:sample_id>")
@requires(Permission.READ_AUDIT)
def sample(sample_id: uuid.UUID) -> str:
    """Show a sample, drawn again to see that it comes out the same."""
    session = db.session()
    found = sampling.find(session, sample_id, person())
    return render_template(
        "inspection/sample.html",
        found=found,
        lines=sampling.lines(session, found, person()),
        same=sampling.drawn_again(found),
        tables=code_words(session),
    )


@pages.get("/samples/<uuid:sample_id>.xlsx")
@requires(Permission.READ_AUDIT)
def sample_xlsx(sample_id: uuid.UUID) -> Response:
    """Give a sample with its frozen population as a table."""
    with acting() as act:
        content = sampling.export(sampling.find(act.session, sample_id, person()), person(), act=act)
    return as_xlsx(content, "抽样")


@pages.post("/samples/<uuid:sample_id>/pack")
@requires(Permission.EXPORT)
def sample_pack(sample_id: uuid.UUID) -> ResponseReturnValue:
    """Go on to an evidence pack of what was drawn."""
    with acting() as act:
        found = sampling.find(act.session, sample_id, person())
        ids = [one.dossier_id for one in found.members]
        selection = selections.choose(person(), ids, f"抽样：{found.title}", act, purpose="packs")
        selection_id = selection.id
    return redirect(url_for("disposal.packs_new", selection=selection_id), 303)


def as_xlsx(content: bytes, name: str) -> Response:
    """Answer with a table, named with the day."""
    title = f"{name}-{shanghai_date(now()):%Y%m%d}.xlsx"
    return send_file(BytesIO(content), MEDIA_TYPE, as_attachment=True, download_name=title)


def _list(values: dict[str, Any], refusal: Refusal | None) -> ResponseReturnValue:
    session = db.session()
    html = render_template(
        "inspection/samples.html",
        samples=sampling.own(session, person()),
        strata=Strata,
        categories=code_words(session)["category"],
        units=unit_choices(people.units(session), person(), Permission.READ),
        values=values,
        refusal=refusal,
        largest=forms.LARGEST_SAMPLE,
    )
    return html, refusal.status if refusal else 200
