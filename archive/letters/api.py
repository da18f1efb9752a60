"""The API of letters; its parts hang their endpoints on one blueprint."""

from archive.letters import api_batches, api_letters, api_serving, template_api
from archive.letters.blueprints import api

__all__ = ["api", "api_batches", "api_letters", "api_serving", "template_api"]
