"""The blueprints on which pages and API of handling hang their parts."""

from flask import Blueprint

from archive.dossiers.blueprints import Api

pages = Blueprint("handling", __name__)
api = Api("handling_api", __name__, url_prefix="/api/v1", description="Handling: tasks, opinions, measures, follow-up")
