"""`anjuan import` as a real process, killed and started again."""

import io
import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from archive.config import Settings
from archive.core.db import db
from archive.documents import blobs
from archive.documents.models import Version
from archive.dossiers import years
from archive.dossiers.models import Dossier
from archive.importing import lines
from archive.importing.models import ImportedLine
from archive.operating import importing
from tests.builders import Office
from tests.commands import anjuan, start


def a_line(serial: int, **changes: Any) -> dict[str, Any]:
    text = f"正文提到汇票背书连续性，第{serial}号卷。"
    return {
        "number": f"2025-TS-{serial:06}", "title": f"关于第{serial}笔手续费的投诉", "filed": "2025-03-01",
        "state": "已办结", "category": "账户盗刷", "channel": "电话", "org": "珺玥翾银行", "complainant": "张三",
        "id_no": "990000198007260987", "phone": "19900001234", "amount": 100 + serial, "contract": f"HT{serial}",
        "documents": [{"name": "投诉书", "kind": "投诉书", "text": text}], **changes,
    }  # fmt: skip


def a_file(folder: Path, lines: list[Any]) -> Path:
    path = folder / "lines.jsonl"
    path.write_text(
        "".join((one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in lines)
    )
    return path


def numbers(settings: Settings) -> list[str]:
    engine = create_engine(settings.database_url)
    with Session(engine) as session:
        found = list(session.scalars(select(Dossier.number).order_by(Dossier.number)))
    engine.dispose()
    return found


def test_lines_become_dossiers_that_are_found(settings: Settings, tmp_path: Path) -> None:
    path = a_file(tmp_path, [a_line(serial) for serial in range(1, 21)])
    assert "imported 20" in anjuan(settings, "import", str(path), "--quiet")
    out = anjuan(settings, "search", "第17号卷", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [one["number"] for one in found] == ["2025-TS-000017"]
    assert found[0]["hits"][0]["page"] == 1
    assert "背书连续性" in found[0]["hits"][0]["snippet"]
    # By the whole ID number, known to the index only by its keyed hash.
    assert len(anjuan(settings, "search", "证件:990000198007260987", "--json", "--limit", "50").splitlines()) == 20


def test_a_bad_line_is_reported_and_the_rest_goes_in(settings: Settings, tmp_path: Path) -> None:
    batch = [
        a_line(1),
        a_line(2, state="完成"),
        "{broken",
        a_line(3, documents=[{"name": "a", "path": "../x"}]),
        a_line(4),
    ]
    path = a_file(tmp_path, batch)
    assert "imported 2, there already 0, refused 3" in anjuan(settings, "import", str(path), "--quiet", code=1)
    report = [json.loads(line) for line in (tmp_path / "lines.jsonl.errors.jsonl").read_text().splitlines()]
    assert [(one["line"], one["errors"][0]["field"]) for one in report] == [
        (2, "state"), (3, ""), (4, "documents.0.path"),
    ]  # fmt: skip
    assert numbers(settings) == ["2025-TS-000001", "2025-TS-000004"]


def test_a_line_the_database_does_not_take_is_told_and_the_rest_goes_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_LONGEST", {})
    wrong = [a_line(2, category="类" * 40 + "乙")]  # its code is that of the line before
    if db.session.get_bind().dialect.name == "postgresql":
        wrong.append(a_line(3, contract="H" * 81))
    batch = [a_line(1, category="类" * 40 + "甲"), *wrong, a_line(4)]
    report = io.StringIO()
    refused = importing._take_in([(no, json.dumps(one)) for no, one in enumerate(batch, start=1)], "root", None, report)
    told = [json.loads(line) for line in report.getvalue().splitlines()]
    assert refused == len(wrong)
    assert [(one["number"], one["errors"][0]["code"]) for one in told] == [
        (one["number"], "import.unfit") for one in wrong
    ]
    assert db.session.scalars(select(Dossier.number).order_by(Dossier.number)).all() == [
        "2025-TS-000001", "2025-TS-000004",
    ]  # fmt: skip


def test_a_number_that_is_taken_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = a_file(tmp_path, [a_line(1), a_line(1, title="另一件")])
    assert "imported 1, there already 0, refused 1" in anjuan(settings, "import", str(path), "--quiet", code=1)


def test_a_line_that_cannot_go_in_leaves_nothing_in_the_store(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert importing._take_in([(1, json.dumps(a_line(1)))], "root", None, io.StringIO()) == 0
    monkeypatch.setattr(years, "_ASKED", [lambda _session, _book, _unit, year: year == 2024])
    keep, stored = blobs.keep, set()

    def kept(*args: Any, **named: Any) -> blobs.Blob:
        stored.add(named["dossier_id"])
        return keep(*args, **named)

    monkeypatch.setattr(blobs, "keep", kept)
    wrong = [a_line(1, title="另一件"), a_line(2, filed="2024-03-01"), a_line(3, number="2025 / 3")]
    report = io.StringIO()
    batch = [(no, json.dumps(one)) for no, one in enumerate([*wrong, a_line(4)], start=1)]
    assert importing._take_in(batch, "root", None, report) == 3
    told = [json.loads(line)["errors"][0]["code"] for line in report.getvalue().splitlines()]
    assert told == ["number.taken", "register.closed", "number.unfit"]
    assert stored == {db.session.scalars(select(Dossier.id).where(Dossier.number == "2025-TS-000004")).one()}


def test_a_unit_there_is_not_is_refused_before_any_line(settings: Settings, tmp_path: Path) -> None:
    path = a_file(tmp_path, [a_line(1)])
    assert anjuan(settings, "import", str(path), "--unit", "nowhere", "--quiet", code=1) == ""
    assert not path.with_name("lines.jsonl.errors.jsonl").exists()


def test_a_closed_case_without_a_day_is_closed_on_the_day_of_import_and_marked(
    settings: Settings, tmp_path: Path
) -> None:
    path = a_file(tmp_path, [a_line(1), a_line(2, closed_on="2025-04-01"), a_line(3, state="调查中")])
    anjuan(settings, "import", str(path), "--quiet")
    engine = create_engine(settings.database_url)
    with Session(engine) as session:
        rows = session.execute(
            select(Dossier.number, Dossier.closed_on, Dossier.closing_assumed).order_by(Dossier.number)
        ).all()
    engine.dispose()
    assert rows[0].closed_on is not None
    assert rows[0].closing_assumed
    assert (str(rows[1].closed_on), rows[1].closing_assumed) == ("2025-04-01", False)
    assert rows[2].closed_on is None


def test_killed_and_started_again_it_imports_each_line_once(settings: Settings, tmp_path: Path) -> None:
    path = a_file(tmp_path, [a_line(serial) for serial in range(1, 51)])
    process = start(settings, "import", str(path), "--quiet")
    deadline = time.monotonic() + 60
    while not numbers(settings) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    anjuan(settings, "import", str(path), "--quiet")
    assert numbers(settings) == [f"2025-TS-{serial:06}" for serial in range(1, 51)]
    engine = create_engine(settings.database_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Version)) == 50
        assert session.scalar(select(func.count()).select_from(ImportedLine)) == 50
    engine.dispose()
    anjuan(settings, "audit", "verify")
    assert len(anjuan(settings, "search", "背书连续性", "--json", "--limit", "200").splitlines()) == 50


def test_no_transaction_is_open_while_files_go_into_the_store(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "录音.mp3").write_bytes(b"ID3 sound")
    keep, open_while = blobs.keep, []

    def kept(*args: Any, **named: Any) -> blobs.Blob:
        open_while.append(db.session().in_transaction())
        return keep(*args, **named)

    monkeypatch.setattr(blobs, "keep", kept)
    documents = [{"name": "录音.mp3", "path": "录音.mp3"}, {"name": "投诉书", "kind": "投诉书", "text": "正文"}]
    lines_of = [(1, json.dumps(a_line(1, documents=documents)))]
    assert importing._take_in(lines_of, "root", tmp_path, io.StringIO()) == 0
    assert open_while
    assert not any(open_while)
    versions = db.session.scalars(select(Version).order_by(Version.filename)).all()
    assert [(one.filename, one.document.title, one.pages) for one in versions] == [
        ("录音.mp3", "录音", 0), ("投诉书.txt", "投诉书", 1),
    ]  # fmt: skip
