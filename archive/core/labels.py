"""Chinese words for codes and sentences for refusals; each feature keeps its own, `archive.app` joins them here.

A feature's `labels.py` has `WORDS: {EnumClass: {member: word}}` and `REFUSALS: {code: sentence}`; a sentence says what
happened and what to do, and may use the refusal's facts as `{name}`. A test finds codes without a word.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from archive.core.errors import ArchiveError, Problem

_WORDS: dict[type[StrEnum], dict[StrEnum, str]] = {}
_REFUSALS: dict[str, str] = {
    "page.cursor": "翻页标记无效，请从第一页重新打开。",
    "page.unknown": "没有这个页面，或者您无权查看。请检查网址，或返回工作台。",
    "input.bad": "填写的内容有误，请按各栏提示修改后重新提交。",
    "input.required": "此栏必填。",
    "input.long": "内容过长：最多 {most} 个字。",
    "input.choice": "请从列表中选择。",
    "input.number": "请填写数字，例如 12345.67。",
    "input.date": "请按 2026-03-05 的格式填写日期。",
    "input.moment": "请按 2026-03-05 14:30 的格式填写时间。",
    "input.text": "内容中含有无法保存的字符（空字符、残缺的编码）或数字。请检查来源的编码后重新提交。",
    "input.json": "请求体不是有效的 JSON（UTF-8）。请检查格式后重新提交。",
    "input.future": "时间不能晚于现在。",
}


def join(words: Mapping[type[StrEnum], Mapping[Any, str]], refusals: Mapping[str, str]) -> None:
    """Add a feature's words and sentences."""
    for enum, labels in words.items():
        _WORDS.setdefault(enum, {}).update(labels)
    _REFUSALS.update(refusals)


def label(code: object) -> str:
    """Return the Chinese word for a code; anything that is no known code comes back as text."""
    if isinstance(code, StrEnum):
        return _WORDS.get(type(code), {}).get(code, code.value)
    return "" if code is None else str(code)


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Return (value, word) of every member, in the order of definition; for select fields."""
    return [(member.value, label(member)) for member in enum]


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(refusal: ArchiveError | Problem) -> str:
    """Return what a refusal says to a person, filled with its facts."""
    text = _REFUSALS.get(refusal.code, f"不能这样做（{refusal.code}）。")
    return text.format_map(_Facts({name: _spoken(value) for name, value in refusal.facts.items()}))


def _spoken(value: object) -> str:
    if isinstance(value, (tuple, list, set, frozenset, range)):
        words = [label(one) for one in value]
        return "、".join(words[:12]) + (" 等" if len(words) > 12 else "")
    return label(value)


def missing(enums: Mapping[type[StrEnum], Any]) -> list[str]:
    """Return the members without a word; for the test."""
    return [f"{enum.__name__}.{member.name}" for enum in enums for member in enum if member not in _WORDS.get(enum, {})]


def has_sentence(code: str) -> bool:
    """Tell whether a refusal's code has its sentence."""
    return code in _REFUSALS
