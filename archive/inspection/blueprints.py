"""The blueprints on which pages and API of the auditors' desk hang their parts."""

from flask import Blueprint

from archive.dossiers.blueprints import Api

pages = Blueprint("inspection", __name__, url_prefix="/inspection")
api = Api(
    "inspection_api", __name__, url_prefix="/api/v1/inspection", description="审计台：授权、检索、抽样、问题、报告"
)
