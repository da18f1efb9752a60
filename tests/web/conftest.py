"""What tests of pages and API share."""

import pytest
from flask import Flask, g


@pytest.fixture(autouse=True)
def every_request_starts_clean(app: Flask) -> None:
    """Forget who asked before: the fixture `app` keeps one context open, and with it `g`, across all requests."""
    app.before_request_funcs[None].insert(0, lambda: g.__dict__.clear())


@pytest.fixture(autouse=True)
def forms_need_no_token(app: Flask) -> None:
    """Let tests post without reading the form's token first; tests/web/people switches it on again."""
    app.config["WTF_CSRF_ENABLED"] = False
