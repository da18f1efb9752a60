"""The blueprints on which pages and API of searching hang their parts."""

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

pages = Blueprint("search", __name__, url_prefix="/search")
api = ApiBlueprint(
    "search_api", __name__, url_prefix="/api/v1/search", description="Full-text search, exact in Chinese"
)
