"""The API of the contact register."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from archive.core.act import acting
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.dossiers import bodies, contacts, forms, parties, registering
from archive.dossiers.blueprints import api
from archive.dossiers.contacts import Entry
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import idempotent


@api.get("/contacts/books")
@requires(Permission.READ)
@api.response(200, bodies.BookBody(many=True))
def books() -> Any:
    """List the contact registers the caller may read: one for each unit and year."""
    return contacts.books(db.session(), person())


@api.get("/contacts")
@requires(Permission.READ)
@api.arguments(forms.BookQuery, location="query")
@api.response(200, bodies.RegisterBody)
def contact_register(query: dict[str, Any]) -> Any:
    """List the lines of a register, last first. No line is left out; of some only the number may be seen."""
    unit = people.unit_by_code(db.session(), query["unit"])
    request = PageRequest(query["size"], query["after"])
    return contacts.page(db.session(), person(), unit.id, query["year"], request)


@api.post("/contacts")
@requires(Permission.REGISTER)
@idempotent
@api.arguments(forms.ContactForm)
@api.response(201, bodies.ContactBody)
def record(value: Any) -> Any:
    """Write the next line of the contact register."""
    with acting() as act:
        contact = registering.record_contact(value, act=act)
    return Entry(contact, None, True)


@api.get("/contacts/<uuid:contact_id>")
@requires(Permission.READ)
@api.response(200, bodies.ContactBody)
def contact(contact_id: uuid.UUID) -> Any:
    """Return a line of a register."""
    found = contacts.find(db.session(), contact_id, person())
    return Entry(found, found.dossier.number if found.dossier else None, True)


@api.post("/contacts/<uuid:contact_id>/judge")
@requires(Permission.REGISTER)
@api.arguments(forms.JudgementForm)
@api.response(200, bodies.ContactBody)
def judge(asked: dict[str, Any], contact_id: uuid.UUID) -> Any:
    """Say whether a contact is within the office's scope, and what the person was advised."""
    with acting() as act:
        found = contacts.find(act.session, contact_id, person())
        registering.judge_contact(found, **asked, act=act)
    return Entry(found, None, True)


@api.post("/contacts/<uuid:contact_id>/unmask")
@requires(Permission.UNMASK)
@api.arguments(forms.ReasonForm)
@api.response(200, bodies.SecretBody)
def unmask_contact(asked: dict[str, Any], contact_id: uuid.UUID) -> Any:
    """Return the phone number of a line in full. Who asked and why is recorded."""
    with acting() as act:
        found = contacts.find(act.session, contact_id, person())
        return {"value": parties.unmask_contact(found, reason=asked["reason"], act=act)}
