"""YAML text to plain data with the line of every value. A narrow YAML: no anchors, no tags, no repeated keys, no dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

MOST_TEXT = 256 * 1024
_DEEPEST = 12

# YAML 1.1 reads `no`, `on` and 2021-01-01 as something else than the text; only these four plain types are taken.
_PLAIN = {
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:int": lambda text: int(text),
    "tag:yaml.org,2002:str": lambda text: text,
}
Path = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: Mapping[str, Any] = {}


for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^(?:0|[1-9][0-9]{0,8})$", list("0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", __import__("re").compile(_pattern), _first)
