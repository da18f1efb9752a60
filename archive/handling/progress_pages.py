"""The one page that stands open to complainants: how far the own complaint is (see `progress`)."""

import unicodedata
from typing import Any

from flask import render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from archive.core.act import Machine, acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.handling import forms, progress
from archive.handling.blueprints import pages
from archive.people.guard import public
from archive.web.forms import parse

_COMPLAINANT = Machine("投诉人查询")

# What a family behind one address may need, and no more; and so many tries at one case from wherever they come. Counted
# in each server process. Nothing tells whether a case exists: the second limit counts numbers that are none as well.
EACH_ADDRESS = "10 per minute; 60 per hour"
EACH_CASE = "10 per hour; 30 per day"


@pages.get("/progress")
@public
def ask_progress() -> str:
    """Ask for case number and code."""
    return render_template("handling/progress.html", found=None, failed=None, number="")


@pages.post("/progress")
@public
def show_progress() -> ResponseReturnValue:
    """Show the progress once, with the code for the next time; whatever is wrong is answered alike."""
    number = ""
    try:
        asked = parse(forms.ProgressForm(), request.form)
        number = asked["number"]
        if not progress.fits(db.session(), number, asked["code"], now()):
            raise ArchiveError("progress.wrong")
        with acting(_COMPLAINANT) as act:
            found, code = progress.look(number, asked["code"], act=act)
    except ArchiveError:
        failed = ArchiveError("progress.wrong")
        return render_template("handling/progress.html", found=None, failed=failed, number=number), 422
    return render_template("handling/progress.html", found=found, code=code, failed=None, number=number)


def _case() -> str:
    """Return the case asked about, however it was written."""
    return "case:" + unicodedata.normalize("NFKC", request.form.get("number", "")).strip().upper()[:60]


def _limit(state: BlueprintSetupState) -> None:
    """Put the limits on the page, once its address is known."""
    limiter = state.app.extensions["archive_limiter"]
    endpoint = f"{pages.name}.{show_progress.__name__}"
    view: Any = state.app.view_functions[endpoint]
    state.app.view_functions[endpoint] = limiter.limit(EACH_ADDRESS)(limiter.limit(EACH_CASE, key_func=_case)(view))


pages.record(_limit)
