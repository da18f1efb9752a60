"""Years of registers: closed for good, summed, and told of where a dossier is gone."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import Base, db
from archive.core.errors import NotAllowed, RuleBroken
from archive.core.paging import PageRequest
from archive.disposal.kinds import ListState
from archive.dossiers import assigning, contacts, legacy, registering
from archive.dossiers.models import Contact, Dossier
from archive.dossiers.states import Channel, State
from archive.dossiers.values import ContactValue, Legacy
from archive.handling.kinds import Sheet
from archive.registers import closing, numbers, queries, shelf
from archive.registers.models import Book, RegisterLine
from archive.registers.volumes import Line, Volume
from tests import disposal_builders as disposal
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, complaint, dossier, registered, unit
from tests.handling_builders import made
from tests.letter_builders import issued

NEXT_YEAR = datetime(2027, 1, 5, 2, tzinfo=UTC)


def asked(office: Office, **facts: object) -> None:
    """Somebody turns to the office and does not complain."""
    value = ContactValue(**{
        "received_at": NOW, "channel": Channel.PHONE, "person_name": "赵询", "summary": "咨询还款",
        "phone": "13900001111",
        "in_scope": False, "advice": "请向银行咨询", **facts})  # type: ignore[arg-type]  # fmt: skip
    with acting(office.person("intake")) as act:
        registering.record_contact(value, act=act)


def closed(office: Office, clock: FixedClock, book: Book = Book.CONTACTS, by: str = "records_manager") -> object:
    clock.moment = NEXT_YEAR
    return shut(office, book, 2026, by)


def shut(office: Office, book: Book, year: int, by: str = "records_manager") -> object:
    volume = Volume(book, year, unit(office, "root") if book is Book.CONTACTS else None)
    with closing.prepared(db.session(), volume) as ready, acting(office.person(by)) as act:
        return closing.close(ready, act=act).id


def check(closing_id: object) -> tuple[bool, int]:
    found = db.session.get(closing.RegisterClosing, closing_id)
    assert found is not None
    return closing.verify(db.session(), found)[1:]


def run(statement: str) -> None:
    try:
        db.session.execute(text(statement))
        db.session.commit()
    finally:
        db.session.rollback()


def test_a_closed_year_states_its_lines_its_last_number_and_its_sum(office: Office, clock: FixedClock) -> None:
    registered(office)
    asked(office)
    closing_id = closed(office, clock)
    found = db.session.get(closing.RegisterClosing, closing_id)
    assert found is not None
    assert (found.count, found.last_number, found.missing, len(found.sha256)) == (2, "2", 0, 64)
    assert check(closing_id) == (True, 0)


def test_nothing_is_added_to_or_changed_in_a_closed_contact_register(office: Office, clock: FixedClock) -> None:
    asked(office)
    closed(office, clock)
    line = db.session.query(Contact).one()
    with acting(office.person("intake")) as act, pytest.raises(RuleBroken, match=r"register\.closed"):
        registering.judge_contact(
            contacts.find(act.session, line.id, office.person("intake")), in_scope=True, leader_opinion="", advice="",
            act=act,
        )  # fmt: skip
    with acting(office.person("intake")) as act, pytest.raises(RuleBroken, match=r"register\.closed"):
        registering.register(complaint(), act=act, contact=contacts.find(act.session, line.id, act.actor))  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="closed"):
        run("UPDATE contact SET summary = 'x'")
    with pytest.raises(DatabaseError, match="closed"):
        run("INSERT INTO contact SELECT * FROM contact")
    for statement in (
        "DELETE FROM register_line",
        "UPDATE register_line SET sha256 = 'x'",
        "UPDATE register_line SET record = '{}'",
        "INSERT INTO register_line SELECT * FROM register_line",
        "UPDATE register_closing SET count = 7",
        "DELETE FROM register_closing",
    ):
        with pytest.raises(DatabaseError):
            run(statement)


def test_the_cases_of_a_closed_year_take_no_dossier_from_elsewhere(office: Office, clock: FixedClock) -> None:
    registered(office)
    closed(office, clock, Book.CASES)
    old = Legacy("老字3号", complaint(), State.CLOSED, NOW, NOW.date())
    with acting(office.person("records_manager")) as act, pytest.raises(RuleBroken, match=r"register\.closed"):
        legacy.take_over(old, act=act)
    with pytest.raises(DatabaseError, match="closed"):
        run("INSERT INTO dossier SELECT * FROM dossier")
    registered(office)  # this year's goes on


def test_what_is_closed_reads_as_it_stood(office: Office, clock: FixedClock) -> None:
    number = registered(office)
    closing_id = closed(office, clock, Book.CASES)
    with acting(office.person("intake")) as act:
        found = act.session.query(Dossier).filter_by(number=number).one()
        registering.edit(found, complaint(received_at=found.received_at, request="改变了的诉求"), act=act)
    form = shelf.form(db.session(), "admissions", NOW.date())
    head = office.person("head")
    volume = queries.volume(db.session(), head, form, "", 2026)
    (line,) = queries.page(db.session(), head, form, volume, PageRequest()).rows
    assert line.record is not None
    assert line.record["request"] == "退还多收利息。"
    assert check(closing_id) == (True, 0)


def test_what_is_done_while_the_lines_are_read_is_frozen_too_and_what_comes_or_goes_stops_it(
    office: Office, clock: FixedClock
) -> None:
    number = registered(office)
    registered(office)
    clock.moment = NEXT_YEAR
    volume = Volume(Book.CASES, 2026)
    with closing.prepared(db.session(), volume) as ready:
        with acting(office.person("intake")) as act:
            found = act.session.query(Dossier).filter_by(number=number).one()
            registering.edit(found, complaint(received_at=found.received_at, request="后来改的诉求"), act=act)
        with acting(office.person("records_manager")) as act:
            closing_id = closing.close(ready, act=act).id
    assert check(closing_id) == (True, 0)
    assert db.session.query(RegisterLine).filter_by(number=number).one().record["request"] == "后来改的诉求"
    clock.moment = NOW
    asked(office)
    clock.moment = NEXT_YEAR
    volume = Volume(Book.CONTACTS, 2026, unit(office, "root"))
    with closing.prepared(db.session(), volume) as ready:
        clock.moment = NOW
        asked(office)
        clock.moment = NEXT_YEAR
        with acting(office.person("records_manager")) as act, pytest.raises(RuleBroken, match=r"register\.moved"):
            closing.close(ready, act=act)


def test_a_contact_that_becomes_a_case_while_the_lines_are_read_is_frozen_with_it(
    office: Office, clock: FixedClock
) -> None:
    asked(office, in_scope=True, leader_opinion="同意", advice="")
    contact = db.session.query(Contact).one().id
    clock.moment = NEXT_YEAR
    volume = Volume(Book.CONTACTS, 2026, unit(office, "root"))
    with closing.prepared(db.session(), volume) as ready:
        with acting(office.person("intake")) as act:
            row = act.session.get_one(Contact, contact)
            number = registering.register(complaint(received_at=NOW), act=act, contact=row).number
        with acting(office.person("records_manager")) as act:
            closing.close(ready, act=act)
    line = db.session.query(RegisterLine).one()
    assert (line.dossier_id, line.record["case"]) == (dossier(number).id, number)


def another(table: str) -> str:
    """Return the statement that adds a row like one that is there, under an id and a number of its own."""
    names = [column.name for column in Base.metadata.tables[table].columns]
    new = {"id": f"'{uuid.uuid4().hex}'", "serial": "serial + 1"}
    values = ", ".join(new.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}"


def test_letters_slips_and_accountability_have_books_that_are_closed_and_keep_a_destroyed_line(
    office: Office, clock: FixedClock
) -> None:
    number = brought_to(office, State.ACCEPTED)
    with acting(office.person("head")) as act:
        assigning.assign(dossier(number), lead=unit(office, "field"), act=act)
    made(office, number, Sheet.ACCOUNTABILITY, "head")
    mark = issued(office, brought_to(office, State.INVESTIGATING)).number.partition("〔")[0]
    clock.moment = NEXT_YEAR
    manager = office.person("records_manager")
    found = {(one.book, one.part, one.count) for one in queries.volumes(db.session(), manager)}
    assert found >= {(Book.LETTERS, mark, 1), (Book.SLIPS, "", 1), (Book.ACCOUNTS, "", 1)}
    for volume, words in (
        (Volume(Book.LETTERS, 2026, mark=mark), mark),
        (Volume(Book.SLIPS, 2026), "调查科"),
        (Volume(Book.ACCOUNTS, 2026), "通报批评"),
    ):
        with closing.prepared(db.session(), volume) as ready, acting(manager) as act:
            assert check(closing.close(ready, act=act).id) == (True, 0)
        line = db.session.query(RegisterLine).filter_by(key=volume.key).one()
        assert words in str(line.record)
    for statement in (
        "INSERT INTO hand_over SELECT * FROM hand_over",
        "INSERT INTO letter_number SELECT * FROM letter_number",
        another("accountability"),
    ):
        with pytest.raises(DatabaseError, match="closed"):
            run(statement)


def test_a_line_changed_behind_the_archives_back_breaks_the_sum(office: Office, clock: FixedClock) -> None:
    asked(office)
    closing_id = closed(office, clock)
    drop = "DROP TRIGGER guard_register_line_update"
    run(drop if db.engine.dialect.name == "sqlite" else f"{drop} ON register_line")
    line = db.session.query(RegisterLine).one()
    line.record = {**line.record, "summary": "别的事"}
    db.session.commit()
    assert check(closing_id) == (False, 0)
    line = db.session.query(RegisterLine).one()
    line.record = {}
    db.session.commit()
    assert check(closing_id) == (True, 1)  # blanked, as a destroyed dossier's line is: the sum of the book still holds


def test_a_year_that_runs_or_is_not_in_order_stays_open(office: Office, clock: FixedClock) -> None:
    asked(office, in_scope=None)
    with pytest.raises(RuleBroken, match=r"register\.running"):
        shut(office, Book.CONTACTS, 2026)
    with pytest.raises(RuleBroken, match=r"register\.unjudged"):
        closed(office, clock)
    with pytest.raises(NotAllowed):
        closed(office, clock, by="head")
    db.session.rollback()
    closed(office, clock, Book.CASES)
    with pytest.raises(RuleBroken, match=r"register\.closed"):
        closed(office, clock, Book.CASES)


def test_a_number_nobody_bears_is_named(office: Office, app: object) -> None:
    for _ in range(4):
        registered(office)
    assert numbers.of_cases(db.session(), 2026) == numbers.Gaps(4)
    run("UPDATE number_series SET last = 6 WHERE key LIKE 'dossier:%'")
    assert numbers.of_cases(db.session(), 2026) == numbers.Gaps(6, 2, ("2026-TS-000005", "2026-TS-000006"))
    assert numbers.of_contacts(db.session(), unit(office, "root"), 2026).missing == 0


def test_of_a_destroyed_dossier_the_frozen_line_keeps_place_and_sum(office: Office, clock: FixedClock) -> None:
    (number,) = disposal.expired(office, clock, files=1)
    year = int(number[:4])
    closing_id, contacts_id = shut(office, Book.CASES, year), shut(office, Book.CONTACTS, year)
    list_number = disposal.ready(office, clock, [number])
    assert disposal.destroyed(office, list_number) is ListState.CERTIFIED
    assert check(closing_id) == (True, 1)
    assert check(contacts_id) == (True, 1)
    head, form = office.person("head"), shelf.form(db.session(), "ledger", NOW.date())
    volume = queries.volume(db.session(), head, form, "", year)
    assert list(queries.lines(db.session(), head, form, volume)) == [Line(1, number, {})]
    assert "王小明" not in str(db.session.execute(text("SELECT record FROM register_line")).all())
