"""The API of dossiers: lists, registration, correction, personal facts."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

from dataclasses import replace
from typing import Any

from flask import current_app, url_for

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.dossiers import (
    access,
    bodies,
    contacts,
    duplicates,
    file_room,
    forms,
    legacy,
    parties,
    queries,
    registering,
)
from archive.dossiers import work as work_list
from archive.dossiers.blueprints import api
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import check_match, etag, idempotent

_ONE = "/dossiers/<number>"
# Personal numbers one person may compare while registering: some twenty registrations an hour, each typed in steps.
# Masked digits are not to be guessed by trying. Counted in each server process.
NUMBERS = "600 per hour"


@api.get("/work")
@requires(Permission.READ)
@api.response(200, bodies.WorkBody)
def work() -> Any:
    """Return what waits for the caller: slips to answer, and the parts of the work list."""
    session = db.session()
    return {
        "offered": work_list.offered(session, person()),
        "errands": work_list.errands(session, person(), now()),
        "sections": work_list.sections(session, person(), now()),
    }


@api.get("/dossiers")
@requires(Permission.READ)
@api.arguments(forms.ListQuery, location="query")
@api.response(200, bodies.ListBody)
def dossiers(query: dict[str, Any]) -> Any:
    """List dossiers, newest first or by limit."""
    wanted = forms.filter_of(query, person().login)
    return queries.page(db.session(), person(), wanted, PageRequest(query["size"], query["after"]), now())


@api.post("/dossiers")
@requires(Permission.REGISTER)
@idempotent
@api.arguments(forms.RegisterForm)
@api.response(201, bodies.DossierBody)
def register(asked: Any) -> Any:
    """Register a complaint, from a line of the contact register or directly (the contact is then recorded too)."""
    contact_id, value = asked
    with acting() as act:
        contact = contacts.find(act.session, contact_id, person()) if contact_id else None
        found = registering.register(value, act=act, contact=contact)
    place = url_for("dossiers_api.dossier", number=found.number)
    return found, 201, {"Location": place, "ETag": etag(found.revision)}


@api.get(_ONE)
@requires(Permission.READ)
@api.response(200, bodies.DossierBody)
def dossier(number: str) -> Any:
    """Return a dossier, by its number or an old one. The look is recorded."""
    with acting() as act:
        found = access.find(act.session, number, person())
        act.record("dossier:show", found, number=found.number)
    return found, 200, {"ETag": etag(found.revision)}


@api.patch(_ONE)
@requires(Permission.REGISTER)
@api.arguments(forms.ChangeForm(partial=True))
@api.response(200, bodies.DossierBody)
def change(changes: dict[str, Any], number: str) -> Any:
    """Change what was registered, before closing; what is not given stays. Honours If-Match."""
    with acting() as act:
        found = access.find(act.session, number, person())
        access.lock(act.session, found)
        check_match(found.revision)
        registering.edit(found, replace(registering.value_of(found), **changes), act=act)
    return found, 200, {"ETag": etag(found.revision)}


@api.post(f"{_ONE}/unmask")
@requires(Permission.UNMASK)
@api.arguments(forms.UnmaskForm)
@api.response(200, bodies.SecretBody)
def unmask(asked: dict[str, Any], number: str) -> Any:
    """Return a personal fact in full. Who asked and why is recorded."""
    with acting() as act:
        found = access.find(act.session, number, person())
        party = next((one for one in found.parties if one.id == asked["party"]), None)
        return {"value": parties.unmask(found, asked["secret"], party=party, reason=asked["reason"], act=act)}


@api.post(f"{_ONE}/aliases")
@requires(Permission.IMPORT)
@idempotent
@api.arguments(forms.AliasForm)
@api.response(204)
def alias(asked: dict[str, Any], number: str) -> None:
    """Let a dossier be found under another number too, as one of an older system."""
    with acting() as act:
        legacy.add_alias(access.find(act.session, number, person()), asked["number"], act=act)


@api.post("/dossiers/duplicates")
@requires(Permission.REGISTER)
@api.arguments(forms.CluesForm)
@api.response(200, bodies.HintBody(many=True))
def hints(clues: dict[str, Any]) -> Any:
    """Return dossiers that may be about the same as what is being typed.

    Personal numbers that are asked about are recorded by their count, and counted: so many a person and hour.
    """
    asked = duplicates.Clues(**clues)
    if not asked.numbers:
        return duplicates.hints(db.session(), person(), asked)
    limiter = current_app.extensions["archive_limiter"]
    with limiter.limit(NUMBERS, key_func=_asker, cost=len(asked.numbers)), acting() as act:
        found = duplicates.hints(act.session, person(), asked)
        act.record("dossier:look_up", None, numbers=len(asked.numbers), found=len(found))
    return found


def _asker() -> str:
    return f"numbers:{person().id}"


@api.post("/dossiers/by-personal-number")
@requires(Permission.SEARCH)
@api.arguments(forms.NumberForm)
@api.response(200, bodies.DossierLineBody(many=True))
def by_personal_number(asked: dict[str, Any]) -> Any:
    """Return dossiers with exactly this ID, phone or account number, or one ending in these 4 to 6 digits."""
    with acting() as act:
        found = queries.by_personal_number(act.session, person(), asked["number"])
        act.record("dossier:look_up", None, digits=len(asked["number"]), found=len(found))
    return found


@api.get("/file-room")
@requires(Permission.READ)
@api.arguments(forms.ShelfQuery, location="query")
@api.response(200, bodies.ShelfBody(many=True))
def shelves(query: dict[str, Any]) -> Any:
    """Return the shelves one level below: fonds, years of a fonds, categories of a year."""
    return file_room.shelves(db.session(), person(), query["fonds"], query["year"])
