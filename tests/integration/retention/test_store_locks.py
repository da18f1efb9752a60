"""Locks against a real S3 server: nobody deletes, shortens or weakens them, and what others do there is noticed."""

import io
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from minio import Minio
from minio.commonconfig import GOVERNANCE
from minio.error import S3Error
from minio.retention import COMPLIANCE, Retention
from sqlalchemy import select

from archive import config
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.documents import blobs
from archive.documents.models import Version
from archive.retention import clocks, handlers, keeping, locks, reconciling, starting
from archive.retention.kinds import AlarmKind
from archive.retention.models import Alarm, VersionLock
from archive.retention.periods import Asked
from storage import open_store
from storage.port import BlobLocked
from tests import retention_builders as builders
from tests.builders import Office
from tests.databases import Databases
from tests.dossier_builders import dossier
from tests.servers.s3 import Endpoint


@pytest.fixture
def clock() -> FixedClock:
    """The present: an S3 server judges locks by its own clock."""
    return FixedClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def settings(databases: Databases, tmp_path, request: pytest.FixtureRequest) -> config.Settings:
    server: Endpoint = request.getfixturevalue("s3_server")
    secrets = config.new_secrets()
    url = server.store_url(f"t-{uuid.uuid4().hex}")
    open_store(url, access_key=server.access_key, secret_key=server.secret_key, create_bucket=True).check()
    return config.Settings(
        home=tmp_path,
        database_url=databases.fresh(),
        store_url=url,
        store_access_key=server.access_key,
        store_secret_key=server.secret_key,
        search_home=tmp_path / "search",
        secret_key=secrets["secret_key"],
        field_keys=(secrets["field_keys"],),
        hash_key=secrets["hash_key"],
    )


@pytest.fixture
def root(settings: config.Settings) -> Minio:
    """The account that may do everything, without the archive in between."""
    host = settings.store_url.removeprefix("s3://").partition("/")[0]
    return Minio(host, settings.store_access_key, settings.store_secret_key, secure=False, region="us-east-1")


@pytest.fixture
def bucket(settings: config.Settings) -> str:
    return settings.store_url.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def locked(office: Office) -> Iterator[Version]:
    """A version of a closed dossier, locked as long as it is kept."""
    builders.a_closed_dossier(office, files=1)
    assert locks.sweep().extended == 1
    return db.session.scalars(select(Version)).one()


def until(version: Version) -> datetime:
    found = db.session.get(VersionLock, version.id)
    assert found is not None
    db.session.refresh(found)
    assert found.locked_until is not None
    return found.locked_until


def alarms() -> set[AlarmKind]:
    return set(db.session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))


def content(version: Version) -> bytes:
    with blobs.open_version(version) as stream:
        return stream.read()


def test_closing_locks_until_the_end_of_keeping_and_a_day(locked: Version, root: Minio, bucket: str) -> None:
    kept = builders.keeping(locked.document.dossier.number)
    assert until(locked) == kept.disposable_at + timedelta(hours=24)
    found = root.get_object_retention(bucket, locked.blob_key, version_id=locked.store_version)
    assert (found.mode, found.retain_until_date) == (COMPLIANCE, until(locked))
    assert reconciling.reconcile() == reconciling.Reconciled(1, 1, 0)


def test_scenario_13_the_root_key_cannot_delete_a_locked_version(locked: Version, root: Minio, bucket: str) -> None:
    with pytest.raises(S3Error, match="AccessDenied"):
        root.remove_object(bucket, locked.blob_key, version_id=locked.store_version)
    assert content(locked) == b"file 0"
    assert reconciling.read_again(most_bytes=1 << 20).findings == 0


def test_scenario_14_no_lock_is_shortened_by_a_second(locked: Version, root: Minio, bucket: str, ports) -> None:
    shorter = until(locked) - timedelta(seconds=1)
    with pytest.raises(BlobLocked):
        ports.store.lock(locked.blob_key, locked.store_version, shorter)
    with pytest.raises(S3Error):
        root.set_object_retention(
            bucket, locked.blob_key, Retention(COMPLIANCE, shorter), version_id=locked.store_version
        )
    assert ports.store.stat(locked.blob_key, locked.store_version).locked_until == until(locked)


