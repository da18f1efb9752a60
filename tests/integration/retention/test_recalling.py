"""A backup from before brings back the row of a file that was taken out: the store's record takes it out again."""

import io
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from archive import config
from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import Problem, Refused, StoreDown
from archive.core.labels import sentence
from archive.core.ports import Ports
from archive.documents import blobs, striking
from archive.documents import operations as documents
from archive.documents.kinds import Reading, RemovalState
from archive.documents.models import Document, Removal, Strike, Version
from archive.dossiers.states import State
from archive.retention import locks, recalling, reconciling, register, removal_records, removing
from archive.retention.kinds import AlarmKind
from archive.retention.models import Alarm
from storage.port import BlobStore, Stored, StoreError
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.databases import Databases
from tests.dossier_builders import brought_to
from tests.integration.retention.test_removing_midway import asked, close, confirmed

Restore = Callable[[], None]


@pytest.fixture
def backup(databases: Databases, settings: config.Settings) -> Callable[[], Restore]:
    """Copy the database as it is now, and return what puts the copy in its place."""

    def aside() -> None:
        db.session.remove()
        db.engine.dispose()

    def copied() -> Restore:
        aside()
        kept, name = databases.keep(settings.database_url), settings.database_url.rsplit("/", 1)[1]

        def restored() -> None:
            aside()
            if databases.kind == "postgresql":
                databases._admin(f"DROP DATABASE {name} WITH (FORCE)")
            for left in databases.folder.glob(f"{name}*"):
                left.unlink()
            databases._copy(kept, name.removesuffix(".db"))

        return restored

    return copied


@pytest.fixture
def filed(office: Office, clock: FixedClock) -> tuple[str, uuid.UUID]:
    """A dossier with a right file and one of another person, in two versions; its number and the wrong document."""
    disposal.marked(clock, disposal.present())
    number = brought_to(office, State.ANSWERED, received_at=clock.moment)
    builders.deposited(office, number)
    version_id = builders.deposited(office, number, b"another person's", "李四.txt")
    with acting(office.person("officer")) as act:
        document = act.session.get_one(Version, version_id).document
        documents.add_version(document, io.BytesIO(b"again another's"), "李四2.txt", act=act)
        return number, document.id


def strike(office: Office, document_id: uuid.UUID) -> None:
    with acting(office.person("officer")) as act:
        striking.strike(act.session.get_one(Document, document_id), reason="李四的材料", act=act)


def alarms() -> list[str]:
    return [one.facts["reason"] for one in db.session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.REMOVAL))]


def state_of(document_id: uuid.UUID) -> list[Reading]:
    db.session.rollback()
    return list(db.session.scalars(select(Version.reading).where(Version.document_id == document_id)))


@pytest.mark.parametrize("moment", ["filed", "asked", "confirmed"])
def test_a_restored_backup_knows_again_what_was_taken_out_and_closes(
    office: Office,
    clock: FixedClock,
    ports: Ports,
    filed: tuple[str, uuid.UUID],
    backup: Callable[[], Restore],
    moment: str,
) -> None:
    number, document_id = filed
    back = backup() if moment == "filed" else None
    strike(office, document_id)
    if moment == "asked":
        asked(office, document_id)
        back = backup()
        with acting(office.person("head")) as act:
            removing.decide(act.session.get_one(Document, document_id), confirm=True, act=act)
        (removal_id,) = db.session.scalars(select(Removal.id))
    else:
        removal_id = confirmed(office, document_id)
        back = back or backup()
    removing.run(removal_id)
    assert recalling.replay() == 0
    back()
    builders.days_later(clock)
    assert Reading.TAKEN_OUT not in state_of(document_id)
    if moment == "filed":
        with pytest.raises(Refused):
            close(office, number)

    assert recalling.replay() == 2
    assert recalling.replay() == 0
    assert state_of(document_id) == [Reading.TAKEN_OUT] * 2
    row = db.session.get_one(Removal, removal_id)
    assert (row.state, row.trouble, row.reason) == (RemovalState.DONE, "", "误存")
    assert (row.asked_by, row.decided_by) == (office.accounts["officer"], office.accounts["head"])
    (struck,) = db.session.scalars(select(Strike))
    assert (struck.reason, struck.struck_by_name) == ("李四的材料", office.person("officer").name)
    assert "李四" not in str(db.session.execute(text("SELECT * FROM document")).all())
    said = list(
        db.session.scalars(select(Entry.action).where(Entry.actor_name == "恢复后重新移出").order_by(Entry.seq))
    )
    assert said == ["removal:recall", "removal:erase", "removal:erase", "removal:finish", "document:take_out"]
    assert (alarms(), reconciling.reconcile().findings) == ([], 0)
    close(office, number)
    # What the store keeps for ever says nothing of what the file said.
    for stored in register.lying(removal_records.PLACE):
        content = register.content(stored).decode()
        assert stored.locked_until is not None
        assert not any(word in content for word in ("李四", "误存"))


