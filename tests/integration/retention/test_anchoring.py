"""The trail against its anchors: edited, dropped, swapped, cut, rewritten; by the stand-alone verifier too."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from archive.audit.rules import GENESIS, link_hash
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.retention import anchoring
from archive.retention.commands import retention
from archive.retention.kinds import AlarmKind
from archive.retention.models import Alarm
from tests.builders import Office

VERIFIER = Path(__file__).parents[3] / "tools" / "verify_audit.py"


def entries(count: int) -> None:
    for serial in range(count):
        with acting(Machine("test")) as act:
            act.record("test:note", None, serial=serial, word="投诉")


@pytest.fixture
def exported(app, office: Office, clock: FixedClock, tmp_path: Path) -> Path:
    """A trail of twelve entries, anchored after five and after ten."""
    for _ in range(2):
        entries(5)
        assert anchoring.anchor() is not None
        assert anchoring.anchor() is None
        clock.moment += timedelta(days=1)
    entries(2)
    done = app.test_cli_runner().invoke(retention, ["trail", str(tmp_path / "trail")])
    assert done.exit_code == 0, done.output
    return tmp_path / "trail"


def verified(folder: Path) -> tuple[int, str]:
    """Run the verifier as an auditor would: on another machine, without the archive."""
    paths = [str(folder / "entries.jsonl"), str(folder / "anchors.jsonl")]
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *paths], capture_output=True, text=True, check=False, env={}
    )
    return done.returncode, done.stdout.strip()


def tampered(folder: Path, change) -> tuple[int, str]:
    path = folder / "entries.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return verified(folder)


def rewrite(rows: list) -> None:
    previous = GENESIS
    rows[3]["entry"]["facts"]["serial"] = 99
    for row in rows:
        content = {name: value for name, value in row["entry"].items() if name != "seq"}
        row["previous"], row["hash"] = previous, link_hash(row["entry"]["seq"], content, previous)
        previous = row["hash"]


def test_scenario_37_a_whole_trail_is_found_good(exported: Path) -> None:
    assert verified(exported) == (0, "OK, 12 entries")
    assert len(VERIFIER.read_text().splitlines()) < 100


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda rows: rows[4]["entry"]["facts"].update(serial=7), "entry 5 was edited"),
        (lambda rows: rows.pop(6), "entry 7 is missing"),
        (lambda rows: rows.__setitem__(slice(2, 4), [rows[3], rows[2]]), "entry 3 is missing"),
        (lambda rows: rows.__delitem__(slice(9, None)), "entry 10 is missing"),
        (rewrite, "entries 1 to 5 are not those that were anchored"),
    ],
    ids=["edited", "dropped", "swapped", "tail cut", "rewritten"],
)
def test_scenario_37_tampering_is_named_at_its_first_entry(exported: Path, change, named: str) -> None:
    code, told = tampered(exported, change)
    assert code == 1
    assert named in told


def test_scenario_37_a_cut_tail_shows_in_the_archive_itself(exported: Path) -> None:
    assert anchoring.verify() is None
    sqlite = db.engine.dialect.name == "sqlite"
    guard = "DROP TRIGGER audit_entry_no_DELETE" if sqlite else "ALTER TABLE audit_entry DISABLE TRIGGER ALL"
    with db.engine.begin() as connection:  # as who owns the table
        connection.execute(text(guard))
        connection.execute(text("DELETE FROM audit_entry WHERE seq > 8"))
    broken = anchoring.verify()
    assert broken is not None
    assert (broken.seq, broken.reason) == (9, "missing")
    assert db.session.scalars(select(Alarm.kind)).all() == [AlarmKind.CHAIN]


def test_anchors_are_locked(exported: Path, ports) -> None:
    found = [ports.store.stat(one.key, one.version_id) for one in ports.store.versions("anchors/")]
    assert len(found) == 2
    assert all(one.locked_until.year == 2199 for one in found)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_both_reckon_the_same_root(hashes: list[bytes]) -> None:
    space: dict = {"__name__": "verifier"}
    exec(compile(VERIFIER.read_text(), str(VERIFIER), "exec"), space)
    assert space["merkle_root"](hashes) == anchoring.merkle_root(hashes)
