"""Pages of people: the administrator's accounts and units, everybody's own account and tokens."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import Act, acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, Problem, RuleBroken
from archive.core.labels import choices
from archive.core.paging import PageRequest
from archive.people import forms, guard, operations, queries, second_words, tokens
from archive.people.guard import requires, signed_in
from archive.people.models import Account, SecondWord, Unit
from archive.people.rules import Deed, Permission, Role
from archive.web.forms import parse
from archive.web.problems import note_refusal

pages = Blueprint("people", __name__)


@pages.get("/people/")
@requires(Permission.MANAGE_ACCOUNTS)
def accounts() -> str:
    """List the accounts."""
    form = parse(forms.AccountFilter(), request.args)
    page = queries.accounts(db.session(), PageRequest(after=form["after"]), q=form["q"], role=form["role"])
    waiting = len(second_words.waiting(db.session(), guard.person(), now()))
    return render_template("people/accounts.html", page=page, form=form, roles=choices(Role), waiting=waiting)


@pages.get("/people/new")
@requires(Permission.MANAGE_ACCOUNTS)
def new_account() -> str:
    """Show the form for a new account."""
    return render_template("people/new_account.html", values={})


@pages.post("/people/new")
@requires(Permission.MANAGE_ACCOUNTS)
def add_account() -> ResponseReturnValue:
    """Add an account and show its start password, once."""
    try:
        form = parse(forms.NewAccount(), request.form)
        with acting() as act:
            account, password = operations.add_account(**form, act=act)
    except (BadInput, RuleBroken) as error:
        return render_template("people/new_account.html", values=request.form, problems=_reasons(error)), error.status
    return _start_password(account.id, password), 201


@pages.get("/people/<uuid:account_id>")
@requires(Permission.MANAGE_ACCOUNTS)
def account(account_id: uuid.UUID) -> str:
    """Show an account, its roles, and what may be done with it."""
    return _account_page(account_id)


@pages.post("/people/<uuid:account_id>/roles")
@requires(Permission.MANAGE_ACCOUNTS)
def grant(account_id: uuid.UUID) -> ResponseReturnValue:
    """Give a role in a unit."""
    try:
        form = parse(forms.GrantRole(), request.form)
        with acting() as act:
            target, unit = queries.account(act.session, account_id), queries.unit(act.session, form["unit_id"])
            if _asked(target, Deed.GRANT, form["role"], unit, act=act) is None:
                operations.grant(target, form["role"], unit, act=act)
    except (BadInput, RuleBroken) as error:
        return _account_page(account_id, error), error.status
    return redirect(url_for(".account", account_id=account_id))


@pages.post("/people/<uuid:account_id>/roles/<uuid:held_id>/withdraw")
@requires(Permission.MANAGE_ACCOUNTS)
def withdraw(account_id: uuid.UUID, held_id: uuid.UUID) -> ResponseReturnValue:
    """Take a role away."""
    try:
        with acting() as act:
            operations.withdraw(queries.held(act.session, account_id, held_id), act=act)
    except RuleBroken as error:
        return _account_page(account_id, error), error.status
    return redirect(url_for(".account", account_id=account_id))


@pages.post("/people/<uuid:account_id>/disable")
@requires(Permission.MANAGE_ACCOUNTS)
def disable(account_id: uuid.UUID) -> ResponseReturnValue:
    """Shut an account."""
    try:
        with acting() as act:
            operations.disable(queries.account(act.session, account_id), act=act)
    except RuleBroken as error:
        return _account_page(account_id, error), error.status
    return redirect(url_for(".account", account_id=account_id))


@pages.post("/people/<uuid:account_id>/enable")
@requires(Permission.MANAGE_ACCOUNTS)
def enable(account_id: uuid.UUID) -> ResponseReturnValue:
    """Open a shut account."""
    with acting() as act:
        operations.enable(queries.account(act.session, account_id), act=act)
    return redirect(url_for(".account", account_id=account_id))


@pages.post("/people/<uuid:account_id>/identity")
@requires(Permission.MANAGE_ACCOUNTS)
def identify(account_id: uuid.UUID) -> ResponseReturnValue:
    """Note the person's ID number, as a hash."""
    form = parse(forms.Identity(), request.form)
    with acting() as act:
        operations.identify(queries.account(act.session, account_id), form["id_number"], act=act)
    return redirect(url_for(".account", account_id=account_id))


@pages.post("/people/<uuid:account_id>/reset-password")
@requires(Permission.MANAGE_ACCOUNTS)
def reset_password(account_id: uuid.UUID) -> ResponseReturnValue:
    """Set a start password and show it, once."""
    with acting() as act:
        target = queries.account(act.session, account_id)
        asked = _asked(target, Deed.RESET_PASSWORD, act=act)
        password = operations.reset_password(target, act=act) if asked is None else ""
    if asked is not None:
        return redirect(url_for(".account", account_id=account_id))
    return _start_password(account_id, password)


@pages.post("/people/<uuid:account_id>/reset-second-factor")
@requires(Permission.MANAGE_ACCOUNTS)
def reset_second_factor(account_id: uuid.UUID) -> ResponseReturnValue:
    """Take the second factor away."""
    with acting() as act:
        target = queries.account(act.session, account_id)
        if _asked(target, Deed.RESET_SECOND_FACTOR, act=act) is None:
            operations.reset_second_factor(target, act=act)
    return redirect(url_for(".account", account_id=account_id))


