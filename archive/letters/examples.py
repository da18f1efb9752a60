"""The shipped example facts of each kind: what previews and `anjuan letter facts` show."""

import json
from typing import Any

from archive.letters.kinds import kind
from archive.letters.paths import LETTERS


def example(code: str) -> dict[str, Any]:
    """Return invented facts with which a letter of the kind is whole. Raises NotFound for an unknown kind."""
    path = LETTERS / kind(code).code / "example.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
