"""Hostile, torn, locked and unknown files: each ends in a plain outcome, none in an error, none unbounded."""

import io
import random
import struct
import time
import zipfile
from pathlib import Path

import msoffcrypto
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from archive.extraction import Limits, State
from archive.extraction.values import MIB
from tests.integration.extraction import files
from tests.integration.extraction.conftest import Reader

SMALL = Limits(seconds=20, silent_seconds=20)


def encrypted_package(package: bytes) -> bytes:
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(package)).encrypt("secret", buffer)
    assert msoffcrypto.OfficeFile(io.BytesIO(buffer.getvalue())).is_encrypted()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "state", "reason"),
    [
        ("空.pdf", b"", State.EMPTY, "empty"),
        ("乱.bin", random.Random(7).randbytes(50_000), State.UNSUPPORTED, "kind.unknown"),
        ("包.rar", b"Rar!\x1a\x07\x01\0" + bytes(100), State.UNSUPPORTED, "kind.archive"),
        ("照片.heic", bytes(4) + b"ftypheic" + bytes(50), State.UNSUPPORTED, "kind.picture"),
        ("说明.pdf", files.a_pdf("说明", encrypted=True), State.ENCRYPTED, "pdf.encrypted"),
        ("说明.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20, State.BROKEN, "pdf.broken"),
        ("说明.docx", encrypted_package(files.a_docx("说明")), State.ENCRYPTED, "office.encrypted"),
        ("流水.xlsx", encrypted_package(files.an_xlsx([[1]])), State.ENCRYPTED, "office.encrypted"),
        ("说明.odt", files.an_odf("text", "", "<encryption-data/>"), State.ENCRYPTED, "office.encrypted"),
        ("包.zip", files.locked(files.packed({"a.txt": b"a"})), State.ENCRYPTED, "zip.encrypted"),
        ("包.zip", files.packed({}), State.EMPTY, "zip.empty"),
        ("包.zip", files.packed({"a.bin": random.Random(1).randbytes(999)})[:500], State.BROKEN, "zip.broken"),
        ("流水.xlsx", files.an_xlsx([["a"] * 50] * 50)[:3000], State.BROKEN, "package.broken"),
        (
            "说明.doc",
            files.ole({"WordDocument": b"\xec\xa5\xc1\0" + bytes(900), "0Table": b""}),
            State.BROKEN,
            "doc.broken",
        ),
        ("说明.doc", files.ole({"WordDocument": b"\xdc\xa5\x68\0" + bytes(900)}), State.UNSUPPORTED, "office.old"),
        ("照片.jpg", b"\xff\xd8\xff\xe0" + bytes(500), State.BROKEN, "image.broken"),
        ("照片.png", files.a_png_header(50_000, 50_000), State.TOO_COSTLY, "image.pixels"),
        ("录音.amr", b"#!AMR\n" + bytes(64), State.NO_TEXT, "media.audio"),
        ("录像.mp4", bytes(4) + b"ftypisom" + bytes(64), State.NO_TEXT, "media.video"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_file_ends_in_its_outcome(read: Reader, name: str, content: bytes, state: State, reason: str) -> None:
    found = read(content, name, limits=SMALL)
    assert (found.state, found.reason) == (state, reason), found.facts


def test_a_torn_docx_gives_the_words_it_still_has(read: Reader) -> None:
    body = "".join(f"<w:p><w:r><w:t>第{n}段 {n * n}</w:t></w:r></w:p>" for n in range(2000))
    whole = files.packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": files.word_part(body)})
    found = read(whole[: len(whole) * 2 // 3], "说明.docx", limits=SMALL)
    assert (found.state, found.reason) == (State.READ, "package.torn")
    assert "第0段 0\n第1段 1\n" in found.text
    assert "第1999段" not in found.text


def test_a_torn_pdf_gives_an_outcome(read: Reader) -> None:
    whole = files.a_pdf("第一页", "第二页")
    found = read(whole[: len(whole) - 400], "说明.pdf", limits=SMALL)
    assert found.state in (State.READ, State.BROKEN)


def test_a_torn_picture_says_so(read: Reader) -> None:
    whole = (files.SAMPLES / "notice.png").read_bytes()
    found = read(whole[: len(whole) // 2], "照片.png", limits=SMALL)
    assert found.reason in ("image.torn", "image.broken")


LAUGHS = "<!DOCTYPE w [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "place", ["<w:p><w:r><w:t>甲</w:t><w:t>&j;</w:t></w:r></w:p>", "<w:p a='&j;'><w:r><w:t>甲</w:t></w:r></w:p>"]
)
def test_entities_of_a_docx_are_not_expanded(read: Reader, place: str) -> None:
    package = files.with_part(files.a_docx(), "word/document.xml", files.word_part(place, LAUGHS))
    started = time.monotonic()
    found = read(package, "笑.docx", limits=SMALL)
    assert time.monotonic() - started < 5
    assert len(found.text) < 100
    assert found.state in (State.READ, State.NO_TEXT, State.BROKEN)


def test_a_docx_or_svg_cannot_read_our_files(read: Reader, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    doctype = f"<!DOCTYPE w [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
    body = files.word_part("<w:p><w:r><w:t>甲</w:t><w:t>&x;</w:t></w:r></w:p>", doctype)
    found = read(files.with_part(files.a_docx(), "word/document.xml", body), "外部.docx", limits=SMALL)
    drawn = read(f"<?xml version='1.0'?>{doctype}<svg><text>&x;乙</text></svg>".encode(), "外部.svg", limits=SMALL)
    assert found.text == "甲"
    assert "SECRET" not in drawn.text


def test_an_office_document_that_unpacks_too_large_is_refused(read: Reader) -> None:
    package = files.with_part(files.a_docx(), "word/document.xml", b" " * (8 * MIB))
    found = read(package, "大.docx", limits=Limits(package_bytes=4 * MIB))
    assert (found.state, found.reason) == (State.REFUSED, "package.size")
    assert found.facts["found"] > found.facts["limit"] == 4 * MIB


def test_a_sheet_with_one_cell_in_its_last_corner_is_read_at_once(read: Reader) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = (
        f'<worksheet xmlns="{space}"><dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData></worksheet>'
    ).encode()
    found = read(files.with_part(files.an_xlsx([[1]]), "xl/worksheets/sheet1.xml", cell), "角.xlsx", limits=SMALL)
    assert found.state is State.READ
    assert found.text.strip().endswith("7")


def test_what_needs_too_much_memory_is_stopped(read: Reader) -> None:
    part = files.word_part("<w:p/>" * 4_000_000)
    found = read(files.with_part(files.a_docx(), "word/document.xml", part), "大.docx", limits=Limits(memory=300 * MIB))
    assert found.state in (State.TOO_COSTLY, State.BROKEN)
    assert found.reason in ("memory", "crash")


def test_what_takes_too_long_is_stopped_and_nothing_is_left_running(read: Reader, tmp_path: Path) -> None:
    found = read(files.a_pdf("说明"), "慢.pdf", limits=Limits(seconds=0.01))
    assert (found.state, found.reason) == (State.TOO_COSTLY, "time")
    assert files.processes_left_in(tmp_path) == []


def test_a_reader_that_says_nothing_for_too_long_is_stopped(read: Reader, tmp_path: Path) -> None:
    found = read(files.a_pdf("说明"), "慢.pdf", limits=Limits(silent_seconds=0.01))
    assert (found.state, found.reason) == (State.TOO_COSTLY, "time")
    assert files.processes_left_in(tmp_path) == []


def test_pages_read_before_time_ran_out_are_kept(read: Reader) -> None:
    pages = files.a_pdf(*("关于投诉处理的情况说明" * 20 for _ in range(3000)))
    found = read(pages, "长.pdf", limits=Limits(seconds=2))
    assert (found.state, found.reason) == (State.READ, "time.partial")
    assert 10 < len(found.pages) < 3000


def test_a_lease_can_be_kept_while_a_file_is_read_and_losing_it_stops_the_reading(read: Reader) -> None:
    class LeaseLost(Exception):
        pass

    def alive() -> None:
        raise LeaseLost

    pages = files.a_pdf(*("关于投诉处理的情况说明" * 20 for _ in range(3000)))
    with pytest.raises(LeaseLost):
        read(pages, "长.pdf", alive=alive)


def test_many_quarters_of_a_million_nested_tags_do_not_overflow(read: Reader) -> None:
    page = b"<html><body>" + b"<div>" * 250_000 + "深处".encode() + b"</body></html>"
    assert read(page, "深.html", limits=SMALL).state in (State.READ, State.NO_TEXT, State.BROKEN)
    mail = b"From: a@b\nSubject: x\nMIME-Version: 1.0\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)
    )
    assert read(mail, "深.eml", limits=SMALL).state in (State.READ, State.NO_TEXT, State.BROKEN)


def test_random_damage_never_ends_in_anything_but_an_outcome(read: Reader) -> None:
    """Bytes of good files overwritten at random places, a fixed seed."""
    dice = random.Random(20260305)
    good = {
        "a.pdf": files.a_pdf("说明", "第二页"), "a.docx": files.a_docx("说明"), "a.xlsx": files.an_xlsx([["甲", 1]]),
        "a.doc": (files.SAMPLES / "statement.doc").read_bytes(), "a.xls": (files.SAMPLES / "ledger.xls").read_bytes(),
        "a.msg": files.a_msg("甲", "乙", "gbk"), "a.zip": files.packed({"甲.txt": b"a", "b.txt": b"b"}),
        "a.ppt": files.a_ppt("培训"), "a.ofd": files.an_ofd("发票"),
    }  # fmt: skip
    for name, content in good.items():
        for _ in range(3):
            damaged = bytearray(content)
            for _ in range(40):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            assert read(bytes(damaged), name, limits=SMALL).state in State, name


def test_sound_is_described(read: Reader) -> None:
    samples = bytes(8000)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8,
                       b"data", len(samples))  # fmt: skip
    found = read(head + samples, "录音.wav")
    assert (found.state, found.media_type) == (State.NO_TEXT, "audio/wav")
    assert found.facts.get("seconds", 1.0) == 1.0


def test_a_compressed_file_with_a_claim_below_its_content_yields_no_more_than_it_claims(read: Reader) -> None:
    data = bytearray(files.packed({"a.txt": b"a" * (2 * MIB)}, zipfile.ZIP_DEFLATED))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    found = read(bytes(data), "谎.zip", limits=SMALL)
    assert found.reason == "zip.part_broken"
    assert found.children == ()
