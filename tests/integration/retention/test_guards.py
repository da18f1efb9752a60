"""The database refuses by itself, whoever asks; and lets through what a closed dossier still needs."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from archive.core import guards
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import WRITES, db
from archive.documents import operations as documents
from archive.documents.kinds import CustodyEvent
from archive.documents.models import Version
from archive.dossiers import guarding, moving
from archive.dossiers.states import State
from archive.extraction import Extraction, PageText
from archive.extraction import State as ReadingState
from archive.retention import locks
from tests import retention_builders as builders
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import account, brought_to, dossier


def run(statement: str) -> int:
    """Run SQL as the application's own role does, and commit it."""
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    try:
        result = session.execute(text(statement))
        session.commit()
        return result.rowcount
    except DatabaseError:
        session.rollback()
        raise


def count(table: str) -> int:
    return db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_scenario_10_a_closed_dossier_and_its_parts_are_not_deleted(office: Office) -> None:
    builders.a_closed_dossier(office, files=2)
    locks.sweep()
    tables = (
        "dossier", "document", "version", "party", "dossier_move", "notice", "closing", "keeping", "version_lock",
        "number_series", "contact", "retention_rule",
    )  # fmt: skip
    for table in tables:
        before = count(table)
        assert before > 0, table
        with pytest.raises(DatabaseError):
            run(f"DELETE FROM {table}")
        assert count(table) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dossier SET closed_on = '2001-01-01', closed_at = '2001-01-01 00:00:00+00'",
        "UPDATE dossier SET closed_on = NULL, closed_at = NULL, state = 'investigating'",
        "UPDATE dossier SET title = 'x'",
        "UPDATE dossier SET number = 'x'",
        "UPDATE closing SET closed_on = '2001-01-01'",
        "UPDATE keeping SET last_day = '2027-01-01', disposable_at = '2027-01-01 16:00:00+00'",
        "UPDATE keeping SET disposable_at = '2029-03-05 15:59:59+00'",
        "UPDATE keeping SET filed_number = 'x'",
        "UPDATE document SET title = 'x'",
        "UPDATE version SET sha256 = 'x'",
        "UPDATE version SET store_version = 'x'",
        "UPDATE party SET name = 'x'",
        "UPDATE dossier_move SET note = 'x'",
        "UPDATE notice SET note = 'x'",
        "UPDATE version_lock SET locked_until = '2027-01-01 00:00:00+00'",
        "UPDATE version_lock SET locked_until = NULL",
        "UPDATE retention_rule SET years = 30",
        "UPDATE retention_rule SET starts_on = '2001-01-01'",
        "UPDATE number_series SET last = 0",
        "UPDATE contact SET serial = 99",
    ],
)
def test_scenario_11_what_a_closed_dossier_rests_on_is_not_changed(office: Office, statement: str) -> None:
    builders.a_closed_dossier(office, files=1)
    locks.sweep()
    with pytest.raises(DatabaseError):
        run(statement)


def test_scenario_12_nothing_is_truncated(office: Office, request: pytest.FixtureRequest) -> None:
    builders.a_closed_dossier(office, files=1)
    if db.engine.dialect.name == "sqlite":
        # SQLite's TRUNCATE is a DELETE without a condition.
        with pytest.raises(DatabaseError):
            run("DELETE FROM document")
        return
    for table in ("dossier", "document", "version", "keeping", "hold", "closing", "audit_entry", "retention_rule"):
        with pytest.raises(DatabaseError):
            run(f"TRUNCATE {table} CASCADE")
    assert count("document") == 1


