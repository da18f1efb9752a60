"""Chinese text recognition (rapidocr with its packaged models); an optional part of the installation."""

import importlib.util
import io
import os
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageOps

from archive.extraction.output import Output
from archive.extraction.values import Box

THREADS = min(2, os.cpu_count() or 1)
# A picture longer than this many times its width is read in parts: the recogniser would shrink a long screenshot
# of a chat, 1,080 by 20,000, until no letter is left.
TALL = 2.0
PART = 1.5  # height of a part, in widths
LONGEST = 2400  # pixels; more does not make letters clearer


class Line(NamedTuple):
    """A line of words with its edges in pixels."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


def available() -> bool:
    """Tell whether recognition and its models are installed; it never fetches them."""
    if importlib.util.find_spec("onnxruntime") is None:
        return False
    found = importlib.util.find_spec("rapidocr")
    return bool(found and found.origin and any((Path(found.origin).parent / "models").glob("*.onnx")))


def read_page(image: Image.Image, out: Output, *, size: tuple[float, float] | None = None, label: str = "") -> None:
    """Recognise a picture and write it as the next page; `size` is told for the page where it is not the picture's."""
    text, boxes = recognise(image, out)
    out.page(text, source="ocr", boxes=boxes, size=size or image.size, label=label)


def read_pasted(data: bytes, out: Output, *, smallest: int, label: str) -> None:
    """Recognise a picture from inside a document, if it is large enough and has words; a bad one is passed over."""
    try:
        image = upright(Image.open(io.BytesIO(data)))
        if image.width * image.height < smallest or image.width * image.height > out.limits.pixels:
            return
        text, boxes = recognise(image, out)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return
    if text.strip():
        out.page(text, source="ocr", boxes=boxes, size=image.size, label=label)


def upright(image: Image.Image) -> Image.Image:
    """Return a picture in RGB as the camera was held, transparent parts white."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        paper = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(paper, turned.convert("RGBA"))
    return turned.convert("RGB")


def recognise(image: Image.Image, out: Output) -> tuple[str, list[Box]]:
    """Return the words of an RGB picture, rows from top to bottom, with a box for each run of words."""
    letters: list[str] = []
    boxes: list[Box] = []
    at = 0
    for row in _rows(line for part in _parts(image, out) for line in part):
        for place, line in enumerate(row):
            lead = " " if place else "\n" if letters else ""
            at += len(lead)
            letters += [lead, line.text]
            edges = (line.x0 / image.width, line.y0 / image.height, line.x1 / image.width, line.y1 / image.height)
            boxes.append(Box(at, at + len(line.text), *edges))
            at += len(line.text)
    return "".join(letters), boxes


def _parts(image: Image.Image, out: Output) -> Iterator[list[Line]]:
    width, height = image.size
    top = 0
    while top < height:
        bottom = height if height - top <= TALL * width else _quiet_row(image, top, top + int(PART * width))
        yield [
            line._replace(y0=line.y0 + top, y1=line.y1 + top) for line in _lines(image.crop((0, top, width, bottom)))
        ]
        out.beat()
        top = bottom


def _quiet_row(image: Image.Image, top: int, bottom: int) -> int:
    """Return where to cut near `bottom`: the row with the least change in it, so that no line is cut through."""
    start = max(bottom - (bottom - top) // 4, top + 1)
    strip = image.crop((0, start, image.width, bottom)).convert("L").resize((64, bottom - start), Image.Resampling.BOX)
    pixels = strip.tobytes()
    spread = [statistics.pvariance(pixels[row * 64 : row * 64 + 64]) for row in range(strip.height)]
    return start + min(range(len(spread)), key=lambda row: (spread[row], -row))


def _lines(image: Image.Image) -> list[Line]:
    import numpy

    scale = min(LONGEST / max(image.size), 1)
    if scale < 1:
        size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
        image = image.resize(size, Image.Resampling.LANCZOS)
    found = _engine()(numpy.asarray(image)[:, :, ::-1].copy())
    if found.boxes is None or found.txts is None:
        return []
    lines = []
    for corners, text in zip(found.boxes.tolist(), found.txts, strict=True):
        xs, ys = [corner[0] / scale for corner in corners], [corner[1] / scale for corner in corners]
        lines.append(Line(text, min(xs), min(ys), max(xs), max(ys)))
    return lines


def _rows(lines: Iterator[Line]) -> list[list[Line]]:
    """Return lines in rows: those whose middle lies within the height of the first one stand beside each other."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda found: (found.y0 + found.y1) / 2):
        middle = (line.y0 + line.y1) / 2
        first = rows[-1][0] if rows else None
        if first and middle < first.y1 - (first.y1 - first.y0) * 0.25:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda found: found.x0) for row in rows]


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": LONGEST,
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
