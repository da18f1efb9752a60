"""Input about people; pages and API share it."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from archive.people.passwords import LONGEST
from archive.people.rules import LOGIN, Deed, Permission, Role, login_of
from archive.people.tokens import MAX_DAYS
from archive.web.forms import Choice, Flag, Form, Words


class Secret(fields.String):
    """A password: taken as typed, blanks included, but of bounded length."""

    default_error_messages = {"required": "input.required", "null": "input.required", "invalid": "input.bad"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=True, validate=validate.Length(1, LONGEST, error="password.long"), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            raise self.make_error("required")
        return text


class SignIn(Form):
    """Name and password. Bounds only: what is wrong is never told apart."""

    login = Words(most=1000)
    password = fields.String(load_default="")
    next = fields.String(load_default="/")


class Code(Form):
    """A code of the second factor."""

    code = Words(most=40, required=True)


class ConfirmedCode(Code):
    """A code, and the password of who asks."""

    password = Secret()


class Confirmed(Form):
    """The password of who asks."""

    password = Secret()


class ChangePassword(Form):
    """The old password and the new one, twice."""

    old = Secret()
    new = Secret()
    again = Secret()

    @validates_schema
    def _same(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("new") != data.get("again"):
            raise ValidationError("form.again", "again")


class Identity(Form):
    """A person's own ID number, of which only a hash is kept; blank takes it away."""

    id_number = Words(most=40)


class NewAccount(Identity):
    """Somebody new."""

    login = Words(most=64, required=True, metadata={"example": "zhangsan"})
    name = Words(most=64, required=True, metadata={"example": "张三"})

    @validates_schema
    def _login(self, data: dict[str, Any], **_: Any) -> None:
        if "login" in data and not LOGIN.fullmatch(login_of(data["login"])):
            raise ValidationError("form.login", "login")


class GrantRole(Form):
    """A role in a unit."""

    role = Choice(Role, required=True)
    unit_id = fields.UUID(required=True, error_messages={"required": "input.required", "invalid_uuid": "input.choice"})


class Asked(Form):
    """What is to be confirmed by a second person; role and unit for a role to be given."""

    deed = Choice(Deed, required=True)
    role = Choice(Role, load_default=None)
    unit_id = fields.UUID(load_default=None, allow_none=True, error_messages={"invalid_uuid": "input.choice"})


class Answer(Form):
    """A second person's word."""

    agreed = Flag()


class NewUnit(Form):
    """A department; without a parent it stands at the top."""

    code = Words(most=20, required=True, metadata={"example": "TS"})
    name = Words(most=120, required=True)
    parent_id = fields.UUID(load_default=None, allow_none=True, error_messages={"invalid_uuid": "input.choice"})

    @validates_schema
    def _code(self, data: dict[str, Any], **_: Any) -> None:
        if not all(letter.isalnum() or letter in "-_" for letter in data.get("code", "")):
            raise ValidationError("form.unit_code", "code")


class UnitName(Form):
    """A department's new name."""

    name = Words(most=120, required=True)


class NewToken(Confirmed):
    """A token: what for, what it may do, for how many days; and the password, for it outlives the session."""

    name = Words(most=80, required=True)
    scopes = fields.List(
        Choice(Permission, required=True),
        required=True,
        validate=validate.Length(1, error="input.required"),
        error_messages={"required": "input.required"},
    )
    days = fields.Integer(
        required=True,
        validate=validate.Range(1, MAX_DAYS, error="form.days"),
        error_messages={"required": "input.required", "invalid": "input.number"},
    )


class AccountFilter(Form):
    """Which accounts to list."""

    q = Words(most=64)
    role = Choice(Role, load_default=None)
    after = Words(most=400)
