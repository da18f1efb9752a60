"""The pages of letters; their parts hang on one blueprint."""

from archive.letters import (
    batch_pages,
    draft_pages,
    law_pages,
    letter_pages,
    list_pages,
    register_pages,
    seal_pages,
    template_editing,
    template_pages,
)
from archive.letters.blueprints import pages

__all__ = [
    "batch_pages",
    "draft_pages",
    "law_pages",
    "letter_pages",
    "list_pages",
    "pages",
    "register_pages",
    "seal_pages",
    "template_editing",
    "template_pages",
]
