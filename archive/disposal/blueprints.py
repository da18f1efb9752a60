"""The blueprints on which pages and API of disposal hang their parts."""

from flask import Blueprint

from archive.dossiers.blueprints import Api

pages = Blueprint("disposal", __name__)
api = Api("disposal_api", __name__, url_prefix="/api/v1", description="Disposal of what has expired; evidence packs")
