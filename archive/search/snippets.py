"""Passages to show of a hit: where in the original text what was asked stands, and the best stretch around it.

All offsets are characters of the original text; callers escape. A mark covers exactly what was found as it was written:
full-width, traditional, with blanks or separators inside.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.search import numbers
from archive.search.analysis import Needle, needle
from archive.search.folding import Folded, fold_with_map
from archive.search.query import Node, positive_texts

Span = tuple[int, int]

_SENTENCE_END = re.compile("[。！？；\n]")


@dataclass(frozen=True)
class Snippet:
    """A stretch [start, end) of the original text, its words, and the marks in it (offsets within `text`)."""

    text: str
    start: int
    end: int
    marks: tuple[Span, ...]
    found: int  # how many different chunks of the query stand in it


def needles(query: Node | None) -> tuple[Needle, ...]:
    """Return what to mark for a query: its chunks of text that are not under a Not."""
    texts = dict.fromkeys(positive_texts(query)) if query else {}
    return tuple(needle(text.chunk, wild=text.wild) for text in texts)


def find(text: str, sought: Iterable[Needle]) -> tuple[Span, ...]:
    """Return where any of these stands in a text, in order, overlapping places joined."""
    return tuple(_joined(span for span, _ in _places(fold_with_map(text), sought)))


def snippet(text: str, sought: Iterable[Needle], *, width: int = 120) -> Snippet | None:
    """Return the best stretch of about so many characters: most different chunks, then most marks, then the first.

    None when nothing asked stands in the text.
    """
    places = sorted(_places(fold_with_map(text), sought))
    if not places:
        return None
    starts = [span[0] for span, _ in places]

    def worth(at: int) -> tuple[int, int, int]:
        near = places[at : bisect_left(starts, starts[at] + width * 2 // 3)]
        return len({which for _, which in near}), len(near), -at

    best = max(range(len(places)), key=worth)
    start = _clean_start(text, max(0, starts[best] - width // 3), starts[best])
    end = min(len(text), max(start + width, places[best][0][1]))
    marks = _joined((max(begin, start), min(stop, end)) for (begin, stop), _ in places if begin < end and stop > start)
    inside = tuple((begin - start, stop - start) for begin, stop in marks)
    return Snippet(text[start:end], start, end, inside, worth(best)[0])


def _places(folded: Folded, sought: Iterable[Needle]) -> Iterator[tuple[Span, int]]:
    """Yield where in the original each needle stands, with the needle's place in the query."""
    codes = list(numbers.codes(folded.text))
    tokens = list(numbers.tokens(folded.text))
    for which, one in enumerate(sought):
        spans = [span for form in one.forms for span in _occurrences(folded.text, form)]
        if one.pattern:
            spans += [found.span() for found in one.pattern.finditer(folded.text)]
        spans += [(code.start, code.end) for code in codes if one.occurs_in_codes(code.token)]
        spans += [(token.start, token.end) for token in tokens if token.token in one.tokens]
        for start, end in set(spans):
            if start < end:
                yield folded.original(start, end), which


def _occurrences(text: str, form: str) -> Iterator[Span]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + len(form))


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _clean_start(text: str, start: int, mark: int) -> int:
    """Begin behind the last end of a sentence before the mark, if there is one in reach."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text, start, mark)]
    return ends[0] if start and ends else start
