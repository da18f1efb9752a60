"""One segment of the Whoosh index, opened: rows of cards, and for each term the cards it occurs in and how often.

Three files: `.row`, one JSON object a line in the order of document numbers; `.pst`, the postings; `.trm`, Whoosh's
ordered hash from a term to where its postings lie. Terms are bigrams (two characters), grams (four) and, with `#`
before them, the tokens of dates and amounts. A term's postings are the steps between its document numbers, in the
narrowest array they fit, then one byte of frequency each (255 for more) unless all are one.
"""

import json
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from operator import sub
from sys import intern
from typing import Self

from archive.search import analysis
from archive.search.fields import FieldKind, names
from archive.search.port import Card, CardId, IndexUnusable
from archive.search.whoosh_files import OrderedHashReader, PlainStorage, StoredSegment

Posting = tuple[Sequence[int], bytes]
"""Document numbers ascending, and a frequency (1 to 255) for each."""

_EXTENT = struct.Struct("<QIIcc")  # offset, number of documents, the first one, type of the steps, b"f" if frequencies
_STEPS = (("B", 1 << 8), ("H", 1 << 16), ("I", 1 << 32))
_TEXTS = names(FieldKind.TEXT)
_NUMBERS = names(FieldKind.DATE, FieldKind.AMOUNT)


def pack(posting: Posting, offset: int) -> tuple[bytes, bytes]:
    """Return a term's postings as bytes, and the entry that finds them at this offset."""
    documents, frequencies = posting
    steps = list(map(sub, documents[1:], documents))
    kind = next(code for code, limit in _STEPS if max(steps, default=0) < limit)
    flat = frequencies.count(1) == len(frequencies)
    packed = array(kind, steps).tobytes() + (b"" if flat else frequencies)
    return packed, _EXTENT.pack(offset, len(documents), documents[0], kind.encode(), b"1" if flat else b"f")


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a card beside its terms. texts: of TEXT fields, as searched; numbers: dates and amount."""

    id: CardId
    version: int
    length: int
    acl: frozenset[str]
    values: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, card: Card) -> Self:
        texts = {name: analysis.field_text(card.values[name]) for name in _TEXTS if card.values.get(name)}
        numbers = {name: number for name in _NUMBERS if (number := card.number(name)) is not None}
        return cls(card.id, card.version, len(card.text), card.acl, card.values, texts, numbers)

    def encode(self) -> bytes:
        return json.dumps({**asdict(self), "acl": sorted(self.acl)}, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, line: bytes) -> Self:
        kept = json.loads(line)
        acl = frozenset(map(intern, kept.pop("acl")))
        values = {intern(name): tuple(map(intern, of_name)) for name, of_name in kept.pop("values").items()}
        return cls(acl=acl, values=values, **kept)


class Segment:
    """A segment opened to read. Holds nothing that changes, so threads may share it; deletions are kept by its user."""

    def __init__(self, storage: PlainStorage, stored: StoredSegment) -> None:
        """Raises IndexUnusable when a file is damaged, FileNotFoundError when it was just merged away."""
        self.id: str = stored.segid
        try:
            rows = stored.open_checked(storage, ".row")
            self.rows = [Row.decode(line) for line in rows.buffer.read().splitlines()]
            rows.close()
            self._postings = stored.open_checked(storage, ".pst")
            table = stored.open_checked(storage, ".trm")
            self._terms = OrderedHashReader(table, len(table.buffer))
        except (IndexUnusable, FileNotFoundError):
            raise
        except Exception as error:  # whatever a broken file makes of Whoosh's reader
            raise IndexUnusable("search.index_damaged", folder=storage.folder) from error
        self.length = sum(row.length for row in self.rows)
        self.numbers = {row.id: number for number, row in enumerate(self.rows)}
        self.by_acl = _inverted(row.acl for row in self.rows)
        fields = {name for row in self.rows for name in row.values}
        self.by_value = {name: _inverted(row.values.get(name, ()) for row in self.rows) for name in fields}

    def posting(self, term: str) -> Posting:
        """Return where and how often a term occurs; empty when nowhere."""
        entry = self._terms.get(term.encode())
        return self._unpack(entry) if entry else ((), b"")

    def how_many(self, term: str) -> int:
        """Return the number of documents a term occurs in."""
        entry = self._terms.get(term.encode())
        return int(_EXTENT.unpack(entry)[1]) if entry else 0

    def documents(self, term: str) -> set[int]:
        return set(self.posting(term)[0])

    def beginning_with(self, character: str) -> set[int]:
        """Return the documents with a term of two characters that begins with this one, that is: with the character."""
        found: set[int] = set()
        key = character.encode()
        for term, entry in self._terms.items_from(key):
            if not term.startswith(key):
                break
            if len(term.decode()) == 2:
                found.update(self._unpack(entry)[0])
        return found

    def postings(self) -> Iterator[tuple[str, Posting]]:
        """Yield all terms in order with their postings."""
        for term, entry in self._terms.items():
            yield term.decode(), self._unpack(entry)

    def _unpack(self, entry: bytes) -> Posting:
        offset, count, first, kind, frequencies = _EXTENT.unpack(entry)
        steps = array(kind.decode())
        end = offset + (count - 1) * steps.itemsize
        steps.frombytes(self._postings.get(offset, end - offset))
        documents = list(accumulate(steps, initial=first))
        return documents, self._postings.get(end, count) if frequencies == b"f" else b"\1" * count

    def close(self) -> None:
        self._postings.close()
        self._terms.close()


def _inverted(values: Iterable[Iterable[str]]) -> dict[str, set[int]]:
    inverted: defaultdict[str, set[int]] = defaultdict(set)
    for number, of_row in enumerate(values):
        for value in of_row:
            inverted[value].add(number)
    return dict(inverted)
