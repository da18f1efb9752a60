"""Every endpoint, whoever adds it, tried by an outsider and by every role: no door is left open, none is forgotten."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from archive.people.guard import LIBRARY_ENDPOINTS, PUBLIC, SIGNED_IN, access_of
from archive.people.rules import PERMISSIONS, Permission, Role
from tests.builders import Office
from tests.databases import Databases

# What stands open to everybody, and why. A new name here is a decision.
OPEN = {
    "security.login",
    "security.login_now",
    "security.code",
    "security.code_now",
    "api_docs.page",  # how the API is called is no secret, what it holds is
    "api_docs.asset",
    "binding.feed",  # a secret address for calendar programs, which cannot sign in; it says number and limit only
    "handling.ask_progress",  # a complainant has no account: state and dates, for a code that serves once
    "handling.show_progress",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_VALUES = {
    "UUIDConverter": uuid.UUID(int=7),
    "RowNumber": 7,
    "FloatConverter": 7.0,
    "DateConverter": "2026-03-05",
}


def ours(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(LIBRARY_ENDPOINTS)]


def requests(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield every endpoint's rule with an address that names nothing existing, and each method it takes."""
    with app.test_request_context():
        for rule in ours(app):
            values = {name: _VALUES.get(type(one).__name__, "nothing-7") for name, one in rule._converters.items()}
            _, url = rule.build(values) or (None, None)
            assert url is not None, rule
            for method in METHODS:
                if method in (rule.methods or ()):
                    yield rule, method, url


def test_every_endpoint_says_who_may_enter(app: Flask) -> None:
    silent = [rule.endpoint for rule in ours(app) if access_of(app, rule.endpoint) is None]
    assert silent == []


def test_only_what_must_stands_open(app: Flask) -> None:
    assert {rule.endpoint for rule in ours(app) if access_of(app, rule.endpoint) == PUBLIC} <= OPEN


def test_an_outsider_gets_no_further_than_the_sign_in_page(app: Flask, office: Office) -> None:
    client = office.outsider()
    let_in = []
    for rule, method, url in requests(app):
        if rule.endpoint in OPEN:
            continue
        response = client.open(url, method=method)
        to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/login?next=")
        if not to_sign_in and response.status_code not in (401, 403):
            let_in.append((method, url, response.status_code))
    assert let_in == []


def test_an_invalid_token_opens_nothing(app: Flask, office: Office) -> None:
    client = office.outsider()
    let_in = []
    for rule, method, url in requests(app):
        if rule.endpoint in OPEN:
            continue
        response = client.open(url, method=method, headers={"Authorization": "Bearer anjuan_nothing"})
        if response.status_code not in (401, 403):
            let_in.append((method, url, response.status_code))
    assert let_in == []


@pytest.mark.parametrize("login", [*(role.value for role in Role), "nobody"])
def test_a_role_without_the_permission_is_turned_away(
    app: Flask, office: Office, databases: Databases, login: str
) -> None:
    client = office.client(login)
    # Who is refused is decided before a database is asked: on the second one each role tries its third of the doors.
    third = [*Role].index(Role(login)) % 3 if login != "nobody" else 0
    doors = [*requests(app)] if databases.kind == "sqlite" else [*requests(app)][third::3]
    has = PERMISSIONS[Role(login)] if login != "nobody" else frozenset()
    let_in = []
    tried = 0
    for rule, method, url in doors:
        access = access_of(app, rule.endpoint)
        if access in (PUBLIC, SIGNED_IN) or access in has:
            continue
        assert isinstance(access, Permission)
        tried += 1
        response = client.open(url, method=method)
        if response.status_code not in (403, 404):
            let_in.append((method, url, response.status_code))
    assert let_in == []
    assert tried > 0


@pytest.mark.parametrize("login", [role.value for role in Role])
def test_ids_that_name_nothing_never_end_in_a_fault(app: Flask, office: Office, login: str) -> None:
    """With the permission, guessed ids and empty bodies are refused in words, not by a traceback."""
    client = office.client(login)
    has = PERMISSIONS[Role(login)]
    faults = []
    for rule, method, url in requests(app):
        if access_of(app, rule.endpoint) not in has or not rule.arguments:
            continue
        response = client.open(url, method=method)
        if not 300 <= response.status_code < 500:
            faults.append((method, url, response.status_code))
    assert faults == []


def test_the_api_is_described_completely(app: Flask, office: Office) -> None:
    described = office.outsider().get("/api/v1/openapi.json").json
    assert described is not None
    paths = set(described["paths"])
    for rule in ours(app):
        if rule.rule.startswith("/api/v1/"):
            assert rule.rule.split("<")[0] in {path.split("{")[0] for path in paths}, rule
