"""On PostgreSQL the archive serves as roles that own nothing: everything works, and going past the guards does not."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from archive import config, wiring
from archive.app import create_app
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import executing
from archive.disposal.kinds import ListState
from archive.documents import operations as documents
from archive.operating import keeping, roles
from archive.operating.findings import Level
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.databases import Databases


def as_role(url: str, role: str) -> str:
    return url.replace("archive@", f"{role}@")


@pytest.fixture
def settings(databases: Databases, settings: config.Settings) -> config.Settings:
    """Settings of an archive that serves as the two restricted roles."""
    if databases.kind != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    script = roles.script(settings.database_url, web="anjuan_web", worker="anjuan_worker")
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(script.replace("%", "%%"))
        owner = roles.power(connection)
    engine.dispose()
    assert not owner.harmless
    return replace(
        settings,
        database_url=as_role(settings.database_url, "anjuan_web"),
        worker_database_url=as_role(settings.database_url, "anjuan_worker"),
    )


@pytest.fixture
def worker(app: Flask, settings: config.Settings, clock: FixedClock) -> Iterator[Flask]:
    made = create_app(ports=wiring.make_ports(settings.for_worker, clock))
    yield made
    with made.app_context():
        db.engine.dispose()


def refused(statement: str) -> str:
    session = db.session()
    session.rollback()
    with pytest.raises((ProgrammingError, DatabaseError)) as error:
        session.execute(text(statement))
    session.rollback()
    return str(error.value)


def test_the_archive_works_as_a_role_that_cannot_go_past_the_guards(
    office: Office, clock: FixedClock, worker: Flask, settings: config.Settings
) -> None:
    (number,) = disposal.expired(office, clock)
    assert office.client("officer").get(f"/dossiers/{number}/documents/").status_code == 200
    for statement in (
        "DELETE FROM dossier", "DELETE FROM document", "DELETE FROM version", "DELETE FROM keeping", "DELETE FROM hold",
        "DELETE FROM audit_entry", "UPDATE audit_entry SET actor_name = 'x'", "TRUNCATE dossier CASCADE",
        "ALTER TABLE dossier DISABLE TRIGGER ALL", "DROP TRIGGER guard_dossier_delete ON dossier", "DROP TABLE stub",
        "CREATE OR REPLACE VIEW destruction_warrant AS SELECT id AS dossier_id FROM dossier",
        "CREATE OR REPLACE FUNCTION guard_dossier_delete() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "SET session_replication_role = replica", "CREATE TABLE shadow (id int)", "SET ROLE archive",
        "UPDATE alembic_version SET version_num = 'x'",
    ):  # fmt: skip
        told = refused(statement)
        assert "permission denied" in told or "must be owner" in told, statement
    found = disposal.ready(office, clock, [number])
    disposal.started(office, found)
    with pytest.raises(DatabaseError, match="permission denied"):
        executing.run(disposal.fetched(found).id)
    db.session.rollback()
    assert builders.dossier(number).number == number
    with worker.app_context():
        for statement in ("DELETE FROM stub", "DELETE FROM audit_entry", "TRUNCATE version CASCADE"):
            assert "permission denied" in refused(statement)
        with acting(office.person("officer")) as act:
            another = builders.registered(office)
            documents.deposit(builders.dossier(another), io.BytesIO(b"x"), "x.txt", act=act)
        assert "approved list" in refused("DELETE FROM dossier")
        assert executing.run(disposal.fetched(found).id) is ListState.CERTIFIED
        db.session.remove()


def test_the_doctor_tells_such_a_role_from_an_owner(app: Flask, settings: config.Settings) -> None:
    with db.engine.connect() as connection:
        assert keeping.role(connection, settings).level is Level.OK
        assert [one.level for one in keeping.guards_up(connection)] == [Level.OK]
    owner = create_engine(as_role(settings.database_url, "archive").replace("anjuan_web@", "archive@"))
    with owner.begin() as connection:
        assert keeping.role(connection, settings).level is Level.WARNING
        assert keeping.role(connection, replace(settings, strict=True)).level is Level.ERROR
        connection.execute(text("ALTER TABLE dossier DISABLE TRIGGER guard_dossier_delete"))
        connection.execute(text("DROP TRIGGER guard_version_truncate ON version"))
        (finding,) = keeping.guards_up(connection)
        assert finding.level is Level.ERROR
        assert "guard_dossier_delete" in finding.found
        assert "guard_version_truncate" in finding.found
    owner.dispose()
