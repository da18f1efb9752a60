"""What a reader writes while it reads: one JSON line for each page, file found inside, fact; the outcome last.

Line by line, so that a process stopped for its time or memory leaves behind what it had read until then.
"""

import json
import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Literal

from archive.extraction.decode import plain
from archive.extraction.values import Box, Limits, State

CHUNK = 3000


class Stop(Exception):
    """Ends the reading with this outcome; text found before stays, and `reason` says why no more."""

    def __init__(self, state: State, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.state, self.reason, self.facts = state, reason, facts


class Output:
    """The lines of one reading, and what is known of its outcome so far."""

    def __init__(self, file: IO[str], workdir: Path, limits: Limits) -> None:
        self.workdir, self.limits = workdir, limits
        self.pages = self.children = self.chars = self.unpacked = 0
        self.depth = 0  # of the file being read: how many containers it lies in
        self.has_text = False
        self.reason = ""
        self._file = file

    def page(
        self,
        text: str,
        *,
        source: Literal["text", "ocr"] = "text",
        boxes: Iterable[Box] = (),
        size: tuple[float, float] = (0, 0),
        label: str = "",
    ) -> None:
        """Add the next page. Raises Stop when the whole text would be longer than the limit."""
        if self.chars + len(text) > self.limits.text_chars:
            raise Stop(State.TOO_COSTLY, "text.long", limit=self.limits.text_chars)
        self.pages += 1
        self.chars += len(text)
        self.has_text = self.has_text or bool(text.strip())
        line = {"no": self.pages, "text": plain(text), "source": source, "boxes": [_rounded(box) for box in boxes],
                "width": size[0], "height": size[1], "label": plain(label)}  # fmt: skip
        self._write(page=line)

    def running_text(self, text: str, label: str = "") -> None:
        """Add text without pages of its own in pieces of about 3,000 characters, cut at ends of paragraphs."""
        for piece in pieces(text):
            self.page(piece, label=label)

    def child(self, name: str, data: bytes, *, media_type: str = "", sent_at: str = "") -> None:
        """Keep the bytes of a file found inside. Raises Stop beyond the limits on their number and size."""
        path = self.child_path(len(data))
        path.write_bytes(data)
        self.add_child(path, name, media_type=media_type, sent_at=sent_at)

    def child_path(self, size: int) -> Path:
        """Return the opaque path at which the next file found inside, of `size` bytes, belongs.

        Raises Stop when there are too many, or too many bytes of them.
        """
        if self.children >= self.limits.entries:
            raise Stop(State.REFUSED, "container.count", limit=self.limits.entries, found=self.children + 1)
        self.unpacked += size
        self.hold_to_size(self.unpacked)
        return self.workdir / f"child-{self.children + 1:05}"

    def hold_to_size(self, size: int) -> None:
        """Refuse to hand out so many bytes in all: by the item's limit, or for want of disk. Raises Stop."""
        limits = self.limits
        if limits.before_bytes + size > limits.total_bytes:
            found = limits.before_bytes + size
            raise Stop(State.REFUSED, "container.size", limit=limits.total_bytes, found=found)
        if size > limits.disk_bytes:
            raise Stop(State.TOO_COSTLY, "disk.partial" if self.has_text else "disk")

    def add_child(self, path: Path, name: str, *, media_type: str = "", sent_at: str = "") -> None:
        """Note a file just written to `child_path()`; below the deepest level it stays inside, and this is told."""
        if self.depth >= self.limits.depth:
            path.unlink()
            self.fact(limit=self.limits.depth)
            self.incomplete("container.depth")
            return
        self.children += 1
        hint = media_type or mimetypes.guess_type(name)[0] or ""
        self._write(child={"path": path.name, "name": shown_name(name), "media_type_hint": hint, "sent_at": sent_at})

    def fact(self, **facts: Any) -> None:
        """Note what else the file tells: plain JSON values; empty ones are left out."""
        kept = {key: plain(value) if isinstance(value, str) else value for key, value in facts.items()}
        self._write(fact={key: value for key, value in kept.items() if value not in (None, "", [], {})})

    def incomplete(self, reason: str) -> None:
        """Note why not all of it could be read, and go on; the first reason is the one told."""
        self.reason = self.reason or reason

    def beat(self) -> None:
        """Say that work goes on, within a page that takes long."""
        self._write(beat=True)

    def finish(self, state: State | None = None, reason: str = "") -> None:
        """Write the outcome. Text found before outweighs a bad end, but not a lock or a refusal."""
        if self.has_text and state not in (State.REFUSED, State.ENCRYPTED):
            state = State.READ
        self._write(end={"state": state or State.NO_TEXT, "reason": reason or self.reason})

    def _write(self, **line: Any) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()


def pieces(text: str, size: int = CHUNK) -> Iterable[str]:
    """Yield a text in pieces of about `size` characters, each but the last ending where a line ends if one does."""
    start = 0
    while start < len(text):
        end = start + size
        if end < len(text):
            # Up to half a piece further for the end of a paragraph, else back to one, else in the middle of it.
            ahead, back = text.find("\n", end, end + size // 2), text.rfind("\n", start + size // 2, end)
            end = (ahead if ahead >= 0 else back) + 1 or end
        yield text[start:end].rstrip("\n")
        start = end


def shown_name(name: str) -> str:
    """Return a name as it may be shown: a relative path, no dots that climb, no control or direction marks."""
    letters = "".join(letter for letter in plain(name) if letter.isprintable()).replace("\\", "/")
    parts = [part.strip() for part in letters.split("/")]
    kept = [part[:200] for part in parts if part not in ("", ".", "..") and not (len(part) == 2 and part[1] == ":")]
    return "/".join(kept[-8:]) or "unnamed"


def _rounded(box: Box) -> tuple[int, int, float, float, float, float]:
    return (box.start, box.end, *(round(min(max(edge, 0.0), 1.0), 4) for edge in box[2:]))  # type: ignore[return-value]
