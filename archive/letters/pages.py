"""The pages of letters; their parts hang on one blueprint."""

from archive.letters import list_pages
from archive.letters.blueprints import pages

__all__ = ["list_pages", "pages"]
