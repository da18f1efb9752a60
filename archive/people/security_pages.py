"""Pages of signing in and out, one's own password, one's own second factor."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user, logout_user

from archive.core.act import Machine, acting, now
from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput, Problem
from archive.core.labels import label
from archive.core.ports import ports
from archive.people import credentials, forms, second_factor
from archive.people.guard import account, confirm_password, public, signed_in
from archive.people.models import Account
from archive.people.rules import Deed, safe_target
from archive.web.forms import parse

security = Blueprint("security", __name__)

# Who knocks, before it is known who they are.
VISITOR = Machine("visitor")
# Between the password and the code.
_HALF_WAY = timedelta(minutes=5)


@security.get("/login")
@public
def login() -> ResponseReturnValue:
    """Show the sign-in page."""
    if g.person is not None:
        return redirect(safe_target(request.args.get("next", "/")))
    return render_template("security/login.html", next=request.args.get("next", ""), login="")


@security.post("/login")
@public
def login_now() -> ResponseReturnValue:
    """Take name and password; ask for the code where a second factor is set."""
    form = parse(forms.SignIn(), request.form)
    resets: list[tuple[Deed, str, datetime]] = []
    with acting(VISITOR) as act:
        found = credentials.try_password(form["login"], form["password"], act=act)
        if found is not None and not found.second_factor:
            resets = credentials.sign_in(found, act=act)
    if found is None:
        page = render_template("security/login.html", next=form["next"], login=form["login"], failed=True)
        return page, 401
    if found.second_factor:
        session.clear()
        session["half"] = {"who": found.fs_uniquifier, "at": now().timestamp(), "next": form["next"]}
        return redirect(url_for(".code"))
    return _enter(found, form["next"], resets)


@security.get("/login/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    if _half() is None:
        return redirect(url_for(".login"))
    return render_template("security/code.html")


@security.post("/login/code")
@public
def code_now() -> ResponseReturnValue:
    """Take the code and let the person in."""
    half = _half()
    if half is None:
        return redirect(url_for(".login"))
    form = parse(forms.Code(), request.form)
    resets: list[tuple[Deed, str, datetime]] = []
    with acting(VISITOR) as act:
        found = credentials.try_code(half["who"], form["code"], act=act)
        if found is not None:
            resets = credentials.sign_in(found, act=act)
    if found is None:
        return render_template("security/code.html", failed=True), 401
    return _enter(found, half["next"], resets)


@security.post("/logout")
@signed_in
def logout() -> ResponseReturnValue:
    """Sign out, everywhere."""
    with acting() as act:
        credentials.sign_out(account(), act=act)
    logout_user()
    session.clear()
    return redirect(url_for(".login"))


@security.get("/me/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Show the page for a new password."""
    return render_template("security/password.html", due=account().must_change_password)


@security.post("/me/password")
@signed_in
def change_password_now() -> ResponseReturnValue:
    """Set a new password; other sessions end."""
    me = account()
    try:
        form = parse(forms.ChangePassword(), request.form)
        confirm_password(form["old"], "old")
        with acting() as act:
            credentials.change_password(me, form["old"], form["new"], act=act)
    except BadInput as error:
        due = account().must_change_password
        return render_template("security/password.html", due=due, problems=error.problems), error.status
    _enter(me, "/")
    return render_template("security/password_changed.html")


@security.get("/me/second-factor")
@signed_in
def second() -> ResponseReturnValue:
    """Show whether a second factor is set, and how to set one."""
    return _second_page()


@security.post("/me/second-factor")
@signed_in
def second_on() -> ResponseReturnValue:
    """Set the second factor and show the recovery codes, once."""
    me = account()
    try:
        form = parse(forms.ConfirmedCode(), request.form)
        confirm_password(form["password"], "password")
        with acting() as act:
            codes = credentials.enable_second_factor(me, _offered_key(), form["code"], act=act)
    except BadInput as error:
        return _second_page(error.problems), error.status
    session.pop("offer", None)
    return render_template("security/recovery_codes.html", codes=codes)


@security.post("/me/second-factor/codes")
@signed_in
def recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes and show them, once."""
    me = account()
    try:
        confirm_password(parse(forms.Confirmed(), request.form)["password"], "password")
    except BadInput as error:
        return _second_page(error.problems), error.status
    with acting() as act:
        codes = credentials.new_recovery_codes(me, act=act)
    return render_template("security/recovery_codes.html", codes=codes)


@security.post("/me/second-factor/off")
@signed_in
def second_off() -> ResponseReturnValue:
    """Ask for no code any longer."""
    me = account()
    try:
        confirm_password(parse(forms.Confirmed(), request.form)["password"], "password")
    except BadInput as error:
        return _second_page(error.problems), error.status
    with acting() as act:
        credentials.disable_second_factor(me, act=act)
    return redirect(url_for(".second"))


def _enter(found: Account, target: str, resets: Sequence[tuple[Deed, str, datetime]] = ()) -> ResponseReturnValue:
    # A new session: nothing planted in the old one, and its form token, outlives the change of who is there.
    session.clear()
    g.pop("csrf_token", None)
    login_user(found, remember=False)
    for deed, by, at in resets:
        when = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        flash(f"{by} 于 {when} 为您{label(deed)}。如果不是您要求的，请立即告知审计员。", "warning")
    return redirect(safe_target(target))


def _half() -> dict[str, Any] | None:
    """Return who has given the right password a moment ago, or None."""
    half: dict[str, Any] | None = session.get("half")
    if half is None or now().timestamp() - half["at"] > _HALF_WAY.total_seconds():
        return None
    return half


def _offered_key() -> str:
    """Return the key on offer in this session, sealed there: the cookie can be read by who holds it."""
    vault = ports().vault
    if "offer" not in session:
        session["offer"] = vault.seal(second_factor.new_key())
    return vault.open(session["offer"])


def _second_page(problems: tuple[Problem, ...] = ()) -> str:
    me = account()
    if me.second_factor:
        return render_template("security/second_on.html", left=len(me.recovery_hashes), problems=problems)
    key = _offered_key()
    address = second_factor.address(key, me.username, ports().settings.office_name)
    return render_template(
        "security/second_off.html",
        picture=second_factor.picture(address),
        key=" ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        problems=problems,
        due=ports().settings.second_factor,
    )
