"""Pages of long lists by key, not by offset: the thousandth page costs what the first one does."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from archive.core.errors import BadInput

T = TypeVar("T")


@dataclass(frozen=True)
class PageRequest:
    """How many rows (1 to 200) and after which key; `after` is the opaque cursor of the page before."""

    size: int = 50
    after: str = ""

    def key(self) -> list[Any] | None:
        """Return the key the cursor carries, or None for the first page. Raises BadInput on a broken cursor."""
        if not self.after:
            return None
        try:
            key = json.loads(base64.urlsafe_b64decode(self.after.encode() + b"=="))
        except (ValueError, binascii.Error) as error:
            raise BadInput("page.cursor") from error
        if not isinstance(key, list):
            raise BadInput("page.cursor")
        return key


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows and the cursor of the next page (empty on the last)."""

    rows: Sequence[T]
    next: str = ""


def cut(rows: Sequence[T], request: PageRequest, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """Return a page of rows that were read with one more than asked: the extra row tells that a next page exists."""
    if len(rows) <= request.size:
        return Page(rows)
    shown = rows[: request.size]
    text = json.dumps([str(part) if part is not None else None for part in key(shown[-1])], ensure_ascii=False)
    return Page(shown, base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
