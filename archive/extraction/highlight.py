"""Where a hit stands on the page image."""

import unicodedata
from typing import NamedTuple

from archive.extraction.values import Box, PageText


class Rectangle(NamedTuple):
    """Edges in fractions of the page, from the top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


def highlight_boxes(page: PageText, start: int, end: int) -> list[Rectangle]:
    """Return the rectangles that cover the characters from `start` up to `end` of a page's text, one for each run.

    Within a run the place is reckoned from the widths of letters (a Chinese letter is as wide as two Latin ones),
    along its longer side, so that writing from top to bottom is marked as well.
    """
    return [
        part(box, page.text, max(start, box.start), min(end, box.end))
        for box in page.boxes
        if box.start < end and start < box.end
    ]


def part(box: Box, text: str, start: int, end: int) -> Rectangle:
    """Return the part of a run's box that the characters from `start` up to `end` of the text take."""
    whole = _width(text[box.start : box.end]) or 1
    first, last = _width(text[box.start : start]) / whole, _width(text[box.start : end]) / whole
    across, down = box.x1 - box.x0, box.y1 - box.y0
    # Page fractions distort: a run of several letters that is still much higher than wide is written downwards.
    if down > 2 * across and box.end - box.start > 1:
        return Rectangle(box.x0, box.y0 + first * down, box.x1, box.y0 + last * down)
    return Rectangle(box.x0 + first * across, box.y0, box.x0 + last * across, box.y1)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)
