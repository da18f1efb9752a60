"""YAML text to plain data with the line of every value. A narrow YAML: no anchors, tags, repeated keys or dates."""

import re
from collections.abc import Callable
from typing import Any

import yaml

Path = tuple[str | int, ...]
Lines = dict[Path, int]

MOST_TEXT = 256 * 1024
_DEEPEST = 12


class Unreadable(Exception):
    """The text is no YAML of the narrow kind: a code of flaws.WORDS, the line (from 1), and facts."""

    def __init__(self, code: str, line: int, **facts: object) -> None:
        super().__init__(code)
        self.code, self.line, self.facts = code, line, facts


class _Loader(yaml.SafeLoader):
    # YAML 1.1 takes `no`, `on`, 12:30 and 2021-01-01 for other things than text; here only three types are not text.
    yaml_implicit_resolvers = {}


_PLAIN: dict[str, Callable[[str], Any]] = {
    "null": lambda text: None,
    "bool": lambda text: text == "true",
    "int": int,
    "str": str,
}
for _tag, _pattern, _first in (
    ("null", "null|~|", ["n", "~", ""]),
    ("bool", "true|false", ["t", "f"]),
    ("int", "0|[1-9][0-9]{0,8}", list("0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def read_yaml(text: str) -> tuple[Any, Lines]:
    """Return the data of the text and the line of each path in it. Raises Unreadable."""
    if len(text) > MOST_TEXT:
        raise Unreadable("long", 1, most=MOST_TEXT)
    try:
        _refuse_aliases(text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable("yaml", line, problem=error.problem or "") from error
    except yaml.YAMLError as error:
        raise Unreadable("yaml", 1, problem=str(error).splitlines()[0]) from error
    if root is None:
        raise Unreadable("empty", 1)
    lines: Lines = {}
    return _plain(root, (), lines), lines


def _refuse_aliases(text: str) -> None:
    """An alias can blow a small file up to gigabytes, and nothing here needs one. Also stops deep nesting early."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable("alias", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise Unreadable("deep", line)


def _plain(node: yaml.Node, path: Path, lines: Lines) -> Any:
    line = lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                raise Unreadable("repeated", key.start_mark.line + 1, key=name)
            found[name] = _plain(value, (*path, name), lines)
            lines[*path, name] = key.start_mark.line + 1
        return found
    read = _PLAIN.get(node.tag.removeprefix("tag:yaml.org,2002:"))
    if read is None:
        raise Unreadable("tag", line, tag=node.tag)
    return read(node.value)
