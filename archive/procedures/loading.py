"""A profile file to a Profile, or every flaw in it at once; nothing is ever half loaded."""

import hashlib
import json
import types
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from archive.core.errors import BadInput, Problem
from archive.procedures.flaws import UNREADABLE, Flaw, flaw, form_flaws
from archive.procedures.limit import Limit
from archive.procedures.profile import Profile
from archive.procedures.reading import Unreadable, read_yaml
from archive.procedures.sense import sense_doubts

T = TypeVar("T")


def load(text: str, file: str) -> Profile:
    """Return the profile written in the YAML text; `file` is only named in complaints.

    Raises BadInput("profile.flawed") with a Problem("profile.flaw") for each: file, line, path, message, advice.
    """
    data, flaws = examine(text, file)
    if flaws:
        raise BadInput("profile.flawed", [_problem(found) for found in flaws], file=file, count=len(flaws))
    return _finished(build(Profile, data), digest(data))


def examine(text: str, file: str) -> tuple[Any, list[Flaw]]:
    """Return the data of the text and all its flaws; the data are whole only when there are none."""
    try:
        data, lines = read_yaml(text)
    except Unreadable as unreadable:
        message, advice = UNREADABLE[unreadable.code]
        return None, [Flaw(file, unreadable.line, "", message.format(**unreadable.facts), advice)]
    found = list(form_flaws(data, lines, file))
    if not found:
        found = [flaw(file, lines, path, message, advice) for path, message, advice in sense_doubts(data)]
    return data, sorted(found, key=lambda one: one.line)


def canonical(data: Any) -> str:
    """Return the one way of writing the data (sorted keys, no blanks): comments and layout do not change the hash."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(data: Any) -> str:
    """Return the SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


@cache
def shipped() -> Mapping[str, Profile]:
    """Return the profiles that come with the archive, by id. Raises BadInput if a packaged file is damaged."""
    return types.MappingProxyType({name: load(text, f"{name}.yaml") for name, text in shipped_texts().items()})


@cache
def shipped_texts() -> Mapping[str, str]:
    """Return the YAML of the shipped profiles, by id."""
    folder = files(__package__) / "profiles"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    return types.MappingProxyType({f.name.removesuffix(".yaml"): f.read_text(encoding="utf-8") for f in found})


def _problem(found: Flaw) -> Problem:
    facts = {"file": found.file, "line": found.line, "path": found.path or "全文", "message": found.message}
    return Problem("profile.flaw", found.path, {**facts, "advice": found.advice})


def _finished(profile: Profile, sha256: str) -> Profile:
    """Give each limit what it needs to be computed on its own."""
    limits = (_of(profile, limit) for limit in profile.deadlines)
    return replace(profile, deadlines=tuple(limits), digest=sha256)


def _of(profile: Profile, limit: Limit) -> Limit:
    return replace(
        limit,
        key=f"{profile.id}.{limit.id}",
        authority=profile.authority,
        level=profile.level,
        clock=limit.clock or profile.clock,
    )


def build(kind: type[T], data: Any) -> T:
    """Return the dataclass `kind` from plain data that fits the schema; a field `from_` reads the key `from`."""
    hints = _hints(cast(Hashable, kind))
    given = {f.name: f.name.rstrip("_") for f in fields(kind) if f.name.rstrip("_") in data}  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], data[key]) for name, key in given.items()})


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    """Return a plain value as its type hint wants it."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _value(next(one for one in inner if one is not types.NoneType), value)
    if origin is tuple:
        return tuple(_value(inner[0], item) for item in value)
    if origin is not None:  # the only other generic here is a mapping
        return types.MappingProxyType({_value(inner[0], key): _value(inner[1], item) for key, item in value.items()})
    if hasattr(hint, "parse"):
        return hint.parse(value)
    if is_dataclass(hint):
        return build(hint, value)  # type: ignore[arg-type]
    if hint in (date, time):
        return hint.fromisoformat(value)
    return hint(value) if issubclass(hint, StrEnum) else value
