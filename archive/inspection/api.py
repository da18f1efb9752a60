"""The API of the auditors' desk."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response

from archive.audit import checking
from archive.audit import forms as audit_forms
from archive.core.act import acting
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.inspection import cases, desk_pages, disclosing, findings, forms, grants, reading, sampling
from archive.inspection.blueprints import api
from archive.inspection.finding_pages import check_may
from archive.inspection.person_pages import answer
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, login_of
from archive.web.idempotency import check_match, etag, idempotent


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


@api.get("/samples")
@requires(Permission.READ_AUDIT)
@api.response(200, forms.SampleBody(many=True))
def list_samples() -> Any:
    """List your samples, the newest first."""
    return sampling.own(db.session(), person())


@api.post("/samples")
@requires(Permission.READ_AUDIT)
@idempotent
@api.arguments(forms.DrawSample)
@api.response(201, forms.SampleInFull)
def draw_sample(form: dict[str, Any]) -> Any:
    """Draw a random sample of the ended dossiers within your grants; seed and frozen population are on record."""
    with acting() as act:
        sample_id = sampling.draw(**form, act=act).id
    return sampling.find(db.session(), sample_id, person())


@api.get("/samples/<uuid:sample_id>")
@requires(Permission.READ_AUDIT)
@api.response(200, forms.SampleWithPopulation)
def show_sample(sample_id: uuid.UUID) -> Any:
    """Return a sample with its frozen population, and whether drawing it again gives the same."""
    return sampling.find(db.session(), sample_id, person())


@api.get("/findings")
@requires(Permission.READ)
@api.arguments(forms.FindingQuery, location="query")
@api.response(200, forms.FindingsPage)
def list_findings(form: dict[str, Any]) -> Any:
    """List the findings you raised or answer for, the newest first."""
    check_may()
    return findings.page(db.session(), person(), PageRequest(200, form["after"]), form["state"])


@api.post("/findings")
@requires(Permission.READ_AUDIT)
@idempotent
@api.arguments(forms.RaiseFinding)
@api.response(201, forms.FindingBody)
def raise_finding(form: dict[str, Any]) -> Any:
    """Raise a finding about a dossier within your grants, or about a unit."""
    with acting() as act:
        number = findings.open_one(**form, act=act).number
    return findings.find(db.session(), number, person())


@api.get("/findings/<number>")
@requires(Permission.READ)
@api.response(200, forms.FindingBody)
def show_finding(number: str) -> Any:
    """Return a finding with everything said on it."""
    check_may()
    return _tagged(number)


@api.post("/findings/<number>/say")
@requires(Permission.READ)
@api.arguments(forms.SayOnFinding)
@api.response(200, forms.FindingBody)
def say_on_finding(form: dict[str, Any], number: str) -> Any:
    """Reply to a finding, or as the auditor send back, accept, close. Honours If-Match with the revision."""
    check_may()
    with acting() as act:
        found = findings.find(act.session, number, person())
        check_match(found.revision)
        findings.say(found, **form, act=act)
    return _tagged(number)


@api.get("/reads")
@requires(Permission.READ_AUDIT)
@api.arguments(forms.ReadsFilter, location="query")
@api.response(200, forms.ReadsPage)
def list_reads(form: dict[str, Any]) -> Any:
    """List who read what, by dossier, person, period; the newest first."""
    return _trail(form, reading.READS)


@api.get("/unmaskings")
@requires(Permission.READ_AUDIT)
@api.arguments(forms.ReadsFilter, location="query")
@api.response(200, forms.ReadsPage)
def list_unmaskings(form: dict[str, Any]) -> Any:
    """List who saw which personal numbers in full, with the reasons."""
    return _trail(form, reading.UNMASKINGS)


@api.post("/persons/look-up")
@requires(Permission.DISCLOSE)
@api.arguments(forms.AboutPerson)
@api.response(200, forms.MatchesBody)
def look_up_person(form: dict[str, Any]) -> Any:
    """Find where somebody is a party, or only asked, by an exact ID or phone number or name; to be confirmed."""
    with acting() as act:
        return disclosing.look_up(**form, act=act)


@api.post("/persons/export")
@requires(Permission.DISCLOSE)
@api.arguments(forms.Disclose)
@api.response(200, {"format": "binary", "type": "string"}, content_type="application/zip")
def disclose(form: dict[str, Any]) -> Response:
    """Return what is held about a person in the confirmed dossiers and lines, as JSON and xlsx in a ZIP."""
    with acting() as act:
        content = disclosing.disclose(**form, act=act)
    return answer(content)


def _tagged(number: str) -> Any:
    found = findings.find(db.session(), number, person())
    return found, 200, {"ETag": etag(found.revision)}


def _trail(form: dict[str, Any], actions: Any) -> Any:
    checking.check_whole(person())
    wanted = audit_forms.as_filter(db.session(), {**form, "action": ""})
    return reading.page(db.session(), PageRequest(200, form["after"]), actions, **wanted)
