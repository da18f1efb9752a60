"""The kind of a complaint and the typed fields that the profiles of the office add for it: read, checked, shown.

They stand in `Dossier.custom`: the kind under KIND, each value under its field's code. Without a kind `custom` holds
whatever another system brought along, and is taken as it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from archive.core.errors import BadInput, Problem
from archive.procedures import queries
from archive.procedures.extra_fields import fields_for, parse_fields
from archive.procedures.office import Bound
from archive.procedures.profile import Field

KIND = "kind"
# How a page names a field: extra.client.contract_no.
PREFIX = "extra."


@dataclass(frozen=True)
class Kind:
    """A kind of complaint that a unit knows, with the fields it adds."""

    code: str
    name: str
    fields: tuple[Field, ...]


def kinds(found: Sequence[Bound]) -> list[Kind]:
    """Return the kinds of complaint by the profiles that bind."""
    bound = [profile for profile, through in found if not through]
    codes = dict.fromkeys((kind.code, kind.name) for profile in bound for kind in profile.kinds)
    return [Kind(code, name, fields_for(bound, code)) for code, name in codes]


def read(bound: Sequence[Bound], raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return `custom` as it is to be stored, and everything wrong with it, by the names of the form's fields."""
    kind = str(raw.get(KIND) or "")
    if not kind:
        return {name: value for name, value in raw.items() if name != KIND}, []
    known = {one.code: one for one in kinds(bound)}
    if kind not in known:
        return dict(raw), [Problem("input.choice", KIND)]
    typed = {name: _text(value) for name, value in raw.items() if name != KIND and value not in (None, "")}
    try:
        values = parse_fields(known[kind].fields, typed)
    except BadInput as error:
        return dict(raw), [Problem(one.code, f"{PREFIX}{kind}.{one.field}", one.facts) for one in error.problems]
    return {KIND: kind, **values}, []


def typed(form: Mapping[str, str], known: Iterable[Kind]) -> dict[str, str]:
    """Return what a page's form says: the kind, and of its fields what was filled in."""
    kind = next((one for one in known if one.code == form.get(KIND)), None)
    if kind is None:
        return {KIND: form.get(KIND, "")}
    filled = {field.code: form.get(f"{PREFIX}{kind.code}.{field.code}", "").strip() for field in kind.fields}
    return {KIND: kind.code, **{code: text for code, text in filled.items() if text}}


@dataclass(frozen=True)
class Names:
    """What kinds and fields are called, by any version that was ever signed."""

    kinds: Mapping[str, str]
    fields: Mapping[tuple[str, str], Field]

    def shown(self, custom: Mapping[str, Any], *, searching: bool = False) -> list[tuple[str, str]]:
        """Return name and value of each entry; for the index only what is to be searched."""
        kind = str(custom.get(KIND) or "")
        found: list[tuple[str, str]] = []
        for code, value in sorted(custom.items()):
            field = self.fields.get((kind, code))
            if value in (None, "") or (searching and field is not None and not field.searchable):
                continue
            if code == KIND:
                found.insert(0, ("投诉类型", self.kinds.get(kind, kind)))
            else:
                found.append((field.name if field else code, _said(value)))
        return found


def names(session: Session) -> Names:
    """Return what kinds and fields are called. One statement."""
    profiles = queries.signed(session)
    return Names(
        {kind.code: kind.name for profile in profiles for kind in profile.kinds},
        {(k.code, field.code): field for profile in profiles for k in profile.kinds for field in k.fields},
    )


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _said(value: Any) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)
