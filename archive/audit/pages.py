"""The auditor's page: the trail, filtered, and its verification."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.audit import checking, forms, labels, queries
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.paging import Page, PageRequest
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse

pages = Blueprint("audit", __name__)

_FILTERS = ("who", "action", "dossier", "since", "until")


@pages.get("/audit/")
@requires(Permission.READ_AUDIT)
def index() -> ResponseReturnValue:
    """Show entries, the newest first."""
    checking.check_whole(person())
    try:
        form = parse(forms.EntryFilter(), request.args)
        wanted = forms.as_filter(db.session(), form)
    except BadInput as error:
        return _page(Page([]), request.args, error.problems), error.status
    return _page(queries.entries(db.session(), PageRequest(after=form["after"]), **wanted), request.args)


@pages.post("/audit/verify")
@requires(Permission.READ_AUDIT)
def verify() -> ResponseReturnValue:
    """Verify the whole chain and say what was found."""
    checking.check_whole(person())
    return render_template("audit/verified.html", result=checking.verify_and_record(), breaks=labels.BREAKS)


def _page(page: Page[Any], values: Mapping[str, str], problems: tuple[Problem, ...] = ()) -> str:
    kept: dict[str, Any] = {name: values[name] for name in _FILTERS if values.get(name)}
    return render_template(
        "audit/index.html",
        page=page,
        numbers=queries.numbers(db.session(), page.rows),
        values=values,
        problems=problems,
        url=url_for(".index", **kept),
        actions=sorted(labels.ACTIONS.items(), key=lambda one: one[1]),
        action_word=labels.action_word,
        fact_name=labels.fact_name,
        fact_text=labels.fact_text,
        channels=labels.CHANNELS,
    )
