"""Signing in and what guards it are tested with the form tokens on."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def forms_need_their_token(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
