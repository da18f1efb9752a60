"""Reads uploaded files out of process: text with its places on the page, files inside, page images."""

from archive.extraction.highlight import Rectangle, highlight_boxes
from archive.extraction.kinds import sniff
from archive.extraction.output import pieces
from archive.extraction.service import extract, page_count, render_page, render_pages, to_pdf
from archive.extraction.values import DEFAULT, PREVIEW, Box, Child, Extraction, Limits, PageText, State

__all__ = [
    "DEFAULT",
    "PREVIEW",
    "Box",
    "Child",
    "Extraction",
    "Limits",
    "PageText",
    "Rectangle",
    "State",
    "extract",
    "highlight_boxes",
    "page_count",
    "pieces",
    "render_page",
    "render_pages",
    "sniff",
    "to_pdf",
]
