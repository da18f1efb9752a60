"""Facts: checking them against a kind's fields.

Facts are a plain nested dict as JSON gives it: dates 2026-03-05, money as text or number, choices as codes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from archive.letters.kinds import Field, FieldType, Kind
from archive.letters.number import DocumentNumber

Facts = Mapping[str, Any]

_ID = re.compile(r"^\d{17}[\dXx]$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Wrong:
    """One fact that cannot be taken: a code, the dotted path, and what a person needs to mend it."""

    code: str
    path: str
    facts: dict[str, Any] = field(default_factory=dict)


def get(facts: Facts, path: str) -> Any:
    """Return the fact at a dotted path, or None."""
    found: Any = facts
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return None if found in ("", [], {}) else found


def wrong(kind: Kind, facts: Facts) -> Iterator[Wrong]:
    """Yield every fact that is missing, of the wrong type, too long, or unknown to the kind."""
    for one in kind.fields:
        yield from _wrong(one, get(facts, one.path), one.path)
    known = {one.path for one in kind.fields} | {"reveal"}
    for path in _paths(facts):
        if path not in known:
            yield Wrong("letter.unknown_fact", path)


def _paths(facts: Facts, prefix: str = "") -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _wrong(one: Field, value: Any, path: str) -> Iterator[Wrong]:
    if value is None:
        if one.required and one.default is None:
            yield Wrong("letter.missing", path, {"label": one.label})
        return
    if one.type in (FieldType.LIST, FieldType.TABLE):
        yield from _wrong_rows(one, value, path)
        return
    problem = TYPE_FAULT[one.type](one, value)
    if problem:
        yield Wrong(problem, path, {"label": one.label, "value": str(value)[:40]})
    elif isinstance(value, str) and len(value) > one.most:
        yield Wrong("letter.overlong", path, {"label": one.label, "length": len(value), "most": one.most})


def _wrong_rows(one: Field, value: Any, path: str) -> Iterator[Wrong]:
    if not isinstance(value, list):
        yield Wrong("letter.not_a_list", path, {"label": one.label})
        return
    if len(value) > one.most:
        yield Wrong("letter.too_many", path, {"label": one.label, "length": len(value), "most": one.most})
    for at, row in enumerate(value):
        if one.type is FieldType.LIST:
            yield from _wrong(
                Field(path, one.label, FieldType.TEXT, required=True, most=500), row or None, f"{path}[{at}]"
            )
        elif not isinstance(row, Mapping):
            yield Wrong("letter.not_a_row", f"{path}[{at}]", {"label": one.label})
        else:
            for column in one.columns:
                yield from _wrong(column, get(row, column.path), f"{path}[{at}].{column.path}")
            for name in set(row) - {column.path for column in one.columns}:
                yield Wrong("letter.unknown_fact", f"{path}[{at}].{name}")


def _text(_: Field, value: Any) -> str:
    return "" if isinstance(value, str) else "letter.not_text"


def _date(_: Field, value: Any) -> str:
    return "" if parse_date(value) else "letter.not_a_date"


def _money(_: Field, value: Any) -> str:
    return "" if parse_money(value) is not None else "letter.not_money"


def _integer(_: Field, value: Any) -> str:
    return (
        "" if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000 else "letter.not_a_count"
    )


def _flag(_: Field, value: Any) -> str:
    return "" if isinstance(value, bool) else "letter.not_a_flag"


def _choice(one: Field, value: Any) -> str:
    return "" if isinstance(value, str) and value in one.words else "letter.not_a_choice"


def _number(_: Field, value: Any) -> str:
    return "" if isinstance(value, str) and DocumentNumber.parse(value) else "letter.bad_number"


def _id(_: Field, value: Any) -> str:
    if not isinstance(value, str):
        return "letter.not_text"
    if not _ID.match(value):
        return ""  # a passport, a licence, a number already masked
    last = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(value, _WEIGHTS, strict=False)) % 11]
    return "" if value[-1].upper() == last else "letter.bad_id"


def _phone(_: Field, value: Any) -> str:
    return "" if isinstance(value, str) and re.match(r"^[\d+()（）*\- ]{5,20}$", value) else "letter.bad_phone"


TYPE_FAULT = {
    FieldType.TEXT: _text,
    FieldType.LONG: _text,
    FieldType.NAME: _text,
    FieldType.ID: _id,
    FieldType.PHONE: _phone,
    FieldType.CARD: _text,
    FieldType.DATE: _date,
    FieldType.MONEY: _money,
    FieldType.INTEGER: _integer,
    FieldType.FLAG: _flag,
    FieldType.CHOICE: _choice,
    FieldType.NUMBER: _number,
}


def parse_date(value: Any) -> date | None:
    """Return the date of 2026-03-05, or None."""
    if isinstance(value, str) and re.match(r"^\d{4}-\d{2}-\d{2}$", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def parse_money(value: Any) -> Decimal | None:
    """Return an amount in yuan with at most two decimals, or None."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    fits = amount.is_finite() and 0 <= amount < Decimal("1e15") and amount == amount.quantize(Decimal("0.01"))
    return amount if fits else None
