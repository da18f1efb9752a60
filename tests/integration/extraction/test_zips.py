"""Zip archives: names in old encodings, limits, links, nesting; the bytes come out under names nobody chose."""

import hashlib
import io
import zipfile
from email.message import EmailMessage

import pytest

from archive.extraction import Limits, State
from archive.extraction.labels import sentence
from archive.extraction.values import MIB
from tests.integration.extraction import files
from tests.integration.extraction.conftest import Reader


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("证据材料/合同扫描件.txt", "gbk"),
        ("证据材料/合同扫描件.txt", "utf-8"),
        ("證據資料/銀行帳單說明.txt", "big5"),
        ("résumé Größe.txt", "cp437"),
    ],
)
def test_names_are_read_as_they_were_written(read: Reader, name: str, encoding: str) -> None:
    archive = files.unmarked(files.packed({name: b"a", "readme.txt": b"b"}), name, encoding)
    found = read(archive, "材料.zip")
    assert [child.name for child in found.children] == [name, "readme.txt"]
    assert name in found.text


def test_no_name_leads_out_of_the_working_directory(read: Reader) -> None:
    names = [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\Windows\\CON",
        "..\\..\\a.txt",
        "a/../../b",
        "nul\u202etxt.exe",
        "甲.txt",
    ]
    found = read(files.packed({name: name.encode() for name in names}), "a.zip")
    assert [child.name for child in found.children] == [
        "etc/passwd", "etc/passwd", "Windows/CON", "a.txt", "a/b", "nultxt.exe", "甲.txt"
    ]  # fmt: skip
    assert {child.path.name for child in found.children} == {f"child-{number:05}" for number in range(1, 8)}
    assert [child.path.read_bytes().decode() for child in found.children] == names


def test_two_entries_of_one_name_are_two_children(read: Reader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "two")
    assert [child.path.read_text() for child in read(buffer.getvalue(), "a.zip").children] == ["one", "two"]


