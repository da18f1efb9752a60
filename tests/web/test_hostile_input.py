"""Every endpoint, whoever adds it, given what no honest client sends: refused in words, never a fault."""

import base64
import io
import json
import uuid
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from archive.core.act import acting
from archive.core.db import db
from archive.documents import operations as documents
from archive.dossiers import access
from archive.dossiers.models import Contact
from archive.people.guard import LIBRARY_ENDPOINTS, PUBLIC, SIGNED_IN, access_of
from archive.people.rules import PERMISSIONS, Role
from archive.search import operations as search
from tests.builders import Office
from tests.dossier_builders import registered

# Bodies as they come over the line: endless, broken, half a character, the end of a C string, no JSON number.
RAW = (
    b"{", b"\xff", b"[" * 100_000, b'{"note":' * 100_000, b"9" * 5000, b'"text"', b"null", b"[null]",
    b'{"note":"\\ud800","title":"\\ud800","reason":"\\ud800","number":"\\ud800"}', b'{"note":NaN}', b'{"note":1e999}',
)  # fmt: skip
# Values in place of a field's: too long, too large for a row or a clock, another type, a wild card.
VALUES: tuple[Any, ...] = (
    "\ud800", "\x00", "x" * 100_000, "%_\\'\"<>", "9999-12-31", "0001-01-01", "9" * 30, 10**30, -1, True, None,
    [], [{}], {"a": {"b": "c"}},
)  # fmt: skip


def _cursor(parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


QUERIES: tuple[dict[str, str], ...] = (
    *({"after": _cursor(parts), "unit": "root", "year": "2026", "q": "争议"} for parts in ("", [], ["x"], ["\x00"])),
    {"after": _cursor(["0001-01-01T00:00+08:00", str(uuid.UUID(int=7))]), "sort": "due"},
    {"after": "[" * 5000, "q": "字"},
    {"unit": "\x00"},
    {"year": "9" * 30, "n": "9" * 30, "page": "9" * 30, "size": "9" * 30, "limit": "9" * 30, "q": "字"},
    {"since": "0001-01-01", "until": "9999-12-31", "dossier": "x", "who": "x"},
    {"q": "%_\\'\"<>(", "sort": "x", "state": "x", "mark": "9-1", "contact": "x", "slip": "x", "document": "x"},
)  # fmt: skip


@pytest.fixture
def places(office: Office) -> dict[str, Any]:
    """What addresses name: a dossier with a contact and a document, an account, a unit."""
    number = registered(office)
    officer = office.person("officer")
    with acting(officer) as act:
        dossier = access.find(act.session, number, officer)
        version = documents.deposit(dossier, io.BytesIO("一页".encode()), "说明.txt", act=act)
        found = {"number": number, "document_id": version.document_id, "n": 1, "no": 1, "width": 800}
    contact = db.session.query(Contact).one().id
    search.rebuild()
    people = {"account_id": office.accounts["nobody"], "unit_id": office.units["desk"], "contact_id": contact}
    return {**found, **people, "name": "category", "verb": "accept"}


def _rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(LIBRARY_ENDPOINTS))


def _entitled(app: Flask, office: Office, rule: Rule) -> FlaskClient:
    wanted = access_of(app, rule.endpoint)
    if wanted in (PUBLIC, SIGNED_IN):
        return office.client("head")
    usual = (Role.HEAD, Role.OFFICER, Role.INTAKE, *Role)
    return office.client(next(role.value for role in usual if wanted in PERMISSIONS[role]))


def _value(converter: str, known: Any) -> Any:
    """Return what fits a part of an address: the known value, or one of the right kind that names nothing."""
    wanted = {"UUIDConverter": (uuid.UUID, uuid.UUID(int=7)), "RowNumber": (int, 1)}
    kind, other = wanted.get(converter, (str, "x"))
    return known if isinstance(known, kind) else other


def _address(app: Flask, rule: Rule, places: dict[str, Any]) -> str:
    values = {name: _value(type(one).__name__, places.get(name)) for name, one in rule._converters.items()}
    with app.test_request_context():
        _, url = rule.build(values) or ("", None)
    assert url is not None, rule
    return url


def _fields(rule: Rule, method: str, described: dict[str, Any]) -> dict[str, Any]:
    """Return believable values for the fields of an endpoint's body, by its description."""
    path = rule.rule
    for name, converter in rule._converters.items():
        path = path.replace(f"<{name}>", f"{{{name}}}").replace(f"<uuid:{name}>", f"{{{name}}}")
        path = path.replace(f"<int:{name}>", f"{{{name}}}")
        assert converter is not None
    content = described["paths"].get(path, {}).get(method.lower(), {}).get("requestBody", {}).get("content", {})
    schema = _resolved(content.get("application/json", {}).get("schema", {}), described)
    return {name: _decent(name, one, described) for name, one in schema.get("properties", {}).items()}


def _resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


_USUAL = {
    "received_at": "2026-03-05T09:00", "at": "2026-03-05T09:00", "amount": "12.50", "unit": "root", "lead": "root",
    "helpers": "desk", "officer": "officer", "account": "officer", "category": "", "cause": "", "severity_reason": "",
}  # fmt: skip


def _decent(name: str, schema: dict[str, Any], described: dict[str, Any]) -> Any:
    schema = _resolved(schema, described)
    if "enum" in schema:
        return schema["enum"][0]
    if name in _USUAL:
        return _USUAL[name]
    if schema.get("format") in ("uuid", "date"):
        return {"uuid": None, "date": "2026-03-04"}[schema["format"]]
    kind = schema.get("type")
    if kind == "array":
        return [_decent(name, schema["items"], described)]
    if kind == "object":
        return {key: _decent(key, one, described) for key, one in schema.get("properties", {}).items()}
    return {"integer": 1, "boolean": True}.get(str(kind), "字")


