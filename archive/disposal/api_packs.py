"""The API of evidence packs."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response

from archive.core.act import acting
from archive.core.db import db
from archive.disposal import forms, pack_pages, packs
from archive.disposal.blueprints import api
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import idempotent


@api.get("/packs")
@requires(Permission.EXPORT)
@api.response(200, forms.PackBody(many=True))
def list_packs() -> Any:
    """List your evidence packs, the newest first."""
    return packs.own(db.session(), person())


@api.post("/packs")
@requires(Permission.EXPORT)
@idempotent
@api.arguments(forms.OrderPackOf)
@api.response(202, forms.PackBody)
def order_pack(form: dict[str, Any]) -> Any:
    """Order an evidence pack of closed dossiers, by their numbers or a selection; the worker makes it."""
    with acting() as act:
        dossiers = pack_pages.chosen(act.session, form)
        pack_id = packs.order(dossiers, title=form["title"], reason=form["reason"], act=act).id
    return packs.find(db.session(), pack_id, person())


@api.get("/packs/<uuid:pack_id>")
@requires(Permission.EXPORT)
@api.response(200, forms.PackBody)
def show_pack(pack_id: uuid.UUID) -> Any:
    """Return how far a pack is."""
    return packs.find(db.session(), pack_id, person())


@api.get("/packs/<uuid:pack_id>/file")
@requires(Permission.EXPORT)
@api.response(200, {"format": "binary", "type": "string"}, content_type="application/zip")
def fetch_pack(pack_id: uuid.UUID) -> Response:
    """Return a finished pack as a ZIP; it holds its own verifier."""
    return pack_pages.send(pack_id)
