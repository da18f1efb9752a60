"""What nobody waits for goes; what a row speaks of, what is locked and what others put there stays."""

import io
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.db import db
from archive.core.ports import Ports
from archive.documents import blobs, operations, previews, sweeping
from archive.documents.rules import BLOB_GRACE
from storage.memory_store import MemoryStore
from storage.port import BlobStore
from tests.builders import Office
from tests.dossier_builders import dossier, registered
from tests.stores import BrokenStore


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, app: Flask, ports: Ports) -> BlobStore:
    chosen: BlobStore = MemoryStore() if request.param == "memory" else ports.store
    app.extensions["archive_ports"] = replace(ports, store=chosen)
    return chosen


def later(by: timedelta) -> datetime:
    """The blobs' ids carry the machine's own moment."""
    return datetime.now(UTC) + by


def keys(store: BlobStore) -> set[str]:
    return {stored.key for stored in store.versions()}


def test_a_blob_without_a_row_goes_after_the_grace_period_and_no_other(office: Office, store: BlobStore) -> None:
    number = registered(office)
    with acting(office.person("officer")) as act:
        filed = operations.deposit(dossier(number), io.BytesIO(b"filed"), "a.txt", act=act).blob_key
    orphan = blobs.keep(io.BytesIO(b"orphan"), "b.txt", dossier_id=dossier(number).id)
    locked = blobs.keep(io.BytesIO(b"locked"), "c.txt", dossier_id=dossier(number).id)
    store.lock(locked.key, locked.store_version, later(timedelta(days=3000)))
    foreign = f"{uuid.uuid4().hex}/{uuid.uuid4().hex}/{uuid.uuid4().hex}"
    store.put(foreign, io.BytesIO(b"of another feature"))
    assert sweeping.sweep(later(BLOB_GRACE - timedelta(hours=1))).blobs == 0
    assert orphan.key in keys(store)
    assert sweeping.sweep(later(BLOB_GRACE + timedelta(hours=1))).blobs == 1
    assert keys(store) == {filed, locked.key, foreign}
    assert sweeping.sweep(later(BLOB_GRACE + timedelta(hours=1))).blobs == 0
    [entry] = db.session.scalars(select(Entry).where(Entry.action == "blob:sweep")).all()
    assert entry.facts["key"] == orphan.key


def test_leftovers_of_killed_processes_go(app: Flask, office: Office, ports: Ports) -> None:
    uploads = ports.settings.uploads
    work, stray, young = uploads / "work-abc", uploads / uuid.uuid4().hex, uploads / uuid.uuid4().hex
    work.mkdir(parents=True)
    (work / "original").write_bytes(b"1")
    for path in (stray, young):
        path.write_bytes(b"1")
    old = time.time() - 4 * 24 * 3600
    for path in (work, stray):
        os.utime(path, (old, old))
    assert sweeping.sweep(later(timedelta())).files == 2
    assert [path.name for path in uploads.iterdir()] == [young.name]


def test_images_nobody_looked_at_for_a_week_go(app: Flask, ports: Ports) -> None:
    folder = ports.settings.previews / uuid.uuid4().hex / ("a" * 64)
    folder.mkdir(parents=True)
    (folder / "1-800.webp").write_bytes(b"1")
    assert previews.trim(later(timedelta(days=6))) == 0
    assert previews.trim(later(timedelta(days=8))) == 1
    assert not folder.exists()


def test_a_deposit_into_a_store_that_fails_leaves_no_row(
    app: Flask, office: Office, ports: Ports, store: BlobStore
) -> None:
    number = registered(office)
    for act_name in ("put", "verify"):
        app.extensions["archive_ports"] = replace(ports, store=BrokenStore(store, broken={act_name}))
        with pytest.raises(blobs.StoreDown), acting(office.person("officer")) as act:
            operations.deposit(dossier(number), io.BytesIO(b"1"), "a.txt", act=act)
    db.session.rollback()
    assert db.session.scalars(select(operations.Version)).all() == []


def test_memory_stays_flat_however_large_the_file(
    office: Office, ports: Ports, measured: Callable[[Callable[[], object]], int], tmp_path: object
) -> None:
    number = registered(office)
    path = ports.settings.home / "large"
    with path.open("wb") as file:
        file.truncate(300 << 20)

    def deposit() -> None:
        with acting(office.person("officer")) as act:
            operations.deposit(dossier(number), path, "录像.bin", act=act)

    assert measured(deposit) < 24 << 20


@pytest.fixture
def measured() -> Callable[[Callable[[], object]], int]:
    """Return a function that tells the most bytes of Python objects at once while something runs."""
    import tracemalloc

    def run(what: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            what()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return run


def test_a_store_that_does_not_answer_stops_the_sweep_and_says_so(app: Flask, office: Office, ports: Ports) -> None:
    app.extensions["archive_ports"] = replace(ports, store=BrokenStore(ports.store, broken={"versions"}))
    with pytest.raises(blobs.StoreDown):
        sweeping.sweep(later(timedelta()))
