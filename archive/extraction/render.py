"""Page images, made in the child: pages of a pdf, frames of a picture."""

from pathlib import Path
from typing import Any

from PIL import Image

from archive.extraction import kinds
from archive.extraction.output import Output, Stop
from archive.extraction.readers import ocr, pdf, pictures
from archive.extraction.values import Limits, State

# WebP: a third of PNG's size for scans and photographs alike; it holds at most 16,383 pixels a side.
LONGEST = 16_000


def pages(job: dict[str, Any], out: Output) -> None:
    """Draw the pages `numbers` (from 1) of a file at `width` pixels, each into `page-N.webp`."""
    path, kind = Path(job["path"]), str(job["media_type"])
    for number in job["numbers"]:
        image = _page(path, kind, int(number), int(job["width"]), out.limits)
        image.save(out.workdir / f"page-{number}.webp", "WEBP", quality=85, method=2)
        out.beat()
    out.finish()


def count(job: dict[str, Any], out: Output) -> None:
    """Tell how many pages there are to draw."""
    path, kind = Path(job["path"]), str(job["media_type"])
    if kind == kinds.PDF:
        with pdf.open_pdf(path) as document:
            out.fact(pages=len(document))
    elif kind.startswith("image/"):
        out.fact(pages=pictures.frames(pictures.open_picture(path, out.limits)))
    out.finish()


def _page(path: Path, kind: str, number: int, width: int, limits: Limits) -> Image.Image:
    if kind == kinds.PDF:
        with pdf.open_pdf(path) as document:
            if not 1 <= number <= len(document):
                raise Stop(State.NO_TEXT, "preview.page")
            return pdf.render(document, number - 1, width=width)
    image = pictures.open_picture(path, limits)
    if not 1 <= number <= pictures.frames(image):
        raise Stop(State.NO_TEXT, "preview.page")
    image.seek(number - 1)
    pictures.hold_to_pixels(image, limits)
    upright = ocr.upright(image)
    # Never larger than the picture is; a long screenshot stays within what WebP can hold.
    scale = min(width / upright.width, LONGEST / upright.height, 1)
    size = (max(round(upright.width * scale), 1), max(round(upright.height * scale), 1))
    return upright.resize(size, Image.Resampling.LANCZOS)