def test_a_record_that_does_not_fit_changes_nothing(
    office: Office,
    ports: Ports,
    filed: tuple[str, uuid.UUID],
    backup: Callable[[], Restore],
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, document_id = filed
    strike(office, document_id)
    back = backup()
    removing.run(confirmed(office, document_id))
    records = register.lying(removal_records.PLACE)
    told = removal_records.read(register.content(records[0]))
    broken, file = "recall.broken", "recall.file"
    wrong = {
        "another hash": (file, removal_records.written(replace(told, sha256="sha256:" + "0" * 64))),
        "another version in the store": (file, removal_records.written(replace(told, store_version="x"))),
        "one person": ("recall.persons", removal_records.written(replace(told, decided=told.asked))),
        "another dossier": ("recall.document", removal_records.written(replace(told, dossier_id=uuid.uuid4()))),
        "a byte changed": (broken, register.content(records[0]).replace(told.key.encode(), told.key[::-1].encode())),
        "no record": (broken, b"[]"),
    }
    office.app.extensions["archive_ports"] = replace(
        ports, vault=replace(ports.vault, field_keys=(Fernet.generate_key().decode(),))
    )
    wrong["not of this archive"] = (broken, removal_records.written(told))
    back()
    for name, (code, content) in wrong.items():
        office.app.extensions["archive_ports"] = replace(ports, store=Only(ports.store, records[0].key, content))
        caplog.clear()
        assert recalling.replay() == 0, name
        assert caplog.messages == [f"not taken out again after a restore: {records[0].key}: {sentence(Problem(code))}"]
    assert len(alarms()) == 1
    assert Reading.TAKEN_OUT not in state_of(document_id)
    assert db.session.scalar(select(Removal)) is None


def test_a_removal_cut_off_after_its_first_record_goes_on_to_its_end(
    office: Office, ports: Ports, filed: tuple[str, uuid.UUID]
) -> None:
    number, _ = filed
    version_id = builders.deposited(office, number, b"PK", "材料.zip")
    with acting(office.person("officer")) as act:
        container = act.session.get_one(Version, version_id)
        document_id = container.document_id
        for n in (1, 2):
            blob = blobs.keep(io.BytesIO(b"inside %d" % n), f"{n}.txt", dossier_id=container.document.dossier_id)
            documents.deposit_found(container, n, blob, f"{n}.txt", None, act=act)
    strike(office, document_id)
    removal_id = confirmed(office, document_id)
    before = len(list(ports.store.versions(builders.dossier(number).id.hex)))
    office.app.extensions["archive_ports"] = replace(ports, store=Unlocking(ports.store))
    with pytest.raises(StoreDown):
        removing.run(removal_id)
    # Another process starts before the job is tried again.
    assert recalling.replay() == 1
    assert db.session.get_one(Removal, removal_id).state is RemovalState.CONFIRMED
    db.session.rollback()
    removing.run(removal_id)
    row = db.session.get_one(Removal, removal_id)
    assert (row.state, row.trouble) == (RemovalState.DONE, "")
    gone = {one.reading for one in removing.files(db.session(), row.document)}
    assert (gone, recalling.pending()) == ({Reading.TAKEN_OUT}, [])
    assert before - len(list(ports.store.versions(builders.dossier(number).id.hex))) == 3


class Unlocking:
    """A store that goes away once, when the first record of a removal is there but not yet locked."""

    def __init__(self, store: BlobStore) -> None:
        self._store, self._away = store, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def lock(self, key: str, version_id: str, until: datetime) -> Stored:
        if self._away and key.startswith(f"{removal_records.PLACE}/"):
            self._away = False
            raise StoreError("away")
        return self._store.lock(key, version_id, until)


class Only:
    """A store in whose register of removals lies one record only, with another content than it has."""

    def __init__(self, store: BlobStore, key: str, content: bytes) -> None:
        self._store, self._key, self._content = store, key, content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def versions(self, prefix: str = "") -> Iterator[Stored]:
        return (one for one in self._store.versions(prefix) if one.key in (self._key, prefix))

    def open(self, key: str, version_id: str) -> BinaryIO:
        return io.BytesIO(self._content) if key == self._key else self._store.open(key, version_id)


@pytest.mark.parametrize("barrier", ["", "hold", "lock"])
def test_bytes_that_came_back_go_again_unless_held_or_locked(
    office: Office,
    clock: FixedClock,
    ports: Ports,
    settings: config.Settings,
    tmp_path: Path,
    filed: tuple[str, uuid.UUID],
    backup: Callable[[], Restore],
    barrier: str,
) -> None:
    number, document_id = filed
    back = backup()
    folder = settings.store_url.removeprefix("folder:")
    shutil.copytree(folder, tmp_path / "before")
    strike(office, document_id)
    removing.run(confirmed(office, document_id))
    back()
    shutil.copytree(tmp_path / "before", folder, dirs_exist_ok=True)
    builders.days_later(clock)
    lying = len(list(ports.store.versions(builders.dossier(number).id.hex)))
    assert lying == 3
    if barrier == "hold":
        builders.a_hold(office, number)
    if barrier == "lock":
        locks.sweep()
    assert recalling.replay() == (0 if barrier else 2)
    db.session.rollback()
    assert len(list(ports.store.versions(builders.dossier(number).id.hex))) == (3 if barrier else 1)
    assert [bool(alarms()), Reading.TAKEN_OUT in state_of(document_id)] == [bool(barrier), not barrier]
