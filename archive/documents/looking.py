"""What the viewer shows of a version: which pages, as images or as text, and the passage that was asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from archive.core.errors import NotFound
from archive.documents import previews, queries
from archive.documents.labels import why
from archive.documents.models import PageText, Version
from archive.documents.serving import FILMS, SOUNDS
from archive.extraction import Box, Rectangle, highlight_boxes
from archive.extraction import PageText as Page

# Pages on one screenful of the viewer: a file of thousands is shown in parts.
PART = 200
_A4 = (595.0, 842.0)


class Manner(StrEnum):
    """How a version is shown."""

    IMAGES = "images"
    TEXT = "text"
    SOUND = "sound"
    FILM = "film"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Sheet:
    """A page to be drawn: number, and width and height in any unit, for its place before the image is there."""

    no: int
    width: int
    height: int


@dataclass(frozen=True)
class View:
    """What the viewer shows.

    `paged` tells whether texts and images go page by page together; `marked` is the text before, in and after the
    passage asked for; `why` says why not everything was read.
    """

    manner: Manner
    paged: bool
    page: int
    total: int
    sheets: Sequence[Sheet]
    text: PageText | None
    marked: tuple[str, str, str] | None
    boxes: Sequence[Rectangle]
    why: str


def view(session: Session, version: Version, *, page: int, mark: str, with_text: bool) -> View:
    """Return how a version is shown from page `page` on, with characters `mark` (`12-20`) of its text marked."""
    manner = _manner(version)
    # In an office document the pieces of text are not the pages of its rendition: a passage is shown in the text.
    paged = previews.is_drawn(version.media_type)
    if (mark or with_text) and manner is Manner.IMAGES and not paged:
        manner = Manner.TEXT
    total = (version.images or 0) if manner is Manner.IMAGES else version.pages
    page = min(max(page, 1), max(total, 1))
    wanted = with_text or mark or manner is Manner.TEXT
    text = _text(session, version, page) if wanted and version.pages else None
    span = _span(mark, len(text.text)) if text else None
    return View(
        manner=manner,
        paged=paged,
        page=page,
        total=total,
        sheets=_sheets(session, version, page, total, paged) if manner is Manner.IMAGES else (),
        text=text,
        marked=(text.text[: span[0]], text.text[span[0] : span[1]], text.text[span[1] :]) if text and span else None,
        boxes=_boxes(text, span) if text and span and paged else (),
        why=why(version),
    )


def _manner(version: Version) -> Manner:
    if version.media_type in SOUNDS:
        return Manner.SOUND
    if version.media_type in FILMS:
        return Manner.FILM
    if version.images:
        return Manner.IMAGES
    return Manner.TEXT if version.pages else Manner.NOTHING


def _text(session: Session, version: Version, page: int) -> PageText | None:
    try:
        return queries.page_text(session, version, page)
    except NotFound:
        return None


def _span(mark: str, length: int) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", mark)
    if found is None:
        return None
    start, end = min(int(found[1]), length), min(int(found[2]), length)
    return (start, end) if start < end else None


def _sheets(session: Session, version: Version, page: int, total: int, paged: bool) -> list[Sheet]:
    first = (page - 1) // PART * PART + 1
    last = min(first + PART - 1, total)
    sizes = queries.page_sizes(session, version, first, last) if paged else {}
    sheets = []
    for no in range(first, last + 1):
        width, height = sizes.get(no, _A4)
        width, height = (width, height) if width > 0 and height > 0 else _A4
        sheets.append(Sheet(no, round(width), round(height)))
    return sheets


def _boxes(text: PageText, span: tuple[int, int]) -> list[Rectangle]:
    boxes = tuple(Box(int(box[0]), int(box[1]), *box[2:]) for box in text.boxes)
    return highlight_boxes(Page(text.no, text.text, boxes=boxes), *span)
