"""PDF: text with its places; pages without text are recognised; attached files become children."""

import ctypes
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from archive.extraction.output import Output, Stop
from archive.extraction.readers import ocr
from archive.extraction.source import Source
from archive.extraction.values import Box, State

# A page with fewer letters than this, and something else on it, is taken for a scan.
FEW_LETTERS = 20
# A text layer with more of its letters outside any script than this was made without a table of letters.
UNREADABLE_SHARE = 0.3
GRID = 100_000  # page coordinates are asked for on a grid this fine

Place = tuple[float, float, float, float]


def read(source: Source, out: Output) -> None:
    """Read a pdf page by page."""
    with open_pdf(source.path) as document:
        facts = document.get_metadata_dict(skip_empty=True)
        out.fact(pages=len(document), title=facts.get("Title"), author=facts.get("Author"),
                 producer=facts.get("Producer"), created_at=facts.get("CreationDate"))  # fmt: skip
        for number in range(len(document)):
            _read_page(document, number, out)
        _attachments(document, out)


def open_pdf(path: Path) -> pdfium.PdfDocument:
    """Open a pdf. Raises Stop: encrypted, or broken."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise Stop(State.ENCRYPTED, "pdf.encrypted") from None
        raise Stop(State.BROKEN, "pdf.broken") from None


def render(document: pdfium.PdfDocument, number: int, *, width: float = 0, longest: float = 0) -> Image.Image:
    """Return the page (from 0) as an RGB picture of this width, or with this longest side, in pixels."""
    page = document[number]
    across, down = page.get_size()
    scale = width / across if width else longest / max(across, down)
    # A ribbon of a page must not become a picture of gigabytes.
    scale = min(scale, 16_000 / max(across, down))
    image: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    page.close()
    return image


def _read_page(document: pdfium.PdfDocument, number: int, out: Output) -> None:
    try:
        page = document[number]
    except pdfium.PdfiumError:
        out.incomplete("pdf.page_broken")
        out.page("")
        return
    size = page.get_size()
    text, boxes = _text(page)
    letters = [letter for letter in text if not letter.isspace()]
    odd = sum(letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or letter < " " for letter in letters)
    drawn = any(found.type != raw.FPDF_PAGEOBJ_TEXT for found in page.get_objects(max_depth=1))
    scanned = (len(letters) < FEW_LETTERS and drawn) or odd > len(letters) * UNREADABLE_SHARE
    page.close()
    if scanned and not ocr.available():
        out.incomplete("ocr.missing")
    elif scanned:
        recognised, places = ocr.recognise(render(document, number, longest=ocr.LONGEST), out)
        # What little text there was may be the only text: a page number over a photograph.
        if len(recognised) >= len(letters):
            out.page(recognised, source="ocr", boxes=places, size=size)
            return
    out.page(text, boxes=boxes, size=size)


def _text(page: pdfium.PdfPage) -> tuple[str, list[Box]]:
    """Return the text of a page and a box for each run of letters that stand in one line without a gap."""
    textpage = page.get_textpage()
    letters: list[str] = []
    boxes: list[Box] = []
    start, place = 0, None
    for letter, here in _letters(page, textpage):
        if place is not None and (here is None or not _follows(place, here)):
            boxes.append(Box(start, len(letters), *place))
            place = None
        if here is not None:
            start, place = (start, _around(place, here)) if place is not None else (len(letters), here)
        letters.append(letter)
    if place is not None:
        boxes.append(Box(start, len(letters), *place))
    textpage.close()
    return "".join(letters), boxes


def _letters(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Iterator[tuple[str, Place | None]]:
    """Yield each letter with its edges in fractions of the page as shown; none for blanks and ends of lines."""
    edges = [ctypes.c_double() for _ in range(4)]
    high = 0
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
        high = 0
        # 0x02 and U+FFFE mark a hyphen at the end of a line: the word goes on.
        if code in (0, 2, 0xD, 0xFFFE):
            continue
        letter = chr(code) if code < 0x110000 else "\ufffd"
        if letter.isspace() or raw.FPDFText_IsGenerated(textpage, index) == 1:
            yield letter, None
            continue
        left, right, bottom, top = edges
        found = raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        yield letter, _on_page(page, left.value, bottom.value, right.value, top.value) if found else None


def _on_page(page: pdfium.PdfPage, left: float, bottom: float, right: float, top: float) -> Place:
    """Return edges of page space as fractions of the page as shown: cropped and turned."""
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((left, bottom), (right, top)):
        raw.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, across, up, x, y)
        corners.append((x.value / GRID, y.value / GRID))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _follows(place: Place, here: Place) -> bool:
    """Tell whether a letter goes on in the same line: it overlaps in height and is not far off, or the same upright."""
    high, wide = here[3] - here[1] or 1e-6, here[2] - here[0] or 1e-6
    beside = min(place[3], here[3]) - max(place[1], here[1]) > high / 3 and -wide <= here[0] - place[2] < 2 * wide
    below = min(place[2], here[2]) - max(place[0], here[0]) > wide / 3 and -high <= here[1] - place[3] < 2 * high
    return beside or below


def _around(place: Place, here: Place) -> Place:
    return min(place[0], here[0]), min(place[1], here[1]), max(place[2], here[2]), max(place[3], here[3])


def _attachments(document: pdfium.PdfDocument, out: Output) -> None:
    for index in range(min(document.count_attachments(), out.limits.entries)):
        try:
            attachment = document.get_attachment(index)
            name, data = attachment.get_name(), bytes(attachment.get_data())
        except pdfium.PdfiumError:
            out.incomplete("pdf.attachment")
            continue
        if data:
            out.child(name, data)
