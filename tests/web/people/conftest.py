"""Signing in and what guards it are tested with the form tokens on."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def forms_need_their_token(app: Flask, forms_need_no_token: None) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
