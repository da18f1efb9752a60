"""What reading a file yields: an outcome, pages of text with their places, files found inside, facts."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, NamedTuple

MIB = 1 << 20
GIB = 1 << 30


class State(StrEnum):
    """How the reading of one file ended. The file itself is kept in every case."""

    READ = "read"  # text was found; `reason` is set where it is not all of it
    NO_TEXT = "no_text"  # nothing to read: a recording, a picture without words
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"  # a container beyond a limit; nothing was unpacked
    TOO_COSTLY = "too_costly"  # time or memory ran out


class Box(NamedTuple):
    """Where a run of characters stands: offsets into the page's text, edges in fractions of the page, from top left."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class PageText:
    """The text of one page, slide, sheet, picture or piece of a running text, counted from 1.

    `width` and `height` are points for PDF and OFD, pixels for pictures, 0 where there is no page to look at.
    `label` is the name the file itself gives to this part (a sheet, a picture inside a document), or empty.
    """

    no: int
    text: str
    source: Literal["text", "ocr"] = "text"
    boxes: tuple[Box, ...] = ()
    width: float = 0
    height: float = 0
    label: str = ""


@dataclass(frozen=True)
class Child:
    """A file found inside another: its bytes under an opaque name in the working directory.

    `name` is what it was called inside, as a relative path cleaned for showing; never use it as a path on disk.
    `sent_at` is the moment of the mail it is, or of its last change as the container tells it (ISO 8601), or empty.
    """

    path: Path
    name: str
    media_type_hint: str = ""
    sent_at: str = ""


@dataclass(frozen=True)
class Extraction:
    """The outcome for one file. `reason` is a code of `labels.REASONS`, empty when everything was read."""

    state: State
    reason: str
    media_type: str
    pages: tuple[PageText, ...] = ()
    children: tuple[Child, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the text of all pages, a blank line between them."""
        return "\n\n".join(page.text for page in self.pages if page.text)


@dataclass(frozen=True)
class Limits:
    """What one child process may use, and how large a container may be. Sizes in bytes, times in seconds."""

    seconds: float = 3600  # a bundle of 300 scanned pages takes about half an hour, longer on a busy machine
    silent_seconds: float = 120  # without a further page, picture part or unpacked file
    memory: int = 2 * GIB  # address space; text recognition alone needs 1.4 GiB of it
    text_chars: int = 20_000_000
    pixels: int = 120_000_000
    package_bytes: int = 512 * MIB  # an office document, unpacked
    entries: int = 10_000
    entry_bytes: int = 2 * GIB
    total_bytes: int = 4 * GIB  # of everything found in one item, over all its levels
    before_bytes: int = 0  # of these, what was found in the item already, elsewhere than in this file
    disk_bytes: int = 1 << 62  # what the files found in this one may take of the disk
    ratio: int = 200  # unpacked to packed, above RATIO_FLOOR
    depth: int = 5


DEFAULT = Limits()
# For a page image somebody waits for.
PREVIEW = Limits(seconds=60, silent_seconds=60)
