"""The API of limits: a dossier's limits, events, extensions; what was reported upwards."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask_smorest import Blueprint

from archive.binding import extending, forms, missed, operations, queries, reminding
from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.dossiers import access
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse
from archive.web.idempotency import idempotent

api = Blueprint("binding_api", __name__, url_prefix="/api/v1", description="Limits of dossiers: reckoned, met, put off")

_OF = "/dossiers/<number>/limits"


@api.get(_OF)
@requires(Permission.READ)
@api.response(200, forms.LimitBody(many=True))
def limits(number: str) -> Any:
    """List the dossier's limits as reckoned last, open ones first."""
    session = db.session()
    return queries.limits_of(session, access.find(session, number, person()).id)


@api.get(f"{_OF}/events")
@requires(Permission.READ)
@api.response(200, forms.EventBody(many=True))
def events(number: str) -> Any:
    """List what was written down by hand, struck lines too."""
    session = db.session()
    return queries.events_of(session, access.find(session, number, person()).id)


@api.post(f"{_OF}/events")
@requires(Permission.REGISTER)
@idempotent
@api.arguments(forms.EventForm)
@api.response(201, forms.EventBody)
def write_event(asked: dict[str, Any], number: str) -> Any:
    """Write down something that happened; the limits are reckoned anew."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        return operations.write_event(dossier, **asked, act=act)


@api.get(f"{_OF}/extensions")
@requires(Permission.READ)
@api.response(200, forms.ExtensionBody(many=True))
def extensions(number: str) -> Any:
    """List the extensions asked for, the newest first."""
    session = db.session()
    return queries.extensions_of(session, access.find(session, number, person()).id)


@api.post(f"{_OF}/<profile_id>/<limit_id>/extensions")
@requires(Permission.HANDLE)
@idempotent
@api.arguments(forms.AskExtension)
@api.response(201, forms.ExtensionBody)
def ask_extension(asked: dict[str, Any], number: str, profile_id: str, limit_id: str) -> Any:
    """Ask that a limit be put off; refused beyond the cap, naming the article."""
    if asked["until"] is None:
        raise BadInput("input.bad", [Problem("extension.until", "until_on")])
    with acting() as act:
        dossier = access.find(act.session, number, person())
        row = extending.limit_row(act.session, dossier, profile_id, limit_id)
        return extending.ask(dossier, row, **asked, act=act)


@api.post(f"{_OF}/extensions/<uuid:extension_id>/decision")
@requires(Permission.READ)
@api.arguments(forms.DecideExtension)
@api.response(200, forms.ExtensionBody)
def decide_extension(asked: dict[str, Any], number: str, extension_id: uuid.UUID) -> Any:
    """Grant or refuse an extension, in the role the profile names."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        extension = extending.find(act.session, dossier, extension_id)
        extending.decide(extension, dossier, **asked, act=act)
        return extension


@api.get(f"{_OF}/escalations")
@requires(Permission.READ)
@api.response(200, forms.EscalationBody(many=True))
def escalations_of(number: str) -> Any:
    """List what was reported upwards of the dossier, and what was answered."""
    session = db.session()
    return queries.escalations_of(session, access.find(session, number, person()).id)


@api.get("/reminders")
@requires(Permission.READ)
@api.response(200, forms.ReminderBody(many=True))
def reminders() -> Any:
    """List the caller's daily digests of the last two weeks, the newest first."""
    return reminding.latest(db.session(), person())


@api.post("/reminders/<day>/seen")
@requires(Permission.READ)
@api.response(200, forms.ReminderBody)
def see_reminder(day: str) -> Any:
    """Say that the digest of a day was seen; its badge goes."""
    asked = parse(forms.DayForm(), {"day": day})
    with acting() as act:
        return reminding.see(asked["day"], act=act)


@api.get("/escalations")
@requires(Permission.READ)
@api.response(200, forms.EscalationBody(many=True))
def escalations() -> Any:
    """List what was reported to the caller and waits, oldest first: missed limits, and what the rule sets name."""
    return missed.waiting(db.session(), person())


@api.post("/escalations/<uuid:escalation_id>/seen")
@requires(Permission.READ)
@api.arguments(forms.SeenForm)
@api.response(200, forms.EscalationBody)
def see_escalation(asked: dict[str, Any], escalation_id: uuid.UUID) -> Any:
    """Say what is done about it: who was reported to, or who decides in that unit or above."""
    with acting() as act:
        row = missed.by_id(act.session, escalation_id, person())
        operations.see_escalation(row, **asked, act=act)
    return row
