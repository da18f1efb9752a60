"""The form of a draft's facts, made from the fields of its kind: what is shown, and what comes back. Pure.

Names of inputs are the dotted paths of the facts; a list is one item a line, a table has `path.0.column`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.core.errors import Problem
from archive.letters import personal
from archive.letters.facts import get
from archive.letters.kinds import Field, FieldType, Kind
from archive.letters.preflight import AT_ISSUE

# The parts of the form: what a group of fields is called, by the first part of their paths, in order of appearance.
GROUPS = {
    "": "函件内容",
    "addressee": "主送",
    "deadline": "期限",
    "complaint": "投诉",
    "complainant": "投诉人",
    "extra": "补充登记项",
    "officer": "承办人",
    "office": "发文机关",
    "head": "署名与标识",
    "closing": "抄送与附件",
    # Of a batch: what is asked for the notice that goes with each letter.
    "notice": "一并制发的告知书",
}
_HEAD = frozenset({"signer", "seal", "secrecy", "urgency"})
_CLOSING = frozenset({"cc", "attachments"})
# Blank rows at the end of a table, for who has no script.
SPARE_ROWS = 1
MOST_ROWS = 2000
_ROW = re.compile(r"(?P<path>[a-z_.]+)\.(?P<row>\d{1,4})\.(?P<column>[a-z0-9_]+)")


@dataclass(frozen=True)
class Shown:
    """A field as drawn: its value as text, a table's rows, what is sealed, whether it may be printed in full."""

    field: Field
    value: str
    rows: Sequence[Mapping[str, str]]
    masked: str
    revealable: bool
    revealed: bool

    @property
    def path(self) -> str:
        """The name of its input."""
        return self.field.path

    @property
    def lacking(self) -> bool:
        """Whether it must be filled in and is not."""
        return self.field.required and not (self.value or self.masked or any(self.rows))


@dataclass(frozen=True)
class Group:
    """A part of the form; `open` when somebody has to look at it."""

    key: str
    title: str
    fields: Sequence[Shown]
    open: bool


def groups(of: Kind, facts: Mapping[str, Any], masked: Mapping[str, str], problems: Sequence[Problem]) -> list[Group]:
    """Return the form of a kind, filled; parts with something wrong are open, and so is what the letter is about."""
    reveal = facts.get("reveal") or ()
    open_to = {field.path for field in personal.revealable(of)}
    wrong = {re.split(r"[\[.]\d", problem.field)[0] for problem in problems}
    found: dict[str, list[Shown]] = {}
    for field in of.fields:
        if field.path in AT_ISSUE:
            continue
        value = get(facts, field.path)
        shown = Shown(
            field=field,
            value="" if personal.is_personal(field) else _text(field, field.default if value is None else value),
            rows=_rows(field, value),
            masked=masked.get(field.path, ""),
            revealable=field.path in open_to,
            revealed=field.path in reveal,
        )
        found.setdefault(group_of(field.path), []).append(shown)
    return [
        Group(
            key,
            title,
            found[key],
            key in ("", "addressee") or any(one.path in wrong or one.lacking for one in found[key]),
        )
        for key, title in GROUPS.items()
        if key in found
    ]


def group_of(path: str) -> str:
    """Return to which part of the form a field belongs."""
    first = path.split(".")[0]
    if first in _HEAD:
        return "head"
    if first in _CLOSING:
        return "closing"
    return first if first in GROUPS else ""


def read(of: Kind, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts in a form as sent, blanks left out; what is wrong in them is for `facts.wrong` to say."""
    facts: dict[str, Any] = {}
    tables = _tables(form)
    for field in of.fields:
        if field.path in AT_ISSUE:
            continue
        value: Any
        if field.type is FieldType.TABLE:
            value = [_row(field, row) for row in tables.get(field.path, [])]
        else:
            value = _value(field, form.get(field.path, ""))
        if value not in (None, "", []):
            personal.put(facts, field.path, value)
    return facts


def input_type(field: Field) -> str:
    """Return the kind of input a field is typed into: as `macros.field` names them."""
    return {
        FieldType.LONG: "textarea",
        FieldType.LIST: "textarea",
        FieldType.DATE: "date",
        FieldType.CHOICE: "select",
        FieldType.FLAG: "select",
    }.get(field.type, "text")


def options(field: Field) -> Sequence[tuple[str, str]]:
    """Return what may be chosen."""
    return (("true", "是"), ("false", "否")) if field.type is FieldType.FLAG else field.choices


def _value(field: Field, text: str) -> Any:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if field.type is FieldType.LIST:
        return [line.strip() for line in text.split("\n") if line.strip()]
    if field.type is FieldType.FLAG:
        return {"true": True, "false": False}.get(text)
    if field.type is FieldType.INTEGER and re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if field.type is FieldType.MONEY:
        return re.sub(r"[,，¥￥元\s]", "", text)
    return text


def _row(field: Field, row: Mapping[str, str]) -> dict[str, Any]:
    read_ = {column.path: _value(column, row.get(column.path, "")) for column in field.columns}
    return {name: value for name, value in read_.items() if value not in (None, "")}


def _tables(form: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in form.items():
        match = _ROW.fullmatch(name)
        if match and int(match["row"]) < MOST_ROWS:
            found.setdefault(match["path"], {}).setdefault(int(match["row"]), {})[match["column"]] = value
    return {
        path: [row for _, row in sorted(rows.items()) if any(value.strip() for value in row.values())]
        for path, rows in found.items()
    }


def _rows(field: Field, value: Any) -> Sequence[Mapping[str, str]]:
    if field.type is not FieldType.TABLE:
        return ()
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    shown = [{column.path: _text(column, row.get(column.path)) for column in field.columns} for row in rows]
    return [*shown, *({} for _ in range(SPARE_ROWS))]


def _text(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if field.type is FieldType.LIST:
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
