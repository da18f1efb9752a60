# mypy: disable-error-code="untyped-decorator"
"""The API of people: accounts, units, one's own tokens.

Start passwords and token texts are told once, in the answer that makes them; so these requests take no
Idempotency-Key (the answer would have to be kept), and a login or unit code that is taken answers 409.
"""

import uuid
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.paging import Page, PageRequest
from archive.people import forms, guard, operations, queries, second_words, tokens, views
from archive.people.guard import requires, signed_in
from archive.people.models import Account, RoleHeld, SecondWord, Unit
from archive.people.rules import Permission
from archive.web.idempotency import check_match, etag

api = Blueprint("people_api", __name__, url_prefix="/api/v1", description="用户、单位与令牌")


@api.get("/me")
@signed_in
@api.response(200, views.MeOut)
def me() -> dict[str, Any]:
    """Tell who the request speaks for, and what it may do."""
    who = guard.person()
    granted = [str(permission) for permission in Permission if who.paths(permission)]
    return {"id": who.id, "login": who.login, "name": who.name, "permissions": granted}


@api.get("/people")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.AccountFilter, location="query")
@api.response(200, views.AccountsOut)
def accounts(form: dict[str, Any]) -> Page[Account]:
    """List accounts by login; `after` takes the `next` of the page before."""
    return queries.accounts(db.session(), PageRequest(after=form["after"]), q=form["q"], role=form["role"])


@api.post("/people")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.NewAccount)
@api.response(201, views.StartPasswordOut)
def add_account(form: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add an account. The start password is told here, once."""
    with acting() as act:
        account, password = operations.add_account(**form, act=act)
    account = queries.account(db.session(), account.id)
    headers = {"Location": f"/api/v1/people/{account.id}", "ETag": etag(views.account_revision(account))}
    return {"account": account, "start_password": password}, 201, headers


@api.get("/people/<uuid:account_id>")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(200, views.AccountOut)
def account(account_id: uuid.UUID) -> tuple[Account, int, dict[str, str]]:
    """Tell about one account, with its entity tag."""
    return _answer(account_id)


@api.post("/people/<uuid:account_id>/disable")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(200, views.AccountOut)
def disable(account_id: uuid.UUID) -> tuple[Account, int, dict[str, str]]:
    """Shut an account; its sessions and tokens end. If-Match is honoured."""
    with acting() as act:
        operations.disable(_matching(act.session, account_id), act=act)
    return _answer(account_id)


@api.post("/people/<uuid:account_id>/enable")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(200, views.AccountOut)
def enable(account_id: uuid.UUID) -> tuple[Account, int, dict[str, str]]:
    """Open a shut account again. If-Match is honoured."""
    with acting() as act:
        operations.enable(_matching(act.session, account_id), act=act)
    return _answer(account_id)


@api.put("/people/<uuid:account_id>/identity")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.Identity)
@api.response(200, views.AccountOut)
def identify(form: dict[str, Any], account_id: uuid.UUID) -> tuple[Account, int, dict[str, str]]:
    """Note the person's ID number for recusals; only its hash is kept, blank takes it away. Honours If-Match."""
    with acting() as act:
        operations.identify(_matching(act.session, account_id), form["id_number"], act=act)
    return _answer(account_id)


@api.post("/people/<uuid:account_id>/reset-password")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(200, views.StartPasswordOut)
def reset_password(account_id: uuid.UUID) -> dict[str, Any]:
    """Set a start password and tell it, once; sessions and tokens end. If-Match is honoured."""
    with acting() as act:
        password = operations.reset_password(_matching(act.session, account_id), act=act)
    return {"account": queries.account(db.session(), account_id), "start_password": password}


@api.post("/people/<uuid:account_id>/reset-second-factor")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(200, views.AccountOut)
def reset_second_factor(account_id: uuid.UUID) -> tuple[Account, int, dict[str, str]]:
    """Take the second factor away. If-Match is honoured."""
    with acting() as act:
        operations.reset_second_factor(_matching(act.session, account_id), act=act)
    return _answer(account_id)


@api.post("/people/<uuid:account_id>/roles")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.GrantRole)
@api.response(201, views.HeldOut)
def grant(form: dict[str, Any], account_id: uuid.UUID) -> RoleHeld:
    """Give a role in a unit. If-Match names the account's tag."""
    with acting() as act:
        target = _matching(act.session, account_id)
        unit = queries.unit(act.session, form["unit_id"])
        return operations.grant(target, form["role"], unit, act=act)


