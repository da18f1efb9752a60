"""Pages of the contact register (接待登记簿)."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.paging import Page, PageRequest
from archive.dossiers import contacts as register
from archive.dossiers import forms, parties, registering
from archive.dossiers.answering import Refusal, channel_choices, refused, unit_choices
from archive.dossiers.blueprints import pages
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.procedures import queries as procedures
from archive.web.forms import parse


@pages.get("/contacts/")
@requires(Permission.READ)
def contacts() -> str:
    """Show a register, by default the newest; every line is there, of some only the number."""
    session = db.session()
    books = register.books(session, person())
    wanted = (request.args.get("unit", ""), request.args.get("year", ""))
    book = next((one for one in books if (one.unit_code, str(one.year)) == wanted), books[0] if books else None)
    page: Page[register.Entry] = Page([])
    if book is not None:
        request_ = PageRequest(after=request.args.get("after", ""))
        page = register.page(session, person(), book.unit_id, book.year, request_)
    return render_template("dossiers/contacts.html", books=books, book=book, page=page)


@pages.get("/contacts/new")
@requires(Permission.REGISTER)
def new_contact() -> ResponseReturnValue:
    """Show the form of a new line."""
    return _contact_form({"received_at": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")}, None)


@pages.post("/contacts/new")
@requires(Permission.REGISTER)
def record_contact() -> ResponseReturnValue:
    """Write a line, and go on to the complaint form when the person complains."""
    try:
        value = parse(forms.ContactForm(), request.form)
        with acting() as act:
            contact = registering.record_contact(value, act=act)
            serial, contact_id = contact.serial, contact.id
    except ArchiveError as error:
        return _contact_form(request.form.to_dict(), refused(error))
    flash(f"已登记为第 {serial} 号接待。", "success")
    if request.form.get("next") == "register":
        return redirect(url_for(".new", contact=contact_id))
    return redirect(url_for(".contact", contact_id=contact_id))


@pages.get("/contacts/<uuid:contact_id>")
@requires(Permission.READ)
def contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Show a line."""
    return _contact(contact_id, None)


@pages.post("/contacts/<uuid:contact_id>/judge")
@requires(Permission.REGISTER)
def judge_contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether it is within the office's scope, and what the person was advised."""
    try:
        asked = parse(forms.JudgementForm(), request.form)
        with acting() as act:
            registering.judge_contact(register.find(act.session, contact_id, person()), **asked, act=act)
    except ArchiveError as error:
        return _contact(contact_id, refused(error))
    flash("已记录。", "success")
    return redirect(url_for(".contact", contact_id=contact_id))


@pages.post("/contacts/<uuid:contact_id>/unmask")
@requires(Permission.UNMASK)
def unmask_contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Show the phone number in full, once."""
    try:
        asked = parse(forms.ReasonForm(), request.form)
        with acting() as act:
            found = register.find(act.session, contact_id, person())
            phone = parties.unmask_contact(found, reason=asked["reason"], act=act)
    except ArchiveError as error:
        return _contact(contact_id, refused(error))
    return _contact(contact_id, None, phone=phone)


def _contact_form(values: dict[str, str], refusal: Refusal | None) -> ResponseReturnValue:
    session = db.session()
    home = registering.home_unit(session, person(), Permission.REGISTER)
    bound = procedures.in_unit(session, home.path, shanghai_date(now())) if home else ()
    html = render_template(
        "dossiers/new_contact.html",
        values=values,
        refusal=refusal,
        units=unit_choices(people.units(session), person(), Permission.REGISTER),
        # Whoever turns to the office is written down, by whatever way.
        channels=channel_choices(bound),
    )
    return html, refusal.status if refusal else 200


def _contact(contact_id: uuid.UUID, refusal: Refusal | None, phone: str = "") -> ResponseReturnValue:
    found = register.find(db.session(), contact_id, person())
    html = render_template(
        "dossiers/contact.html",
        contact=found,
        refusal=refusal,
        values=request.form if refusal else {},
        phone=phone,
        may_register=may(person(), Permission.REGISTER, found.unit.path),
        may_unmask=may(person(), Permission.UNMASK, found.unit.path),
    )
    return html, refusal.status if refusal else 200
