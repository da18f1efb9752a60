"""Input from forms and from the API, parsed by one schema into a frozen value or a list of field errors.

The same schema (marshmallow) reads a page's form and an API body, and documents itself in OpenAPI. Messages are the
codes of `archive.core.labels`; `parse` turns them into `BadInput` with one Problem a field.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput, Problem
from archive.core.labels import label

# Names, titles, numbers: up to so many characters a text is one line on every form, list and letter.
_LINE = 200
_BREAKS = re.compile(r"[ \t]*[\n\r\t\v\f\x85\u2028\u2029][\s]*")

_CODES = {"required": "input.required", "null": "input.required", "validator_failed": "input.bad"}


class Form(Schema):
    """Base of all input schemas: blanks around texts go, empty optional fields count as not given."""

    class Meta:
        """Unknown keys (a page's CSRF token, buttons) are passed over."""

        unknown = EXCLUDE


class Words(fields.String):
    """Text, stripped; `most` characters at most. What may be longer than a line (`_LINE`) keeps its line breaks."""

    default_error_messages = {**_CODES, "invalid": "input.bad", "invalid_utf8": "input.bad"}

    def __init__(self, *, most: int = 200, required: bool = False, **kwargs: Any) -> None:
        self.most = most
        checks = [validate.Length(max=most, error=f"input.long:{most}")]
        if not required:
            kwargs.setdefault("load_default", "")
        super().__init__(required=required, validate=checks, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        # NUL cannot be stored; line ends come as CR LF from browsers.
        text = text.replace("\x00", "").replace("\r\n", "\n").strip()
        if self.most <= _LINE:
            text = _BREAKS.sub(" ", text)
        if self.required and not text:
            raise self.make_error("required")
        return text


class Choice(fields.String):
    """One member of a code enum, by value."""

    default_error_messages = {**_CODES, "invalid": "input.choice", "invalid_utf8": "input.choice"}

    def __init__(self, enum: type[StrEnum], **kwargs: Any) -> None:
        self.enum = enum
        metadata = {"enum": [member.value for member in enum], **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value in ("", None):
            if self.required:
                raise self.make_error("required")
            return self.load_default if isinstance(self.load_default, StrEnum) else None
        try:
            return self.enum(value)
        except ValueError:
            raise self.make_error("invalid") from None


class Yuan(fields.Decimal):
    """An amount in yuan, not negative, two decimals; thousands separators and ¥ are allowed."""

    default_error_messages = {**_CODES, "invalid": "input.number", "special": "input.number"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("load_default", None)
        super().__init__(places=2, as_string=True, allow_none=True, **kwargs)

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> Decimal | None:
        text = str(value).replace(",", "").replace("，", "").replace("¥", "").replace("￥", "").strip()
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise self.make_error("invalid") from None
        if not amount.is_finite() or not 0 <= amount < Decimal(10) ** 14:
            raise self.make_error("invalid")
        return amount.quantize(Decimal("0.01"))


class Whole(fields.Integer):
    """A whole number that a row can have."""

    default_error_messages = {**_CODES, "invalid": "input.number", "too_large": "input.number"}

    def __init__(self, *, least: int = -(2**31), most: int = 2**31 - 1, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(least, most, error="input.number"), **kwargs)


# Beyond these years a date is a slip of the keyboard (0026 for 2026), and no arithmetic of calendars holds.
_YEARS = range(1900, 2201)


class Day(fields.Date):
    """A calendar date, `2026-03-05`."""

    default_error_messages = {**_CODES, "invalid": "input.date", "format": "input.date"}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
            kwargs.setdefault("allow_none", True)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | None:  # type: ignore[override]
        if value == "":
            if self.required:
                raise self.make_error("required")
            return None
        found: date = super()._deserialize(value, attr, data, **kwargs)
        if found.year not in _YEARS:
            raise self.make_error("invalid", input=value, obj_type="date")
        return found


class Moment(fields.Field[datetime]):
    """A moment: `2026-03-05T14:30` as browsers send it means Asia/Shanghai; a zone may be given."""

    default_error_messages = {**_CODES, "invalid": "input.moment"}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
            kwargs.setdefault("allow_none", True)
        super().__init__(**kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "" and not self.required:
            return None
        try:
            found = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        except ValueError:
            raise self.make_error("invalid") from None
        if found.year not in _YEARS:
            raise self.make_error("invalid")
        return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


class Flag(fields.Boolean):
    """A tick box: absent means no."""

    default_error_messages = {**_CODES, "invalid": "input.choice"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("load_default", False)
        super().__init__(**kwargs)


def problems(messages: Mapping[str, Any] | list[Any], prefix: str = "") -> list[Problem]:
    """Return marshmallow's messages as problems; nested fields are named `parties.0.name`."""
    if isinstance(messages, list):
        return [_problem(str(text), prefix) for text in messages]
    found: list[Problem] = []
    for name, inner in messages.items():
        path = str(name) if not prefix else f"{prefix}.{name}"
        found += problems(inner, "" if name == "_schema" else path)
    return found


def _problem(text: str, field: str) -> Problem:
    code, _, fact = text.partition(":")
    if code == "input.long":
        return Problem("input.long", field, {"most": fact})
    return Problem(code if code.startswith(("input.", "form.")) else "input.bad", field)


def parse(schema: Schema, data: Mapping[str, Any]) -> Any:
    """Return what the schema makes of the data. Raises BadInput with a problem for every bad field."""
    try:
        return schema.load(data)
    except ValidationError as error:
        raise BadInput("input.bad", problems(error.messages)) from None


def not_future(moment: datetime | None, now: datetime, field: str) -> list[Problem]:
    """Return a problem when the moment lies ahead of now (a minute's grace for clocks)."""
    if moment is not None and moment > now + timedelta(minutes=1):
        return [Problem("input.future", field, {"now": label(now)})]
    return []
