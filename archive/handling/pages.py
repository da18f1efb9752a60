"""The pages of handling; their parts hang on one blueprint."""

from archive.dossiers import tabs
from archive.dossiers.tabs import Tab
from archive.handling import dossier_pages, list_pages, progress_pages
from archive.handling.blueprints import pages

tabs.add(Tab("handling", "办理", "handling.work", 22), Tab("settling", "处置与回访", "handling.after", 24))

__all__ = ["dossier_pages", "list_pages", "pages", "progress_pages"]
