"""The trail under the hands of somebody with a database client: triggers refuse, and what gets past them is found."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from archive.audit import queries
from archive.audit.commands import audit
from archive.audit.rules import Break
from archive.core.act import Machine, acting
from archive.core.db import db

ENTRIES = 12


@pytest.fixture
def trail(app: Flask) -> Flask:
    for number in range(ENTRIES):
        with acting(Machine("test")) as act:
            act.record("test:step", None, number=number, words="中文，含“引号”与\n换行")
    return app


@pytest.fixture
def client(trail: Flask) -> Iterator[Connection]:
    """A connection of somebody's own, past the application, triggers as they are."""
    db.session.remove()
    with db.engine.connect() as connection:
        yield connection


def drop_triggers(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name in ("UPDATE", "DELETE", "replace"):
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{name}"))
    else:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))


def tamper(connection: Connection, *statements: str) -> Break | None:
    drop_triggers(connection)
    for statement in statements:
        connection.execute(text(statement))
    connection.commit()
    db.session.rollback()  # a reader's snapshot may be older
    return queries.verify(db.session())


def test_an_untouched_trail_holds(trail: Flask) -> None:
    assert queries.verify(db.session()) is None
    assert queries.count(db.session()) == ENTRIES


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'test:other' WHERE seq = 5",
        "UPDATE audit_entry SET facts = '{}'",
        "DELETE FROM audit_entry WHERE seq = 12",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_itself_refuses_changes(client: Connection, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        client.execute(text(statement))
    client.rollback()
    assert queries.verify(db.session()) is None


def test_the_database_itself_refuses_emptying_and_replacing(client: Connection) -> None:
    statement = "TRUNCATE audit_entry"
    if client.dialect.name == "sqlite":
        columns = "at, actor_name, channel, address, request_id, subject_kind, facts, previous, hash"
        statement = (
            f"INSERT OR REPLACE INTO audit_entry (seq, action, {columns}) SELECT seq, 'x:y', {columns} FROM audit_entry"
        )
    with pytest.raises(DBAPIError, match="append-only"):
        client.execute(text(statement))


def test_an_edited_entry_is_named(client: Connection) -> None:
    assert tamper(client, "UPDATE audit_entry SET action = 'test:other' WHERE seq = 5") == Break(5, "content")


@pytest.mark.parametrize(
    ("column", "value"),
    [("facts", "'{\"number\": 4}'"), ("actor_name", "'somebody'"), ("address", "'10.0.0.1'"), ("channel", "'web'")],
)
def test_every_column_is_covered(client: Connection, column: str, value: str) -> None:
    assert tamper(client, f"UPDATE audit_entry SET {column} = {value} WHERE seq = 5") == Break(5, "content")


def test_an_entry_moved_in_time_is_named(client: Connection) -> None:
    earlier = "2026-03-05 01:00:00.000000" + ("" if client.dialect.name == "sqlite" else "+00")
    assert tamper(client, f"UPDATE audit_entry SET at = '{earlier}' WHERE seq = 7") == Break(7, "content")


def test_a_removed_entry_is_named(client: Connection) -> None:
    assert tamper(client, "DELETE FROM audit_entry WHERE seq = 5") == Break(5, "missing")


def test_the_first_entry_removed_is_named(client: Connection) -> None:
    assert tamper(client, "DELETE FROM audit_entry WHERE seq = 1") == Break(1, "missing")


def test_a_gap_closed_by_renumbering_is_named(client: Connection) -> None:
    # One by one: the primary key is checked row by row.
    renumber = [f"UPDATE audit_entry SET seq = {seq - 1} WHERE seq = {seq}" for seq in range(6, ENTRIES + 1)]
    assert tamper(client, "DELETE FROM audit_entry WHERE seq = 5", *renumber) == Break(5, "chain")


def test_two_entries_swapped_are_named(client: Connection) -> None:
    swap = [f"UPDATE audit_entry SET seq = {then} WHERE seq = {now}" for now, then in ((4, 1004), (8, 4), (1004, 8))]
    assert tamper(client, *swap) == Break(4, "chain")


def test_a_cut_tail_is_not_seen_by_the_chain_alone(client: Connection) -> None:
    """Known and said on the page: that needs the last hash kept elsewhere."""
    assert tamper(client, "DELETE FROM audit_entry WHERE seq > 9") is None


def test_the_command_says_ok_or_names_the_first_bad_entry(client: Connection) -> None:
    fine = CliRunner().invoke(audit, ["verify"])
    assert (fine.exit_code, fine.output) == (0, f"OK, {ENTRIES} entries\n")
    tamper(client, "UPDATE audit_entry SET action = 'a:b' WHERE seq IN (9, 6)")
    bad = CliRunner().invoke(audit, ["verify"])
    assert bad.exit_code == 1
    assert "entry 6" in bad.output


def test_after_a_break_the_trail_still_grows_and_still_shows_it(client: Connection) -> None:
    tamper(client, "DELETE FROM audit_entry WHERE seq = 5")
    with acting(Machine("test")) as act:
        act.record("test:step", None)
    assert queries.verify(db.session()) == Break(5, "missing")
