"""Before anybody is let in, and what the doctor tells of keeping."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Flask, current_app
from sqlalchemy import text

from archive import config
from archive.cli import main
from archive.core import guards, schema
from archive.core.act import acting
from archive.core.db import db, joined
from archive.operating import keeping, readiness
from archive.operating.findings import Level
from archive.people.rules import Role
from archive.retention import alarms, handlers
from archive.retention.kinds import AlarmKind
from tests import retention_builders as builders
from tests.builders import Office
from tests.commands import anjuan, environment
from tests.databases import Databases


def test_every_guard_of_the_migrations_is_up_at_head_and_a_fallen_one_is_named(app: Flask) -> None:
    with db.engine.begin() as connection:
        expected = list(schema.guards_at_head(connection))
        assert len(expected) > 60
        assert guards.fallen(connection, expected) == set()
        on = " ON dossier" if connection.dialect.name != "sqlite" else ""
        connection.execute(text(f"DROP TRIGGER guard_dossier_delete{on}"))
        (finding,) = keeping.guards_up(connection)
        assert finding.level is Level.ERROR
        assert "guard_dossier_delete" in finding.found


def test_a_wsgi_server_of_ones_own_gets_nothing_half_ready(
    databases: Databases, app: Flask, settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    asked = []
    monkeypatch.setattr(readiness.restoring, "replay", lambda: asked.append(1) or 0)
    with joined(readiness.served()):
        assert current_app.config["SECRET_KEY"] == settings.secret_key
    assert asked == [1]
    monkeypatch.setenv("ARCHIVE_STRICT", "1")
    with pytest.raises(config.BadConfiguration, match=r"lock\.owner"):
        readiness.served()
    monkeypatch.setenv("ARCHIVE_DATABASE", databases.empty().replace("+psycopg", ""))
    with pytest.raises(config.BadConfiguration, match="anjuan db upgrade"):
        readiness.served()
    assert asked == [1]
    told = CliRunner().invoke(main, ["audit", "verify"])
    assert told.exit_code == 1
    assert "anjuan db upgrade" in told.output


def test_the_doctor_tells_of_alarms_and_the_metrics_count_them(office: Office, settings: config.Settings) -> None:
    builders.a_closed_dossier(office, files=1)
    with acting(handlers.KEEPER) as act:
        alarms.sound(AlarmKind.MISSING, "x", act=act)
    told = anjuan(settings, "doctor", code=1)  # its people have the names of the demonstration's
    assert "alarms: open: 1 missing" in told
    assert "1 versions are past their 72 hours" in told
    assert "triggers are up" in told
    answer = office.client(Role.SYSTEM_ADMIN).get("/api/v1/metrics")
    assert 'anjuan_alarms_open{kind="missing"} 1' in answer.text
    assert "anjuan_versions_unlocked 0" in answer.text  # by the archive's clock they were filed just now
    assert office.client(Role.OFFICER).get("/api/v1/metrics").status_code == 403


def test_the_worker_s_role_is_the_web_server_s_unless_told_otherwise(settings: config.Settings) -> None:
    assert settings.for_worker == settings
    other = replace(settings, worker_database_url="postgresql+psycopg://w@h/d")
    assert other.for_worker.database_url == "postgresql+psycopg://w@h/d"
