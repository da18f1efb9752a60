"""What the archive calls: read a file, count and draw its pages, convert it. Each runs in a process of its own."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from archive.core.errors import BadInput
from archive.extraction import convert, kinds, sandbox
from archive.extraction.values import DEFAULT, MIB, PREVIEW, Box, Child, Extraction, Limits, PageText, State

CONVERTED = frozenset({kinds.DOC, kinds.XLS, kinds.PPT, kinds.DOCX, kinds.XLSX, kinds.PPTX, kinds.ODT, kinds.ODS,
                       kinds.ODP, kinds.RTF})  # fmt: skip
DRAWN = frozenset(
    {kinds.PDF, "image/jpeg", "image/png", "image/gif", "image/tiff", "image/webp", "image/bmp", "image/avif"}
)
RESULT_LIMIT = 512 * MIB  # of what a child may make us read
ENDS = {
    sandbox.End.TIME: (State.TOO_COSTLY, "time"),
    sandbox.End.MEMORY: (State.TOO_COSTLY, "memory"),
    sandbox.End.CRASH: (State.BROKEN, "crash"),
    sandbox.End.DONE: (State.BROKEN, "crash"),  # it went without saying how it ended
}


def extract(
    path: Path,
    filename: str,
    workdir: Path,
    *,
    depth: int = 0,
    limits: Limits = DEFAULT,
    alive: Callable[[], None] | None = None,
) -> Extraction:
    """Read a file, whatever it is, and return how that ended; files found inside are left in `workdir`.

    `depth` is the number of containers the file lies in. `workdir` must be empty and belong to this call alone.
    `alive` is called about twice a second meanwhile (to keep a lease). Raises OSError when no process can be started.
    """
    job = {"path": str(path.resolve()), "filename": filename, "depth": depth}
    ended = sandbox.run("read", job, workdir, limits, alive)
    return _collect(workdir, ended)


def page_count(path: Path, media_type: str, *, limits: Limits = PREVIEW) -> int:
    """Return how many pages `render_page` can draw, 0 for other kinds. Raises BadInput(preview.failed)."""
    if media_type not in DRAWN:
        return 0
    with tempfile.TemporaryDirectory(prefix="anjuan-") as folder:
        job = {"path": str(path.resolve()), "media_type": media_type}
        return int(_done("count", job, Path(folder), limits).facts["pages"])


def render_page(path: Path, media_type: str, page_no: int, *, width_px: int, limits: Limits = PREVIEW) -> bytes:
    """Return page `page_no` (from 1) of a pdf or picture as WebP, `width_px` wide. Raises BadInput(preview.failed)."""
    with tempfile.TemporaryDirectory(prefix="anjuan-") as folder:
        drawn = render_pages(path, media_type, [page_no], Path(folder), width_px=width_px, limits=limits)
        return drawn[0].read_bytes()


def render_pages(
    path: Path, media_type: str, page_nos: Sequence[int], workdir: Path, *, width_px: int, limits: Limits = PREVIEW
) -> list[Path]:
    """Draw several pages in one process, as for thumbnails; return the WebP files in `workdir` in that order."""
    if media_type not in DRAWN:
        raise BadInput("preview.failed", reason="preview.kind")
    job = {"path": str(path.resolve()), "media_type": media_type, "numbers": list(page_nos), "width": width_px}
    _done("pages", job, workdir, limits)
    return [workdir / f"page-{number}.webp" for number in page_nos]


def to_pdf(
    path: Path, media_type: str, workdir: Path, *, archival: bool = False, limits: Limits = DEFAULT
) -> Path | None:
    """Convert an office document into a PDF in `workdir`, for its page images; `archival`: PDF/A-2b, to be kept.

    Return None for other kinds and where LibreOffice is not installed. Raises BadInput(preview.failed).
    """
    if media_type not in CONVERTED or convert.program() is None:
        return None
    job = {"path": str(path.resolve()), "suffix": kinds.SUFFIXES[media_type], "archival": archival}
    _done("convert", job, workdir, limits)
    return workdir / "converted.pdf"


def _done(work: str, job: dict[str, Any], workdir: Path, limits: Limits) -> Extraction:
    found = _collect(workdir, sandbox.run(work, job, workdir, limits))
    if found.reason:
        raise BadInput("preview.failed", reason=found.reason)
    return found


def _collect(workdir: Path, ended: sandbox.End) -> Extraction:
    """Put together what the child wrote; when that makes no sense, the file is broken."""
    try:
        return _gather(workdir, ended)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        detail = f"{type(error).__name__}: {error}"[:300]
        return Extraction(State.BROKEN, "crash", kinds.UNKNOWN, facts={"detail": detail})


def _gather(workdir: Path, ended: sandbox.End) -> Extraction:
    pages: list[PageText] = []
    children: list[Child] = []
    facts: dict[str, Any] = {}
    end: dict[str, str] = {}
    for line in _lines(workdir / sandbox.RESULT):
        if "page" in line:
            fields = line["page"]
            pages.append(PageText(**{**fields, "boxes": tuple(Box(*box) for box in fields["boxes"])}))
        elif "child" in line:
            children.append(_child(line["child"], workdir))
        facts |= line.get("fact", {})
        end = line.get("end", end)
    if end:
        state, reason = State(end["state"]), end["reason"]
    else:
        state, reason = ENDS[ended]
        facts["detail"] = _tail(workdir / sandbox.LOG)
        if any(page.text.strip() for page in pages):
            state, reason = State.READ, f"{reason}.partial"
    media_type = str(facts.pop("media_type", kinds.UNKNOWN))
    kept = () if state is State.REFUSED else tuple(children)
    return Extraction(state, reason, media_type, tuple(pages), kept, facts)


def _lines(result: Path) -> Iterator[dict[str, Any]]:
    left = RESULT_LIMIT
    with result.open("rb") as file:
        while line := file.readline(left):
            left -= len(line)
            # The last line may be torn where the child was killed.
            if line.endswith(b"}\n"):
                yield json.loads(line)


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - 300, 0))
        return file.read().decode("utf-8", "replace")


def _child(fields: dict[str, Any], workdir: Path) -> Child:
    """Take over a child; a process taken over by the file must not make us read any other."""
    path = workdir / str(fields["path"])
    if path.parent != workdir or path.is_symlink() or not path.is_file():
        raise ValueError("a child outside the working directory")
    return Child(path, str(fields["name"]), str(fields["media_type_hint"]), str(fields["sent_at"]))
