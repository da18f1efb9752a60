"""Pages that register a complaint and correct what was registered."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, NotFound
from archive.dossiers import access, contacts, extras, forms, history, registering, ruling
from archive.dossiers.answering import (
    Refusal,
    channel_choices,
    code_words,
    refused,
    source_choices,
    typed_of,
    unit_choices,
)
from archive.dossiers.blueprints import pages
from archive.dossiers.models import Contact, Dossier
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.procedures import queries as procedures
from archive.procedures.overlay import grades, stated
from archive.web.forms import parse


@pages.get("/dossiers/new")
@requires(Permission.REGISTER)
def new() -> ResponseReturnValue:
    """Show the registration form (受理投诉登记表), filled from a line of the contact register when one is named."""
    contact = _contact(request.args.get("contact", ""))
    values: dict[str, Any] = {"received_at": _minute(contact.received_at if contact else now()), "parties": [{}]}
    if contact is not None:
        values |= {"channel": contact.channel.value, "title": contact.summary[:200], "unit": contact.unit.code}
        values["parties"] = [{"name": contact.person_name}]
    return _form(values, contact, None)


@pages.post("/dossiers/new")
@requires(Permission.REGISTER)
def register() -> ResponseReturnValue:
    """Register the complaint."""
    contact = _contact(request.form.get("contact", ""))
    typed = _typed(contact.unit.path if contact else _home(request.form.get("unit", "")))
    if "more" in request.form:
        return _form({**typed, "parties": [*typed.get("parties", []), {}]}, contact, None)
    try:
        contact_id, value = parse(forms.RegisterForm(), typed)
        with acting() as act:
            line = contacts.find(act.session, contact_id, person()) if contact_id else None
            number = registering.register(value, act=act, contact=line).number
    except ArchiveError as error:
        return _form({"parties": [{}], **typed}, contact, refused(error))
    flash(f"已登记，案号 {number}。", "success")
    try:
        access.find(db.session(), number, person())
    except NotFound:
        flash("根据登记内容，您应当回避此案，不能再查阅。", "warning")
        return redirect(url_for(".work_list"))
    return redirect(url_for(".show", number=number))


@pages.get("/dossiers/<number>/edit")
@requires(Permission.REGISTER)
def edit(number: str) -> ResponseReturnValue:
    """Show the form with what is registered; personal numbers stay covered."""
    dossier = access.find(db.session(), number, person())
    if not history.may_edit(db.session(), dossier, person()):
        flash("此案卷现在不能由您更正。", "warning")
        return redirect(url_for(".show", number=dossier.number))
    values = {**typed_of(registering.value_of(dossier)), "revision": dossier.revision, "custom": dossier.custom}
    return _form(values, None, None, dossier)


@pages.post("/dossiers/<number>/edit")
@requires(Permission.REGISTER)
def save(number: str) -> ResponseReturnValue:
    """Save the corrections, unless somebody saved in between."""
    dossier = access.find(db.session(), number, person())
    typed = _typed(dossier.unit.path, dossier.custom)
    if "more" in request.form:
        return _form({**typed, "parties": [*typed.get("parties", []), {}]}, None, None, dossier)
    try:
        value = parse(forms.ComplaintForm(), typed)
        revision = request.form.get("revision", type=int)
        with acting() as act:
            found = access.find(act.session, number, person())
            changed = registering.edit(found, value, act=act, revision=revision)
    except ArchiveError as error:
        refusal = refused(error)
        return _form(typed, None, refusal, access.find(db.session(), number, person()))
    flash("已保存更正。" if changed else "没有改动。", "success")
    return redirect(url_for(".show", number=number))


def _form(
    values: dict[str, Any], contact: Contact | None, refusal: Refusal | None, dossier: Dossier | None = None
) -> ResponseReturnValue:
    session = db.session()
    path = dossier.unit.path if dossier else contact.unit.path if contact else _home(values.get("unit") or "")
    bound = procedures.in_unit(session, path, shanghai_date(now())) if path else ()
    html = render_template(
        "dossiers/register.html",
        values=values,
        contact=contact,
        dossier=dossier,
        masked={str(party.id): party for party in dossier.parties} if dossier else {},
        refusal=refusal,
        tables=code_words(session),
        kinds=extras.kinds(bound),
        grades=grades(stated(ruling.bound(session, dossier) if dossier else bound, lambda one: one.severity)),
        channels=channel_choices(bound if dossier is None else ()),
        sources=source_choices(bound if dossier is None else ()),
        words=procedures.words(session, [str(values.get("grade") or "")]),
        pairs=lambda one: [(choice, choice) for choice in one.choices],
        units=unit_choices(people.units(session), person(), Permission.REGISTER),
    )
    return html, refusal.status if refusal else 200


def _typed(path: str, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the form as the schema takes it; what another system brought along stays where no kind is chosen."""
    known = extras.kinds(procedures.in_unit(db.session(), path, shanghai_date(now()))) if path else []
    custom: dict[str, Any] = dict(extras.typed(request.form, known))
    if before and not custom[extras.KIND] and not before.get(extras.KIND):
        custom = before
    return {**forms.nested(request.form), "custom": custom}


def _home(code: str) -> str:
    """Return the path of the unit in which the complaint will be registered; empty where there is none."""
    session = db.session()
    try:
        unit = people.unit_by_code(session, code) if code else None
    except NotFound:
        return ""
    unit = unit or registering.home_unit(session, person(), Permission.REGISTER)
    return unit.path if unit else ""


def _contact(text: str) -> Contact | None:
    try:
        return contacts.find(db.session(), uuid.UUID(text), person()) if text else None
    except ValueError:
        raise NotFound("contact.unknown") from None


def _minute(moment: Any) -> str:
    return str(moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
