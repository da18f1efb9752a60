"""When locks are set and made longer, and what a folder can promise."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.core.clock import FixedClock
from archive.core.db import db
from archive.documents.models import Version
from archive.dossiers.states import State
from archive.jobs.models import Job
from archive.retention import handlers, locks, reconciling
from archive.retention.kinds import AlarmKind
from archive.retention.models import Alarm, VersionLock
from storage.port import BlobDamaged, BlobLocked
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to
from tests.stores import BrokenStore


def lock_of(number: str) -> datetime | None:
    version = db.session.scalars(select(Version).join(Version.document)).first()
    db.session.expire_all()
    found = db.session.get(VersionLock, version.id)
    return found.locked_until if found else None


def test_a_version_is_locked_after_three_days_of_staging(office: Office, clock: FixedClock, ports) -> None:
    number = brought_to(office, State.INVESTIGATING)
    version = builders.deposited(office, number)
    job = db.session.scalars(select(Job).where(Job.kind == "retention.lock_version")).one()
    assert job.due_at == NOW + timedelta(hours=72)
    clock.moment = NOW + timedelta(hours=71)
    assert locks.extend([version]).extended == 0
    clock.moment = NOW + timedelta(hours=72)
    assert locks.extend([version]).extended == 1
    # Filed on 5 March 2026: three years, and a day.
    assert lock_of(number) == datetime(2029, 3, 6, 16, tzinfo=UTC)
    assert locks.extend([version]).extended == 0


def test_scenario_20_no_lock_of_an_open_dossier_ends_within_half_a_year(office: Office, clock: FixedClock) -> None:
    number = brought_to(office, State.INVESTIGATING)
    builders.deposited(office, number)
    for days in range(3, 5 * 366, 30):
        clock.moment = NOW + timedelta(days=days)
        handlers.nightly([])
        until = lock_of(number)
        assert until is not None
        assert until >= clock.moment + timedelta(days=180)


def test_a_held_dossiers_locks_are_extended_though_its_period_is_over(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office, files=1)
    locks.sweep()
    builders.a_hold(office, number)
    clock.moment = NOW + timedelta(days=3 * 366)
    locks.sweep()
    assert lock_of(number) >= clock.moment + timedelta(days=180)


def test_a_closed_dossiers_locks_end_with_its_keeping(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office, files=1)
    handlers.lock_dossiers([])
    locks.sweep()
    assert lock_of(number) == datetime(2029, 3, 6, 16, tzinfo=UTC)
    clock.moment = NOW + timedelta(days=3 * 366)
    assert locks.sweep().extended == 0


def test_what_the_store_refuses_becomes_an_alarm(office: Office, app) -> None:
    from dataclasses import replace

    from storage.port import StoreMisconfigured

    class Refusing(BrokenStore):
        def _fail(self, *_: object, **__: object) -> None:
            raise StoreMisconfigured("locks are dropped")

    number = builders.a_closed_dossier(office, files=1)
    ports = app.extensions["archive_ports"]
    app.extensions["archive_ports"] = replace(ports, store=Refusing(ports.store, broken={"lock"}))
    assert locks.sweep() == locks.Sweep(1, 0, 1)
    alarm = db.session.scalars(select(Alarm)).one()
    assert alarm.kind is AlarmKind.LOCK_FAILED
    assert "kept.alarm" in builders.reasons(number, FixedClock(NOW))


def data_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("store/objects/*/*/*/*/data"))


def test_a_folder_keeps_its_files_read_only_and_notices_other_hands(office: Office, settings, ports) -> None:
    builders.a_closed_dossier(office, files=3)
    locks.sweep()
    version = db.session.scalars(select(Version)).first()
    with pytest.raises(BlobLocked):
        ports.store.erase(version.blob_key, version.store_version)
    first, second, third = data_files(settings.home)
    assert not first.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    first.chmod(0o600)
    first.write_bytes(b"forged")
    second.unlink()
    third.unlink()
    third.symlink_to("/etc/hostname")
    reconciling.reconcile()
    reconciling.read_again(most_bytes=1 << 20)
    kinds = [alarm.kind for alarm in db.session.scalars(select(Alarm))]
    assert kinds.count(AlarmKind.DAMAGED) == 3
    with pytest.raises(BlobDamaged):
        for one in db.session.scalars(select(Version)):
            ports.store.verify(one.blob_key, one.store_version)
    assert os.path.exists("/etc/hostname")


def test_a_case_closed_while_the_store_is_compared_raises_no_alarm(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = builders.a_closed_dossier(office, files=1)
    with monkeypatch.context() as closed_after_the_sweep:
        closed_after_the_sweep.setattr(locks, "sweep", locks.Sweep)
        assert reconciling.reconcile().findings == 0
    assert lock_of(number) is not None
    assert db.session.scalars(select(Alarm)).all() == []


def test_bytes_are_read_again_within_a_budget_the_longest_unread_first(office: Office, clock: FixedClock) -> None:
    builders.a_closed_dossier(office, files=4)
    locks.sweep()
    seen: list[object] = []
    for hour in range(4):
        clock.moment = NOW + timedelta(hours=hour + 1)
        assert reconciling.read_again(most_bytes=1).rows == 1
        seen += db.session.scalars(select(VersionLock.version_id).where(VersionLock.read_at == clock.moment))
    assert len(set(seen)) == 4