def test_no_body_ends_in_a_fault(app: Flask, office: Office, places: dict[str, Any]) -> None:
    described = office.outsider().get("/api/v1/openapi.json").json
    assert described is not None
    faults = []
    # One reader takes bodies for all endpoints: each gets three of the broken ones, in turn.
    raw = cycle(RAW)
    for rule in _rules(app):
        for method in {"POST", "PUT", "PATCH"} & (rule.methods or set()):
            if not rule.rule.startswith("/api/"):
                continue
            client, url = _entitled(app, office, rule), _address(app, rule, places)
            sample = _fields(rule, method, described)
            # Each field alone, so that no other one's fault hides its own, then all at once.
            changed = [{**sample, name: value} for name, value in zip([*sample] * 2, cycle(VALUES), strict=False)]
            changed += [dict.fromkeys(sample, value) for value in VALUES] + [sample]
            for body in [*islice(raw, 3), *(json.dumps(one).encode() for one in changed)]:
                headers = {"Idempotency-Key": uuid.uuid4().hex}
                response = client.open(url, method=method, data=body, content_type="application/json", headers=headers)
                plain = response.status_code < 400 or response.mimetype == "application/problem+json"
                if response.status_code >= 500 or not plain:
                    faults.append((method, rule.rule, response.status_code, body[:80]))
    assert faults == []


def test_no_form_ends_in_a_fault(app: Flask, office: Office, places: dict[str, Any]) -> None:
    names = [
        "title", "name", "note", "reason", "received_at", "at", "code", "parties.0.name", "unit", "lead", "officer",
        "account", "slip", "number", "after", "amount", "due_on", "occurred_on", "kind", "event", "holder", "outcome",
        "sender", "received_on", "document", "role", "unit_id", "parent_id", "summary", "person_name", "channel",
        "basis", "review_on", "revision", "secret", "party",
    ]  # fmt: skip
    faults = []
    for rule in _rules(app):
        if "POST" not in (rule.methods or ()) or rule.rule.startswith("/api/") or rule.endpoint == "security.logout":
            continue
        if access_of(app, rule.endpoint) in (PUBLIC, SIGNED_IN):
            continue  # these compare passwords, which is slow; see tests/web/people
        client, url = _entitled(app, office, rule), _address(app, rule, places)
        for value in ("\x00", "%_\\'\"<>", "9999-12-31", "9" * 30, "9" * 5000):
            response = client.post(url, data=dict.fromkeys(names, value), headers={"Referer": "http://["})
            if response.status_code >= 500:
                faults.append((rule.rule, response.status_code, value[:20]))
    assert faults == []


def test_no_address_ends_in_a_fault(app: Flask, office: Office, places: dict[str, Any]) -> None:
    faults = []
    for rule in _rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        client = _entitled(app, office, rule)
        far = {name: 10**30 if isinstance(places.get(name), int) else places.get(name) for name in places}
        odd = {name: "\x00" if isinstance(places.get(name), str) else places.get(name) for name in places}
        calls = [(_address(app, rule, places), query) for query in QUERIES]
        calls += [(_address(app, rule, far), {}), (_address(app, rule, odd), {})]
        for url, query in calls:
            response = client.get(url, query_string=query)
            if response.status_code >= 500:
                faults.append((rule.rule, response.status_code, url[:80], query))
            response.close()
    assert faults == []


def test_a_body_that_is_no_json_is_refused_instead_of_lost(office: Office, places: dict[str, Any]) -> None:
    client, url = office.client("head"), f"/api/v1/dossiers/{places['number']}/accept"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        response = client.post(url, data="note=important", content_type=kind)
        assert (response.status_code, response.mimetype) == (415, "application/problem+json")
    assert client.post(url).status_code == 200


def test_a_number_no_row_has_names_nothing(office: Office, places: dict[str, Any]) -> None:
    for n in ("9" * 12, "9" * 5000):
        url = f"/api/v1/dossiers/{places['number']}/documents/{places['document_id']}/versions/{n}/content"
        assert office.client("head").get(url).status_code == 404


def test_own_fields_are_plain_values(office: Office) -> None:
    client = office.client("intake")
    body = {"title": "甲", "received_at": "2026-03-05T09:00", "channel": "phone", "parties": [{"name": "王𬎆"}]}
    assert client.post("/api/v1/dossiers", json={**body, "custom": {"网点": "榆林路", "柜台": 3}}).status_code == 201
    for custom in ({"a": {"b": 1}}, {"a": [1]}, {"a": "x" * 3000}, {"a": 10**30}, {str(n): 1 for n in range(101)}):
        response = client.post("/api/v1/dossiers", json={**body, "custom": custom})
        assert response.status_code == 422, custom
        assert '"field": "custom' in response.text


def test_a_wrong_method_is_told_which_ones_there_are(office: Office) -> None:
    for url, allowed in (("/contacts/", "GET"), ("/api/v1/work", "GET"), ("/logout", "POST")):
        response = office.client("head").open(url, method="PUT")
        assert response.status_code == 405
        assert allowed in response.headers["Allow"]
        assert len(response.headers.get_all("Content-Type")) == 1


def test_who_mistypes_an_address_stays_within_the_pages(office: Office) -> None:
    page = office.client("head").get("/no-such-page")
    assert page.status_code == 404
    assert "head甲" in page.text
    assert "您填写的内容" not in page.text  # nothing was filled in
    assert "head甲" not in office.outsider().get("/no-such-page").text


def test_a_strange_referrer_counts_as_none(office: Office) -> None:
    response = office.outsider().post("/contacts/new", headers={"Referer": "http://["})
    assert response.headers["Location"] == "/login?next=/"