@api.post("/people/<uuid:account_id>/second-words")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.Asked)
@api.response(201, views.SecondWordOut)
def ask(form: dict[str, Any], account_id: uuid.UUID) -> SecondWord:
    """Ask for the second person's word without which a weighty role is not given, nor its holder's account opened.

    Confirmed, it counts for a day: then do what was asked for. Asked again, the same request is told.
    """
    with acting() as act:
        unit = queries.unit(act.session, form["unit_id"]) if form["unit_id"] else None
        return operations.ask(queries.account(act.session, account_id), form["deed"], form["role"], unit, act=act)


@api.get("/second-words")
@signed_in
@api.response(200, views.SecondWordOut(many=True))
def second_words_waiting() -> list[SecondWord]:
    """List what waits for the caller's word, the oldest first."""
    return second_words.waiting(db.session(), guard.person(), now())


@api.post("/second-words/<uuid:word_id>/answer")
@signed_in
@api.arguments(forms.Answer)
@api.response(200, views.SecondWordOut)
def answer(form: dict[str, Any], word_id: uuid.UUID) -> SecondWord:
    """Confirm or refuse what another asked: an auditor, or another security administrator."""
    with acting() as act:
        return second_words.answer(word_id, form["agreed"], act=act)


@api.delete("/people/<uuid:account_id>/roles/<uuid:held_id>")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(204)
def withdraw(account_id: uuid.UUID, held_id: uuid.UUID) -> None:
    """Take a role away. If-Match names the account's tag."""
    with acting() as act:
        _matching(act.session, account_id)
        operations.withdraw(queries.held(act.session, account_id, held_id), act=act)


@api.get("/units")
@signed_in
@api.response(200, views.UnitOut(many=True))
def units() -> list[Unit]:
    """List all units, each after its parent."""
    return list(queries.units(db.session()))


@api.post("/units")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.NewUnit)
@api.response(201, views.UnitOut)
def add_unit(form: dict[str, Any]) -> Unit:
    """Add a unit under another, or at the top."""
    with acting() as act:
        parent = queries.unit(act.session, form["parent_id"]) if form["parent_id"] else None
        return operations.add_unit(form["code"], form["name"], parent, act=act)


@api.patch("/units/<uuid:unit_id>")
@requires(Permission.MANAGE_ACCOUNTS)
@api.arguments(forms.UnitName)
@api.response(200, views.UnitOut)
def rename_unit(form: dict[str, Any], unit_id: uuid.UUID) -> Unit:
    """Give a unit another name."""
    with acting() as act:
        unit = queries.unit(act.session, unit_id)
        operations.rename_unit(unit, form["name"], act=act)
    return unit


@api.post("/units/<uuid:unit_id>/close")
@requires(Permission.MANAGE_ACCOUNTS)
@api.response(200, views.UnitOut)
def close_unit(unit_id: uuid.UUID) -> Unit:
    """Close a unit."""
    with acting() as act:
        unit = queries.unit(act.session, unit_id)
        operations.close_unit(unit, act=act)
    return unit


@api.get("/tokens")
@signed_in
@api.response(200, views.TokenOut(many=True))
def my_tokens() -> list[Any]:
    """List one's own tokens, the newest first."""
    return list(queries.tokens_of(db.session(), guard.person().id))


@api.post("/tokens")
@signed_in
@api.arguments(forms.NewToken)
@api.response(201, views.NewTokenOut)
def issue_token(form: dict[str, Any]) -> dict[str, Any]:
    """Make a token and tell its text, once. Not for tokens themselves: sign in first, and give the password again."""
    tokens.check_by_person(guard.person())
    guard.confirm_password(form.pop("password"), "password")
    with acting() as act:
        token, text = tokens.issue(guard.account(), **form, act=act)
    return {"token": token, "text": text}


@api.delete("/tokens/<uuid:token_id>")
@signed_in
@api.response(204)
def revoke_token(token_id: uuid.UUID) -> None:
    """End one of one's own tokens. Not for tokens themselves: sign in first."""
    with acting() as act:
        tokens.check_by_person(act.actor)
        tokens.revoke(queries.token_of(act.session, guard.person().id, token_id), act=act)


def _matching(session: Session, account_id: uuid.UUID) -> Account:
    """Return the account when it is still what the caller's If-Match names. Raises NotFound, Stale."""
    found = queries.account(session, account_id)
    check_match(views.account_revision(found))
    return found


def _answer(account_id: uuid.UUID) -> tuple[Account, int, dict[str, str]]:
    found = queries.account(db.session(), account_id)
    return found, 200, {"ETag": etag(views.account_revision(found))}
