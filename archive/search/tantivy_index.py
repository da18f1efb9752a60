"""The engine for one big machine: tantivy, with phrases over boundary bigrams. Exact without reading texts.

Tantivy commits with fsync and keeps checksums. Its writer lives as long as this object writes, and with it the lock.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import tantivy
from tantivy import Occur, Query

from archive.search.analysis import Needle, joined_codes
from archive.search.locks import WriterLock
from archive.search.manifest import check_manifest, write_manifest
from archive.search.port import (
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
from archive.search.tantivy_paging import counted, id_of, page_of
from archive.search.tantivy_queries import Compiler
from archive.search.tantivy_schema import SEQ_ID, build_schema, document, register, word_of
from archive.search.texts import TextMemory

ENGINE = "tantivy"
_HEAP = 60_000_000  # bytes the writer gathers before it writes a segment
_VALUES = 10_000  # of one facet at most
_REMEMBERED = 2_000_000  # characters of texts, read for wildcards only


class TantivyIndex:
    """Implements `archive.search.port.SearchIndex`. One object may serve several threads; one of them writes."""

    def __init__(self, folder: Path, texts: TextSource, *, create: bool = False) -> None:
        """Open the index in a folder, or make an empty one in it. Raises IndexUnusable."""
        self._folder = folder
        self._lock = WriterLock(folder / "writer.lock")
        self._texts = TextMemory(texts, limit=_REMEMBERED)
        self._writer: tantivy.IndexWriter | None = None
        if create:
            folder.mkdir(parents=True)
            (folder / "data").mkdir()
            tantivy.Index(build_schema(), str(folder / "data"))
            write_manifest(folder, ENGINE)
        check_manifest(folder, ENGINE)
        try:
            self._index = tantivy.Index.open(str(folder / "data"))
        except ValueError as error:
            raise IndexUnusable("search.index_damaged", folder=str(folder)) from error
        register(self._index)
        self._schema = self._index.schema
        self.refresh()

    def apply(self, batch: Sequence[Change], *, upto_seq: int) -> None:
        self._lock.acquire()
        if not self._writer:
            self._writer = self._index.writer(_HEAP, 1)
        writer = self._writer
        try:
            for id_, card in final_changes(batch).items():
                writer.delete_documents_by_term("id", id_)
                if card:
                    writer.add_document(document(card, self._schema))
            writer.delete_documents_by_term("id", SEQ_ID)
            writer.add_document(tantivy.Document.from_dict({"id": SEQ_ID, "seq": upto_seq}, self._schema))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        writer.garbage_collect_files()

    def applied_seq(self) -> int:
        return _seq(self._newest(), self._schema)

    def refresh(self) -> None:
        self._searcher = self._newest()

    def _newest(self) -> tantivy.Searcher:
        try:
            self._index.reload()
            return self._index.searcher()
        except (ValueError, OSError) as error:
            raise IndexUnusable("search.index_damaged", folder=str(self._folder)) from error

    def search(self, request: SearchRequest) -> SearchPage:
        searcher = self._searcher
        compiler = Compiler(
            self._schema,
            verify=lambda sought, candidates: self._held(searcher, sought, candidates),
            values=lambda name: (value for value, _ in searcher.terms_with_prefix(name, "")),
        )
        query = compiler.request(request)
        try:
            page = page_of(searcher, compiler, query, request)
            wanted = {name: {"terms": {"field": word_of(name), "size": _VALUES}} for name in request.facets}
            buckets = searcher.aggregate(query, wanted) if wanted else {}
        except (ValueError, OSError) as error:
            raise IndexUnusable("search.index_damaged", folder=str(self._folder)) from error
        facets = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in of["buckets"]} for name, of in buckets.items()
        }
        return SearchPage(page.hits, page.total, facets, _seq(searcher, self._schema), page.cursor)

    def _held(self, searcher: tantivy.Searcher, sought: Needle, candidates: Query) -> list[CardId]:
        """Return the cards among the candidates whose text holds a pattern."""
        found = [address for _, address in searcher.search(candidates, max(1, searcher.num_docs)).hits]
        versions = searcher.fast_field_values("version", found)
        cards = [
            (id_of(searcher, address), int(version or 0)) for address, version in zip(found, versions, strict=True)
        ]
        return [
            id_
            for id_, text in self._texts.texts(cards)
            if sought.occurs_in(text) or sought.occurs_in_codes(joined_codes(text))
        ]

    def stats(self) -> IndexStats:
        files = [path.stat().st_size for path in (self._folder / "data").iterdir()]
        cards, _ = counted(self._searcher, _cards(self._schema), 1)
        return IndexStats(cards, sum(files), len(files), _seq(self._searcher, self._schema))

    def verify(self, versions: Mapping[CardId, int]) -> Drift:
        searcher = self._searcher
        found = [address for _, address in searcher.search(_cards(self._schema), max(1, searcher.num_docs)).hits]
        kept = searcher.fast_field_values("version", found)
        indexed = {id_of(searcher, address): int(version or 0) for address, version in zip(found, kept, strict=True)}
        return drift(indexed, versions)

    def optimise(self) -> None:
        """Wait for the joining of parts that tantivy does by itself after commits; it offers no more."""
        self._stop_writing()

    def _stop_writing(self) -> None:
        if self._writer:
            self._writer.wait_merging_threads()
            self._writer = None
        self._lock.release()

    def close(self) -> None:
        """Stop writing; a search under way may still need what is open."""
        self._stop_writing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _cards(schema: tantivy.Schema) -> Query:
    """Every document but the one with the sequence number."""
    return Query.boolean_query(
        [(Occur.Must, Query.all_query()), (Occur.MustNot, Query.term_query(schema, "id", SEQ_ID, "basic"))]
    )


def _seq(searcher: tantivy.Searcher, schema: tantivy.Schema) -> int:
    hits = searcher.search(Query.term_query(schema, "id", SEQ_ID, "basic"), 1).hits
    return int(searcher.doc(hits[0][1])["seq"][0]) if hits else 0