@pages.get("/people/second-words")
@signed_in
def second_words_waiting() -> str:
    """List what waits for one's own word: of auditors and security administrators."""
    words = second_words.waiting(db.session(), guard.person(), now())
    return render_template("people/second_words.html", words=words)


@pages.post("/people/second-words/<uuid:word_id>")
@signed_in
def answer(word_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm or refuse what another asked."""
    form = parse(forms.Answer(), request.form)
    with acting() as act:
        second_words.answer(word_id, form["agreed"], act=act)
    flash("已确认，提请人可在一日内办理。" if form["agreed"] else "已不予确认。", "success")
    return redirect(url_for(".second_words_waiting"))


@pages.get("/units/")
@requires(Permission.MANAGE_ACCOUNTS)
def units() -> str:
    """Show the tree of units."""
    return _units_page()


@pages.post("/units/")
@requires(Permission.MANAGE_ACCOUNTS)
def add_unit() -> ResponseReturnValue:
    """Add a unit."""
    try:
        form = parse(forms.NewUnit(), {name: value for name, value in request.form.items() if value})
        with acting() as act:
            parent = queries.unit(act.session, form["parent_id"]) if form["parent_id"] else None
            operations.add_unit(form["code"], form["name"], parent, act=act)
    except (BadInput, RuleBroken) as error:
        return _units_page(error), error.status
    return redirect(url_for(".units"))


@pages.post("/units/<uuid:unit_id>/rename")
@requires(Permission.MANAGE_ACCOUNTS)
def rename_unit(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Give a unit another name."""
    form = parse(forms.UnitName(), request.form)
    with acting() as act:
        operations.rename_unit(queries.unit(act.session, unit_id), form["name"], act=act)
    return redirect(url_for(".units"))


@pages.post("/units/<uuid:unit_id>/close")
@requires(Permission.MANAGE_ACCOUNTS)
def close_unit(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Close a unit."""
    try:
        with acting() as act:
            operations.close_unit(queries.unit(act.session, unit_id), act=act)
    except RuleBroken as error:
        return _units_page(error), error.status
    return redirect(url_for(".units"))


@pages.get("/me/")
@signed_in
def me() -> str:
    """Show one's own account: roles, password, second factor, tokens."""
    return render_template("people/me.html", account=queries.account(db.session(), guard.person().id))


@pages.get("/me/tokens/")
@signed_in
def my_tokens() -> str:
    """List one's own tokens."""
    return _tokens_page()


@pages.post("/me/tokens/")
@signed_in
def issue_token() -> ResponseReturnValue:
    """Make a token and show it, once."""
    data = {**request.form, "scopes": request.form.getlist("scopes")}
    try:
        form = parse(forms.NewToken(), data)
        guard.confirm_password(form.pop("password"), "password")
        with acting() as act:
            token, text = tokens.issue(guard.account(), **form, act=act)
    except BadInput as error:
        return _tokens_page(error), error.status
    return render_template("people/token.html", token=token, text=text), 201


@pages.post("/me/tokens/<uuid:token_id>/revoke")
@signed_in
def revoke_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own tokens."""
    with acting() as act:
        tokens.revoke(queries.token_of(act.session, guard.person().id, token_id), act=act)
    return redirect(url_for(".my_tokens"))


def _asked(
    account: Account, deed: Deed, role: Role | None = None, unit: Unit | None = None, *, act: Act
) -> SecondWord | None:
    """Ask for a second person's word where one is needed and was not given; None: the deed may be done."""
    if not second_words.needed(account, deed, role, act.actor):
        return None
    word = operations.ask(account, deed, role, unit, act=act)
    if word.agreed:
        return None
    flash("此项须第二人确认：已提请审计员或另一位安全管理员。确认后一日内，请在本页再次办理。", "warning")
    return word


def _account_page(account_id: uuid.UUID, error: ArchiveError | None = None) -> str:
    problems = _reasons(error)
    session = db.session()
    account = queries.account(session, account_id)
    return render_template(
        "people/account.html",
        account=account,
        words=second_words.of_account(session, account, now()),
        roles=choices(Role),
        units=_unit_choices(queries.units(session)),
        problems=problems,
        values=request.form,
    )


def _units_page(error: ArchiveError | None = None) -> str:
    problems = _reasons(error)
    units = queries.units(db.session())
    return render_template(
        "people/units.html", units=units, above=_unit_choices(units), problems=problems, values=request.form
    )


def _unit_choices(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Return the units that are open as choices, indented as they hang in the tree."""
    return [(str(unit.id), "　" * (unit.path.count("/") - 2) + unit.name) for unit in units if unit.closed_at is None]


def _tokens_page(error: ArchiveError | None = None) -> str:
    problems = _reasons(error)
    return render_template(
        "people/tokens.html",
        tokens=queries.tokens_of(db.session(), guard.person().id),
        words=dict(choices(Permission)),
        grantable=sorted(tokens.grantable(guard.person()), key=list(Permission).index),
        problems=problems,
        values=request.form,
        chosen=request.form.getlist("scopes"),
    )


def _start_password(account_id: uuid.UUID, password: str) -> str:
    return render_template(
        "people/start_password.html", account=queries.account(db.session(), account_id), password=password
    )


def _reasons(error: ArchiveError | None) -> tuple[Problem, ...]:
    """Return why an act was refused, for the page that shows it; the refusal is noted as on an error page."""
    if error is None:
        return ()
    note_refusal(error)
    found: tuple[Problem, ...] = getattr(error, "problems", ())
    return found or (Problem(error.code, "", error.facts),)
