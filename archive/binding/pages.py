"""Pages of what binds a dossier: the tab 期限."""

from flask import Blueprint, render_template

from archive.binding import queries
from archive.core.db import db
from archive.dossiers import access
from archive.dossiers.dossier_pages import head_of
from archive.people.guard import person, requires
from archive.people.rules import Permission

pages = Blueprint("binding", __name__)


@pages.get("/dossiers/<number>/limits")
@requires(Permission.READ)
def limits(number: str) -> str:
    """Show every limit of a dossier with its text, and how each was reckoned."""
    session = db.session()
    dossier = access.find(session, number, person())
    return render_template("binding/limits.html", **head_of(dossier), rows=queries.limits_of(session, dossier.id))
