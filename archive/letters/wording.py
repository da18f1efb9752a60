"""Facts -> the words a template prints: Chinese dates, amounts, words of choices, personal data masked."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from archive.core import masking
from archive.letters.facts import TYPE_FAULT, Facts, get, parse_money
from archive.letters.kinds import Addressee, Field, FieldType, Kind

# What may be printed in full, by addressee; all other personal data are masked. A person may tick a field open, see
# `reveal`; that tick is logged by whoever takes it.
IN_FULL: dict[Addressee, frozenset[FieldType]] = {
    Addressee.COMPLAINANT: frozenset({FieldType.NAME}),
    Addressee.RESPONDENT: frozenset({FieldType.NAME}),
    Addressee.BOTH_PARTIES: frozenset({FieldType.NAME}),
    # Those who take the matter over have to reach the complainant.
    Addressee.PEOPLES_BANK: frozenset({FieldType.NAME, FieldType.PHONE}),
    Addressee.REGULATOR: frozenset({FieldType.NAME, FieldType.PHONE}),
    Addressee.ASSOCIATION: frozenset({FieldType.NAME, FieldType.PHONE}),
    Addressee.PARENT: frozenset({FieldType.NAME, FieldType.PHONE}),
    Addressee.CONSUMER_COUNCIL: frozenset({FieldType.NAME, FieldType.PHONE}),
    Addressee.OTHER_OFFICE: frozenset({FieldType.NAME}),
    Addressee.INTERNAL: frozenset(),
}
_MASKS = {
    FieldType.NAME: masking.mask_name,
    FieldType.ID: masking.mask_id,
    FieldType.PHONE: masking.mask_phone,
    FieldType.CARD: masking.mask_card,
}
# Control and invisible characters never belong to a fact: templates use some as marks, others turn the direction.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def words(kind: Kind, facts: Facts, addressee: Addressee) -> dict[str, Any]:
    """Return the facts as a template prints them: Chinese dates, amounts, words of choices, personal data masked.

    Facts of the wrong type are left out, so that the template shows them as still to be filled.
    """
    ticked = get(facts, "reveal")
    revealed = {path for path in ticked if isinstance(path, str)} if isinstance(ticked, list) else set()
    made: dict[str, Any] = {}
    for one in kind.fields:
        value = get(facts, one.path)
        printed = _print(one, one.default if value is None else value, addressee, one.path in revealed)
        *parents, last = one.path.split(".")
        place = made
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = printed
    return made


def _print(one: Field, value: Any, addressee: Addressee, revealed: bool) -> Any:
    if value is None:
        return None
    if one.type is FieldType.LIST:
        return (
            [clean(row) for row in value if isinstance(row, str) and row.strip()] if isinstance(value, list) else None
        )
    if one.type is FieldType.TABLE:
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        return [{c.path: _print(c, get(row, c.path), addressee, revealed) for c in one.columns} for row in rows] or None
    if TYPE_FAULT[one.type](one, value) and one.type not in (FieldType.ID, FieldType.NUMBER):
        return None
    if one.type is FieldType.FLAG:
        return bool(value)
    return _print_one(one, value, addressee, revealed)


def _print_one(one: Field, value: Any, addressee: Addressee, revealed: bool) -> str:
    if one.type is FieldType.DATE:
        return chinese_date(date.fromisoformat(value))
    if one.type is FieldType.MONEY:
        return f"{parse_money(value):,.2f}元"
    if one.type is FieldType.CHOICE:
        return one.words[value]
    text = clean(str(value))
    mask = _MASKS.get(one.type)
    return text if mask is None or revealed or one.type in IN_FULL[addressee] else mask(text)


def chinese_date(day: date) -> str:
    """Return 2026年3月5日: Arabic digits, full year, no leading zero (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def clean(text: str) -> str:
    """Return the text without control characters, its line ends as \\n."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
