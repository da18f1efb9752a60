"""The REST API's frame: OpenAPI 3 at /api/v1/openapi.json, its pages at /api/docs from packaged files."""

from pathlib import Path

from flask import Blueprint, Flask, Response, render_template, send_from_directory
from flask_smorest import Api
from swagger_ui_bundle import swagger_ui_path

from archive.people.guard import public

api = Api()
docs = Blueprint("api_docs", __name__, url_prefix="/api")


@docs.get("/docs")
@public
def page() -> str:
    """Show the API's documentation."""
    return render_template("api_docs.html")


@docs.get("/docs/ui/<path:name>")
@public
def asset(name: str) -> Response:
    """Serve a file of the packaged documentation viewer."""
    return send_from_directory(Path(swagger_ui_path), name)


def install(app: Flask) -> None:
    """Prepare the API; features register their blueprints on `api`."""
    app.config.update(
        API_TITLE="Anjuan 案卷",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    api.init_app(app)
    app.register_blueprint(docs)
