"""The language of templates: fields, conditions and lists, and nothing that could run.

A template's text is checked when it is saved (`faults`) against a short list of what may stand in it; what passes is
rendered over plain values whose attributes cannot be reached. Jinja's own sandbox lies underneath.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from archive.letters.kinds import FieldType, Kind

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Concat,
)  # fmt: skip
_LOOP = frozenset({"index", "first", "last", "length"})
_DIGITS = "零一二三四五六七八九"
# The table of names and values that profiles add to a complaint: `extra.合同编号` is the value in the row of that name.
EXTRA = "extra"
# Names every template knows besides the kind's fields.
COMMON = frozenset({"loop", "basis"})
MOST_OUTPUT = 400_000


class Blank(Undefined):
    """A fact not given: prints what is to be filled in, is false in conditions, and stands once in a list."""

    __slots__ = ("label",)

    def __init__(self, label: str | None = None, *_: Any, name: str | None = None, **__: Any) -> None:
        super().__init__(name=name)
        self.label = label or name or "内容"

    def __str__(self) -> str:
        return f"【待填：{self.label}】"

    def __iter__(self) -> Iterator[Any]:
        yield self

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False


class _Environment(ImmutableSandboxedEnvironment):
    """Reaches the items of plain mappings and the counters of a loop, never a Python attribute."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            found = obj.get(attribute)
            return Blank(attribute) if found is None else found
        if isinstance(obj, list):
            return _named(obj, attribute)
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return obj if isinstance(obj, Blank) else Blank(attribute)


def key_of(name: str) -> str:
    """Return the name of an extra field as a template writes it: only what may stand in a name. Pure."""
    return re.sub(r"\W", "", name)


def _named(rows: list[Any], key: str) -> Any:
    """Return the value of the row that bears the name, in a table of names and values."""
    named = (row for row in rows if isinstance(row, Mapping) and key_of(str(row.get("name") or "")) == key)
    value = next((row.get("value") for row in named), None)
    return Blank(key) if value is None else value


def chinese_count(number: int) -> str:
    """Return 一, 十二, 九十九 for 1 to 99; above, the Arabic figure."""
    if not isinstance(number, int) or not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def clause(text: Any, last: bool = False) -> str:
    """Return an item of a list with ； behind it, or 。 behind the last, whatever it ended in before."""
    return re.sub(r"[；;。.，,\s]+$", "", str(text)) + ("。" if last else "；")


def bare(text: Any) -> str:
    """Return a text without the stop at its end, to go on in the same sentence."""
    return re.sub(r"[；;。.，,\s]+$", "", str(text))


def join(items: Any, between: str = "、") -> str:
    """Return a list in one line."""
    return between.join(str(item) for item in items)


def _environment() -> _Environment:
    made = _Environment(undefined=Blank, autoescape=False, trim_blocks=True, keep_trailing_newline=True)
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(cn=chinese_count, clause=clause, bare=bare, join=join, length=len)
    return made


_ENVIRONMENT = _environment()


@lru_cache(maxsize=512)
def _compiled(source: str) -> Any:
    return _ENVIRONMENT.from_string(source)


def fill(source: str, values: Mapping[str, Any]) -> str:
    """Return the source with its fields filled from plain values. Raises ValueError when the result runs wild."""
    made: list[str] = []
    size = 0
    for part in _compiled(source).generate(values):
        size += len(part)
        if size > MOST_OUTPUT:
            raise ValueError("the letter grows beyond all measure")
        made.append(part)
    return "".join(made)


def with_blanks(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with a `Blank` bearing the label for each field of the kind that has none."""
    made: dict[str, Any] = {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()
    }
    for field in kind.fields:
        *parents, last = field.path.split(".")
        place = made
        for name in parents:
            place = place.setdefault(name, {})
        if place.get(last) is None:
            # Nothing was added to the complaint: no rows, and nothing to be filled in.
            place[last] = [] if field.path == EXTRA else Blank(field.label)
        elif field.type is FieldType.TABLE:
            labels = {column.path: column.label for column in field.columns}
            place[last] = [
                {name: Blank(labels[name]) if value is None else value for name, value in row.items()}
                for row in place[last]
            ]
    return made


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a template's source: a code, the word it is about, and its line, from 1."""

    code: str
    word: str
    line: int = 1


def readable(source: str) -> bool:
    """Whether a source can be read at all."""
    try:
        _ENVIRONMENT.parse(source)
    except TemplateSyntaxError:
        return False
    return True


MOST_NESTED = 2  # lists within lists: each level multiplies what there is to do


def faults(source: str, kind: Kind) -> list[Fault]:
    """Return what is wrong with a template's source: syntax, forbidden means, unknown fields."""
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        return [Fault("template.syntax", error.message or "", error.lineno)]
    found = [
        Fault("template.forbidden", type(node).__name__, node.lineno)
        for node in tree.find_all(nodes.Node)
        if not isinstance(node, _ALLOWED)
    ]
    found += [
        Fault("template.unknown_filter", node.name, node.lineno)
        for node in tree.find_all(nodes.Filter)
        if node.name not in _ENVIRONMENT.filters
    ]
    return found or [*_too_deep(tree, 0), *dict.fromkeys(_unknown(tree, kind, {}))]


def _too_deep(node: nodes.Node, depth: int) -> Iterator[Fault]:
    if depth > MOST_NESTED:
        yield Fault("template.nested", str(MOST_NESTED), node.lineno)
        return
    for child in node.iter_child_nodes():
        yield from _too_deep(child, depth + isinstance(child, nodes.For))


def _unknown(node: nodes.Node, kind: Kind, loops: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for each path read in `node` that is no field; `loops` maps a loop's name to what it walks."""
    if isinstance(node, nodes.For):
        yield from _unknown(node.iter, kind, loops)
        walked = _path(node.iter, loops)
        inner = {**loops, node.target.name: f"{walked}[]"} if isinstance(node.target, nodes.Name) else loops
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            yield from _unknown(child, kind, inner)
        return
    if isinstance(node, (nodes.Getattr, nodes.Name)):
        path = _path(node, loops)
        if path.split(".")[0] not in COMMON and not _is_field(path, kind):
            yield Fault("template.unknown_field", path, node.lineno)
        return
    for child in node.iter_child_nodes():
        yield from _unknown(child, kind, loops)


def _path(node: nodes.Node, loops: Mapping[str, str]) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node, loops)}.{node.attr}"
    if isinstance(node, nodes.Name):
        return loops.get(node.name, node.name)
    return "?"


def _is_field(path: str, kind: Kind) -> bool:
    if path.endswith("[]"):
        found = kind.field(path.removesuffix("[]"))
        return found is not None and found.type is FieldType.LIST
    head, _, name = path.partition(".")
    if head == EXTRA and name:
        return kind.field(EXTRA) is not None and "." not in name
    return kind.field(path) is not None
