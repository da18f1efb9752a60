"""Tokens for machines: made once, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from archive.core.act import Act, now
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed
from archive.people import queries
from archive.people.models import Account, ApiToken
from archive.people.rules import Permission, Person

MAX_DAYS = 366
_PREFIX = "anjuan_"


def issue(account: Account, *, name: str, scopes: Collection[Permission], days: int, act: Act) -> tuple[ApiToken, str]:
    """Make a token for an account and return it with its text, which is shown once. Raises BadInput."""
    if not 1 <= days <= MAX_DAYS:
        raise BadInput("token.days", most=MAX_DAYS)
    if not scopes:
        raise BadInput("token.scopes")
    text = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account.id, name=name.strip()[:80], hash=_hash(text), scopes=sorted(scopes), created_at=act.moment,
        expires_at=act.moment + timedelta(days=days),
    )
    act.session.add(token)
    act.session.flush()
    act.record("token:issue", token, name=token.name, scopes=token.scopes, expires_at=token.expires_at)
    return token, text


def revoke(token: ApiToken, *, act: Act) -> None:
    """End a token now."""
    if token.revoked_at is None:
        token.revoked_at = act.moment
        act.record("token:revoke", token, name=token.name)


def person_of(text: str) -> Person:
    """Return who a token speaks for, cut down to its scopes. Raises NotAllowed for any token that does not count."""
    token = db.session().scalar(select(ApiToken).where(ApiToken.hash == _hash(text)))
    if token is None or token.revoked_at is not None or token.expires_at <= now() or not token.account.active:
        raise NotAllowed("token.invalid")
    return queries.person(db.session(), token.account, frozenset(token.scopes))


def _hash(text: str) -> str:
    # A plain digest suffices: the text carries 256 random bits, there is nothing to guess.
    return hashlib.sha256(text.encode()).hexdigest()
