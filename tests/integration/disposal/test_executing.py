"""Destroying: everything goes, object by object, proved; whatever stops it, it goes on where it stopped."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import Base, db
from archive.core.errors import NotFound, RuleBroken
from archive.disposal import certificates, erasing, executing, queries
from archive.disposal.kinds import LineState, ListState
from archive.disposal.models import DisposalLine, Erasure, Stub
from archive.documents.models import Document, Version
from archive.dossiers.models import Contact, Dossier, Party
from archive.jobs.models import Job
from archive.retention import reconciling
from archive.retention.models import Keeping
from storage.port import StoreUnavailable
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.stores import BrokenStore


class Failing(BrokenStore):
    """A store that erases so many objects and then does not answer."""

    def __init__(self, store, after: int) -> None:
        super().__init__(store, broken=set())
        self.after, self.erased = after, 0

    def erase(self, key: str, version_id: str) -> None:
        if self.erased == self.after:
            raise StoreUnavailable("connection refused")
        self.erased += 1
        self._store.erase(key, version_id)


def with_store(app: Flask, store: object) -> None:
    app.extensions["archive_ports"] = replace(app.extensions["archive_ports"], store=store)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_what_is_destroyed_leaves_a_stub_and_nothing_else(office: Office, clock: FixedClock, ports) -> None:
    (number,) = disposal.expired(office, clock, files=3)
    gone = builders.dossier(number)
    dossier_id, filed = gone.id, builders.keeping(number).filed_number
    hashes = sorted(db.session.scalars(select(Version.sha256)))
    previews = ports.settings.previews / dossier_id.hex / "x"
    previews.mkdir(parents=True)
    found = disposal.ready(office, clock, [number])
    assert disposal.destroyed(office, found) is ListState.CERTIFIED
    for model in (Dossier, Document, Version, Party):
        assert count(model) == 0, model
    assert not list(ports.store.versions(dossier_id.hex))
    assert not previews.exists()
    stub = db.session.scalars(select(Stub)).one()
    assert (stub.number, stub.filed_number, sorted(stub.hashes)) == (number, filed, hashes)
    assert stub.title == "贷款投诉案卷"
    assert db.session.get(Keeping, dossier_id).destroyed_at == clock.moment
    contact = db.session.scalars(select(Contact)).one()
    assert (contact.serial, contact.person_name, contact.dossier_id, contact.phone_sealed) == (
        1,
        "（已销毁）",
        None,
        None,
    )
    for table in Base.metadata.sorted_tables:
        if table.name in ("audit_entry", "job"):
            continue
        rows = db.session.execute(select(table)).all()
        assert "王小明" not in str(rows), table.name
        assert "张家港某某银行" not in str(rows) or table.name == "institution", table.name


def test_every_table_that_hangs_on_a_dossier_is_known(app: Flask, office: Office) -> None:
    number = builders.registered(office)
    names = {table.name for table, _ in erasing.rows_of(builders.dossier(number).id)}
    assert {"dossier", "document", "version", "page_text", "party", "party_key", "search_text", "imported_line",
            "response", "upload", "version_lock", "custody_entry", "closing"} <= names  # fmt: skip
    for table in Base.metadata.sorted_tables:
        hangs = any(key.column.table.name in names - set(erasing.STAYS) for key in table.foreign_keys)
        assert not hangs or table.name in names, table.name


def test_scenario_24_a_hold_placed_after_the_approvals_saves_its_dossier(office: Office, clock: FixedClock) -> None:
    saved, other = disposal.expired(office, clock, 2)
    found = disposal.ready(office, clock, [saved, other])
    disposal.started(office, found)
    builders.a_hold(office, saved)
    assert executing.run(disposal.fetched(found).id) is ListState.CERTIFIED
    lines = {line.number: line for line in disposal.fetched(found).lines}
    assert (lines[saved].state, lines[other].state) == (LineState.SKIPPED, LineState.DESTROYED)
    assert "冻结" in lines[saved].reasons[0]
    assert builders.dossier(saved).number == saved
    told = {
        line["signed"]["number"]: line
        for line in certificates.read(certificates.fetch(disposal.fetched(found)))["lines"]
    }
    assert (told[saved]["state"], told[saved]["objects"]) == ("skipped", [])


def test_scenario_31_a_clock_set_ahead_destroys_nothing(office: Office, clock: FixedClock, ports) -> None:
    (number,) = disposal.expired(office, clock)
    found = disposal.ready(office, clock, [number])
    clock.moment = disposal.present() + timedelta(days=4 * 365)
    with pytest.raises((RuleBroken,)) as refused:
        disposal.destroyed(office, found)
    assert refused.value.code in ("disposal.not_yet", "clock.spread")
    assert len(list(ports.store.versions())) == 2
    fresh_clock = disposal.present()
    clock.moment = fresh_clock
    disposal.started(office, found)
    clock.moment = fresh_clock + timedelta(days=3)
    with pytest.raises(RuleBroken) as stopped:
        executing.run(disposal.fetched(found).id)
    assert stopped.value.code == "clock.spread"
    assert builders.dossier(number).number == number


def test_scenario_33_an_interrupted_list_is_partial_and_goes_on_with_the_rest(
    office: Office, clock: FixedClock, app: Flask
) -> None:
    (number,) = disposal.expired(office, clock, files=7)
    found = disposal.ready(office, clock, [number])
    real = app.extensions["archive_ports"].store
    with_store(app, Failing(real, after=2))
    assert disposal.destroyed(office, found) is ListState.PARTIAL
    row = disposal.fetched(found)
    assert "StoreUnavailable" in row.trouble
    assert row.certificate_key == ""
    assert len(db.session.scalars(select(Erasure).where(Erasure.erased_at.is_not(None))).all()) == 2
    assert builders.dossier(number).number == number
    assert count(Stub) == 0
    with_store(app, real)
    assert reconciling.reconcile().findings == 0
    before = Failing(real, after=99)
    with_store(app, before)
    assert disposal.destroyed(office, found) is ListState.CERTIFIED
    assert before.erased == 5
    assert count(Stub) == 1


@pytest.mark.parametrize("step", ["_intend", "_erase", "remove", "_finish", "leave_stub"])
@pytest.mark.parametrize("late", [False, True])
def test_killed_at_any_step_it_goes_on(
    office: Office, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, step: str, late: bool
) -> None:
    (number,) = disposal.expired(office, clock, files=3)
    found = disposal.ready(office, clock, [number])
    disposal.started(office, found)
    real, calls = getattr(executing, step), []

    def killed(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == (2 if step in ("_erase", "remove") else 1):
            if late:
                real(*arguments)
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(executing, step, killed)
    with pytest.raises(KeyboardInterrupt):
        executing.run(disposal.fetched(found).id)
    db.session.rollback()
    assert executing.run(disposal.fetched(found).id) is ListState.CERTIFIED
    assert (count(Stub), count(Dossier)) == (1, 0)
    proofs = certificates.read(certificates.fetch(disposal.fetched(found)))["lines"][0]["objects"]
    assert len(proofs) == 3
    assert all(one["erased_at"] for one in proofs)


def test_a_hold_placed_while_objects_are_erased_saves_what_is_left(
    office: Office, clock: FixedClock, app: Flask
) -> None:
    (number,) = disposal.expired(office, clock, files=4)
    found = disposal.ready(office, clock, [number])
    real = app.extensions["archive_ports"].store
    with_store(app, Failing(real, after=1))
    disposal.destroyed(office, found)
    with_store(app, real)
    builders.a_hold(office, number)
    assert disposal.destroyed(office, found) is ListState.PARTIAL
    assert len(list(real.versions())) == 3
    assert builders.dossier(number).number == number


def test_no_sql_destroys_without_a_warrant(office: Office, clock: FixedClock) -> None:
    (number,) = disposal.expired(office, clock, files=1)
    found = disposal.ready(office, clock, [number])
    disposal.started(office, found)
    line_id, dossier_id = disposal.fetched(found).lines[0].id, builders.dossier(number).id
    # The state says so, but its objects are still there.
    with pytest.raises(DatabaseError), acting(executing.EXECUTOR) as act:
        act.session.get_one(DisposalLine, line_id).state = LineState.ERASED
        act.session.flush()
        erasing.delete_rows(act.session, dossier_id)
    for statement in ("DELETE FROM disposal_line", "DELETE FROM approval", "UPDATE approval SET step = 9"):
        with pytest.raises(DatabaseError), acting(executing.EXECUTOR) as act:
            act.session.execute(text(statement))
    assert builders.dossier(number).number == number


def test_scenario_35_a_certificate_with_any_byte_changed_is_not_believed(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock)
    found = disposal.ready(office, clock, numbers)
    disposal.destroyed(office, found)
    content = certificates.fetch(disposal.fetched(found))
    plain = certificates.read(content)
    assert plain["list"]["hash"] == disposal.fetched(found).list_hash
    assert plain["backups_gone_on"] > clock.moment.date().isoformat()
    for at in range(len(content)):
        changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        with pytest.raises(RuleBroken):
            certificates.read(changed)
    forged = json.loads(content)
    forged["lines"][0]["signed"]["title"] = "另一案卷"
    del forged["digest"]
    with pytest.raises(RuleBroken):
        certificates.read(certificates.written(forged))


def test_the_certificate_is_locked_in_the_store(office: Office, clock: FixedClock, ports) -> None:
    numbers = disposal.expired(office, clock)
    found = disposal.ready(office, clock, numbers)
    disposal.destroyed(office, found)
    row = disposal.fetched(found)
    assert ports.store.stat(row.certificate_key, row.certificate_version).locked_until.year == 2199
    assert reconciling.reconcile().findings == 0


def test_scenario_34_search_text_preview_and_api_give_nothing_and_the_stub_tells(
    office: Office, clock: FixedClock
) -> None:
    (number,) = disposal.expired(office, clock)
    dossier_id = builders.dossier(number).id
    found = disposal.ready(office, clock, [number])
    db.session.execute(text("UPDATE job SET state = 'done'"))
    db.session.commit()
    disposal.destroyed(office, found)
    job = db.session.scalars(select(Job).where(Job.kind == "search.index", Job.state == "waiting")).one()
    assert job.dossier_id == dossier_id
    client = office.client("records_manager")
    for path in (
        f"/dossiers/{number}", f"/dossiers/{number}/documents/", f"/api/v1/dossiers/{number}",
        f"/api/v1/dossiers/{number}/documents", f"/dossiers/{number}/retention",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    person = office.person("records_manager")
    stub = queries.stub(db.session(), number, person)
    assert stub.list_number == found
    assert stub.hashes
    with pytest.raises(NotFound):
        queries.stub(db.session(), number, office.person("officer-field"))
    last = db.session.scalars(select(Entry).where(Entry.action == "dossier:destroy")).one()
    assert last.dossier_id == dossier_id
