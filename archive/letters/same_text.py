"""The two files of a letter must say the same: every character, in the same order. Asserted whenever both are made."""

import re
from collections.abc import Iterator
from io import BytesIO

import docx
import pypdfium2 as pdfium
from docx.oxml.ns import qn

from archive.core.errors import RuleBroken
from archive.letters.content import Block, Letter, Table

# Soft hyphens and joiners that a reader of PDF may put in are no text; neither is white.
_NO_TEXT = re.compile(r"[\s\u00ad\u200b\u2060\ufffe\ufeff]+")


def docx_text(word: bytes) -> str:
    """Return the text of a Word letter's body without white, in reading order."""
    body = docx.Document(BytesIO(word)).element.body
    return _NO_TEXT.sub("", "".join(node.text or "" for node in body.iter(qn("w:t"))))


def pdf_text(pdf: bytes, letter: Letter) -> str:
    """Return the text of a PDF letter without white, page numbers and the headings that tables repeat on each page."""
    document = pdfium.PdfDocument(pdf)
    try:
        pages = [_NO_TEXT.sub("", page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()
    if letter.page_numbers:
        pages = [_without_number(page, number) for number, page in enumerate(pages, start=1)]
    heads = [_NO_TEXT.sub("", "".join(column.label for column in table.columns)) for table in _lists(letter)]
    for at in range(1, len(pages)):
        repeated = next((head for head in heads if pages[at].startswith(head) and head in "".join(pages[:at])), "")
        pages[at] = pages[at].removeprefix(repeated)
    return "".join(pages)


def assert_same_text(letter: Letter, word: bytes, pdf: bytes) -> None:
    """Raise RuleBroken with the first place where the Word file and the PDF differ."""
    left, right = docx_text(word), pdf_text(pdf, letter)
    if left == right:
        return
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    raise RuleBroken(
        "letter.texts_differ", place=at, word=left[max(0, at - 5) : at + 15], pdf=right[max(0, at - 5) : at + 15]
    )


def _without_number(page: str, number: int) -> str:
    """Remove the page's own number once, where the page's text begins or ends."""
    mark = f"—{number}—"
    if page.endswith(mark):
        return page[: -len(mark)]
    return page.removeprefix(mark)


def _lists(letter: Letter) -> Iterator[Table]:
    blocks: list[Block] = [*letter.blocks, *letter.stub, *(block for annex in letter.annexes for block in annex.blocks)]
    return (block for block in blocks if isinstance(block, Table) and block.is_list)
