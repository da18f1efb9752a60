"""Anchors stamped by an RFC 3161 authority: verified before kept, confirmed by openssl, asked again when silent."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.retention import anchoring, reconciling, stamping
from archive.retention.commands import retention
from archive.retention.kinds import AlarmKind
from archive.retention.models import Alarm
from tests.servers import tsa

VERIFIER = Path(__file__).parents[3] / "tools" / "verify_audit.py"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tsa.Authority]:
    with tsa.running(tmp_path_factory.mktemp("tsa")) as found:
        yield found


@pytest.fixture
def anchored(app: Flask, clock: FixedClock, authority: tsa.Authority) -> Flask:
    """An archive that knows the authority, of the present day, with one anchor."""
    clock.moment, authority.silent = datetime.now(UTC), False
    ports = app.extensions["archive_ports"]
    settings = replace(ports.settings, tsa_url=authority.url, tsa_roots=authority.root)
    app.extensions["archive_ports"] = replace(ports, settings=settings)
    entry(1)
    return app


def entry(serial: int) -> None:
    with acting(Machine("test")) as act:
        act.record("test:note", None, serial=serial)
    anchoring.anchor()


def test_each_anchor_is_stamped_once_and_the_verifier_says_when(anchored: Flask, ports) -> None:
    assert stamping.stamp_anchors() == 1
    assert stamping.stamp_anchors() == 0
    (stamp,) = stamping.stamps()
    assert stamp.last == 1
    assert abs((stamp.moment - datetime.now(UTC)).total_seconds()) < 60
    (stored,) = ports.store.versions("stamps/")
    assert stored.locked_until.year == 2199
    assert reconciling.reconcile().findings == 0
    told = anchored.test_cli_runner().invoke(retention, ["verify"])
    assert told.exit_code == 0
    assert "anchor of entry 1: stamped 20" in told.output


def test_openssl_confirms_what_was_exported(anchored: Flask, authority: tsa.Authority, tmp_path: Path) -> None:
    stamping.stamp_anchors()
    done = anchored.test_cli_runner().invoke(retention, ["trail", str(tmp_path)])
    assert "openssl ts -verify" in done.output
    command = ["openssl", "ts", "-verify", "-data", "a1.json", "-in", "a1.tsr", "-CAfile", str(authority.root)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "a1.json").write_text("{}")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_verifier_of_the_standard_library_holds_stamps_against_anchors(anchored: Flask, tmp_path: Path) -> None:
    stamping.stamp_anchors()
    anchored.test_cli_runner().invoke(retention, ["trail", str(tmp_path)])
    command = [sys.executable, str(VERIFIER), "entries.jsonl", "anchors.jsonl", "."]

    def said() -> str:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    assert f"stood so at {datetime.now(UTC):%Y%m%d}" in said()
    assert said().endswith("OK, 1 entries\n")
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(anchors.read_text().replace('"at": "20', '"at": "19'))
    assert "not the one that was stamped" in said()


def test_a_silent_authority_raises_an_alarm_and_is_asked_again(anchored: Flask, authority: tsa.Authority) -> None:
    authority.silent = True
    assert stamping.stamp_anchors() == 0
    assert db.session.scalars(select(Alarm.kind)).all() == [AlarmKind.STAMP]
    assert [one.moment for one in stamping.stamps()] == [None]
    authority.silent = False
    entry(2)
    assert stamping.stamp_anchors() >= 2


def test_a_stamp_of_another_authority_or_over_other_bytes_does_not_hold(
    anchored: Flask, authority: tsa.Authority, tmp_path: Path
) -> None:
    response = stamping.ask(b"these bytes")
    with pytest.raises(stamping.NoStamp):
        stamping.verify(response, b"other bytes")
    with pytest.raises(stamping.NoStamp):
        stamping.verify(b"nonsense", b"these bytes")
    with tsa.running(tmp_path) as stranger:
        ports = anchored.extensions["archive_ports"]
        settings = replace(ports.settings, tsa_url=stranger.url)
        anchored.extensions["archive_ports"] = replace(ports, settings=settings)
        with pytest.raises(stamping.NoStamp):
            stamping.ask(b"these bytes")


def test_without_an_authority_nothing_is_asked_and_the_anchor_is_said_to_be_unstamped(app: Flask) -> None:
    entry(1)
    assert stamping.stamp_anchors() == 0
    assert app.test_cli_runner().invoke(retention, ["verify"]).output.splitlines()[0].endswith("not stamped")
