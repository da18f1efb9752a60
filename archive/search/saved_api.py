"""The API of the searches people keep."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import url_for

from archive.core.act import acting
from archive.core.db import db
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.search import forms, saving
from archive.search.addresses import asked_in
from archive.search.blueprints import api
from archive.search.models import SavedSearch
from archive.web.idempotency import idempotent


@api.get("/saved")
@requires(Permission.SEARCH)
@api.response(200, forms.SavedBody(many=True))
def saved_searches() -> Any:
    """List the caller's saved searches, then those shared with the caller."""
    return [_body(row) for row in saving.visible(db.session(), person())]


@api.post("/saved")
@requires(Permission.SEARCH)
@idempotent
@api.arguments(forms.SaveForm)
@api.response(201, forms.SavedBody)
def save(form: dict[str, Any]) -> Any:
    """Save a search, private or shared with a unit, with alerts or without."""
    with acting() as act:
        unit = people.unit_by_code(act.session, form["unit"]) if form["unit"] else None
        saved = saving.save(
            person(), asked_in(form["search"]), title=form["title"], unit=unit, alert=form["alert"], act=act
        )
        saved_id = saved.id
    return _body(saving.own(db.session(), person(), saved_id)), 201, {"Location": url_for("search_api.saved_searches")}


@api.post("/saved/<uuid:saved_id>/seen")
@requires(Permission.SEARCH)
@api.response(200, forms.SavedBody)
def seen(saved_id: uuid.UUID) -> Any:
    """Count what is new as seen."""
    with acting() as act:
        saved = saving.own(act.session, person(), saved_id)
        saving.mark_seen(saved)
        return _body(saved)


@api.delete("/saved/<uuid:saved_id>")
@requires(Permission.SEARCH)
@api.response(204)
def remove(saved_id: uuid.UUID) -> None:
    """Forget a saved search."""
    with acting() as act:
        saving.remove(saving.own(act.session, person(), saved_id), act=act)


def _body(row: SavedSearch) -> dict[str, Any]:
    mine = row.account_id == person().id
    return {
        "id": row.id,
        "title": row.title,
        "query": saving.asked_of(row).query,
        "filters": row.filters,
        "sort": row.sort.value,
        "own": mine,
        "owner": row.owner.name,
        "unit": row.unit.code if row.unit else None,
        "alert": row.alert and mine,
        "new": len(row.new_ids) if mine else 0,
    }
