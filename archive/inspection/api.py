"""The API of the auditors' desk."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from archive.core.act import acting
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.inspection import cases, desk_pages, forms, grants
from archive.inspection.blueprints import api
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, login_of
from archive.web.idempotency import idempotent


@api.get("/grants")
@requires(Permission.ADMIT)
@api.response(200, forms.GrantBody(many=True))
def list_grants() -> Any:
    """List the grants of auditors in the units you answer for, ended ones too."""
    return grants.listed(db.session(), person())


@api.get("/grants/own")
@requires(Permission.READ_AUDIT)
@api.response(200, forms.GrantBody(many=True))
def own_grants() -> Any:
    """List your own grants as an auditor, ended ones too."""
    return grants.own(db.session(), person())


@api.post("/grants")
@requires(Permission.ADMIT)
@idempotent
@api.arguments(forms.Give)
@api.response(201, forms.GrantBody)
def give_grant(form: dict[str, Any]) -> Any:
    """Let an auditor read what was closed in a unit and in some months, for a time."""
    login, unit = login_of(form.pop("auditor")), form.pop("unit")
    with acting() as act:
        auditor, of = people.by_login(act.session, login), people.unit_by_code(act.session, unit)
        grant_id = grants.admit(auditor, of, **form, act=act).id
    return grants.find(db.session(), grant_id, person())


@api.post("/grants/<uuid:grant_id>/end")
@requires(Permission.ADMIT)
@api.arguments(forms.Reason)
@api.response(200, forms.GrantBody)
def end_grant(form: dict[str, Any], grant_id: uuid.UUID) -> Any:
    """End a grant now."""
    with acting() as act:
        grants.end(grants.find(act.session, grant_id, person()), reason=form["reason"], act=act)
    return grants.find(db.session(), grant_id, person())


@api.get("/cases")
@requires(Permission.READ_AUDIT)
@api.arguments(forms.CaseFilter, location="query")
@api.response(200, forms.CasesPage)
def list_cases(form: dict[str, Any]) -> Any:
    """List ended dossiers within your grants, the last closed first."""
    page = cases.page(db.session(), person(), form, PageRequest(200, form["after"]))
    desk_pages.record(form, page)
    return page
