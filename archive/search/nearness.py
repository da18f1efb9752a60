"""What is nearly what was asked: stretches of text a letter or two away from a chunk. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

SHORTEST, LONGEST = 3, 24
"""Folded characters of a chunk for which something near is looked for."""

_PLACES = 20  # of one bigram in one text looked at
# Digits are exact: the number next to the one asked for is somebody else's.
_NO_WORD = re.compile(r"[\W\d_]")


def is_word(chunk: str) -> bool:
    """Tell whether something near to a folded chunk is worth looking for: words, not numbers or signs."""
    return SHORTEST <= len(chunk) <= LONGEST and not _NO_WORD.search(chunk)


def errors(chunk: str) -> int:
    """Return how many letters may be wrong, missing or too many."""
    return 1 if len(chunk) < 6 else 2


def near(chunk: str, texts: Iterable[str], most: int = 3) -> list[str]:
    """Return the stretches of folded texts nearest to a folded chunk: fewest errors, then as long, then in most texts.

    A stretch must share two neighbouring characters with the chunk, at their place; three with one wrong in the middle
    share only the outer two. Those with more errors than the nearest, and those that overlap a nearer one, are none.
    """
    found: Counter[str] = Counter()
    for text in texts:
        found.update(set(_stretches(chunk, text)))
    far = {stretch: distance(chunk, stretch) for stretch in found}
    close = [stretch for stretch in found if 0 < far[stretch] <= errors(chunk)]
    close.sort(key=lambda one: (far[one], len(one) != len(chunk), -found[one], one))
    kept: list[str] = []
    for one in close:
        if far[one] == far[close[0]] and not any(one in other or other in one for other in kept):
            kept.append(one)
    return kept[:most]


def _stretches(chunk: str, text: str) -> Iterator[str]:
    length = len(chunk)
    for at in range(length - 1):
        pair = chunk[at : at + 2]
        place = text.find(pair)
        for _ in range(_PLACES):
            if place < 0:
                break
            for start, end in _windows(place - at, length, shifted=length > SHORTEST):
                stretch = text[start:end] if start >= 0 else ""
                if len(stretch) == end - start and not _NO_WORD.search(stretch):
                    yield stretch
            place = text.find(pair, place + 1)
    if length == SHORTEST:
        for outer in re.finditer(f"{chunk[0]}[^\\W\\d_]{chunk[2]}", text):
            yield outer[0]


def _windows(start: int, length: int, *, shifted: bool) -> Iterator[tuple[int, int]]:
    """Yield where a stretch may lie: as long as the chunk, or with a letter more or less before or behind the pair."""
    yield start, start + length
    if shifted:
        for change in (-1, 1):
            yield start, start + length + change
            yield start - change, start + length


def distance(one: str, other: str) -> int:
    """Return how many letters must be changed, put in or taken out to make one text of the other."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        before, row[0] = row[0], at
        for place, wanted in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != wanted))
    return row[-1]
