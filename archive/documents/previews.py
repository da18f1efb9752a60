"""Page images: drawn out of process, kept in a cache that may be deleted at any time, a folder a dossier."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.core.errors import BadInput, NotFound
from archive.core.ports import ports
from archive.documents import blobs
from archive.documents.models import Version
from archive.extraction import PREVIEW, page_count, render_pages, to_pdf
from archive.extraction.kinds import PDF
from archive.extraction.service import CONVERTED, DRAWN

THUMBNAIL = 160
# Pixels. A fixed set: otherwise a caller could fill the disk with images of every width.
WIDTHS = (THUMBNAIL, 800, 1200, 1600, 2400)
# How many pages are drawn with the one asked for: starting a process costs more than drawing a small page.
_AHEAD = {THUMBNAIL: 12}
_CACHE_LIFE = timedelta(days=7)


def is_drawn(media_type: str) -> bool:
    """Tell whether pages of this kind are drawn as they are, so that their texts and images go together."""
    return media_type in DRAWN


def image(version: Version, no: int, width: int) -> Path:
    """Return the file with page `no` (from 1) as WebP, `width` pixels wide; drawn when not in the cache.

    Raises NotFound for a page there is not, BadInput when it cannot be drawn, StoreDown.
    """
    if width not in WIDTHS:
        raise BadInput("preview.width")
    if not 1 <= no <= (version.images or 0):
        raise NotFound("page.none", no=no)
    folder = _folder(version)
    found = folder / f"{no}-{width}.webp"
    if not found.exists():
        with _alone(folder):
            if not found.exists():
                _draw(version, no, width, folder)
    return found


def prepare(version: Version, original: Path) -> int:
    """Return how many page images a version has; an office document is converted now, so that nobody waits later."""
    if version.media_type not in DRAWN | CONVERTED:
        return 0
    folder = _folder(version)
    with _alone(folder):
        try:
            if version.media_type in DRAWN:
                return page_count(original, version.media_type)
            rendition = _convert(original, version.media_type, folder)
            return page_count(rendition, PDF) if rendition else 0
        except BadInput:
            return 0  # encrypted or broken; why is told with its reading


def purge(dossier_id: uuid.UUID) -> None:
    """Remove all images of a dossier's documents."""
    shutil.rmtree(ports().settings.previews / dossier_id.hex, ignore_errors=True)


def trim(now: datetime) -> int:
    """Remove what nobody looked at for a week; return how many documents' images went."""
    gone = 0
    for folder in list(ports().settings.previews.glob("*/*")):
        if now - datetime.fromtimestamp(folder.stat().st_mtime, UTC) > _CACHE_LIFE:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _folder(version: Version) -> Path:
    return ports().settings.previews / version.dossier_id.hex / version.sha256.removeprefix("sha256:")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One drawing a document at a time, in whichever process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.utime(folder)
        yield


def _draw(version: Version, no: int, width: int, folder: Path) -> None:
    source, kind = _source(version, folder)
    last = min(no + _AHEAD.get(width, 2) - 1, version.images or no)
    wanted = [page for page in range(no, last + 1) if not (folder / f"{page}-{width}.webp").exists()]
    with blobs.workplace() as work:
        try:
            drawn = render_pages(source, kind, wanted, work, width_px=width, limits=PREVIEW)
        except BadInput:
            # One bad page must not take its neighbours with it.
            wanted = [no]
            (alone := work / "alone").mkdir()
            drawn = render_pages(source, kind, wanted, alone, width_px=width, limits=PREVIEW)
        for page, path in zip(wanted, drawn, strict=True):
            shutil.move(path, folder / f"{page}-{width}.webp")


def _source(version: Version, folder: Path) -> tuple[Path, str]:
    """Return the file pages are drawn from, and its kind: the original, or its conversion to PDF."""
    original = folder / "original"
    if version.media_type in DRAWN:
        if not original.exists():
            _fetch(version, original)
        return original, version.media_type
    rendition = folder / "rendition.pdf"
    if not rendition.exists():
        with blobs.workplace() as work:
            blobs.fetch(version, work / "original")
            if _convert(work / "original", version.media_type, folder) is None:
                raise BadInput("preview.failed", reason="converter.missing")
    return rendition, PDF


def _fetch(version: Version, path: Path) -> None:
    with blobs.workplace() as work:
        blobs.fetch(version, work / "original")
        shutil.move(work / "original", path)


def _convert(original: Path, media_type: str, folder: Path) -> Path | None:
    with blobs.workplace() as work:
        made = to_pdf(original, media_type, work, limits=PREVIEW)
        if made is None:
            return None
        return Path(shutil.move(made, folder / "rendition.pdf"))
