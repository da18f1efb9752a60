"""What no view needs to see: bodies that are no JSON, texts nobody can keep, numbers no row has."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, json, request
from werkzeug.routing import IntegerConverter, Map, ValidationError

from archive.core.errors import ArchiveError, BadInput, NotFound
from archive.core.texts import storable

# A piece of a file (tus); all other bodies of the API are JSON, but for views that take a form with a file.
_PIECE, _FORM = "application/offset+octet-stream", "multipart/form-data"
_WITH_FILE = "archive_with_file"
_LARGEST = 2**31 - 1


class WrongType(ArchiveError):
    """A body in a format the API does not read. Passed over in silence, its content would be lost."""

    status = 415


def with_file(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view of the API that takes a form with a file."""
    setattr(view, _WITH_FILE, True)
    return view


class RowNumber(IntegerConverter):
    """A number in an address: what no column holds names nothing, so the address does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=_LARGEST)

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValidationError."""
        if len(value) > 10:  # int() itself refuses thousands of digits with another error
            raise ValidationError
        return int(super().to_python(value))


def install(app: Flask) -> None:
    """Take numbers and referrers as they can be taken; to be called before any address is registered."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_forget_a_strange_referrer)


def check() -> None:
    """Refuse an address or a body that cannot be meant; after the door, so that outsiders cost nothing."""
    if not storable(request.path):
        raise NotFound("page.unknown")
    if not storable(list(request.args.values())):
        raise BadInput("input.text")
    if request.path.startswith("/api/") and request.mimetype != _PIECE:
        _check_body()


def _check_body() -> None:
    if not request.is_json:
        view = current_app.view_functions.get(request.endpoint or "")
        if request.mimetype == _FORM and hasattr(view, _WITH_FILE):
            return
        if request.content_length:
            raise WrongType("http.415")
        return
    body = request.get_data()
    try:
        found = json.loads(body.decode()) if body else None
    except (ValueError, RecursionError):
        raise ArchiveError("input.json") from None
    if not storable(found):
        raise BadInput("input.text")


def _forget_a_strange_referrer() -> None:
    try:
        urlsplit(request.referrer or "")
    except ValueError:
        request.environ.pop("HTTP_REFERER")
