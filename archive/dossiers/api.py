"""The API of dossiers; its parts hang their endpoints on one blueprint."""

from archive.dossiers import api_contacts, api_dossiers, api_moves, api_tables
from archive.dossiers.blueprints import api

__all__ = ["api", "api_contacts", "api_dossiers", "api_moves", "api_tables"]
