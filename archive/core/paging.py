"""Pages of long lists by key, not by offset: the thousandth page costs what the first one does."""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from archive.core.errors import BadInput
from archive.core.texts import storable

T = TypeVar("T")


@dataclass(frozen=True)
class PageRequest:
    """How many rows (1 to 200) and after which key; `after` is the opaque cursor of the page before."""

    size: int = 50
    after: str = ""

    def key(self, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """Return the key the cursor carries, each part read by its kind (`serial`, `moment`, `UUID`, `str`).

        None for the first page. Raises BadInput on a broken cursor: it comes from outside, whoever wrote it.
        """
        if not self.after:
            return None
        try:
            parts = json.loads(base64.urlsafe_b64decode(self.after.encode() + b"=="))
            if not (isinstance(parts, list) and all(isinstance(part, str) and storable(part) for part in parts)):
                raise ValueError(parts)
            return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
        except (ValueError, RecursionError) as error:
            raise BadInput("page.cursor") from error


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows and the cursor of the next page (empty on the last)."""

    rows: Sequence[T]
    next: str = ""


def serial(text: str) -> int:
    """Return a number a row can have. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError(text)
    return int(text)


def moment(text: str) -> datetime:
    """Return a moment a row can have. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or not 1900 <= found.year <= 9000:
        raise ValueError(text)
    return found


def cut(rows: Sequence[T], request: PageRequest, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """Return a page of rows that were read with one more than asked: the extra row tells that a next page exists."""
    if len(rows) <= request.size:
        return Page(rows)
    shown = rows[: request.size]
    text = json.dumps([str(part) if part is not None else None for part in key(shown[-1])], ensure_ascii=False)
    return Page(shown, base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
