"""Another person's papers in the wrong dossier: taken out by two persons while nothing is locked; otherwise never."""

import io
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock, shanghai_date
from archive.core.db import WRITES, db
from archive.core.errors import NotAllowed, NotFound, Refused, RuleBroken
from archive.documents import blobs, striking
from archive.documents import operations as documents
from archive.documents.kinds import Reading, RemovalState
from archive.documents.models import Document, PageText, Removal, Version
from archive.dossiers.states import State
from archive.extraction import Extraction
from archive.extraction import PageText as Page
from archive.extraction import State as ReadingState
from archive.jobs.models import Job
from archive.responses import operations as responses
from archive.responses.kinds import Outcome as Answer
from archive.responses.kinds import Sender
from archive.retention import filing, locks, reconciling, removing
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import brought_to
from tests.integration.disposal.test_executing import Failing, with_store

READ = Extraction(state=ReadingState.READ, reason="", media_type="text/plain", pages=(Page(1, "李四"),))
REASON = "系另一投诉人的身份证复印件，窗口扫描时混入"


@pytest.fixture
def wrong(app: Flask, office: Office, clock: FixedClock) -> tuple[str, uuid.UUID]:
    """A dossier of the present with a right file and a container filed by mistake, struck out; its document's id."""
    disposal.marked(clock, disposal.present())
    number = brought_to(office, State.INVESTIGATING, received_at=clock.moment)
    builders.deposited(office, number)
    version_id = builders.deposited(office, number, b"PK", "李四的材料.zip")
    inside = blobs.keep(io.BytesIO("李四".encode()), "李四身份证.txt", dossier_id=builders.dossier(number).id)
    with acting(office.person("officer")) as act:
        container = act.session.get_one(Version, version_id)
        child = documents.deposit_found(container, 1, inside, "李四身份证.txt", None, act=act)
        documents.note_reading(child, READ, act=act)
        document_id = container.document_id
    with acting(office.person("officer")) as act:
        striking.strike(act.session.get_one(Document, document_id), reason=REASON, act=act)
    return number, document_id


def ask(office: Office, document_id: uuid.UUID, by: str = "officer") -> uuid.UUID:
    with acting(office.person(by)) as act:
        return removing.ask(act.session.get_one(Document, document_id), reason=REASON, act=act).id


def decide(office: Office, document_id: uuid.UUID, by: str = "head", *, confirm: bool = True) -> None:
    with acting(office.person(by)) as act:
        removing.decide(act.session.get_one(Document, document_id), confirm=confirm, act=act)


def confirmed(office: Office, document_id: uuid.UUID) -> uuid.UUID:
    removal_id = ask(office, document_id)
    decide(office, document_id)
    return removal_id


def removal(removal_id: uuid.UUID) -> Removal:
    db.session.rollback()
    return db.session.get_one(Removal, removal_id)


def reasons(document_id: uuid.UUID, clock: FixedClock) -> list[str]:
    db.session.rollback()
    found = removing.hindrances(db.session(), db.session.get_one(Document, document_id), clock.moment)
    return [one.code for one in found]


def run(statement: str) -> int:
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    try:
        done = session.execute(text(statement)).rowcount
        session.commit()
        return done
    except DatabaseError:
        session.rollback()
        raise


def test_what_was_filed_by_mistake_goes_and_its_number_size_and_hash_stay(
    office: Office, clock: FixedClock, wrong: tuple[str, uuid.UUID], ports
) -> None:
    number, document_id = wrong
    before = {one.id: (one.n, one.size, one.sha256) for one in db.session.scalars(select(Version))}
    assert texts() == 1
    removal_id = confirmed(office, document_id)
    assert db.session.scalar(select(func.count()).where(Job.kind == "retention.take_out")) == 1
    with_store(office.app, Failing(ports.store, after=1))
    with pytest.raises(Exception, match="store_down"):
        removing.run(removal_id)
    assert removal(removal_id).state is RemovalState.CONFIRMED
    with_store(office.app, ports.store)
    removing.run(removal_id)
    removing.run(removal_id)
    row = removal(removal_id)
    assert (row.state, row.trouble) == (RemovalState.DONE, "")
    versions = db.session.scalars(select(Version)).all()
    assert {one.id: (one.n, one.size, one.sha256) for one in versions} == before
    gone = [one for one in versions if one.reading is Reading.TAKEN_OUT]
    assert len(gone) == 2
    assert len([one for one in ports.store.versions() if not one.key.startswith("removals/")]) == 1
    for table in ("document", "version", "page_text", "upload", "search_text"):
        assert "李四" not in str(db.session.execute(text(f"SELECT * FROM {table}")).all()), table
    assert db.session.get_one(Document, document_id).item == 2
    said = [one.action for one in db.session.scalars(select(Entry).where(Entry.action.startswith("removal:")))]
    assert sorted(said) == [
        "removal:ask", "removal:begin", "removal:confirm", "removal:erase", "removal:erase", "removal:finish",
    ]  # fmt: skip
    # The rest of the house lives with it: locks, comparison with the store, the examination at filing.
    disposal.marked(clock, clock.moment + timedelta(days=4))
    assert locks.sweep().failed == 0
    assert reconciling.reconcile().findings == 0
    contents = filing.contents(db.session(), builders.dossier(number))
    assert [one.label for one in contents.objects] == ["1"]
    assert contents.empty_items == ()
    client = office.client("head")
    url = f"/dossiers/{number}/documents/{document_id}"
    assert "误存入本卷" in client.get(url).text
    assert client.get(f"{url}/v1/file").status_code == 404
    with pytest.raises(RuleBroken, match="removal"), acting(office.person("officer")) as act:
        striking.lift(act.session.get_one(Document, document_id), reason="x", act=act)
    with pytest.raises(NotFound, match="taken_out"), acting(office.person("officer")) as act:
        documents.note_reading(act.session.get_one(Version, gone[0].id), READ, act=act)
    for statement in (
        f"UPDATE version SET filename = 'x' WHERE id = '{_sql(gone[0].id)}'",
        f"UPDATE version SET reading = 'waiting' WHERE id = '{_sql(gone[0].id)}'",
        "DELETE FROM removal", "UPDATE removal SET state = 'asked'", "UPDATE removal SET reason = 'x'",
    ):  # fmt: skip
        with pytest.raises(DatabaseError):
            run(statement)
    assert texts() == 0


