"""Builders of the files the tests read, friendly and hostile; everything is made here but three tiny samples."""

import contextlib
import io
import struct
import time
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
from extract_msg.ole_writer import OleWriter

SAMPLES = Path(__file__).resolve().parents[2] / "files" / "extraction"


def packed(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unmarked(data: bytes, name: str, encoding: str) -> bytes:
    """Give the only foreign name of a zip the bytes an old program writes, without the mark for UTF-8."""
    new, old = name.encode(encoding), name.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w") as copy:
        for entry in archive.infolist():
            copy.writestr("x" * len(new) if entry.filename.encode() == old else entry.filename, archive.read(entry))
    return buffer.getvalue().replace(b"x" * len(new), new)


def locked(data: bytes) -> bytes:
    """Set the flag of encryption on all entries of a zip."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(magic, at + 4)
    return bytes(changed)


def a_docx(*paragraphs: str) -> bytes:
    buffer = io.BytesIO()
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(buffer)
    return buffer.getvalue()


def with_part(package: bytes, name: str, data: bytes) -> bytes:
    """Replace or add one part of an office package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return packed({entry: archive.read(entry) for entry in archive.namelist()} | {name: data})


def word_part(body: str, doctype: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}'
        f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    ).encode()


def an_xlsx(rows: list[list[object]], title: str = "流水") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def an_odf(kind: str, body: str, manifest: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
    )
    content = f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return buffer.getvalue()


def ole(streams: dict[str, bytes]) -> bytes:
    writer = OleWriter()
    for name, data in streams.items():
        writer.addEntry(name.split("/"), data)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def a_msg(subject: str, body: str, encoding: str) -> bytes:
    """An Outlook message with one-byte texts that names no code page."""
    header = bytes(8) + struct.pack("<IIII", 0, 0, 0, 0) + bytes(8)
    texts = {"001A": "IPM.Note", "0037": subject, "1000": body}
    streams = {"__properties_version1.0": header}
    for tag, text in texts.items():
        data = text.encode(encoding)
        streams[f"__substg1.0_{tag}001E"] = data
        streams["__properties_version1.0"] += struct.pack("<HHIII", 0x001E, int(tag, 16), 6, len(data) + 1, 0)
    streams |= {f"__nameid_version1.0/__substg1.0_{tag}0102": b"" for tag in ("0002", "0003", "0004")}
    return ole(streams)


def record(kind: int, data: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(data)) + data


def a_ppt(*texts: str) -> bytes:
    slides = b"".join(record(0x0FA0, text.encode("utf-16-le")) for text in texts)
    template = record(0x03F8, record(0x0FA0, "单击此处".encode("utf-16-le")), 0xF)
    return ole({"PowerPoint Document": record(0x03E8, template + slides, 0xF), "Current User": bytes(32)})


def a_pdf(*pages: str, encrypted: bool = False, rotate: int = 0) -> bytes:
    """A PDF with a line of 20 points near the top left of each A4 page, in a Chinese font that is not embedded."""
    objects = [b"", b"", b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
               b"<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/DW 1000/FontDescriptor 5 0 R"
               b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
               b"<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880"
               b"/Descent -120/CapHeight 700/StemV 80>>"]  # fmt: skip
    kids = []
    for text in pages:
        stream = f"BT /F 20 Tf 60 760 Td <{text.encode('utf-16-be').hex()}> Tj ET".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        objects.append(b"<</Type/Page/Parent 2 0 R/Rotate %d/MediaBox[0 0 595 842]/Contents %d 0 R"
                       b"/Resources<</Font<</F 3 0 R>>>>>>" % (rotate, len(objects)))  # fmt: skip
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    lock = b""
    if encrypted:
        lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"11" * 32, b"22" * 32)
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, lock, start)
    return bytes(out)


def a_png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


def an_ofd(*lines: str) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    texts = "".join(
        f'<ofd:TextObject Boundary="21 {29.7 * (number + 1)} 84 5"><ofd:TextCode X="0" Y="4">{line}</ofd:TextCode>'
        "</ofd:TextObject>"
        for number, line in enumerate(lines)
    )
    pages = '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    document = f"<ofd:Document {space}><ofd:CommonData>{area}</ofd:CommonData>{pages}</ofd:Document>"
    page = f"<ofd:Page {space}><ofd:Content>{texts}</ofd:Content></ofd:Page>"
    parts = {"OFD.xml": f"<ofd:OFD {space}/>", "Doc_0/Document.xml": document, "Doc_0/Pages/Page_0/Content.xml": page}
    return packed({name: part.encode() for name, part in parts.items()})


def processes_left_in(folder: Path) -> list[str]:
    """The processes that stay in a folder; those just killed get the moment the kernel needs to take them away."""
    deadline = time.monotonic() + 5
    while (found := _processes_in(folder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def _processes_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").resolve().is_relative_to(folder):
                found.append(process.name)
    return found
