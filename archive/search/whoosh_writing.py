"""Writing segments of the Whoosh index: from cards, and from several segments one."""

import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, groupby
from operator import itemgetter

from archive.search import analysis
from archive.search.port import Card
from archive.search.whoosh_files import OrderedHashWriter, PlainStorage, StoredSegment
from archive.search.whoosh_segment import Posting, Row, Segment, pack


def write_cards(storage: PlainStorage, cards: Iterable[Card]) -> StoredSegment:
    """Write a new segment of these cards."""
    rows: list[bytes] = []
    postings: defaultdict[str, tuple[array[int], bytearray]] = defaultdict(lambda: (array("I"), bytearray()))
    for number, card in enumerate(cards):
        rows.append(Row.of(card).encode())
        for term, times in card_terms(card).items():
            documents, frequencies = postings[term]
            documents.append(number)
            frequencies.append(min(times, 255))
    return _write(storage, rows, ((term, postings[term]) for term in sorted(postings)))


def card_terms(card: Card) -> Mapping[str, int]:
    """Return the terms of a card and how often each occurs."""
    analysed = analysis.analyse(card.text)
    terms = Counter(analysis.bigrams(card.text))
    terms.update(analysis.grams(analysed.text, analysed.codes))
    terms.update([f"#{token}" for token in analysed.tokens])
    return terms


def merge(storage: PlainStorage, parts: Sequence[tuple[Segment, frozenset[int]]]) -> StoredSegment:
    """Write a new segment of what is live in these (segment, its live documents)."""
    rows: list[bytes] = []
    places: list[list[int]] = []
    for segment, live in parts:
        places.append(list(accumulate((number in live for number in range(len(segment.rows))), initial=len(rows))))
        rows.extend(segment.rows[number].encode() for number in sorted(live))

    def tagged(at: int) -> Iterator[tuple[str, int, Posting]]:
        return ((term, at, posting) for term, posting in parts[at][0].postings())

    def joined() -> Iterator[tuple[str, "tuple[array[int], bytearray]"]]:
        streams = heapq.merge(*(tagged(at) for at in range(len(parts))), key=itemgetter(0))
        for term, group in groupby(streams, key=itemgetter(0)):
            documents, frequencies = array("I"), bytearray()
            for _, at, (numbers, times) in group:
                segment, live = parts[at]
                if len(live) == len(segment.rows):
                    documents.extend([places[at][number] for number in numbers])
                    frequencies += times
                else:
                    kept = [(number, time) for number, time in zip(numbers, times, strict=True) if number in live]
                    documents.extend([places[at][number] for number, _ in kept])
                    frequencies.extend([time for _, time in kept])
            if documents:
                yield term, (documents, frequencies)

    return _write(storage, rows, joined())


def _write(
    storage: PlainStorage, rows: Sequence[bytes], postings: Iterable[tuple[str, "tuple[array[int], bytearray]"]]
) -> StoredSegment:
    segment = StoredSegment(count=len(rows))
    create = partial(segment.create_file, storage)
    row_file, posting_file, term_file = create(".row"), create(".pst"), create(".trm")
    row_file.write(b"\n".join(rows))
    table = OrderedHashWriter(term_file)
    offset = 0
    for term, (documents, frequencies) in postings:
        packed, entry = pack((documents, bytes(frequencies)), offset)
        table.add(term.encode(), entry)
        posting_file.write(packed)
        offset += len(packed)
    posting_file.write(b"\n")  # an empty file could not be mapped
    table.close()
    segment.sums[".trm"] = term_file.checksum
    segment.finish_file(row_file)
    segment.finish_file(posting_file)
    return segment
