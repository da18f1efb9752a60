"""How bytes leave the archive: headers of every kind, ranges, what is recorded and what is not."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.documents import operations
from archive.documents.serving import INLINE
from tests import tus
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import dossier

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def addresses(number: str, found: dict[str, str], n: int = 1) -> tuple[str, str]:
    """The page's and the API's address of the original."""
    document = found["document_id"]
    return (
        f"/dossiers/{number}/documents/{document}/v{n}/file",
        f"/api/v1/dossiers/{number}/documents/{document}/versions/{n}/content",
    )


def entries(action: str) -> int:
    db.session.rollback()
    return db.session.query(Entry).filter_by(action=action).count()


KINDS = [
    ("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", True),
    ("a.png", png(), "image/png", True),
    ("a.mp3", b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 50, "audio/mpeg", True),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav", True),
    ("a.svg", SVG, "application/octet-stream", False),
    ("a.png", SVG, "application/octet-stream", False),
    ("a.html", HTML, "application/octet-stream", False),
    ("a.pdf", HTML, "application/octet-stream", False),
    ("a.xml", b"<?xml version='1.0'?><a/>", "application/octet-stream", False),
    ("a.txt", "合同".encode(), "application/octet-stream", False),
    ("a.zip", b"PK\x05\x06" + bytes(18), "application/octet-stream", False),
    ("a.exe", b"MZ\x90\0\x03\0\0\0", "application/octet-stream", False),
]


@pytest.mark.parametrize(("name", "data", "media_type", "inline"), KINDS)
def test_only_harmless_kinds_are_shown_in_place_and_all_are_closed_in(
    office: Office, number: str, name: str, data: bytes, media_type: str, inline: bool
) -> None:
    client = office.client("officer")
    found = tus.upload(client, number, data, f"证据{name}")
    page, api = addresses(number, found)
    answer = client.get(page)
    assert answer.data == data
    assert answer.content_type == media_type
    assert answer.headers["Content-Disposition"].startswith("inline" if inline else "attachment")
    for one in (answer, client.get(page, query_string={"download": "1"}), client.get(api)):
        policy = one.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert "sandbox" in policy or media_type == "application/pdf"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["Cache-Control"] == "private, no-cache"
        assert one.headers["ETag"] == f'"{tus.sha256(data)}"'
        assert one.headers["Accept-Ranges"] == "bytes"
    assert client.get(api).headers["Content-Disposition"].startswith("attachment")


def test_no_kind_that_can_carry_a_script_is_shown_in_place() -> None:
    assert not {kind for kind in INLINE if "html" in kind or "xml" in kind or "svg" in kind or kind.startswith("text/")}


def test_a_download_has_the_chinese_name_and_a_readable_ascii_one(office: Office, number: str) -> None:
    client = office.client("officer")
    found = tus.upload(client, number, b"1", "借款合同（终稿）.docx")
    header = client.get(addresses(number, found)[0]).headers["Content-Disposition"]
    digest = tus.sha256(b"1")[-8:]
    assert f'filename="{number}_1_v1_{digest}.docx"' in header
    assert "filename*=UTF-8''%E5%80%9F%E6%AC%BE%E5%90%88%E5%90%8C" in header


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=4-400", 206, b"456789", "bytes 4-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=1-2,4-5", 200, b"0123456789", None),
        ("items=0-3", 200, b"0123456789", None),
    ],
)
def test_a_part_of_a_recording_can_be_asked_for(
    office: Office, number: str, asked: str, status: int, body: bytes, told: str | None
) -> None:
    client = office.client("officer")
    page, _ = addresses(number, tus.upload(client, number, b"0123456789", "a.mp3"))
    answer = client.get(page, headers={"Range": asked})
    assert (answer.status_code, answer.data, answer.headers.get("Content-Range")) == (status, body, told)
    if status != 416:
        assert answer.content_length == len(body)


def test_what_the_browser_has_is_not_sent_again(office: Office, number: str) -> None:
    client = office.client("officer")
    page, _ = addresses(number, tus.upload(client, number, b"0123456789", "a.mp3"))
    etag = client.get(page).headers["ETag"]
    before = entries("document:download")
    again = client.get(page, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert entries("document:download") == before
    other = client.get(page, headers={"Range": "bytes=0-3", "If-Range": '"another"'})
    assert (other.status_code, len(other.data)) == (200, 10)


def test_every_download_is_recorded_and_the_ranges_of_a_player_only_once(
    office: Office, clock: FixedClock, number: str
) -> None:
    client = office.client("officer")
    page, api = addresses(number, tus.upload(client, number, b"ID3\x03" + bytes(500), "录音.mp3"))

    def play(client: FlaskClient) -> None:
        for start in range(0, 500, 100):
            client.get(page, headers={"Range": f"bytes={start}-"})

    play(client)
    assert entries("document:show") == 1
    client.get(page, query_string={"download": "1"})
    client.get(api)
    assert entries("document:download") == 2
    # The whole asked for as a range is the whole; the rest of one begun is not told again.
    client.get(api, headers={"Range": "bytes=0-"})
    client.get(api, headers={"Range": "bytes=100-"})
    assert entries("document:download") == 3
    client.head(page)
    play(client)
    assert (entries("document:show"), entries("document:download")) == (1, 3)
    clock.moment = NOW + timedelta(minutes=31)
    play(client)
    assert entries("document:show") == 2
    # Another person's look is another look, even at a part in the middle.
    office.client("head").get(page, headers={"Range": "bytes=100-200"})
    assert entries("document:show") == 3


def test_bytes_are_for_those_who_see_the_dossier(office: Office, number: str) -> None:
    found = tus.upload(office.client("officer"), number, b"1")
    for address in addresses(number, found):
        assert office.client("legal").get(address).status_code == 200
        assert office.client("auditor").get(address).status_code == 404, "what is open is not audited"
        assert office.client("officer-field").get(address).status_code == 404
        for login in ("system_admin", "security_admin", "nobody"):
            assert office.client(login).get(address).status_code == 403
        assert office.outsider().get(address).status_code in (302, 401)


def test_a_document_of_another_dossier_is_not_reached_through_this_one(office: Office, number: str) -> None:
    from tests.dossier_builders import registered

    other = registered(office, title="另一案")
    found = tus.upload(office.client("officer"), other, b"1")
    for address in addresses(number, found):
        assert office.client("officer").get(address).status_code == 404


def test_earlier_versions_stay_as_they_were(office: Office, number: str) -> None:
    client = office.client("officer")
    first = tus.upload(client, number, b"first", "a.txt")
    tus.upload(client, number, b"second", "b.txt", document=first["document_id"])
    assert client.get(addresses(number, first, 1)[1]).data == b"first"
    assert client.get(addresses(number, first, 2)[1]).data == b"second"
    assert client.get(addresses(number, first, 3)[1]).status_code == 404


def test_lost_or_damaged_bytes_are_told_without_a_traceback(office: Office, number: str) -> None:
    from archive.core.ports import ports
    from archive.documents.models import Version

    client = office.client("officer")
    found = tus.upload(client, number, b"1")
    version = db.session.query(Version).filter_by(dossier_id=dossier(number).id).one()
    ports().store.erase(version.blob_key, version.store_version)
    answer = client.get(addresses(number, found)[1])
    assert (answer.status_code, answer.json["code"]) == (500, "store.missing")


def test_a_document_put_in_by_an_operation_is_the_same_as_an_upload(office: Office, number: str) -> None:
    with acting(office.person("officer")) as act:
        version = operations.deposit(dossier(number), io.BytesIO("正文".encode()), "说明.txt", act=act)
        document_id = str(version.document_id)
    answer = office.client("officer").get(addresses(number, {"document_id": document_id})[1])
    assert answer.data.decode() == "正文"
