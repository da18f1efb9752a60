"""What can be kept: JSON carries texts and numbers that no database takes, no encoding knows and no page shows."""

import math
import re
from typing import Any

# NUL, which PostgreSQL refuses, and halves of surrogate pairs, which are no characters (JSON lets both through).
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> bool:
    """Tell whether every text and number in a plain value, names of members included, can be kept."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and _UNFIT.search(one):
            return False
        if isinstance(one, float) and not math.isfinite(one):  # 1e999 is read as infinite, and is no JSON when written
            return False
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, (list, tuple)):
            waiting += one
    return True
