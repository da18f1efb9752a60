"""Reading what was filed: texts, files found inside, reasons; repeatable, and whole again after a kill."""

import io
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document as Docx
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import StoreDown
from archive.core.ports import Ports
from archive.documents import handlers, operations, previews, queries, rules
from archive.documents.kinds import Kind, Origin, Reading
from archive.documents.labels import why
from archive.documents.models import Document, PageText, Version
from archive.extraction import State
from archive.jobs.models import Job, JobState
from archive.jobs.operations import Task
from tests.builders import Office
from tests.dossier_builders import dossier, registered
from tests.stores import BrokenStore

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def number(office: Office) -> str:
    return registered(office)


def task(version_id: object) -> Task:
    job = db.session.scalars(select(Job).where(Job.subject_id == version_id, Job.kind == "extraction.read")).first()
    assert job is not None
    return Task(job.id, job.kind, job.subject_id, job.dossier_id, {}, 1, job.created_at)


def filed(office: Office, number: str, data: bytes, name: str) -> Version:
    with acting(office.person("officer")) as act:
        return operations.deposit(dossier(number), io.BytesIO(data), name, source="投诉人", act=act)


def read(version: Version) -> Version:
    handlers.read([task(version.id)])
    db.session.rollback()
    return db.session.get_one(Version, version.id)


