"""The embedded engine: Whoosh's files under our own analysis, hits verified on the text itself.

Without positions an index of bigrams only names candidates. For each chunk the terms it needs are intersected, from the
rarest on, narrowed by permission, filters and the other conditions, and what is left is checked on the text from
the `TextSource`. Chunks of two characters, whole grams, dates and amounts are exact without. Good to about 10,000
dossiers; everything about a card but its terms and text is held in memory.
"""

import math
import os
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from archive.search.locks import WriterLock
from archive.search.manifest import check_manifest, write_manifest
from archive.search.paging import cut_page, sort_of
from archive.search.port import (
    SORT_FIELDS,
    CardId,
    Change,
    Drift,
    IndexStats,
    IndexUnusable,
    SearchPage,
    SearchRequest,
    TextSource,
    drift,
    final_changes,
)
from archive.search.query import Text
from archive.search.texts import TextMemory
from archive.search.whoosh_files import Contents, PlainStorage, StoredSegment
from archive.search.whoosh_matching import Matching
from archive.search.whoosh_segment import Segment
from archive.search.whoosh_writing import merge, write_cards

ENGINE = "whoosh"
_FAN_OUT = 8  # so many segments of about one size are joined into one
_RETRIES = 20


@dataclass(frozen=True)
class _Snapshot:
    """What one commit left: segments with their live documents."""

    generation: int = -1
    seq: int = 0
    parts: tuple[tuple[Segment, frozenset[int]], ...] = ()


class WhooshIndex:
    """Implements `archive.search.port.SearchIndex`. One object may serve several threads."""

    def __init__(self, folder: Path, texts: TextSource, *, create: bool = False) -> None:
        """Open the index in a folder, or make an empty one in it. Raises IndexUnusable."""
        self._storage = PlainStorage(str(folder))
        self._lock = WriterLock(folder / "writer.lock")
        self._texts = TextMemory(texts)
        if create:
            folder.mkdir(parents=True)
            Contents().write(self._storage)
            write_manifest(folder, ENGINE)
        check_manifest(folder, ENGINE)
        self._seen = _Snapshot()
        self._open: dict[str, Segment] = {}
        self.refresh()

    def apply(self, batch: Sequence[Change], *, upto_seq: int) -> None:
        with self._lock:
            contents = Contents.read(self._storage)
            changes = final_changes(batch)
            for stored in contents.segments:
                numbers = self._segment(stored).numbers
                for id_ in changes.keys() & numbers.keys():
                    stored.delete_document(numbers[id_])
            if cards := [card for card in changes.values() if card]:
                contents.segments.append(write_cards(self._storage, cards))
            self._commit(contents, upto_seq)

    def optimise(self) -> None:
        with self._lock:
            contents = Contents.read(self._storage)
            parts = [(self._segment(stored), _live(stored)) for stored in contents.segments]
            if len(parts) > 1 or any(stored.has_deletions() for stored in contents.segments):
                contents.segments = [merge(self._storage, parts)] if any(live for _, live in parts) else []
                self._commit(contents, contents.seq)

    def _commit(self, contents: Contents, seq: int) -> None:
        contents.generation, contents.seq = contents.generation + 1, seq
        contents.segments = [part for part in contents.segments if part.doc_count()]
        while group := _to_merge(contents.segments):
            parts = [(self._segment(stored), _live(stored)) for stored in group]
            contents.segments = [part for part in contents.segments if part not in group]
            contents.segments.append(merge(self._storage, parts))
        contents.write(self._storage)
        self._keep_open(contents)

    def applied_seq(self) -> int:
        return self._read_newest().seq

    def refresh(self) -> None:
        if Contents.latest(self._storage) != self._seen.generation:
            self._seen = self._read_newest()

    def _read_newest(self) -> _Snapshot:
        """Read the newest commit; where a writer takes its files away meanwhile, the next one is there."""
        for _ in range(_RETRIES):
            try:
                contents = Contents.read(self._storage)
                parts = tuple((self._segment(stored), _live(stored)) for stored in contents.segments)
            except FileNotFoundError:
                time.sleep(0.01)
            else:
                self._keep_open(contents)
                return _Snapshot(contents.generation, contents.seq, parts)
        raise IndexUnusable("search.index_damaged", folder=self._storage.folder)

    def _segment(self, stored: StoredSegment) -> Segment:
        if stored.segid not in self._open:
            self._open[stored.segid] = Segment(self._storage, stored)
        return self._open[stored.segid]

    def _keep_open(self, contents: Contents) -> None:
        wanted = {stored.segid for stored in contents.segments}
        self._open = {id_: segment for id_, segment in self._open.items() if id_ in wanted}

    def search(self, request: SearchRequest) -> SearchPage:
        seen = self._seen
        parts = [Matching(segment, live, self._texts) for segment, live in seen.parts]
        found = [part.find(request) for part in parts]
        rows = [part.segment.rows[number] for part, numbers in zip(parts, found, strict=True) for number in numbers]
        by = SORT_FIELDS.get(sort_of(request))
        keys = [row.numbers.get(by) for row in rows] if by else _scores(parts, found)
        hits, cursor = cut_page(zip(keys, (row.id for row in rows), strict=True), request)
        counts = {name: Counter(v for row in rows for v in set(row.values.get(name, ()))) for name in request.facets}
        return SearchPage(hits, len(rows), counts, seen.seq, cursor)

    def stats(self) -> IndexStats:
        files = [entry.stat().st_size for entry in os.scandir(self._storage.folder) if entry.is_file()]
        cards = sum(len(live) for _, live in self._seen.parts)
        return IndexStats(cards, sum(files), len(files), self._seen.seq)

    def verify(self, versions: Mapping[CardId, int]) -> Drift:
        rows = (segment.rows[number] for segment, live in self._seen.parts for number in live)
        return drift({row.id: row.version for row in rows}, versions)

    def close(self) -> None:
        """The lock is held while writing only, and a search under way may still need what is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _live(stored: StoredSegment) -> frozenset[int]:
    return frozenset(range(stored.doc_count_all())).difference(stored.deleted_docs())


def _to_merge(segments: Sequence[StoredSegment]) -> list[StoredSegment]:
    """Return the segments to join next: those of about one size, when many, or one that is more than half deleted."""
    tiers: defaultdict[int, list[StoredSegment]] = defaultdict(list)
    for part in segments:
        if part.deleted_count() * 2 > part.doc_count_all():
            return [part]
        tiers[int(math.log(part.doc_count_all(), _FAN_OUT))].append(part)
    return next((tier for tier in tiers.values() if len(tier) >= _FAN_OUT), [])


def _scores(parts: Sequence[Matching], found: Sequence[set[int]]) -> list[float | None]:
    """Return a score for each document found, part by part: BM25 over the chunks of the query."""
    everything = sum(len(part.live) for part in parts)
    rows = sum(len(part.segment.rows) for part in parts)
    usual = sum(part.segment.length for part in parts) / max(1, rows) or 1.0
    weights: Counter[Text] = Counter()
    for part in parts:
        weights.update({text: len(counts) for text, counts in part.counts.items()})
    rarity = {text: math.log(1 + (everything - n + 0.5) / (n + 0.5)) for text, n in weights.items()}
    scores: list[float | None] = []
    for part, numbers in zip(parts, found, strict=True):
        for number in numbers:
            room = 1.2 * (0.25 + 0.75 * part.segment.rows[number].length / usual)
            times = ((rarity[text], counts.get(number, 0)) for text, counts in part.counts.items())
            scores.append(sum(weight * 2.2 * n / (n + room) for weight, n in times))
    return scores
