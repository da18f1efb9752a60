"""Pages on which heads and records managers let auditors in, and end it."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.dossiers.answering import Refusal, code_words, refused, unit_choices
from archive.inspection import forms, grants
from archive.inspection.blueprints import pages
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, login_of, may
from archive.web.forms import parse


@pages.get("/grants")
@requires(Permission.ADMIT)
def grant_list() -> ResponseReturnValue:
    """Show the grants of the units the person answers for, and the form for a new one."""
    return _page({}, None)


@pages.post("/grants")
@requires(Permission.ADMIT)
def give() -> ResponseReturnValue:
    """Let an auditor in."""
    try:
        form = parse(forms.Give(), request.form)
        login, unit = login_of(form.pop("auditor")), form.pop("unit")
        with acting() as act:
            auditor, of = people.by_login(act.session, login), people.unit_by_code(act.session, unit)
            grants.admit(auditor, of, **form, act=act)
    except ArchiveError as error:
        return _page(request.form.to_dict(), refused(error))
    flash("授权已生效，审计员现在可以查阅范围内的已办结案卷。", "success")
    return redirect(url_for(".grant_list"))


@pages.post("/grants/<uuid:grant_id>/end")
@requires(Permission.ADMIT)
def end_grant(grant_id: uuid.UUID) -> ResponseReturnValue:
    """End a grant now."""
    with acting() as act:
        reason = parse(forms.Reason(), request.form)["reason"]
        grants.end(grants.find(act.session, grant_id, person()), reason=reason, act=act)
    flash("授权已终止，立即失效。", "success")
    return redirect(url_for(".grant_list"))


def _page(values: dict[str, str], refusal: Refusal | None) -> ResponseReturnValue:
    session = db.session()
    html = render_template(
        "inspection/grants.html",
        grants=grants.listed(session, person()),
        over=lambda one: grants.over(one, now()),
        auditors=[(one.username, f"{one.name}（{one.username}）") for one in grants.auditors(session)],
        units=unit_choices(people.units(session), person(), Permission.ADMIT),
        may_restricted=may(person(), Permission.RESTRICT),
        categories=code_words(session)["category"],
        values=values,
        refusal=refusal,
        most_days=grants.MOST_DAYS,
    )
    return html, refusal.status if refusal else 200
