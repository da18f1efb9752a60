"""Taking out against a real S3 server: no version and no marker stays, and what is cut off is carried to its end."""

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from minio import Minio
from minio.error import S3Error
from sqlalchemy import select

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import StoreDown
from archive.core.ports import Ports
from archive.documents import striking
from archive.documents.kinds import Reading, RemovalState
from archive.documents.models import Removal, Version
from archive.dossiers.states import State
from archive.retention import recalling, reconciling, register, removal_records, removing
from storage.port import BlobStore, StoreUnavailable
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import brought_to
from tests.integration.retention.test_recalling import Restore, backup  # noqa: F401 - a fixture
from tests.integration.retention.test_removing_midway import close, confirmed
from tests.integration.retention.test_store_locks import bucket, clock, root, settings  # noqa: F401 - fixtures


@pytest.fixture
def number(office: Office, clock: FixedClock) -> str:  # noqa: F811
    disposal.marked(clock, disposal.present())
    found = brought_to(office, State.ANSWERED, received_at=clock.moment)
    builders.deposited(office, found)
    return found


def wrong(office: Office, number: str, serial: int = 0) -> Version:
    version_id = builders.deposited(office, number, f"another's {serial}".encode(), f"{serial}.txt")
    with acting(office.person("officer")) as act:
        version = act.session.get_one(Version, version_id)
        striking.strike(version.document, reason="误存", act=act)
    return db.session.get_one(Version, version_id)


def lying(root: Minio, bucket: str, key: str) -> list[str]:  # noqa: F811
    return [str(one.version_id) for one in root.list_objects(bucket, prefix=key, include_version=True)]


def state(removal_id: uuid.UUID) -> RemovalState:
    db.session.rollback()
    return db.session.get_one(Removal, removal_id).state


def test_every_version_and_marker_is_gone_and_the_record_stays_for_ever(
    office: Office,
    number: str,
    root: Minio,  # noqa: F811
    bucket: str,  # noqa: F811
    backup: Callable[[], Restore],  # noqa: F811
) -> None:
    version = wrong(office, number)
    key, store_version, document_id = version.blob_key, version.store_version, version.document_id
    root.put_object(bucket, key, io.BytesIO(b"over it"), 7)
    root.remove_object(bucket, key)
    assert len(lying(root, bucket, key)) == 3
    back = backup()
    removing.run(confirmed(office, document_id))
    assert lying(root, bucket, key) == []
    with pytest.raises(S3Error, match="NoSuch"):
        root.stat_object(bucket, key, version_id=store_version)
    (record,) = register.lying(removal_records.PLACE)
    with pytest.raises(S3Error, match="AccessDenied"):
        root.remove_object(bucket, record.key, version_id=record.version_id)
    back()
    assert recalling.replay() == 1
    assert recalling.replay() == 0
    assert db.session.get_one(Version, version.id).reading is Reading.TAKEN_OUT
    assert len(register.lying(removal_records.PLACE)) == 1
    assert reconciling.reconcile().findings == 0
    close(office, number)


class Cut:
    """A store that is cut off in one act, before it is done or when it is done but not yet answered."""

    def __init__(self, store: BlobStore, act: str, *, done: bool) -> None:
        self._store, self._act, self._done = store, act, done

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)

        def cut(*given: Any, **named: Any) -> None:
            if self._done:
                real(*given, **named)
            raise StoreUnavailable("connection reset")

        return cut if name == self._act else real


def test_cut_off_at_any_request_it_goes_on_to_its_end(
    office: Office,
    number: str,
    ports: Ports,
    root: Minio,  # noqa: F811
    bucket: str,  # noqa: F811
) -> None:
    cuts = [("erase", False, False), ("erase", True, True), ("put", False, True), ("lock", True, True)]
    for serial, (act, done, gone) in enumerate(cuts):
        version = wrong(office, number, serial)
        key, removal_id = version.blob_key, confirmed(office, version.document_id)
        office.app.extensions["archive_ports"] = replace(ports, store=Cut(ports.store, act, done=done))
        with pytest.raises(StoreDown):
            removing.run(removal_id)
        # The row never tells more than the store: nothing is marked that is not gone for certain.
        assert (state(removal_id), lying(root, bucket, key) == []) == (RemovalState.CONFIRMED, gone), (act, done)
        assert version.id not in set(db.session.scalars(removing.erased([version.id])))
        office.app.extensions["archive_ports"] = ports
        removing.run(removal_id)
        assert (state(removal_id), lying(root, bucket, key)) == (RemovalState.DONE, []), (act, done)
    assert len(register.lying(removal_records.PLACE)) == 4
    assert all(one.locked_until for one in register.lying(removal_records.PLACE))
    assert set(db.session.scalars(select(Removal.trouble))) == {""}
    assert recalling.pending() == []
    assert reconciling.reconcile().findings == 0
    close(office, number)
