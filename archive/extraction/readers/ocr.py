"""Chinese text recognition (rapidocr with its packaged models); an optional part of the installation."""

import importlib.util
import io
import os
import statistics
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageOps

from archive.extraction.highlight import part
from archive.extraction.output import Output
from archive.extraction.values import Box

THREADS = min(2, os.cpu_count() or 1)
# A picture longer than this many times its width is read in parts: the recogniser would shrink a long screenshot
# of a chat, 1,080 by 20,000, until no letter is left.
TALL = 2.0
PART = 1.5  # height of a part, in widths
LONGEST = 2000  # pixels; more takes longer and reads no better
# Letters read with less certainty than UNSURE are guesses; a page read with less than SURE may lie on its side or head:
# upright print is read with 0.95 and more, the same turned with less than 0.7.
UNSURE, SURE = 0.5, 0.8


class Line(NamedTuple):
    """A line of words with its edges in pixels, and how certain its letters are, 0 to 1."""

    text: str
    certainty: float
    x0: float
    y0: float
    x1: float
    y1: float


class Placed(NamedTuple):
    """A line with its boxes in pixels."""

    text: str
    boxes: list[Box]


class Turn(NamedTuple):
    """A way to turn a picture, and where a point of the turned one was before, given the size before."""

    method: Image.Transpose
    back: Callable[[float, float, int, int], tuple[float, float]]


ON_HEAD = (Turn(Image.Transpose.ROTATE_180, lambda x, y, width, height: (width - x, height - y)),)
ON_SIDE = (
    Turn(Image.Transpose.ROTATE_90, lambda x, y, width, height: (width - y, x)),
    Turn(Image.Transpose.ROTATE_270, lambda x, y, width, height: (y, height - x)),
)


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
    """Return the words of an RGB picture, rows from top to bottom, with boxes for its lines or letters."""
    letters: list[str] = []
    boxes: list[Box] = []
    at = 0
    for top, bottom in _parts(image):
        for row in _read_upright(image.crop((0, top, image.width, bottom))):
            for place, line in enumerate(row):
                lead = " " if place else "\n" if letters else ""
                letters += [lead, line.text]
                at += len(lead)
                for start, end, x0, y0, x1, y1 in line.boxes:
                    edges = (x0 / image.width, (y0 + top) / image.height, x1 / image.width, (y1 + top) / image.height)
                    boxes.append(Box(at + start, at + end, *edges))
                at += len(line.text)
        out.beat()
    return "".join(letters), boxes


def _parts(image: Image.Image) -> Iterator[tuple[int, int]]:
    """Yield first and last row of each part of a picture."""
    width, height = image.size
    top = 0
    while top < height:
        bottom = height if height - top <= TALL * width else _quiet_row(image, top, top + int(PART * width))
        yield top, bottom
        top = bottom


def _quiet_row(image: Image.Image, top: int, bottom: int) -> int:
    """Return where to cut near `bottom`: the row with the least change in it, so that no line is cut through."""
    start = max(bottom - (bottom - top) // 4, top + 1)
    strip = image.crop((0, start, image.width, bottom)).convert("L").resize((64, bottom - start), Image.Resampling.BOX)
    pixels = strip.tobytes()
    spread = [statistics.pvariance(pixels[row * 64 : row * 64 + 64]) for row in range(strip.height)]
    return start + min(range(len(spread)), key=lambda row: (spread[row], -row))


def _read_upright(image: Image.Image) -> list[list[Placed]]:
    """Return the rows of a picture; one that reads badly is tried turned, and the surest reading counts."""
    turned: Turn | None = None
    best = _lines(image)
    on_side = bool(best) and statistics.median((line.x1 - line.x0) / max(line.y1 - line.y0, 1) for line in best) < 1
    if best and (on_side or _certainty(best) < SURE):
        # Lines on their side are read one by one all the same, but only the turned page gives their order.
        sure = 0.0 if on_side else _certainty(best)
        for turn in ON_SIDE if on_side else ON_HEAD:
            found = _lines(image.transpose(turn.method))
            if _certainty(found) > sure:
                best, turned, sure = found, turn, _certainty(found)
    rows = _rows([line for line in best if line.certainty >= UNSURE])
    return [[_placed(line, turned, *image.size) for line in row] for row in rows]


def _certainty(lines: list[Line]) -> float:
    letters = sum(len(line.text) for line in lines)
    return sum(line.certainty * len(line.text) for line in lines) / letters if letters else 0.0


def _placed(line: Line, turn: Turn | None, width: int, height: int) -> Placed:
    """Return a line with its place in the picture as it came; of a turned line every letter has its own box, since the
    places of letters along it are reckoned from left to right and from top to bottom only.
    """
    whole = Box(0, len(line.text), line.x0, line.y0, line.x1, line.y1)
    if turn is None:
        return Placed(line.text, [whole])
    boxes = []
    for at in range(len(line.text)):
        x0, y0, x1, y1 = part(whole, line.text, at, at + 1)
        (ax, ay), (bx, by) = turn.back(x0, y0, width, height), turn.back(x1, y1, width, height)
        boxes.append(Box(at, at + 1, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
    return Placed(line.text, boxes)


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
    for corners, text, certainty in zip(found.boxes.tolist(), found.txts, found.scores, strict=True):
        xs, ys = [corner[0] / scale for corner in corners], [corner[1] / scale for corner in corners]
        lines.append(Line(text, float(certainty), min(xs), min(ys), max(xs), max(ys)))
    return lines


def _rows(lines: list[Line]) -> list[list[Line]]:
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
            # The packaged test for lines on their heads turns upright ones now and then; we turn whole pages.
            "Global.use_cls": False,
            "Global.text_score": 0.0,
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
