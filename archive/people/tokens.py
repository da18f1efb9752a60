"""Tokens for machines: made once, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from archive.core.act import Act, Actor, now
from archive.core.db import WRITES, db
from archive.core.errors import BadInput, NotAllowed, Problem
from archive.people import queries
from archive.people.models import Account, ApiToken
from archive.people.rules import PERMISSIONS, NotSignedIn, Permission, Person

MAX_DAYS = 366
_PREFIX = "anjuan_"
# That a token is in use is noted once in so long, not with every request.
_USE_GRAIN = timedelta(minutes=10)


def issue(account: Account, *, name: str, scopes: Collection[Permission], days: int, act: Act) -> tuple[ApiToken, str]:
    """Make a token for an account and return it with its text, which is shown once.

    The scopes must be among what the account's roles give; `days` from 1 to 366. Raises BadInput, and NotAllowed when a
    token asks: one that leaked could renew itself for ever.
    """
    check_by_person(act.actor)
    if not 1 <= days <= MAX_DAYS:
        raise BadInput("input.bad", [Problem("form.days", "days")])
    if not scopes or not set(scopes) <= grantable(queries.person(act.session, account)):
        raise BadInput("input.bad", [Problem("token.scopes", "scopes")])
    text = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account.id,
        name=name,
        hash=_hash(text),
        scopes=sorted(scopes),
        created_at=act.moment,
        expires_at=act.moment + timedelta(days=days),
    )
    act.session.add(token)
    act.session.flush()
    act.record("token:issue", token, name=token.name, scopes=token.scopes, expires_at=token.expires_at)
    return token, text


def check_by_person(actor: Actor) -> None:
    """Refuse a token that meddles with tokens: to make and to end them, one signs in. Raises NotAllowed."""
    if getattr(actor, "scopes", None) is not None:
        raise NotAllowed("token.by_token")


def grantable(person: Person) -> set[Permission]:
    """Return what a token of this person may be allowed: what the roles give."""
    return {permission for role in person.roles for permission in PERMISSIONS[role]}


def revoke(token: ApiToken, *, act: Act) -> None:
    """End a token now."""
    if token.revoked_at is None:
        token.revoked_at = act.moment
        act.record("token:revoke", token, name=token.name)


def revoke_all(account: Account, *, act: Act) -> None:
    """End all tokens of an account."""
    live = select(ApiToken).where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
    for token in act.session.scalars(live):
        revoke(token, act=act)


def person_of(text: str) -> Person:
    """Return who a token speaks for, cut down to its scopes. Raises NotSignedIn for any token that does not count."""
    moment = now()
    token = db.session().scalar(select(ApiToken).where(ApiToken.hash == _hash(text)))
    if token is None or token.revoked_at is not None or token.expires_at <= moment or not token.account.active:
        raise NotSignedIn("token.invalid")
    found = queries.person(db.session(), token.account, frozenset(token.scopes))
    if token.last_used_at is None or moment - token.last_used_at >= _USE_GRAIN:
        _note_use(token, moment)
    return found


def _note_use(token: ApiToken, moment: datetime) -> None:
    """Write down that the token is in use, outside any act: what it is used for stands in the trail anyway."""
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    due = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= moment - _USE_GRAIN)
    session.execute(
        update(ApiToken).where(ApiToken.hash == token.hash, due).values(last_used_at=moment),
        execution_options={"synchronize_session": False},
    )
    session.commit()


def _hash(text: str) -> str:
    # A plain digest suffices: the text carries 256 random bits, there is nothing to guess.
    return hashlib.sha256(text.encode()).hexdigest()
