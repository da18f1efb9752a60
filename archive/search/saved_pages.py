"""Pages of the searches people keep."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import ArchiveError, Problem
from archive.dossiers import queries as dossiers
from archive.dossiers.answering import Refusal, code_words, refused, unit_choices
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.models import Unit
from archive.people.rules import Permission
from archive.search import alerts, forms, saving
from archive.search.addresses import address, asked_in
from archive.search.blueprints import pages
from archive.search.models import SavedSearch
from archive.web.forms import parse


def kept() -> dict[str, Any]:
    """Return the person's saved and last searches, for the page."""
    session = db.session()
    return {
        "saved": [(row, address(saving.asked_of(row))) for row in saving.visible(session, person())],
        "recent": [(asked.query, address(asked), row.total, row.at) for row, asked in saving.recent(session, person())],
        "me": person().id,
    }


def units() -> list[tuple[str, str]]:
    """Return (code, name) of the units the person may share a search with."""
    return unit_choices(people.units(db.session()), person(), Permission.SEARCH)


@pages.post("/saved")
@requires(Permission.SEARCH)
def save() -> ResponseReturnValue:
    """Keep the search that stands on the page."""
    form = parse(forms.SaveForm(), request.form)
    with acting() as act:
        asked = asked_in(form["search"])
        unit = _unit(form["unit"])
        saved = saving.save(person(), asked, title=form["title"], unit=unit, alert=form["alert"], act=act)
        title = saved.title
    flash(f"已保存检索“{title}”，在检索首页可以找到。", "success")
    return redirect(address(asked))


@pages.get("/saved/<uuid:saved_id>")
@requires(Permission.SEARCH)
def saved_one(saved_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a saved search found that is new, and what may be changed of it."""
    return _one(saved_id, None)


@pages.post("/saved/<uuid:saved_id>")
@requires(Permission.SEARCH)
def change_saved(saved_id: uuid.UUID) -> ResponseReturnValue:
    """Change a saved search."""
    try:
        form = parse(forms.SavedForm(), request.form)
        with acting() as act:
            saved = saving.own(act.session, person(), saved_id)
            unit = _unit(form["unit"])
            saving.change(saved, person(), title=form["title"], unit=unit, alert=form["alert"], act=act)
    except ArchiveError as error:
        return _one(saved_id, refused(error))
    flash("已保存。", "success")
    return redirect(url_for(".saved_one", saved_id=saved_id))


@pages.post("/saved/<uuid:saved_id>/seen")
@requires(Permission.SEARCH)
def seen(saved_id: uuid.UUID) -> ResponseReturnValue:
    """Count what is new as seen."""
    with acting() as act:
        saving.mark_seen(saving.own(act.session, person(), saved_id))
    return redirect(url_for(".saved_one", saved_id=saved_id))


@pages.post("/saved/<uuid:saved_id>/remove")
@requires(Permission.SEARCH)
def remove_saved(saved_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a saved search."""
    with acting() as act:
        saving.remove(saving.own(act.session, person(), saved_id), act=act)
    flash("已删除这条保存的检索。", "success")
    return redirect(url_for(".page"))


@pages.post("/recent/clear")
@requires(Permission.SEARCH)
def clear_recent() -> ResponseReturnValue:
    """Forget the person's last searches."""
    with acting() as act:
        saving.clear_recent(act.session, person())
    return redirect(url_for(".page"))


def _unit(code: str) -> Unit | None:
    return people.unit_by_code(db.session(), code) if code else None


def _one(saved_id: uuid.UUID, refusal: Refusal | None) -> ResponseReturnValue:
    session = db.session()
    saved: SavedSearch = saving.own(session, person(), saved_id)
    asked = saving.asked_of(saved)
    html = render_template(
        "search/saved.html",
        saved=saved,
        asked=asked,
        address=address(asked),
        rows=dossiers.by_ids(session, person(), alerts.new_ids(saved)[:200]),
        tables=code_words(session),
        units=units(),
        refusal=refusal,
        trouble=Problem(saved.trouble),
        typed=request.form if refusal else None,
    )
    return html, refusal.status if refusal else 200
