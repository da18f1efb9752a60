"""What is wrong with a profile, in words for whoever wrote it: file, line, path, what is wrong, what to change."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from archive.procedures.reading import Lines, Path


@dataclass(frozen=True)
class Flaw:
    """One mistake. `line` counts from 1; `path` is written as in deadlines[3].limit."""

    file: str
    line: int
    path: str
    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}：{self.path or '全文'}：{self.message}{self.advice}"


# Sentences for a file that cannot even be read, by reading.Unreadable.code.
UNREADABLE: Mapping[str, tuple[str, str]] = {
    "long": ("文件超过 {most} 个字符。", "请删去多余内容，或拆成几个规程。"),
    "yaml": ("不是正确的 YAML（{problem}）。", "请检查这一行及上一行的缩进、冒号和引号。"),
    "empty": ("文件是空的。", "请写入规程内容，至少有 id、version、title、authority、level。"),
    "alias": ("使用了锚点或别名（& 或 *）。", "请把内容直接写出来；以 * 或 & 开头的文字要加引号。"),
    "deep": ("层次过深。", "请减少缩进层次。"),
    "repeated": ("“{key}”在同一处写了两次。", "请合并成一项。"),
    "tag": ("使用了类型标记 {tag}。", "请去掉感叹号标记，直接写文字、整数、true、false 或 null。"),
}

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "boolean": "true 或 false",
    "array": "列表（每行以“- ”开头）",
    "object": "若干“名称: 值”",
    "null": "null",
}


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("schema.json").read_text(encoding="utf-8"))
    return found


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def form_flaws(data: Any, lines: Lines, file: str) -> Iterator[Flaw]:
    """Yield what in the data is against the schema."""
    for error in sorted(_validator().iter_errors(data), key=lambda e: [str(part) for part in e.absolute_path]):
        path = tuple(error.absolute_path)
        said = _SAY.get(str(error.validator), _say_other)
        for message, advice, below in said(error):
            yield flaw(file, lines, (*path, *below), message, advice)


def flaw(file: str, lines: Lines, path: Path, message: str, advice: str) -> Flaw:
    """Return a flaw at a path; where the path itself has no line, the nearest above it does."""
    place = path
    while place and place not in lines:
        place = place[:-1]
    return Flaw(file, lines.get(place, 1), written(path), message, advice)


def written(path: Iterable[str | int]) -> str:
    """Return a path as a person writes it: deadlines[3].limit, counting from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


Said = Iterator[tuple[str, str, Path]]


def _node(error: ValidationError) -> dict[str, Any]:
    """Return the part of the schema that the error is against."""
    return dict(error.schema) if isinstance(error.schema, Mapping) else {}


def _rule(error: ValidationError) -> list[Any]:
    """Return the value of the broken rule as a list."""
    rule = error.validator_value
    return list(rule) if isinstance(rule, list) else [rule]


def _advice(error: ValidationError) -> str:
    described = _node(error).get("description", "")
    return f"应为：{described}。" if described else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:40] + "…"


def _say_unknown(error: ValidationError) -> Said:
    known = sorted(_node(error).get("properties", {}))
    given: Mapping[str, Any] = error.instance  # type: ignore[assignment]
    for name in sorted(set(given) - set(known)):
        close = difflib.get_close_matches(str(name), known, 1)
        hint = f"是否想写“{close[0]}”？" if close else ""
        yield f"没有“{name}”这一项。", f"{hint}这里可以写：{'、'.join(known)}。", (name,)


def _say_required(error: ValidationError) -> Said:
    # jsonschema reports each missing name on its own, naming it first in its message.
    name = next(name for name in _rule(error) if error.message.startswith(repr(name)))
    yield f"缺少“{name}”。", f"请在此处补上“{name}: …”。", ()


def _say_type(error: ValidationError) -> Said:
    kinds = "或".join(_TYPES[kind] for kind in _rule(error))
    yield f"{_shown(error.instance)} 的类型不对。", f"应为{kinds}。{_advice(error)}", ()


def _say_enum(error: ValidationError) -> Said:
    allowed = [str(value) for value in _rule(error) if value != ""]
    close = difflib.get_close_matches(str(error.instance), allowed, 1)
    hint = f"是否想写“{close[0]}”？" if close else ""
    yield f"{_shown(error.instance)} 不在允许的值之内。", f"{hint}可以写：{'、'.join(allowed)}。", ()


def _say_least(error: ValidationError) -> Said:
    yield f"{_shown(error.instance)} 太小，最小为 {error.validator_value}。", _advice(error), ()


def _say_most(error: ValidationError) -> Said:
    yield f"{_shown(error.instance)} 太大，最大为 {error.validator_value}。", _advice(error), ()


def _say_pattern(error: ValidationError) -> Said:
    yield f"{_shown(error.instance)} 的写法不对。", _advice(error), ()


def _say_unique(error: ValidationError) -> Said:
    yield "列表里有重复的值。", "请删去重复的一项。", ()


def _say_other(error: ValidationError) -> Said:
    rule = f"{error.validator} {_shown(error.validator_value)}"
    yield f"{_shown(error.instance)} 不合要求（{rule}）。", _advice(error), ()


_SAY: Mapping[str, Callable[[ValidationError], Said]] = {
    "additionalProperties": _say_unknown,
    "required": _say_required,
    "type": _say_type,
    "enum": _say_enum,
    "minimum": _say_least,
    "maximum": _say_most,
    "pattern": _say_pattern,
    "uniqueItems": _say_unique,
}
