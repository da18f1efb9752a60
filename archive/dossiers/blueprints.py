"""The blueprints on which pages and API of the dossiers hang their parts."""

from typing import Any, NoReturn

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint
from webargs.flaskparser import FlaskParser

from archive.core.errors import BadInput
from archive.web.forms import problems

pages = Blueprint("dossiers", __name__)


class Parser(FlaskParser):
    """Reads input of the API; what is wrong is refused as everywhere, field by field."""

    def handle_error(self, error: Any, *_: Any, **__: Any) -> NoReturn:
        """Turn marshmallow's messages, which webargs groups by their place, into problems."""
        raise BadInput("input.bad", [one for group in error.messages.values() for one in problems(group)]) from None


class Api(ApiBlueprint):  # type: ignore[misc]
    """A blueprint whose refusals name the fields."""

    ARGUMENTS_PARSER = Parser()


api = Api("dossiers_api", __name__, url_prefix="/api/v1", description="Contacts, dossiers and their moves")