def test_links_and_the_litter_of_systems_are_left_inside_and_told(read: Reader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("__MACOSX/._a.txt", "litter")
        archive.writestr("a.txt", "evidence")
    found = read(buffer.getvalue(), "a.zip")
    assert [child.name for child in found.children] == ["a.txt"]
    assert found.facts["skipped"] == ["link", "__MACOSX/._a.txt"]


@pytest.mark.parametrize(
    ("entries", "limits", "reason"),
    [
        ({f"{n}.txt": b"" for n in range(101)}, Limits(entries=100), "container.count"),
        ({"a": bytes(MIB), "b": b""}, Limits(entry_bytes=MIB - 1), "zip.entry_size"),
        ({"a": bytes(MIB), "b": bytes(MIB)}, Limits(total_bytes=MIB + 1), "container.size"),
        ({"a": bytes(MIB)}, Limits(total_bytes=2 * MIB, before_bytes=MIB + 1), "container.size"),
        ({"a": bytes(64 * MIB)}, Limits(), "zip.ratio"),
    ],
    ids=["count", "entry", "total", "other levels", "ratio"],
)
def test_beyond_a_limit_nothing_is_unpacked_and_the_figures_are_told(
    read: Reader, entries: dict[str, bytes], limits: Limits, reason: str
) -> None:
    found = read(files.packed(entries), "a.zip", limits=limits)
    assert (found.state, found.reason, found.children) == (State.REFUSED, reason, ())
    assert f"{found.facts['found']:,}" in sentence(found.reason, found.facts)
    assert f"{found.facts['limit']:,}" in sentence(found.reason, found.facts)


def test_ten_thousand_small_files_are_unpacked(read: Reader) -> None:
    found = read(files.packed({f"{n}.txt": b"x" for n in range(10_000)}), "a.zip")
    assert (found.state, len(found.children)) == (State.READ, 10_000)


def test_entries_that_share_their_packed_bytes_are_refused(read: Reader) -> None:
    """Many entries of the directory point at one packed file, so that each alone looks harmless."""
    single = files.packed({"a": bytes(15 * MIB)})
    at, end = single.find(b"PK\x01\x02"), single.rfind(b"PK\x05\x06")
    entry = single[at:end]
    count = 100
    tail = bytearray(single[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    found = read(single[:at] + entry * count + bytes(tail), "a.zip")
    assert (found.state, found.reason) == (State.REFUSED, "zip.ratio")


def test_nesting_ends_at_the_limit(read: Reader) -> None:
    inner = files.packed({"a.txt": b"a"})
    assert read(inner, "a.zip", depth=4).state is State.READ
    found = read(inner, "a.zip", depth=5)
    assert (found.state, found.reason, found.facts["limit"]) == (State.REFUSED, "container.depth", 5)


def mail_with(name: str, data: bytes) -> bytes:
    letter = EmailMessage()
    letter["Subject"], letter["From"] = "投诉", "a@b"
    letter.set_content("正文写明事由", charset="gb18030")
    letter.add_attachment(data, "application", "octet-stream", filename=name)
    return letter.as_bytes()


def test_nesting_ends_for_mails_too_and_their_own_text_is_read(read: Reader) -> None:
    found = read(mail_with("合同.txt", b"a"), "信.eml", depth=5)
    assert (found.state, found.reason, found.children) == (State.READ, "container.depth", ())
    assert "正文写明事由" in found.text
    assert "上限 5 层" in sentence(found.reason, found.facts)
    assert len(read(mail_with("合同.txt", b"a"), "信.eml", depth=4).children) == 1


def test_attachments_count_towards_the_size_of_the_item(read: Reader) -> None:
    found = read(mail_with("合同.txt", bytes(MIB)), "信.eml", limits=Limits(total_bytes=MIB + 10, before_bytes=11))
    assert (found.state, found.reason, found.children) == (State.REFUSED, "container.size", ())


@pytest.mark.parametrize(("name", "data"), [("a.zip", files.packed({"a": bytes(MIB)})),
                                            ("a.eml", mail_with("a.bin", bytes(MIB)))])  # fmt: skip
def test_nothing_is_unpacked_that_would_fill_the_disk(read: Reader, name: str, data: bytes) -> None:
    found = read(data, name, limits=Limits(disk_bytes=MIB - 1))
    assert found.children == ()
    assert "磁盘空间不足" in sentence(found.reason, found.facts)
    assert len(read(data, name, limits=Limits(disk_bytes=MIB)).children) == 1


def test_a_mail_inside_a_zip_inside_a_mail_is_reached_step_by_step(read: Reader) -> None:
    letter = EmailMessage()
    letter["Subject"], letter["From"] = "里层", "a@b"
    letter.set_content("最里面的话", charset="gb18030")
    outer = EmailMessage()
    outer["Subject"], outer["From"] = "外层", "a@b"
    outer.set_content("见附件", charset="gb18030")
    outer.add_attachment(files.packed({"信.eml": letter.as_bytes()}), "application", "zip", filename="信.zip")
    (package,) = read(outer.as_bytes(), "外.eml").children
    (found,) = read(package.path, package.name, depth=1).children
    assert "最里面的话" in read(found.path, found.name, depth=2).text


def test_only_the_locked_files_of_a_partly_locked_zip_stay_inside(read: Reader) -> None:
    data = bytearray(files.packed({"locked.txt": b"a", "open.txt": b"b"}))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    found = read(bytes(data), "a.zip")
    assert (found.state, found.reason) == (State.READ, "zip.part_encrypted")
    assert [child.name for child in found.children] == ["open.txt"]
    assert found.facts["locked"] == ["locked.txt"]


def test_the_original_is_not_changed_by_reading(read: Reader) -> None:
    content = files.packed({"a.txt": b"a"})
    found = read(content, "a.zip")
    original = found.children[0].path.parent.with_suffix(".bin")
    assert hashlib.sha256(original.read_bytes()).digest() == hashlib.sha256(content).digest()
