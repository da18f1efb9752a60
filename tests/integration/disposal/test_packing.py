"""An evidence pack is checked on a machine without the archive; whatever was touched is named."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import bagit
import pytest

from archive.audit.rules import link_hash
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.disposal import packing
from archive.documents import renditions
from archive.documents.kinds import RenditionKind
from archive.retention import anchoring
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import dossier


@pytest.fixture
def bag(office: Office, clock: FixedClock, tmp_path: Path) -> Path:
    number = builders.a_closed_dossier(office, files=3)
    for kind in RenditionKind:
        renditions.keep_paper(dossier(number).id, kind, b"%PDF-", "sha256:0")
    anchoring.anchor()
    with acting(office.person("head")) as act:  # after the anchor: its proof is still to come
        act.record("dossier:show", dossier(number))
    packing.pack(db.session(), dossier(number), tmp_path / "bag", clock.moment)
    return tmp_path / "bag"


def inside(bag: Path) -> Path:
    return bag / "data" / "2026-TS-000001"


def verified(bag: Path) -> tuple[int, str]:
    """Run the verifier inside, as whoever received the pack would."""
    done = subprocess.run(
        [sys.executable, "-I", str(bag / "verify.py")], capture_output=True, text=True, check=False, env={}, cwd="/"
    )
    return done.returncode, done.stdout.strip()


def resealed(bag: Path) -> None:
    """Let a forger write new manifests over what was changed."""
    bagit.Bag(str(bag)).save(manifests=True)


def test_scenario_40_a_pack_is_valid_without_our_database(bag: Path) -> None:
    assert verified(bag) == (0, "OK: complete and unchanged")
    found = bagit.Bag(str(bag))
    assert found.is_valid()
    assert (found.info["Dossiers"], found.info["Files"]) == ("1", str(3 + len(RenditionKind)))
    assert sorted(path.name for path in (inside(bag) / "originals").iterdir()) == [
        "1 v1 材料0.txt", "2 v1 材料1.txt", "3 v1 材料2.txt",
    ]  # fmt: skip
    assert (inside(bag) / "contents.pdf").read_bytes().startswith(b"%PDF")
    assert "2029-03-05 止" in (inside(bag) / "retention.txt").read_text()
    told = json.loads((inside(bag) / "metadata.json").read_text())
    assert told["dossier"][0]["number"] == found.info["External-Identifier"]
    assert len(told["version"]) == 3
    assert len(told["files"]) == 3 + len(list((inside(bag) / "archival").iterdir()))


def test_the_metadata_are_also_a_record_package(bag: Path) -> None:
    root = ElementTree.parse(inside(bag) / "metadata.xml").getroot()
    assert root.findtext("封装包类型") == "原始型"
    assert root.findtext("封装内容/文件实体块/题名") == "贷款利率争议"
    assert root.findtext("封装内容/文件实体块/当事人/姓名") == "王小明"
    digests = [one.text for one in root.iterfind("封装内容/文件实体/文件数据/摘要值")]
    assert digests == [
        hashlib.sha256((inside(bag) / str(path.text)).read_bytes()).hexdigest()
        for path in root.iterfind("封装内容/文件实体/文件数据/文件名")
    ]
    assert "办结" in [one.text for one in root.iterfind("封装内容/业务实体/业务行为")]


def test_no_sealed_number_leaves_in_a_pack(bag: Path) -> None:
    text = (inside(bag) / "metadata.json").read_text() + (inside(bag) / "metadata.xml").read_text()
    assert "320582198001010019" not in text
    assert "sealed" not in text


@pytest.mark.parametrize("which", ["{}/originals/2 v1 材料1.txt", "{}/metadata.json", "bag-info.txt", "verify.py"])
def test_scenario_40_a_flipped_byte_is_named(bag: Path, which: str) -> None:
    which = which.format(inside(bag).relative_to(bag))
    content = bytearray((bag / which).read_bytes())
    content[-2] ^= 1
    if which == "verify.py":
        content = bytearray((bag / which).read_bytes() + b"# added\n")
    (bag / which).write_bytes(content)
    assert verified(bag) == (1, f"changed: {which}")


def test_scenario_40_a_missing_and_an_extra_file_are_named(bag: Path) -> None:
    (inside(bag) / "originals/1 v1 材料0.txt").unlink()
    (inside(bag) / "originals/9 v1 伪造.txt").write_text("?")
    place = inside(bag).relative_to(bag)
    assert verified(bag) == (
        1, f"missing: {place}/originals/1 v1 材料0.txt\nextra: {place}/originals/9 v1 伪造.txt",
    )  # fmt: skip


def test_scenario_40_an_edited_audit_entry_is_named_even_under_new_manifests(bag: Path) -> None:
    path = inside(bag) / "audit.jsonl"
    path.write_text(path.read_text().replace('"actor_name": "head甲"', '"actor_name": "别人"', 1))
    resealed(bag)
    code, said = verified(bag)
    assert code == 1
    assert "does not match its hash" in said


def test_an_entry_rehashed_after_editing_does_not_lie_under_its_anchor(bag: Path) -> None:
    path = inside(bag) / "audit.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [one["proof"] is None for one in lines] == [False] * (len(lines) - 1) + [True]
    forged = lines[0]
    forged["entry"]["actor_name"] = "别人"
    content = {name: value for name, value in forged["entry"].items() if name != "seq"}
    forged["hash"] = link_hash(forged["entry"]["seq"], content, forged["previous"])
    path.write_text("".join(json.dumps(one, sort_keys=True, ensure_ascii=False) + "\n" for one in lines))
    resealed(bag)
    code, said = verified(bag)
    assert code == 1
    assert said.endswith("does not lie under its anchor")


def test_an_open_dossier_has_no_pack(office: Office, clock: FixedClock, tmp_path: Path) -> None:
    number = builders.registered(office)
    with pytest.raises(RuleBroken, match=r"pack\.open"):
        packing.pack(db.session(), dossier(number), tmp_path / "bag", clock.moment)
