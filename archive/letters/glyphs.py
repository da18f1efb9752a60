"""Reading a PDF as a surveyor does: where each character starts, its size, what is red. In mm from the top left."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops

from archive.letters import geometry as g

# A red head has rules a quarter of a millimetre thin; on all other pages only the page number's ink is looked at.
HEAD_DPI, OTHER_DPI = 300, 150


@dataclass(frozen=True)
class Glyph:
    """One drawn character: from its origin on the baseline to the end of its advance; size in points."""

    char: str
    x: float
    end: float
    y: float
    size: float
    font: str
    red: bool
    mapped: bool

    @property
    def wide(self) -> bool:
        """Whether it fills a whole cell."""
        return ord(self.char) > 0x2E7F


@dataclass(frozen=True)
class Line:
    """The characters of one baseline, from left to right."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def text(self) -> str:
        return "".join(glyph.char for glyph in self.glyphs)

    @property
    def left(self) -> float:
        return self.glyphs[0].x

    @property
    def right(self) -> float:
        """The end of the last character's cell."""
        return self.glyphs[-1].end

    @property
    def y(self) -> float:
        return self.glyphs[0].y

    @property
    def size(self) -> float:
        """The size most of its characters have, in points."""
        sizes = [round(glyph.size * 2) / 2 for glyph in self.glyphs]
        return max(set(sizes), key=sizes.count)

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Sheet:
    """One page: its size, its lines from top to bottom, its picture."""

    width: float
    height: float
    lines: tuple[Line, ...]
    picture: Image.Image
    dpi: int

    @cached_property
    def _red(self) -> Image.Image:
        """White where the page is red; asked for many times."""
        return _redness(self.picture)

    def _pixel(self, mm: float) -> int:
        return round(mm * self.dpi / 25.4)

    def _mm(self, pixel: int) -> float:
        return pixel * 25.4 / self.dpi

    def red_spans(self, x: float) -> list[tuple[float, float]]:
        """Return top and bottom of each red stretch in the column of pixels at `x`."""
        at = self._pixel(x)
        column = self._red.crop((at, 0, at + 1, self.picture.height))
        return [(self._mm(top), self._mm(bottom)) for top, bottom in _runs(column.tobytes())]

    def red_box(self, top: float = 0.0, bottom: float | None = None) -> tuple[float, float, float, float] | None:
        """Return left, top, right, bottom of what is red between two heights, or None."""
        upper = self._pixel(top)
        lower = self.picture.height if bottom is None else self._pixel(bottom)
        box = self._red.crop((0, upper, self.picture.width, lower)).getbbox()
        if box is None:
            return None
        return self._mm(box[0]), self._mm(box[1] + upper), self._mm(box[2]), self._mm(box[3] + upper)

    def ink_top(self, left: float, top: float, right: float, bottom: float) -> float | None:
        """Return the height of the uppermost ink within a window, or None when it is white."""
        window = (self._pixel(left), self._pixel(top), self._pixel(right), self._pixel(bottom))
        found = self.picture.convert("L").crop(window).point(_DARK).getbbox()
        return None if found is None else top + self._mm(found[1])


def sheets(pdf: bytes, *, head: bool = True) -> list[Sheet]:
    """Return the pages of a PDF as measured; `head` when the first bears a red head.

    Raises pypdfium2.PdfiumError when the file cannot be read.
    """
    document = pdfium.PdfDocument(pdf)
    try:
        return [_sheet(page, HEAD_DPI if head and not number else OTHER_DPI) for number, page in enumerate(document)]
    finally:
        document.close()


def _sheet(page: pdfium.PdfPage, dpi: int) -> Sheet:
    width, height = page.get_size()
    text = page.get_textpage()
    glyphs = list(_glyphs(text, height))
    picture = page.render(scale=dpi / 72).to_pil().convert("RGB")
    return Sheet(width * g.PT, height * g.PT, tuple(_lines(glyphs)), picture, dpi)


def _glyphs(text: pdfium.PdfTextPage, page_height: float) -> Iterator[Glyph]:
    x, y = ctypes.c_double(), ctypes.c_double()
    parts = tuple(ctypes.c_uint() for _ in range(4))
    matrix, box = raw.FS_MATRIX(), raw.FS_RECTF()
    name = ctypes.create_string_buffer(128)
    high = 0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code  # characters beyond the first plane come in two halves
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        if code < 0x21 or code in (0xA0, 0x3000) or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        raw.FPDFText_GetMatrix(text, index, matrix)
        raw.FPDFText_GetFillColor(text, index, *parts)
        raw.FPDFText_GetFontInfo(text, index, name, len(name), None)
        raw.FPDFText_GetLooseCharBox(text, index, box)
        red, green, blue, _ = (part.value for part in parts)
        yield Glyph(
            char=chr(code),
            x=x.value * g.PT,
            end=box.right * g.PT,
            y=(page_height - y.value) * g.PT,
            size=raw.FPDFText_GetFontSize(text, index) * abs(matrix.d),
            font=name.value.decode("utf-8", "replace"),
            red=red > 150 and green < 90 and blue < 90,
            mapped=code != 0xFFFD and raw.FPDFText_HasUnicodeMapError(text, index) != 1,
        )


def _lines(glyphs: list[Glyph]) -> Iterator[Line]:
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: one.y):
        if rows and abs(rows[-1][0].y - glyph.y) < 0.6:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    for row in rows:
        yield Line(tuple(sorted(row, key=lambda one: one.x)))


_DARK = [255 if shade < 128 else 0 for shade in range(256)]
_STRONG = [255 if shade > 150 else 0 for shade in range(256)]
_WEAK = [255 if shade < 110 else 0 for shade in range(256)]


def _redness(picture: Image.Image) -> Image.Image:
    """Return a mask of the pixels that are plainly red: much red, little green and blue."""
    red, green, blue = picture.split()
    others = ImageChops.darker(green.point(_WEAK), blue.point(_WEAK))
    return ImageChops.darker(red.point(_STRONG), others)


def _runs(column: bytes) -> Iterator[tuple[int, int]]:
    start = None
    for at, value in enumerate((*column, 0)):
        if value and start is None:
            start = at
        elif not value and start is not None:
            yield start, at
            start = None