def test_no_promise_under_three_years_is_written(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    columns = (
        "number, filed_number, filed_on, permanent, rule_code, rule_version, rule_name, rule_basis, rule_trigger, "
        "computed_at"
    )
    other = "'00000000-0000-0000-0000-000000000001'" if db.engine.dialect.name != "sqlite" else "'" + "0" * 31 + "1'"
    values = columns.replace("filed_number", "'x'").replace("number,", "'x',", 1)
    for closed, last, at in (
        ("2026-03-05", "2029-03-04", "2029-03-04 16:00:00+00"),
        ("2026-03-05", "2029-03-05", "2029-03-05 15:59:59+00"),
    ):
        with pytest.raises(DatabaseError, match="three calendar years"):
            run(
                f"INSERT INTO keeping (dossier_id, closed_on, last_day, disposable_at, {columns}) "
                f"SELECT {other}, '{closed}', '{last}', '{at}', {values} FROM keeping"
            )
    assert builders.keeping(number).rule_years == 3


def test_a_rule_under_the_floor_is_no_row(office: Office) -> None:
    with pytest.raises(DatabaseError):
        run("UPDATE retention_rule SET years = 2")


def test_a_released_hold_and_its_reasons_stand(office: Office) -> None:
    number = builders.a_closed_dossier(office)
    builders.a_hold(office, number)
    for statement in ("DELETE FROM hold", "UPDATE hold SET reason = 'x'", "UPDATE hold SET kind = 'audit'"):
        with pytest.raises(DatabaseError):
            run(statement)
    same = (
        "UPDATE hold SET asked_by = placed_by, asked_at = placed_at, released_by = placed_by, released_at = placed_at"
    )
    with pytest.raises(DatabaseError):
        run(same)


def test_an_open_dossier_is_worked_on_as_before_but_not_deleted(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    builders.deposited(office, number)
    assert run("UPDATE document SET title = 'x'") == 1
    with pytest.raises(DatabaseError):
        run("DELETE FROM dossier")


def test_a_closed_dossier_still_takes_what_it_may(office: Office, clock: FixedClock) -> None:
    number = builders.a_closed_dossier(office, files=1)
    version = db.session.query(Version).one().id
    with acting(office.person("officer")) as act:
        found = Extraction(
            state=ReadingState.READ, reason="", media_type="text/plain", pages=(PageText(1, "late text"),)
        )
        documents.note_reading(act.session.get_one(Version, version), found, act=act)
    with acting(office.person("officer")) as act:
        document = act.session.get_one(Version, version).document
        documents.note_custody(document, event=CustodyEvent.LENT, holder="法院", act=act)
    with acting(office.person("officer")) as act:
        moving.add_addendum(dossier(number), note="更正页码", act=act)
    with acting(office.person("head")) as act:
        guarding.restrict(dossier(number), reason="涉及隐私", act=act)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "officer"), reason="亲属", act=act)
    assert run("DELETE FROM search_text") == 0
    clock.moment = NOW + timedelta(days=30)
    with acting(office.person("head")) as act:
        moving.reopen(dossier(number), note="新证据", act=act)
    with acting(office.person("head")) as act:
        guarding.open_up(dossier(number), reason="无需限制", act=act)
    assert dossier(number).state is State.INVESTIGATING


def test_no_row_is_put_in_the_place_of_another(office: Office) -> None:
    """SQLite removes what is in the way of OR REPLACE without asking a DELETE trigger."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no OR REPLACE")
    number = builders.a_closed_dossier(office, files=1)
    builders.a_hold(office, number)
    locks.sweep()
    builders.deposited(office, brought_to(office, State.INVESTIGATING))
    promised = builders.keeping(number).last_day
    for table in ("dossier", "version", "keeping", "hold", "version_lock", "closing", "number_series", "party"):
        before = count(table)
        for statement in (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
            f"UPDATE OR REPLACE {table} SET rowid = (SELECT max(rowid) FROM {table}) WHERE rowid = "
            f"(SELECT min(rowid) FROM {table} WHERE rowid < (SELECT max(rowid) FROM {table}))",
        ):
            if statement.startswith("UPDATE") and before < 2:
                continue
            with pytest.raises(DatabaseError):
                run(statement)
            assert count(table) == before
    columns = [row.name for row in db.session.execute(text("PRAGMA table_info(keeping)"))]
    shorter = ", ".join("closed_on" if name == "last_day" else name for name in columns)
    with pytest.raises(DatabaseError):
        run(f"INSERT OR REPLACE INTO keeping SELECT {shorter} FROM keeping")
    with pytest.raises(DatabaseError):
        run(
            "UPDATE OR REPLACE version SET blob_key = (SELECT blob_key FROM version v JOIN dossier d "
            "ON d.id = v.dossier_id WHERE d.closed_at IS NOT NULL) "
            "WHERE dossier_id IN (SELECT id FROM dossier WHERE closed_at IS NULL)"
        )
    assert builders.keeping(number).last_day == promised
    # Where one of a key may be open at a time, the open one is not displaced, and after it a further one is.
    alarm = (
        "INTO alarm (id, kind, key, facts, raised_at, seen_at, cleared_by_name, note) "
        "VALUES (hex(randomblob(16)), 'missing', 'k', '{}', '2026-03-05', '2026-03-05', '', '')"
    )
    run(f"INSERT {alarm}")
    with pytest.raises(DatabaseError, match="place of another"):
        run(f"INSERT OR REPLACE {alarm}")
    run("UPDATE alarm SET cleared_at = '2026-03-06'")
    assert run(f"INSERT {alarm}") == 1
    with pytest.raises(DatabaseError):
        run("UPDATE OR REPLACE alarm SET cleared_at = NULL WHERE cleared_at IS NOT NULL")


def test_all_guards_are_up(app: object) -> None:
    with db.engine.connect() as connection:
        up = guards.standing(connection)
    assert {"guard_dossier_delete", "guard_dossier_ended", "guard_version_ended", "guard_keeping_lower"} <= up
