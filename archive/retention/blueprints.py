"""The blueprints on which pages and API of keeping hang their parts."""

from flask import Blueprint

from archive.dossiers.blueprints import Api

pages = Blueprint("retention", __name__)
api = Api("retention_api", __name__, url_prefix="/api/v1", description="Keeping: periods, holds, alarms")
