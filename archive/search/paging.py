"""The order of hits and the cursor between pages.

Hits are ordered by key (score, day, amount) descending, then by id ascending; those without a key come last. A cursor
names the last hit of a page by key and id, so that a page goes on behind it whatever was added or taken out meanwhile.
"""

import base64
import heapq
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from archive.core.errors import BadInput
from archive.search.port import CardId, Hit, SearchRequest, Sort
from archive.search.query import positive_texts


@dataclass(frozen=True)
class Anchor:
    """Where a page ended: the key and id of its last hit. Key None: the card has no value to sort by."""

    key: float | None
    id: CardId

    def encode(self, sort: Sort) -> str:
        return base64.urlsafe_b64encode(json.dumps([sort, self.key, self.id]).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str, sort: Sort) -> Self:
        """Raises BadInput when the cursor is not one of this sort order."""
        try:
            made_for, key, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if made_for != sort or not isinstance(id_, str) or not isinstance(key, float | int | None):
                raise ValueError
        except (ValueError, TypeError, RecursionError) as error:
            raise BadInput("query.cursor") from error
        return cls(key, id_)

    def is_before(self, key: float | None, id_: CardId) -> bool:
        """Tell whether a hit with this key and id comes after the anchor."""
        return order(key, id_) > order(self.key, self.id)


def sort_of(request: SearchRequest) -> Sort:
    """Return the order that applies: without a word of text nothing is more relevant, and the latest come first."""
    if request.sort is Sort.RELEVANCE and not (request.query and any(positive_texts(request.query))):
        return Sort.DATE
    return request.sort


def order(key: float | None, id_: CardId) -> tuple[bool, float, CardId]:
    """Return what hits are sorted by."""
    return key is None, -(key or 0.0), id_


def cut_page(
    keyed: Iterable[tuple[float | None, CardId]], request: SearchRequest
) -> tuple[tuple[Hit, ...], str | None]:
    """Return the page of a request out of all its hits, and the cursor of the next one."""
    sort = sort_of(request)
    if request.cursor:
        anchor = Anchor.decode(request.cursor, sort)
        keyed = (hit for hit in keyed if anchor.is_before(*hit))
    first = heapq.nsmallest(request.limit + 1, keyed, key=lambda hit: order(*hit))
    page = first[: request.limit]
    cursor = Anchor(*page[-1]).encode(sort) if page and len(first) > len(page) else None
    return tuple(Hit(id_, key or 0.0) for key, id_ in page), cursor
