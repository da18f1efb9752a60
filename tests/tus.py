"""A client of the tus protocol for tests: what a user's browser or a machine sends."""

import base64
import hashlib
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TUS = {"Tus-Resumable": "1.0.0"}


def metadata(**facts: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())


def create(client: FlaskClient, number: str, size: int, filename: str = "合同.txt", **facts: str) -> TestResponse:
    headers = {
        **TUS,
        "Upload-Length": str(size),
        "Upload-Metadata": metadata(dossier=number, filename=filename, **facts),
    }
    return client.post("/api/v1/uploads", headers=headers)


def patch(client: FlaskClient, url: str, data: bytes, offset: int, **headers: str) -> TestResponse:
    return client.patch(
        url,
        data=data,
        content_type="application/offset+octet-stream",
        headers={
            **TUS,
            "Upload-Offset": str(offset),
            **{key.replace("_", "-"): value for key, value in headers.items()},
        },
    )


def offset(client: FlaskClient, url: str) -> int:
    return int(client.head(url, headers=TUS).headers["Upload-Offset"])


def upload(client: FlaskClient, number: str, data: bytes, filename: str = "合同.txt", **facts: str) -> dict[str, Any]:
    """Send a file whole and return what became of it."""
    made = create(client, number, len(data), filename, **facts)
    assert made.status_code == 201, made.text
    url = made.headers["Location"]
    if data:
        sent = patch(client, url, data, 0)
        assert sent.status_code == 204, sent.text
    found: dict[str, Any] = client.get(url).json
    assert found["filed"]
    return found


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