class GbkInfo(zipfile.ZipInfo):
    """An entry as Windows in China writes it: its name in GBK, without the UTF-8 flag."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def gbk_zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, data in files.items():
            bundle.writestr(GbkInfo(name), data)
    return out.getvalue()


def test_a_text_is_read_and_the_index_hears_of_it(office: Office, number: str) -> None:
    version = read(filed(office, number, "合同约定年利率4.35%".encode("gb18030"), "合同.txt"))
    assert (version.reading, version.pages, version.images) == (Reading.READ, 1, 0)
    assert queries.page_text(db.session(), version, 1).text == "合同约定年利率4.35%"
    waiting = select(func.count()).where(Job.kind == "search.index", Job.state == JobState.WAITING)
    assert db.session.scalar(waiting) == 1
    assert db.session.scalar(select(func.count()).where(Entry.action == "version:read")) == 1


def test_files_in_a_zip_with_names_in_gbk_become_documents_of_their_own(office: Office, number: str) -> None:
    data = gbk_zip(**{"材料/借款合同.txt": "合同正文".encode(), "材料/通话录音.txt": b"2"})
    version = read(filed(office, number, data, "证据.zip"))
    found = queries.contents(db.session(), dossier(number), page(), parent=version.document).rows
    assert [(line.version.filename, line.document.path, line.document.kind) for line in found] == [
        ("借款合同.txt", "材料", Kind.CONTRACT),
        ("通话录音.txt", "材料", Kind.CALL_RECORDING),
    ]
    child = found[0].document
    assert (child.origin, child.source, child.parent_id) == (Origin.EXTRACTED, "投诉人", version.document_id)
    assert [queries.label(db.session(), line.document) for line in found] == ["1-1", "1-2"]
    # The items of the dossier are what was brought, not what lay inside.
    assert queries.number_of_items(db.session(), dossier(number).id) == 1
    assert read(found[0].version).reading is Reading.READ


def page(size: int = 50) -> queries.PageRequest:
    return queries.PageRequest(size)


def test_reading_twice_leaves_the_same_rows(office: Office, number: str) -> None:
    version = filed(office, number, gbk_zip(**{"甲.txt": b"1", "乙.txt": b"2"}), "a.zip")

    def rows() -> tuple[list[object], list[object]]:
        db.session.rollback()
        return (
            sorted(str(one) for one in db.session.scalars(select(Document.id))),
            sorted(map(str, db.session.execute(select(PageText.version_id, PageText.no, PageText.text)))),
        )

    read(version)
    first = rows()
    read(version)
    assert rows() == first
    assert len(first[0]) == 3


def test_a_reading_that_was_cut_off_is_completed_by_the_next(
    office: Office, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = filed(office, number, gbk_zip(**{f"第{i}份.txt": b"1" for i in range(5)}), "a.zip")
    monkeypatch.setattr(handlers, "_BATCH", 2)
    keep, kept = handlers.blobs.keep, []

    def dies(*args: object, **facts: object) -> object:
        if len(kept) == 3:
            raise KeyboardInterrupt
        kept.append(1)
        return keep(*args, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(handlers.blobs, "keep", dies)
    with pytest.raises(KeyboardInterrupt):
        read(version)
    db.session.rollback()
    assert db.session.scalar(select(func.count(Document.id))) == 3
    monkeypatch.setattr(handlers.blobs, "keep", keep)
    assert read(version).read_at is not None
    names = [row.filename for row in db.session.scalars(select(Version).order_by(Version.filename))]
    assert sorted(names) == ["a.zip", *[f"第{i}份.txt" for i in range(5)]]


def test_a_mail_yields_its_attachments_with_its_date(office: Office, number: str) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "关于贷款利率", "wang@example.com", "office@example.com"
    mail["Date"] = "Mon, 02 Mar 2026 18:30:00 +0000"
    mail.set_content("附件为合同。")
    mail.add_attachment(b"%PDF-broken", maintype="application", subtype="pdf", filename="合同.pdf")
    version = read(filed(office, number, mail.as_bytes(), "投诉.eml"))
    assert version.reading is Reading.READ
    assert version.facts["subject"] == "关于贷款利率"
    [found] = queries.contents(db.session(), dossier(number), page(), parent=version.document).rows
    assert found.version.filename == "合同.pdf"
    assert read(found.version).reading is Reading.BROKEN
    assert "损坏" in why(read(found.version))


def test_containers_in_containers_are_followed_until_the_limit(office: Office, number: str) -> None:
    data = b"innermost"
    for depth in range(rules.DEEPEST + 2):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as bundle:
            bundle.writestr(f"level{depth}" + (".zip" if depth else ".txt"), data)
        data = out.getvalue()
    version = read(filed(office, number, data, "outer.zip"))
    depth = 0
    while found := queries.contents(db.session(), dossier(number), page(), parent=version.document).rows:
        version, depth = read(found[0].version), depth + 1
    assert depth == rules.DEEPEST
    assert (version.reading, version.reason) == (Reading.REFUSED, "container.depth")
    assert "层" in why(version)


def test_an_item_never_holds_more_files_than_the_limit_over_all_levels(
    office: Office, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_FOUND", 4)
    inner = gbk_zip(**{f"第{i}份.txt": b"1" for i in range(3)})
    version = read(filed(office, number, gbk_zip(**{"甲.zip": inner, "乙.zip": inner}), "a.zip"))
    found = queries.contents(db.session(), dossier(number), page(), parent=version.document).rows
    assert [read(line.version).reading for line in found] == [Reading.REFUSED, Reading.REFUSED]
    assert "5" in why(read(found[0].version))


def test_an_item_never_unpacks_to_more_than_the_limit_over_all_levels(
    app: Flask, office: Office, ports: Ports, number: str
) -> None:
    from dataclasses import replace

    inner = gbk_zip(**{"空白.txt": bytes(1000)})
    outer = gbk_zip(**{"甲.zip": inner, "乙.zip": inner, "丙.zip": inner})
    most = 3 * len(inner) + 2000
    app.extensions["archive_ports"] = replace(ports, settings=replace(ports.settings, max_unpacked_bytes=most))
    version = read(filed(office, number, outer, "a.zip"))
    found = queries.contents(db.session(), dossier(number), page(), parent=version.document).rows
    read_in_turn = [read(line.version) for line in found]
    assert [one.reading for one in read_in_turn] == [Reading.READ, Reading.READ, Reading.REFUSED]
    assert f"{3 * len(inner) + 3000:,} 字节，上限 {most:,}" in why(read_in_turn[2])
    # What is unpacked already does not stand in its own way.
    assert read(version).reading is Reading.READ


def test_what_is_found_after_the_dossier_ended_is_filed_all_the_same(office: Office, number: str) -> None:
    from archive.dossiers.states import State as DossierState

    version = filed(office, number, gbk_zip(**{"甲.txt": b"1"}), "a.zip")
    with acting(Machine("test")):
        dossier(number).state = DossierState.WITHDRAWN
    read(version)
    assert db.session.scalar(select(func.count(Document.id))) == 2


@pytest.mark.parametrize(
    ("name", "data", "reading"),
    [
        ("空.txt", b"", Reading.EMPTY),
        ("未知.bin", bytes(range(256)) * 4, Reading.UNSUPPORTED),
        ("坏.pdf", b"%PDF-1.7 nothing", Reading.BROKEN),
        ("录音.amr", b"#!AMR\n" + bytes(64), Reading.NO_TEXT),
    ],
)
def test_what_cannot_be_read_is_kept_with_a_plain_reason(
    office: Office, number: str, name: str, data: bytes, reading: Reading
) -> None:
    version = read(filed(office, number, data, name))
    assert version.reading is reading
    assert len(why(version)) > 8


def test_a_retry_reads_again(office: Office, number: str) -> None:
    version = read(filed(office, number, b"%PDF-1.7 nothing", "坏.pdf"))
    with acting(office.person("officer")) as act:
        operations.retry(db.session.get_one(Version, version.id), act=act)
    db.session.rollback()
    version = db.session.get_one(Version, version.id)
    assert version.reading is Reading.WAITING
    asked = select(func.count(Job.id)).where(Job.subject_id == version.id, Job.kind == "extraction.read")
    assert db.session.scalar(asked) == 1
    assert read(version).reading is Reading.BROKEN


def test_a_store_that_is_down_lets_the_job_come_back(app: Flask, office: Office, ports: Ports, number: str) -> None:
    from dataclasses import replace

    version = filed(office, number, b"1", "a.txt")
    app.extensions["archive_ports"] = replace(ports, store=BrokenStore(ports.store, broken={"open"}))
    with pytest.raises(StoreDown):
        read(version)
    app.extensions["archive_ports"] = ports
    assert read(version).reading is Reading.READ
    assert not list(ports.settings.uploads.iterdir())


def test_pages_of_pictures_and_office_files_are_counted_and_drawn(office: Office, number: str) -> None:
    word = Docx()
    word.add_paragraph("借款合同")
    out = io.BytesIO()
    word.save(out)
    version = read(filed(office, number, out.getvalue(), "合同.docx"))
    assert version.reading is Reading.READ
    if version.images:  # where LibreOffice is installed
        version = queries.detached(db.session(), version)
        assert width(previews.image(version, 1, 800)) == 800
        previews.purge(version.dossier_id)
        assert width(previews.image(version, 1, 160)) == 160


def width(path: Path) -> int:
    with Image.open(path) as image:
        return image.width


def test_the_states_of_reading_are_those_of_the_extraction() -> None:
    assert {state.value for state in State} | {"waiting", "taken_out"} == {state.value for state in Reading}


def test_dates_that_containers_tell_are_taken_only_when_they_make_sense() -> None:
    assert handlers._day("2026-03-02T18:30:00+00:00") == date(2026, 3, 3)
    assert handlers._day("0000-99-99") is None
    assert handlers._day("") is None
