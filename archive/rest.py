"""The REST API's frame: OpenAPI 3 at /api/v1/openapi.json, its pages at /api/docs from packaged files."""

from pathlib import Path

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Blueprint, Flask, Response, render_template, send_from_directory
from flask_smorest import Api
from marshmallow import Schema
from swagger_ui_bundle import swagger_ui_path

from archive.people.guard import public

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


def install(app: Flask) -> Api:
    """Prepare the API and return it; features register their blueprints on it."""
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
    api = Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name)})
    app.register_blueprint(docs)
    return api


def _schema_name(schema: type[Schema] | Schema | str) -> str:
    """Return a schema's name with its feature's before it: two features may each have a `Reason`."""
    found = resolve_schema_cls(schema)
    cls = found[0] if isinstance(found, list) else found
    feature = cls.__module__.split(".")[1].title() if "." in cls.__module__ else ""
    return f"{feature}{cls.__name__}"
