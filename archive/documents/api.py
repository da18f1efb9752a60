"""The documents' API; its parts hang their endpoints on one blueprint."""

from archive.documents import api_uploads
from archive.documents.api_documents import api

__all__ = ["api", "api_uploads"]
