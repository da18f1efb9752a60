"""Kinds of files are told by content first, by name where the content leaves it open."""

from pathlib import Path

import pytest

from archive.extraction import kinds, sniff
from archive.extraction.decode import decode


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.7\n", "合同.jpg", kinds.PDF),
        (b"\0" * 500 + b"%PDF-1.7\n", "合同.pdf", kinds.PDF),
        (b"\x89PNG\r\n\x1a\n", "a.pdf", "image/png"),
        (b"RIFF\0\0\0\0WEBP", "a", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", "a", "audio/wav"),
        (b"\x02#!SILK_V3", "语音", "audio/x-silk"),
        (b"\xff\xfb\x90\x44" + bytes(50), "录音.mp3", "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + bytes(50), "录音.aac", "audio/aac"),
        (b"\0\0\0\x20ftypM4A \0", "录音.m4a", "audio/mp4"),
        (b"\0\0\0\x20ftypisom\0", "录像.mp4", "video/mp4"),
        (b"{\\rtf1", "a.doc", kinds.RTF),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.textPK", "a.zip", kinds.ODT),
        (b"PK\x03\x04" + bytes(26) + b"a.txt" + b"PK\x05\x06", "a.docx", kinds.ZIP),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "a.docx", kinds.DOCX),
        (b"From: a@b\r\nTo: c@d\r\nSubject: x\r\n\r\nbody", "信", kinds.MAIL),
        (b"From: a@b\r\n\r\nbody", "信.eml", kinds.MAIL),
        (b"From a@b Mon Mar  2 10:00:00 2026\nFrom: a@b\n\nx", "a", kinds.MBOX),
        (b"  <!DOCTYPE html><p>x", "a.txt", "text/html"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "image/svg+xml"),
        ("\ufeff日期,金额".encode("utf-16"), "a.csv", "text/csv"),
        ("日期：从今天起".encode("gb18030"), "a.csv.txt", "text/plain"),
        (b"", "a.pdf", kinds.EMPTY),
        (bytes(range(256)), "a.txt", kinds.UNKNOWN),
        (bytes(64), "a.docx", kinds.UNKNOWN),
    ],
)  # fmt: skip
def test_the_kind_is_what_the_content_says(tmp_path: Path, content: bytes, name: str, kind: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sniff(path, name) == kind


def test_a_folder_of_an_unpacked_document_inside_a_zip_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(
        b"PK\x03\x04" + bytes(26) + b"old/[Content_Types].xml PK\x03\x04" + bytes(26) + b"old/word/document.xml"
    )
    assert sniff(path, "a.zip") == kinds.ZIP


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("投诉银行误导销售", "gb18030", ""),
        ("投诉银行误导销售", "gb18030", "gb2312"),
        ("投诉银行误导销售", "gb18030", "iso-8859-1"),
        ("投诉银行误导销售", "gb18030", "no-such-encoding"),
        ("投诉银行误导销售", "utf-8", "gbk"),
        ("銀行客戶投訴的說明", "big5", ""),
        ("銀行客戶投訴的說明", "big5", "big5"),
        ("证", "gb18030", ""),  # valid UTF-8 by chance
        ("résumé für Größe", "utf-8", "gb2312"),
        ("résumé für Größe", "cp1252", "iso-8859-1"),
        ("銀行のお客様", "euc_jp", "euc-jp"),
        ("\U00020bb7野家", "gb18030", ""),
    ],
)
def test_text_is_decoded_whatever_was_declared(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared)[0] == text
