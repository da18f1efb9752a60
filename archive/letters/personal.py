"""Personal numbers among the facts of a letter: taken out before a row keeps them, sealed, put back to compose. Pure.

What a letter prints of them is another matter: see `wording.IN_FULL` and `reveal`.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from archive.core import masking
from archive.letters.facts import Facts, get
from archive.letters.kinds import Field, FieldType, Kind

# Written in place of a personal number, this removes it; a blank leaves it as it is (screens never send it back).
REMOVE = "-"
_MASKS = {
    FieldType.ID: masking.mask_id,
    FieldType.PHONE: masking.mask_phone,
    FieldType.CARD: masking.mask_card,
}
_ADDRESSES = frozenset({"complainant.address", "receipt.address"})


def is_personal(field: Field) -> bool:
    """Whether a field's value is sealed."""
    return field.type in _MASKS or field.path in _ADDRESSES


def fields(kind: Kind) -> Iterator[Field]:
    """Yield the kind's fields whose values are sealed."""
    return (field for field in kind.fields if is_personal(field))


def revealable(kind: Kind) -> list[Field]:
    """Return the fields a person may have printed in full."""
    return [field for field in kind.fields if field.type in _MASKS or field.type is FieldType.NAME]


def take_out(kind: Kind, facts: Facts, kept: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the facts without personal numbers, and those by path; `kept` are the ones sealed before.

    What is not given stays as it was kept, `REMOVE` removes it.
    """
    plain = copy.deepcopy(dict(facts))
    secrets = {}
    for field in fields(kind):
        given = get(plain, field.path)
        _put(plain, field.path, None)
        value = kept.get(field.path, "") if given is None else str(given)
        if value and value != REMOVE:
            secrets[field.path] = value
    return plain, secrets


def put_back(facts: Facts, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts with the personal numbers in their places."""
    whole = copy.deepcopy(dict(facts))
    for path, value in secrets.items():
        _put(whole, path, value)
    return whole


def masked(kind: Kind, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return what a screen may show of them, by path."""
    found = {}
    for path, value in secrets.items():
        field = kind.field(path)
        mask = _MASKS.get(field.type) if field else None
        found[path] = mask(value) if mask else "（已登记）"
    return found


def put(facts: dict[str, Any], path: str, value: Any) -> None:
    """Set the fact at a dotted path; None takes it away."""
    _put(facts, path, value)


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    place = facts
    for name in parents:
        inner = place.get(name)
        if not isinstance(inner, dict):
            if value is None:
                return
            inner = place[name] = {}
        place = inner
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value
