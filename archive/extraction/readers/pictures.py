"""Pictures: every frame of a tiff, the first of an animation; words by recognition, facts from the camera."""

import warnings
from pathlib import Path

from PIL import Image, ImageFile

from archive.extraction.output import Output, Stop
from archive.extraction.readers import ocr
from archive.extraction.source import Source
from archive.extraction.values import Limits, State

FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "AVIF")
TAKEN_AT, MAKER, MODEL, EXIF_PART = 0x9003, 0x010F, 0x0110, 0x8769
# JPEG is decoded smaller when the picture is larger than this, which costs little memory.
DRAFT = (6000, 6000)
Image.MAX_IMAGE_PIXELS = None  # our own limit is stated as an outcome


def open_picture(path: Path, limits: Limits) -> Image.Image:
    """Open a picture without decoding it. Raises Stop when it is broken or has too many pixels."""
    warnings.simplefilter("ignore")
    try:
        image = Image.open(path, formats=FORMATS)
        if image.format == "JPEG" and image.width * image.height > DRAFT[0] * DRAFT[1]:
            image.draft("RGB", DRAFT)
    except (OSError, ValueError, SyntaxError):
        raise Stop(State.BROKEN, "image.broken") from None
    hold_to_pixels(image, limits)
    return image


def hold_to_pixels(image: Image.Image, limits: Limits) -> None:
    """Refuse a frame that would need too much memory."""
    pixels = image.width * image.height
    if pixels > limits.pixels:
        raise Stop(State.TOO_COSTLY, "image.pixels", limit=limits.pixels, found=pixels)


def frames(image: Image.Image) -> int:
    """Return how many pages a picture has: those of a tiff; an animation is one."""
    return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def read(source: Source, out: Output) -> None:
    """Read the words of a picture; where recognition is missing, say so."""
    image = open_picture(source.path, source.limits)
    out.fact(width=image.width, height=image.height)
    try:
        image.load()
    except (OSError, ValueError, SyntaxError):
        # What came through of a torn picture may still show words.
        out.incomplete("image.torn")
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        image = open_picture(source.path, source.limits)
    try:
        _describe(image, out)
        _recognise(image, out)
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Stop(State.BROKEN, "image.broken") from None


def _describe(image: Image.Image, out: Output) -> None:
    exif = image.getexif()
    camera = " ".join(str(exif.get(tag, "")).strip("\0 ") for tag in (MAKER, MODEL)).strip()
    taken = str(exif.get_ifd(EXIF_PART).get(TAKEN_AT, "")).strip("\0 ")
    out.fact(frames=frames(image), taken_at=taken, camera=camera)


def _recognise(image: Image.Image, out: Output) -> None:
    if not ocr.available():
        raise Stop(State.NO_TEXT, "ocr.missing")
    for number in range(frames(image)):
        image.seek(number)
        hold_to_pixels(image, out.limits)
        ocr.read_page(ocr.upright(image), out)
    if not out.has_text:
        out.incomplete("image.no_words")
