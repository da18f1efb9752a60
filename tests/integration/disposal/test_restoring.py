"""A backup from before brings destroyed dossiers back; they go again before anybody works."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import operations, restoring
from archive.disposal import queries as lists
from archive.disposal.kinds import Decision, ListState
from archive.disposal.models import Approval, Erasure, Stub
from archive.dossiers.models import Dossier
from archive.retention import closings
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def appraise(office: Office, found: str, who: str) -> None:
    with acting(office.person(who)) as act:
        for line in lists.by_number(act.session, found).lines:
            operations.appraise(line, decision=Decision.DESTROY, reason="期满无保存价值", act=act)


@pytest.mark.parametrize("moment", ["closed", "half appraised", "approved", "taken over"])
def test_scenario_36_a_restored_backup_is_destroyed_again_before_the_service_opens(
    office: Office, clock: FixedClock, app: Flask, settings, databases, moment: str, forms_off: None
) -> None:
    if databases.kind == "postgresql":
        pytest.skip("copies the database's file")
    gone, kept = disposal.expired(office, clock, 2)
    if moment == "taken over":
        gone = builders.taken_over(office)
    path = settings.database_url.removeprefix("sqlite:///")
    found = ""
    if moment == "approved":
        found = disposal.ready(office, clock, [gone])
    if moment == "half appraised":
        found = disposal.proposed(office, [gone])
        appraise(office, found, "records_manager")
    db.session.remove()
    db.session.execute(text("SELECT 1"))
    db.session.remove()
    db.engine.dispose()
    shutil.copy(path, f"{path}.backup")
    if moment == "taken over":
        for who in ("head", "legal"):
            with acting(office.person(who)) as act:
                closings.check(builders.dossier(gone), stands=True, finding="登记簿第3册", act=act)
    if moment == "half appraised":
        appraise(office, found, "legal")
        disposal.settled(office, found)
        disposal.approved(office, found)
        disposal.marked(clock, disposal.present())
        disposal.witnessed(office, found)
    found = found or disposal.ready(office, clock, [gone])
    assert disposal.destroyed(office, found) is ListState.CERTIFIED
    hashes, erased = db.session.scalars(select(Stub.hashes)).one(), count(Erasure)
    db.session.remove()
    db.engine.dispose()
    shutil.copy(f"{path}.backup", path)
    for left in ("-wal", "-shm"):
        Path(path + left).unlink(missing_ok=True)

    assert builders.dossier(gone).number == gone
    client = office.client("legal")
    body = {"kind": "audit", "basis": "通知", "reason": "审计"}
    refused = client.post(f"/api/v1/dossiers/{kept}/holds", json=body)
    assert (refused.status_code, refused.json["code"]) == (503, "disposal.replaying")
    assert client.get(f"/api/v1/dossiers/{kept}/retention").status_code == 200

    assert restoring.replay() == 1
    assert db.session.scalar(select(Dossier).where(Dossier.number == gone)) is None
    assert db.session.scalars(select(Stub.hashes)).one() == hashes
    assert disposal.fetched(found).state is ListState.CERTIFIED
    assert (count(Approval), count(Erasure)) == (2, erased)
    assert db.session.scalars(select(Entry.facts).where(Entry.action == "disposal:replay")).one()["dossiers"] == 1
    assert restoring.replay() == 0
    assert client.post(f"/api/v1/dossiers/{kept}/holds", json=body).status_code == 201


@pytest.fixture
def forms_off(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
