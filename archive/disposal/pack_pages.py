"""Pages of evidence packs: ordering one, watching it being made, fetching it."""

import uuid
from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.disposal import forms, packs
from archive.disposal.blueprints import pages
from archive.disposal.models import Pack
from archive.documents import names
from archive.dossiers import access, selections
from archive.dossiers.answering import Refusal, refused
from archive.dossiers.models import Dossier
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse


@pages.get("/packs/")
@requires(Permission.EXPORT)
def packs_index() -> str:
    """Show the person's packs."""
    return render_template("disposal/packs.html", packs=packs.own(db.session(), person()), over=_over)


@pages.get("/packs/new")
@requires(Permission.EXPORT)
def packs_new() -> ResponseReturnValue:
    """Show what a pack of the selection, or of the numbers, would hold, and ask why it is wanted."""
    asked = parse(forms.PackOf(), {**request.args, "numbers": request.args.getlist("number")})
    return _new(asked, {}, None)


@pages.post("/packs/")
@requires(Permission.EXPORT)
def packs_order() -> ResponseReturnValue:
    """Order the pack."""
    asked = parse(forms.PackOf(), {**request.form, "numbers": request.form.getlist("numbers")})
    try:
        form = parse(forms.OrderPack(), request.form)
        with acting() as act:
            closed, _, _ = packs.expected(chosen(act.session, asked), act.session)
            pack_id = packs.order(closed, **form, act=act).id
    except ArchiveError as error:
        return _new(asked, request.form.to_dict(), refused(error))
    return redirect(url_for(".pack", pack_id=pack_id), 303)


@pages.get("/packs/<uuid:pack_id>")
@requires(Permission.EXPORT)
def pack(pack_id: uuid.UUID) -> str:
    """Show how far a pack is, and where to fetch it."""
    session = db.session()
    found = packs.find(session, pack_id, person())
    return render_template(
        "disposal/pack.html", found=found, over=_over(found), whole=packs.whole(session, found, person())
    )


@pages.get("/packs/<uuid:pack_id>/file")
@requires(Permission.EXPORT)
def pack_file(pack_id: uuid.UUID) -> Response:
    """Send a finished pack; that every dossier in it leaves is recorded."""
    return send(pack_id)


def send(pack_id: uuid.UUID) -> Response:
    """Answer with a pack's file, whole or the range asked for: a broken download goes on where it stopped."""
    with acting() as act:
        found = packs.find(act.session, pack_id, person())
        # The rest of a broken download was recorded when it began.
        begins = request.method == "GET" and (request.range is None or request.range.ranges[0][0] == 0)
        path = packs.fetch(found, person(), begins=begins, act=act)
        title, made, digest = found.title, found.ready_at, found.sha256
    response = send_file(path, mimetype="application/zip", etag=digest, last_modified=made, conditional=True)
    plain = f"evidence-{shanghai_date(made or now()):%Y%m%d}-{pack_id.hex[-6:]}.zip"
    response.headers["Content-Disposition"] = names.disposition("attachment", f"{names.shown(title)}.zip", plain)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def chosen(session: Session, asked: dict[str, object]) -> Sequence[Dossier]:
    """Return the dossiers of a selection, or with these numbers. Raises NotFound."""
    if asked["selection"] is not None:
        selection = selections.read(session, person(), uuid.UUID(str(asked["selection"])))
        return selections.dossiers_of(session, person(), selection, packs.MOST + 1)
    numbers = asked["numbers"]
    assert isinstance(numbers, list)
    return [access.find(session, number, person()) for number in dict.fromkeys(numbers)]


def _new(asked: dict[str, object], values: dict[str, str], refusal: Refusal | None) -> ResponseReturnValue:
    session = db.session()
    closed, still_open, size = packs.expected(chosen(session, asked), session)
    if refusal is None and not closed:
        flash("所选案卷都还没有办结，不能制作证据包。", "warning")
    title = closed[0].number if len(closed) == 1 else f"{shanghai_date(now()):%Y-%m-%d} {len(closed)} 件"
    html = render_template(
        "disposal/pack_new.html", closed=closed, still_open=still_open, size=size, asked=asked, refusal=refusal,
        values={"title": f"证据包 {title}", **values}, most=packs.MOST,
    )  # fmt: skip
    return html, refusal.status if refusal else 200


def _over(found: Pack) -> bool:
    return packs.over(found, now())