def test_scenario_15_a_lock_is_extended_and_both_sides_agree(office: Office, locked: Version, ports) -> None:
    number, before = locked.document.dossier.number, until(locked)
    kept = builders.keeping(number)
    four = Asked("appraisal", 1, "鉴定延长", 4, "鉴定意见")
    with acting(office.person("records_manager")) as act:
        keeping.extend(dossier(number), four, from_day=kept.closed_on, act=act)
    locks.extend_dossier(locked.dossier_id)
    assert until(locked).year == before.year + 1
    assert ports.store.stat(locked.blob_key, locked.store_version).locked_until == until(locked)
    assert reconciling.reconcile().findings == 0


def test_scenario_16_a_strict_lock_is_not_weakened(locked: Version, root: Minio, bucket: str) -> None:
    with pytest.raises(S3Error):
        root.set_object_retention(
            bucket, locked.blob_key, Retention(GOVERNANCE, until(locked)), version_id=locked.store_version
        )
    found = root.get_object_retention(bucket, locked.blob_key, version_id=locked.store_version)
    assert found.mode == COMPLIANCE


def test_scenario_17_a_plain_delete_only_lays_a_marker_and_sounds_an_alarm(
    locked: Version, root: Minio, bucket: str
) -> None:
    root.remove_object(bucket, locked.blob_key)
    assert content(locked) == b"file 0"
    assert reconciling.reconcile().findings == 1
    assert alarms() == {AlarmKind.MARKER}
    assert reconciling.reconcile().findings == 1
    assert len(db.session.scalars(select(Alarm)).all()) == 1


def test_scenario_18_another_write_changes_nothing_that_is_served(locked: Version, root: Minio, bucket: str) -> None:
    root.put_object(bucket, locked.blob_key, io.BytesIO(b"forged"), 6)
    assert content(locked) == b"file 0"
    reconciling.reconcile()
    assert alarms() == {AlarmKind.OVERWRITTEN}


def test_scenario_19_strict_mode_does_not_start_without_object_lock(settings: config.Settings, root: Minio) -> None:
    starting.check(replace(settings, strict=True))
    plain = f"t-{uuid.uuid4().hex}"
    root.make_bucket(plain)
    host, _, _ = settings.store_url.rpartition("/")
    careless = replace(settings, store_url=f"{host}/{plain}?secure=0", strict=True)
    with pytest.raises(config.BadConfiguration, match="ARCHIVE_STRICT"):
        starting.check(careless)
    starting.check(replace(careless, strict=False))


def test_what_others_put_there_and_what_is_gone_is_noticed(
    office: Office, locked: Version, root: Minio, bucket: str
) -> None:
    root.put_object(bucket, "foreign/object/here", io.BytesIO(b"?"), 1)
    number = builders.registered(office)
    builders.deposited(office, number)
    open_one = db.session.scalars(select(Version).where(Version.id != locked.id)).one()
    root.remove_object(bucket, open_one.blob_key, version_id=open_one.store_version)
    reconciling.reconcile()
    assert alarms() == {AlarmKind.EXTRA, AlarmKind.MISSING}


def test_who_locks_longer_by_other_ways_is_believed_and_told(locked: Version, root: Minio, bucket: str) -> None:
    longer = until(locked) + timedelta(days=400)
    root.set_object_retention(bucket, locked.blob_key, Retention(COMPLIANCE, longer), version_id=locked.store_version)
    reconciling.reconcile()
    assert alarms() == {AlarmKind.LOCK_DIFFERS}
    assert until(locked) == longer
    assert reconciling.reconcile().findings == 0
    assert date.today() < longer.date()  # noqa: DTZ011


def test_a_store_whose_clock_is_not_ours_is_noticed_and_stops_destroying(
    app, office: Office, clock: FixedClock, settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = app.extensions["archive_ports"].store.clock()
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)
    clocks.check_store(clock.moment)
    with acting(handlers.KEEPER) as act:
        clocks.watch(act=act)
    assert AlarmKind.STORE_CLOCK not in alarms()
    clock.moment -= timedelta(minutes=6)
    with pytest.raises(RuleBroken) as refused:
        clocks.check_store(clock.moment)
    assert refused.value.code == "clock.store"
    with acting(handlers.KEEPER) as act:
        clocks.watch(act=act)
    assert AlarmKind.STORE_CLOCK in alarms()
    starting.check(replace(settings, strict=True))
    monkeypatch.setattr(starting, "SPREAD", timedelta(seconds=-1))
    with pytest.raises(config.BadConfiguration, match="NTP"):
        starting.check(replace(settings, strict=True))
