"""The blueprints on which pages and API of letters hang their parts."""

from flask import Blueprint

from archive.dossiers.blueprints import Api

pages = Blueprint("letters", __name__)
api = Api("letters_api", __name__, url_prefix="/api/v1", description="Letters, their register and templates")
