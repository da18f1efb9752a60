"""Viruses: found ones keep a dossier from being filed until accepted; without a scanner the report says 未检."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import NotAllowed, Refused, RuleBroken
from archive.dossiers import access, moving
from archive.dossiers.states import State
from archive.retention import reexamining, scanning
from archive.retention.clamd import Clamd, ScannerDown, TooLarge
from archive.retention.kinds import AlarmKind, Occasion, Scanned
from archive.retention.models import Alarm, FilingReport, Scan
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, dossier, told
from tests.servers import clamd


@pytest.fixture(scope="module")
def stand_in() -> Iterator[str]:
    with clamd.stand_in() as address:
        yield address


@pytest.fixture(scope="module", params=["stand-in", "real"])
def address(request: pytest.FixtureRequest, stand_in: str) -> Iterator[str]:
    if request.param == "stand-in":
        yield stand_in
        return
    if clamd.program() is None:
        pytest.skip("clamd is not installed; Debian: apt-get install clamav-daemon")
    with clamd.real() as found:
        yield found


def setting(app: Flask, address: str) -> None:
    ports = app.extensions["archive_ports"]
    app.extensions["archive_ports"] = replace(ports, settings=replace(ports.settings, clamd=address))


def close(number: str, office: Office) -> None:
    head = office.person("head")
    with acting(head) as act:
        moving.close(access.find(act.session, number, head), act=act)


def virus(report: FilingReport) -> tuple[str, list[str]]:
    return next((one["result"], one["about"]) for one in report.checks if one["code"] == "virus")


def test_the_client_speaks_as_the_daemon_does(address: str) -> None:
    client = Clamd(address)
    assert client.version().startswith("ClamAV")
    assert client.scan(io.BytesIO(b"nothing" * 100_000)) == ""
    assert client.scan(io.BytesIO(b"x" * 300_000 + clamd.SIGNATURE)).startswith(clamd.NAME)
    with pytest.raises(TooLarge):
        client.scan(io.BytesIO(b"x" * (clamd.LIMIT * 4)))


def test_a_daemon_that_is_not_there_is_down() -> None:
    for address in ("unix:/nowhere/clamd.ctl", "tcp:127.0.0.1:9"):
        with pytest.raises(ScannerDown):
            Clamd(address).version()


def test_a_find_blocks_filing_until_the_head_accepts_it_as_evidence(app: Flask, office: Office, stand_in: str) -> None:
    setting(app, stand_in)
    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number)
    bad = builders.deposited(office, number, b"x" + clamd.SIGNATURE, "诈骗软件.apk")
    told(office, number)
    with pytest.raises(Refused) as refused:
        close(number, office)
    assert [one.code for one in refused.value.problems] == ["filing.virus"]
    assert scanning.scan_new(most_bytes=1 << 30) == 2
    assert db.session.scalars(select(Alarm.kind)).all() == [AlarmKind.VIRUS]
    with pytest.raises(NotAllowed), acting(office.person("officer")) as act:
        scanning.accept(dossier(number), bad, reason="系诈骗软件样本", act=act)
    with acting(office.person("head")) as act:
        scanning.accept(dossier(number), bad, reason="系诈骗软件样本，须作为证据保留", act=act)
    with pytest.raises(RuleBroken, match=r"scan\.accepted"), acting(office.person("head")) as act:
        scanning.accept(dossier(number), bad, reason="again", act=act)
    close(number, office)
    report = db.session.scalars(select(FilingReport)).one()
    assert virus(report) == ("noted", ["2"])


def test_without_a_scanner_or_with_a_silent_one_the_report_says_not_examined(app: Flask, office: Office) -> None:
    for address in ("", "tcp:127.0.0.1:9"):
        setting(app, address)
        assert scanning.scan_new(most_bytes=1) == 0
        builders.a_closed_dossier(office, files=1)
        report = db.session.scalars(select(FilingReport).order_by(FilingReport.id.desc())).first()
        assert virus(report) == ("not_run", [])
    assert db.session.scalars(select(Scan)).all() == []


def test_what_is_too_large_for_the_scanner_is_not_called_clean(app: Flask, office: Office, stand_in: str) -> None:
    setting(app, stand_in)
    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number)
    builders.deposited(office, number, b"x" * (clamd.LIMIT + 1), "录音.bin")
    told(office, number)
    close(number, office)
    assert set(db.session.scalars(select(Scan.result))) == {Scanned.CLEAN, Scanned.TOO_LARGE}
    assert virus(db.session.scalars(select(FilingReport)).one()) == ("not_run", ["2"])


def test_every_year_each_filed_dossier_is_examined_again_within_the_budget(
    app: Flask, office: Office, clock: FixedClock, ports
) -> None:
    numbers = [builders.a_closed_dossier(office, files=1) for _ in range(3)]
    clock.moment = NOW.replace(year=2027, day=4)
    assert reexamining.examine_due(most_dossiers=10, most_bytes=0) == 0
    clock.moment = NOW.replace(year=2027, day=6)
    stored = next(iter(ports.store.versions(dossier(numbers[0]).id.hex)))
    ports.store.erase(stored.key, stored.version_id)  # what a store without locks could lose
    assert reexamining.examine_due(most_dossiers=2, most_bytes=0) == 2
    assert reexamining.examine_due(most_dossiers=2, most_bytes=0) == 1
    assert reexamining.examine_due(most_dossiers=2, most_bytes=0) == 0
    yearly = db.session.scalars(select(FilingReport).where(FilingReport.occasion == Occasion.YEARLY)).all()
    assert len(yearly) == 3
    assert db.session.scalars(select(Alarm.kind)).all() == [AlarmKind.EXAMINATION]
    assert any(one["code"] == "stored" and one["result"] == "failed" for row in yearly for one in row.checks)


def test_signatures_of_this_year_find_what_those_of_last_year_did_not(
    app: Flask, office: Office, clock: FixedClock, stand_in: str
) -> None:
    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number, clamd.SIGNATURE)
    told(office, number)
    close(number, office)
    setting(app, stand_in)
    clock.moment = NOW.replace(year=2027, day=6)
    assert reexamining.examine_due(most_dossiers=9, most_bytes=0) == 1
    assert set(db.session.scalars(select(Alarm.kind))) == {AlarmKind.VIRUS, AlarmKind.EXAMINATION}
