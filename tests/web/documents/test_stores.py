"""The way of a file through every kind of store: in, read back, out, and what happens when the store goes away."""

import io
import os
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from archive.core.db import db
from archive.core.ports import Ports, ports
from archive.documents import blobs, handlers
from archive.documents.kinds import Reading
from archive.documents.models import Version
from archive.dossiers.models import Dossier
from archive.jobs.models import Job
from archive.jobs.operations import task
from storage import open_store
from storage.port import BlobStore
from tests import tus
from tests.builders import Office


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request: pytest.FixtureRequest, app: Flask) -> Iterator[BlobStore]:
    before: Ports = ports()
    if request.param == "s3":
        server = request.getfixturevalue("s3_server")
        found = open_store(
            server.store_url(f"t-{uuid.uuid4().hex}"),
            access_key=server.access_key,
            secret_key=server.secret_key,
            create_bucket=True,
        )
    else:
        found = before.store if request.param == "folder" else open_store("memory:")
    app.extensions["archive_ports"] = replace(before, store=found)
    yield found
    app.extensions["archive_ports"] = before


def test_a_file_goes_in_is_read_and_comes_out_in_parts(office: Office, number: str, store: BlobStore) -> None:
    client = office.client("officer")
    # Above what an SDK sends in one piece.
    data = "投诉人称合同利率不符。".encode() + os.urandom(6 << 20)
    found = tus.upload(client, number, data, "录像.bin")
    version = db.session.scalars(select(Version)).one()
    assert store.stat(version.blob_key, version.store_version).sha256 == version.sha256 == f"sha256:{tus.sha256(data)}"
    address = f"/dossiers/{number}/documents/{found['document_id']}/v1/file"
    assert client.get(address).data == data
    part = client.get(address, headers={"Range": "bytes=5000000-5000099"})
    assert (part.status_code, part.data) == (206, data[5_000_000:5_000_100])
    handlers.read([task(db.session.scalars(select(Job).where(Job.kind == "extraction.read")).one())])
    db.session.rollback()
    assert db.session.get_one(Version, version.id).reading is Reading.UNSUPPORTED


def test_every_attempt_has_a_key_of_its_own(office: Office, number: str, store: BlobStore) -> None:
    dossier = db.session.scalars(select(Dossier)).one()
    first, second = (blobs.keep(io.BytesIO(b"same"), "a.txt", dossier_id=dossier.id) for _ in range(2))
    assert first.key != second.key
    assert first.sha256 == second.sha256
    assert {stored.key for stored in store.versions(dossier.id.hex)} == {first.key, second.key}
