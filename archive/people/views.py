"""What the API tells about people."""

import hashlib
import json
from typing import Any

from marshmallow import Schema, fields

from archive.people.models import Account


class UnitOut(Schema):
    """A unit; `path` holds the serials from the root down."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    parent_id = fields.UUID(allow_none=True)
    path = fields.String()
    closed_at = fields.AwareDateTime(allow_none=True)


class HeldOut(Schema):
    """A role held in a unit and below."""

    id = fields.UUID()
    role = fields.String()
    unit_id = fields.UUID()
    unit = fields.Function(lambda held: held.unit.name, metadata={"type": "string"})
    granted_at = fields.AwareDateTime()


class AccountOut(Schema):
    """An account. Nothing of its secrets."""

    id = fields.UUID()
    login = fields.String(attribute="username")
    name = fields.String()
    active = fields.Boolean()
    created_at = fields.AwareDateTime()
    last_seen_at = fields.AwareDateTime(allow_none=True)
    locked_until = fields.AwareDateTime(allow_none=True)
    must_change_password = fields.Boolean()
    second_factor = fields.Boolean()
    identified = fields.Boolean(metadata={"description": "whether the ID number is known, for recusals"})
    roles = fields.List(fields.Nested(HeldOut), attribute="held")


class SecondWordOut(Schema):
    """What a second person is asked to confirm, and what they said."""

    id = fields.UUID()
    login = fields.Function(lambda word: word.account.username, metadata={"type": "string"})
    deed = fields.String()
    role = fields.String(allow_none=True)
    unit_id = fields.UUID(allow_none=True)
    asked_by = fields.Function(lambda word: word.asker.name, metadata={"type": "string"})
    asked_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)
    agreed = fields.Boolean()


class AccountsOut(Schema):
    """A page of accounts; `next` is the cursor of the next page, empty on the last."""

    accounts = fields.List(fields.Nested(AccountOut), attribute="rows")
    next = fields.String()


class StartPasswordOut(Schema):
    """An account and its start password, which is told once."""

    account = fields.Nested(AccountOut)
    start_password = fields.String()


class TokenOut(Schema):
    """A token, without its text."""

    id = fields.UUID()
    name = fields.String()
    scopes = fields.List(fields.String())
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)
    last_used_at = fields.AwareDateTime(allow_none=True)


class NewTokenOut(Schema):
    """A token and its text, which is told once."""

    token = fields.Nested(TokenOut)
    text = fields.String()


class MeOut(Schema):
    """Who the request speaks for, and what it may do."""

    id = fields.UUID()
    login = fields.String()
    name = fields.String()
    permissions = fields.List(fields.String())


def account_revision(account: Account) -> str:
    """Return what the entity tag is made of: the account as the API tells it, besides when it was last there."""
    told: dict[str, Any] = dict(AccountOut(exclude=("last_seen_at",)).dump(account))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
