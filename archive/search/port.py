"""The search index as the archive sees it: what goes in, what comes out, what every engine promises.

The index is a disposable copy. Cards (one per dossier, made from the database) go in by `apply`, in batches fed from
the outbox; the sequence number reached is part of the same commit, so after a crash one reads `applied_seq` and goes on
from there. `search` answers with exactly the visible dossiers whose text holds what was asked, by the one definition in
`archive.search.analysis`, with exact totals and counts.

**Permission is part of every query**: `SearchRequest.readers` has no default. A card carries tokens (`acl`), such as
`unit:<id>` for each unit on the path from the dossier's unit to the root, `user:<id>` for persons with a part in it,
`open` or `restricted`, `recused:<id>` for who must not see it. A reader sees a card that has any token of `any_of` and
none of `none_of`. A reader has few tokens whatever number of dossiers they open, so a search costs all the same.

**Sealed numbers** (identity, phone, bank card) enter only as opaque tokens made with a key the index does not know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, Self

from archive.core.errors import StoreDown
from archive.search.query import Node

CardId = str


@dataclass(frozen=True)
class Card:
    """What the index keeps of one dossier.

    text: made by `analysis.fold_passages` from title, numbers, names, documents; the `TextSource` gives the same.
    values: for TEXT fields the values as written, for WORD fields the kept words, for SEALED fields the opaque tokens.
    dates: by DATE field. amount: in fen. acl: the tokens of the module's words; a card without any is seen by nobody.
    version: grows with every change of the dossier; only for comparing index and database.
    """

    id: CardId
    version: int
    text: str
    acl: frozenset[str]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    amount: int | None = None

    def number(self, name: str) -> int | None:
        """Return a DATE (as proleptic ordinal) or AMOUNT field's value."""
        if name == "amount":
            return self.amount
        day = self.dates.get(name)
        return day.toordinal() if day else None


@dataclass(frozen=True)
class Upsert:
    """Put a card in, in place of an older one of the same id."""

    card: Card


@dataclass(frozen=True)
class Delete:
    """Take a card out; nothing happens where there is none."""

    id: CardId


Change = Upsert | Delete


@dataclass(frozen=True)
class AccessTerms:
    """What a reader may see: cards with at least one token of `any_of` and none of `none_of`."""

    any_of: frozenset[str]
    none_of: frozenset[str] = frozenset()

    def admit(self, acl: frozenset[str]) -> bool:
        return not self.any_of.isdisjoint(acl) and self.none_of.isdisjoint(acl)


class Sort(StrEnum):
    """Order of hits: best first, latest first by day of filing, largest first by amount; without a value last."""

    RELEVANCE = "relevance"
    DATE = "date"
    AMOUNT = "amount"


SORT_FIELDS = {Sort.DATE: "filed", Sort.AMOUNT: "amount"}


@dataclass(frozen=True)
class SearchRequest:
    """One search. query None: every visible card. filters: field -> values, any of which a card must have.

    facets: names of fields whose values are counted over all hits. cursor: of an earlier page of the same request.
    """

    query: Node | None
    readers: AccessTerms
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True)
class Hit:
    """One dossier found. The score compares hits of one page only."""

    id: CardId
    score: float


@dataclass(frozen=True)
class SearchPage:
    """Hits in order, exact total and counts (facet -> value -> hits), the cursor of the next page if there is one."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    applied_seq: int
    cursor: str | None = None


@dataclass(frozen=True)
class IndexStats:
    """Cards in the index, bytes and files on disk (0 in memory), sequence committed last."""

    cards: int
    size: int
    files: int
    applied_seq: int


@dataclass(frozen=True)
class Drift:
    """How index and database differ: cards missing in the index, cards too many, cards of another version."""

    missing: frozenset[CardId]
    surplus: frozenset[CardId]
    stale: frozenset[CardId]

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus or self.stale)


class IndexUnusable(StoreDown):
    """The index is damaged, absent or made by another analyser or engine: rebuild it."""


class IndexBusy(StoreDown):
    """Another process writes to the index."""


class TextSource(Protocol):
    """Gives the texts cards were made from, for engines that verify hits on the text itself."""

    def texts(self, ids: Sequence[CardId]) -> Mapping[CardId, str]:
        """Return the texts of these dossiers; one that is gone is left out (and is then no hit)."""


class SearchIndex(Protocol):
    """One index, opened. Many may read, one writes.

    Reading methods answer from the state at the last `refresh`; `search` raises IndexUnusable when files are damaged.
    """

    def apply(self, batch: Sequence[Change], *, upto_seq: int) -> None:
        """Commit a batch and the sequence number as one; on return it is on disk. Raises IndexBusy."""

    def applied_seq(self) -> int:
        """Return the sequence number committed last, 0 at first."""

    def refresh(self) -> None:
        """Let reading methods see the last commit; cheap when there is none."""

    def search(self, request: SearchRequest) -> SearchPage: ...

    def stats(self) -> IndexStats: ...

    def verify(self, versions: Mapping[CardId, int]) -> Drift:
        """Compare the index with what the database holds (id -> version)."""

    def optimise(self) -> None:
        """Join small parts into large ones; may take long. Raises IndexBusy."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


def drift(indexed: Mapping[CardId, int], versions: Mapping[CardId, int]) -> Drift:
    """Return how what is indexed differs from what should be (both id -> version)."""
    both = indexed.keys() & versions.keys()
    return Drift(
        missing=frozenset(versions.keys() - indexed.keys()),
        surplus=frozenset(indexed.keys() - versions.keys()),
        stale=frozenset(id_ for id_ in both if indexed[id_] != versions[id_]),
    )


def final_changes(batch: Iterable[Change]) -> dict[CardId, Card | None]:
    """Return what a batch amounts to: id -> card to put in, or None to take out."""
    return {
        change.card.id if isinstance(change, Upsert) else change.id: getattr(change, "card", None) for change in batch
    }
