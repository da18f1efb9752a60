"""A warrant forged by SQL: what the database refuses by itself, and what shows where it cannot."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from archive.audit import queries as audit
from archive.core.clock import FixedClock
from archive.core.db import WRITES, db
from archive.core.errors import RuleBroken
from archive.disposal.models import DisposalList
from archive.documents.models import Version
from archive.dossiers.models import Dossier
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office

PERSONS = [uuid.UUID(int=number) for number in range(1, 6)]


def run(statement: str, **values: object) -> None:
    """Run SQL as who has the worker's password does."""
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    try:
        session.execute(text(statement), {name: _plain(value) for name, value in values.items()})
        session.commit()
    except DatabaseError:
        session.rollback()
        raise


def _plain(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return value.hex if db.engine.dialect.name == "sqlite" else value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f") if db.engine.dialect.name == "sqlite" else value
    return value


def put(table: str, **values: object) -> None:
    run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})", **values)


def forged(found: Dossier) -> uuid.UUID:
    """Write a list, signed and witnessed as it should be, all of it in the past; return its id."""
    proposer, first, second, *witnesses = PERSONS
    list_id, line_id, then = uuid.uuid4(), uuid.uuid4(), datetime.now(UTC) - timedelta(days=20)
    put(
        "disposal_list", id=list_id, number="X", state="executing", proposed_by=proposer, proposed_by_name="甲",
        proposed_at=then, report="", list_hash="h", started_by_name="", trouble="", certificate_key="",
        certificate_version="", certificate_sha256="", void_reason="", revision=1,
    )  # fmt: skip
    put(
        "disposal_line", id=line_id, list_id=list_id, dossier_id=found.id, seq=1, number="X", filed_number="X",
        title="x", year=2001, closed_on="2001-01-01", last_day="2004-01-01", rule_code="base", rule_version=1,
        rule_basis="x", items=0, objects=0, size=0, manifest="[]", manifest_hash="h", state="erasing", reasons="[]",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="proved to be erased"):
        run("UPDATE disposal_line SET state = 'erased'")
    for version in db.session.query(Version).filter_by(dossier_id=found.id).all():
        put(
            "erasure", id=uuid.uuid4(), line_id=line_id, dossier_id=found.id, key=version.blob_key,
            store_version=version.store_version, size=1, sha256="x", intended_at=then, erased_at=then,
        )  # fmt: skip
    run("UPDATE disposal_line SET state = 'erased'")
    for step, person in enumerate((first, second), start=1):
        put(
            "appraisal", id=uuid.uuid4(), line_id=line_id, person_id=person, person_name="乙", legal=step == 2,
            decision="destroy", reason="x", at=then,
        )  # fmt: skip
        put(
            "approval", id=uuid.uuid4(), list_id=list_id, step=step, person_id=person, person_name="乙", list_hash="h",
            at=then,
        )  # fmt: skip
    for person in witnesses:
        put("witness", id=uuid.uuid4(), list_id=list_id, person_id=person, person_name="丙", at=then)
    return list_id


def sign_in_trail(list_id: uuid.UUID) -> None:
    """Put entries of the two signatures into the trail, their hashes invented."""
    seq = db.session.execute(text("SELECT max(seq) FROM audit_entry")).scalar_one()
    for number, person in enumerate(PERSONS[1:3], start=1):
        put(
            "audit_entry", seq=seq + number, at=datetime.now(UTC), actor_id=person, actor_name="乙", channel="web",
            address="", request_id="", action="disposal:approve", subject_kind="disposal", subject_id=list_id,
            facts='{"hash": "h"}', previous="0" * 64, hash=f"{number:064}",
        )  # fmt: skip


def destroy(found: Dossier) -> None:
    run("DELETE FROM dossier_move WHERE dossier_id = :one", one=found.id)


def warranted(found: Dossier) -> bool:
    query = text("SELECT count(*) FROM destruction_warrant WHERE dossier_id = :one")
    return bool(db.session.execute(query, {"one": _plain(found.id)}).scalar_one())


def test_forged_rows_alone_destroy_nothing_and_with_forged_entries_the_trail_breaks(
    office: Office, clock: FixedClock
) -> None:
    (number,) = disposal.expired(office, clock)
    found = builders.dossier(number)
    list_id = forged(found)
    with pytest.raises(DatabaseError, match="append-only"):
        destroy(found)
    for table in ("disposal_list", "approval", "witness", "erasure", "appraisal"):
        with pytest.raises(DatabaseError):
            run(f"DELETE FROM {table}")
    assert audit.verify(db.session()) is None
    sign_in_trail(list_id)
    # Here the database is at its end: but what was put in cannot be taken out again, and the chain does not hold.
    assert warranted(found)
    assert audit.verify(db.session()) is not None
    builders.a_hold(office, number)
    assert not warranted(found)


def test_a_keeping_invented_for_a_dossier_of_today_gives_no_warrant(office: Office) -> None:
    number = builders.registered(office)
    builders.deposited(office, number)
    found = builders.dossier(number)
    sign_in_trail(forged(found))
    put(
        "keeping", dossier_id=found.id, number="X", filed_number="X", filed_on="2001-01-01", closed_on="2001-01-01",
        last_day="2004-01-01", disposable_at=datetime(2004, 1, 1, 16, tzinfo=UTC), permanent=False, rule_code="base",
        rule_version=1, rule_name="x", rule_years=3, rule_basis="x", rule_trigger="closing",
        computed_at=datetime.now(UTC),
    )  # fmt: skip
    assert not warranted(found)
    # Even ended by SQL: the day of its registration stands.
    run(
        "UPDATE dossier SET closed_on = '2001-01-01', closed_at = :at, state = 'closed'",
        at=datetime(2001, 1, 1, tzinfo=UTC),
    )
    assert not warranted(found)


def test_the_archive_erases_no_file_of_a_list_whose_approvals_the_trail_does_not_know(
    office: Office, clock: FixedClock, ports
) -> None:
    (number,) = disposal.expired(office, clock)
    listed = disposal.listed(office, [number])
    clock.moment = disposal.present() - timedelta(days=10)
    found = disposal.fetched(listed)
    for step, person in enumerate(PERSONS[:2], start=1):
        put(
            "approval", id=uuid.uuid4(), list_id=found.id, step=step, person_id=person, person_name="乙",
            list_hash=found.list_hash, at=clock.moment,
        )  # fmt: skip
    run("UPDATE disposal_list SET state = 'approved', approved_at = :at", at=clock.moment)
    disposal.marked(clock, disposal.present())
    db.session.expire_all()
    disposal.witnessed(office, listed)
    with pytest.raises(RuleBroken, match="not_in_trail"):
        disposal.started(office, listed)
    assert db.session.query(DisposalList).one().state == "approved"
    assert len(list(ports.store.versions())) == 2
