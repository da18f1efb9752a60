"""An evidence pack is checked on a machine without the archive; whatever was touched is named."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import bagit
import pytest
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.disposal import packing
from archive.retention import anchoring
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import dossier


@pytest.fixture
def bag(office: Office, clock: FixedClock, tmp_path: Path) -> Path:
    number = builders.a_closed_dossier(office, files=3)
    anchoring.anchor()
    packing.pack(db.session(), dossier(number), tmp_path / "bag", clock.moment)
    return tmp_path / "bag"


def verified(bag: Path) -> tuple[int, str]:
    """Run the verifier inside, as whoever received the pack would."""
    done = subprocess.run(
        [sys.executable, "-I", str(bag / "verify.py")], capture_output=True, text=True, check=False, env={}, cwd="/"
    )
    return done.returncode, done.stdout.strip()


def test_scenario_40_a_pack_is_valid_without_our_database(bag: Path) -> None:
    assert verified(bag) == (0, "OK: complete and unchanged")
    found = bagit.Bag(str(bag))
    assert found.is_valid()
    assert found.info["Originals"] == "3"
    assert sorted(path.name for path in (bag / "data/originals").iterdir()) == [
        "1 v1 材料0.txt", "2 v1 材料1.txt", "3 v1 材料2.txt",
    ]  # fmt: skip
    assert (bag / "data/contents.pdf").read_bytes().startswith(b"%PDF")
    assert "2029-03-05 止" in (bag / "data/retention.txt").read_text()
    told = json.loads((bag / "data/metadata.json").read_text())
    assert told["dossier"][0]["number"] == found.info["External-Identifier"]
    assert len(told["version"]) == 3
    assert "王小明" in (bag / "data/metadata.xml").read_text()


def test_no_sealed_number_leaves_in_a_pack(bag: Path) -> None:
    text = (bag / "data/metadata.json").read_text() + (bag / "data/metadata.xml").read_text()
    assert "320582198001010019" not in text
    assert "sealed" not in text


@pytest.mark.parametrize("which", ["data/originals/2 v1 材料1.txt", "data/metadata.json", "bag-info.txt", "verify.py"])
def test_scenario_40_a_flipped_byte_is_named(bag: Path, which: str) -> None:
    content = bytearray((bag / which).read_bytes())
    content[-2] ^= 1
    if which == "verify.py":
        content = bytearray((bag / which).read_bytes() + b"# added\n")
    (bag / which).write_bytes(content)
    assert verified(bag) == (1, f"changed: {which}")


def test_scenario_40_a_missing_and_an_extra_file_are_named(bag: Path) -> None:
    (bag / "data/originals/1 v1 材料0.txt").unlink()
    (bag / "data/originals/9 v1 伪造.txt").write_text("?")
    assert verified(bag) == (
        1, "missing: data/originals/1 v1 材料0.txt\nextra: data/originals/9 v1 伪造.txt",
    )  # fmt: skip


def test_scenario_40_an_edited_audit_entry_is_named_even_under_new_manifests(bag: Path) -> None:
    path = bag / "data/audit.jsonl"
    path.write_text(path.read_text().replace('"actor_name": "head甲"', '"actor_name": "别人"', 1))
    bagit.Bag(str(bag)).save(manifests=True)
    code, said = verified(bag)
    assert code == 1
    assert said.startswith("audit entry ")


def test_an_open_dossier_has_no_pack(office: Office, clock: FixedClock, tmp_path: Path) -> None:
    number = builders.registered(office)
    with pytest.raises(RuleBroken, match=r"pack\.open"):
        packing.pack(db.session(), dossier(number), tmp_path / "bag", clock.moment)


def test_a_pack_is_fetched_as_a_zip_and_that_is_recorded(office: Office) -> None:
    number = builders.a_closed_dossier(office, files=1)
    answer = office.client("auditor").get(f"/dossiers/{number}/evidence.zip")
    assert answer.status_code == 200
    names = zipfile.ZipFile(BytesIO(answer.data)).namelist()
    answer.close()
    assert f"{number}/verify.py" in names
    assert f"{number}/data/originals/1 v1 材料0.txt" in names
    assert db.session.scalars(select(Entry.actor_name).where(Entry.action == "dossier:export")).all() == ["auditor甲"]
    assert office.client("officer").get(f"/dossiers/{number}/evidence.zip").status_code == 403