def texts() -> int:
    return db.session.scalar(select(func.count()).select_from(PageText)) or 0


def _sql(one: uuid.UUID) -> str:
    return one.hex if db.engine.dialect.name == "sqlite" else str(one)


def test_it_takes_two_persons_and_the_second_closes_or_keeps(office: Office, wrong: tuple[str, uuid.UUID]) -> None:
    _, document_id = wrong
    with pytest.raises(RuleBroken, match="none"):
        decide(office, document_id)
    ask(office, document_id, by="head")
    with pytest.raises(RuleBroken, match="twice"):
        ask(office, document_id)
    with pytest.raises(RuleBroken, match="same_person"):
        decide(office, document_id)
    for who in ("officer", "intake", "legal"):
        with pytest.raises(NotAllowed):
            decide(office, document_id, by=who)
    decide(office, document_id, by="records_manager", confirm=False)
    with pytest.raises(RuleBroken, match="decided"):
        decide(office, document_id, by="records_manager")
    again = ask(office, document_id)
    decide(office, document_id, by="records_manager")
    assert removal(again).state is RemovalState.CONFIRMED


def test_what_is_held_late_locked_cited_or_unstruck_stays(
    office: Office, clock: FixedClock, wrong: tuple[str, uuid.UUID], ports
) -> None:
    number, document_id = wrong
    assert reasons(document_id, clock) == []
    removal_id = confirmed(office, document_id)
    builders.a_hold(office, number)
    with pytest.raises(DatabaseError, match="to be erased"):
        run("INSERT INTO version_lock (version_id, dossier_id, erased_at) SELECT id, dossier_id, filed_at FROM version")
    removing.run(removal_id)
    assert (removal(removal_id).state, "冻结" in removal(removal_id).trouble) == (RemovalState.REFUSED, True)
    assert len(list(ports.store.versions())) == 3
    assert reasons(document_id, clock) == ["removal.held"]
    with pytest.raises(Refused):
        ask(office, document_id)
    locks.sweep()
    clock.moment += timedelta(hours=72)
    locks.sweep()
    assert reasons(document_id, clock) == ["removal.held", "removal.late", "removal.locked"]


def test_what_is_right_and_what_something_rests_on_stays(
    office: Office, clock: FixedClock, wrong: tuple[str, uuid.UUID]
) -> None:
    right = db.session.scalars(select(Document.id).where(Document.item == 1, Document.parent_id.is_(None))).one()
    assert reasons(right, clock) == ["removal.not_struck"]
    with acting(office.person("officer")) as act:
        document = act.session.get_one(Document, right)
        value = {
            "sender": Sender.INSTITUTION, "sender_name": "某行", "reference": "", "dated_on": None,
            "received_on": shanghai_date(clock.moment), "answers": "", "outcome": Answer.EXPLAINED, "summary": "",
        }  # fmt: skip
        responses.record(document, value, act=act)
    assert reasons(right, clock) == ["removal.not_struck", "removal.cited"]
    inside = db.session.scalars(select(Document.id).where(Document.parent_id.is_not(None))).one()
    assert {"removal.inside", "removal.origin"} <= set(reasons(inside, clock))


def test_the_lock_in_the_store_wins(office: Office, clock: FixedClock, wrong: tuple[str, uuid.UUID], ports) -> None:
    _, document_id = wrong
    removal_id = confirmed(office, document_id)
    for stored in list(ports.store.versions()):
        ports.store.lock(stored.key, stored.version_id, clock.moment + timedelta(days=400))
    removing.run(removal_id)
    assert removal(removal_id).state is RemovalState.REFUSED
    assert "没有移出" in removal(removal_id).trouble
    assert len(list(ports.store.versions())) == 3
    assert db.session.execute(text("SELECT count(*) FROM version_lock WHERE erased_at IS NOT NULL")).scalar_one() == 0


def test_the_page_asks_and_decides(office: Office, wrong: tuple[str, uuid.UUID]) -> None:
    number, document_id = wrong
    url = f"/dossiers/{number}/documents/{document_id}/removal"
    officer, head = office.client("officer"), office.client("head")
    assert officer.post(url, data={"reason": ""}).status_code == 422
    assert officer.post(url, data={"reason": REASON}).status_code == 302
    assert "须由负责人或者档案员中的另一人确认" in officer.get(url).text
    assert office.client("officer-desk").get(url).status_code in (403, 404)
    assert "确认移出" in head.get(url).text
    assert f"请确认移出误存的材料：{REASON}" in head.get("/").text
    assert "请确认移出" not in officer.get("/").text + office.client("legal").get("/").text
    assert officer.post(f"{url}/decision", data={"confirm": "true"}).status_code == 403
    assert head.post(f"{url}/decision", data={"confirm": "true"}).status_code == 302
    assert "请确认移出" not in head.get("/").text
    told = head.get(f"/api/v1{url}").json
    assert (told["state"], told["asked_by"]) == ("confirmed", office.person("officer").name)
    assert office.client("officer").post(f"/api/v1{url}", json={"reason": REASON}).status_code == 409
