"""The typed fields that profiles add per type of complaint: raw input to plain values, or every mistake at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput, Problem
from archive.procedures.profile import Field, Profile

# What is stored: JSON keeps these as they are. Money as text with two decimals, moments in ISO form with +08:00.
Value = str | int | bool

_MONEY = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
_PHONE = re.compile(r"\+?\d[\d\- ]{4,24}")


def fields_for(bound: Iterable[Profile], kind: str) -> tuple[Field, ...]:
    """Return the fields that the bound profiles add to a type of complaint; of two alike the upper profile's."""
    found: dict[str, Field] = {}
    for profile in bound:
        for one in (f for k in profile.kinds if k.code == kind for f in k.fields):
            found.setdefault(one.code, one)
    return tuple(found.values())


def parse_fields(fields: Iterable[Field], raw: Mapping[str, str]) -> dict[str, Value]:
    """Return the typed values of the fields that were filled in.

    Raises BadInput("field.bad") listing unknown fields, missing ones, and values of the wrong type.
    """
    known = {field.code: field for field in fields}
    problems = [Problem("field.unknown", code, {"field": code}) for code in raw if code not in known]
    values: dict[str, Value] = {}
    for code, field in known.items():
        text = raw.get(code, "").strip()
        if not text:
            if field.required:
                problems.append(Problem("field.required", code, {"name": field.name}))
            continue
        try:
            values[code] = _READ[field.type](text, field)
        except (ValueError, ArithmeticError):
            reason = "long" if field.type in ("text", "long_text") else field.type
            facts = {"name": field.name, "most": field.longest, "choices": "、".join(field.choices)}
            problems.append(Problem(f"field.{reason}", code, facts))
    if problems:
        raise BadInput("field.bad", problems)
    return values


def _text(text: str, field: Field) -> str:
    if len(text) > field.longest:
        raise ValueError(text)
    return text


def _money(text: str, field: Field) -> str:
    plain = text.replace(",", "")
    if not _MONEY.fullmatch(plain):
        raise ValueError(text)
    return f"{Decimal(plain):.2f}"


def _moment(text: str, field: Field) -> str:
    moment = datetime.fromisoformat(text)
    local = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
    return local.isoformat()


def _phone(text: str, field: Field) -> str:
    if not _PHONE.fullmatch(text):
        raise ValueError(text)
    return text


def _choice(text: str, field: Field) -> str:
    if text not in field.choices:
        raise ValueError(text)
    return text


def _boolean(text: str, field: Field) -> bool:
    return {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}[_known_boolean(text)]


def _known_boolean(text: str) -> str:
    if text not in ("true", "是", "1", "false", "否", "0"):
        raise ValueError(text)
    return text


_READ: Mapping[str, Callable[[str, Field], Value]] = {
    "text": _text,
    "long_text": _text,
    "integer": lambda text, field: int(text),
    "money": _money,
    "date": lambda text, field: date.fromisoformat(text).isoformat(),
    "moment": _moment,
    "choice": _choice,
    "boolean": _boolean,
    "phone": _phone,
}
