"""Which kind of file this is: by its content first, by its name where the content leaves it open."""

import re
from pathlib import Path

from archive.extraction.decode import decode

UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"
PDF = "application/pdf"
ZIP = "application/zip"
MAIL = "message/rfc822"
MBOX = "application/mbox"
MSG = "application/vnd.ms-outlook"
OFFICE_ENCRYPTED = "application/x-ole-encrypted"
OLE = "application/x-ole-storage"
OFD = "application/ofd"
RTF = "application/rtf"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"

# (offset, bytes, kind); the first that fits decides.
MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"#!SILK", "audio/x-silk"),
    (0, b"\x02#!SILK", "audio/x-silk"),  # as WeChat writes it
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"{\\rtf", RTF),
)
# The brand of an ISO media file (ISO/IEC 14496-12), at offset 8 after `ftyp`.
BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime", b"heic": "image/heic",
          b"heix": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic", b"avif": "image/avif"}  # fmt: skip
# Streams by which an OLE compound file shows its kind; their names stand in the directory as UTF-16.
STREAMS = (("EncryptedPackage", OFFICE_ENCRYPTED), ("__properties_version1.0", MSG), ("WordDocument", DOC),
           ("PowerPoint Document", PPT), ("Workbook", XLS), ("Book", XLS))  # fmt: skip
OLE_NAMES = {".doc": DOC, ".wps": DOC, ".xls": XLS, ".et": XLS, ".ppt": PPT, ".dps": PPT, ".msg": MSG}
PACKAGE_NAMES = {".docx": DOCX, ".docm": DOCX, ".xlsx": XLSX, ".xlsm": XLSX, ".pptx": PPTX, ".pptm": PPTX}
OPEN_XML = ((rb"word/", DOCX), (rb"xl/", XLSX), (rb"ppt/", PPTX))
OPEN_DOCUMENT = {b"text": ODT, b"spreadsheet": ODS, b"presentation": ODP}
# The usual endings, for files that have lost theirs.
SUFFIXES = {DOC: ".doc", XLS: ".xls", PPT: ".ppt", DOCX: ".docx", XLSX: ".xlsx", PPTX: ".pptx", ODT: ".odt",
            ODS: ".ods", ODP: ".odp", RTF: ".rtf", PDF: ".pdf", ZIP: ".zip", MAIL: ".eml", MSG: ".msg"}  # fmt: skip
PLAIN_NAMES = {".csv": "text/csv", ".tsv": "text/csv", ".eml": MAIL, ".mht": MAIL, ".mbox": MBOX, ".html": "text/html",
               ".htm": "text/html"}  # fmt: skip

HEADERS = re.compile(
    rb"^(?:received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|content-type|reply-to|"
    rb"dkim-signature|x-[\w-]+|sender|authentication-results|content-transfer-encoding)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
HEAD = 64 << 10
TAIL = 256 << 10


def sniff(path: Path, filename: str) -> str:
    """Return the media type of a file, `application/octet-stream` when none of ours. Reads at most 400 KiB."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head:
            return EMPTY
        if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            file.seek((int.from_bytes(head[48:52], "little") + 1) << min(int.from_bytes(head[30:32], "little"), 12))
            return _ole(file.read(HEAD), filename)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            size = file.seek(0, 2)
            file.seek(max(size - TAIL, 0))
            return _zip(head, file.read(TAIL), filename)
    return _plain(head, filename)


def _plain(head: bytes, filename: str) -> str:
    if b"%PDF-" in head[:1024]:
        return PDF
    for offset, magic, kind in MAGIC:
        if head.startswith(magic, offset):
            return kind
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/3gpp" if head[8:11] == b"3gp" else "video/mp4")
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "image/bmp"
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return "video/x-ms-asf"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 0x08 and not _is_utf16(head):
        return "audio/aac" if head[1] & 0xF6 == 0xF0 else "audio/mpeg"
    return _text(head, filename)


def _is_utf16(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _ole(directory: bytes, filename: str) -> str:
    for stream, kind in STREAMS:
        # Sixteen-bit letters, then the closing zero: "Book" must not be found in "Workbook".
        if re.search(rb"(?:^|\0\0)" + re.escape(f"{stream}\0".encode("utf-16-le")), directory):
            return kind
    return OLE_NAMES.get(Path(filename).suffix.lower(), OLE)


def _zip(head: bytes, tail: bytes, filename: str) -> str:
    """Tell office documents from plain archives by the names of entries, in local headers and the directory."""
    if found := re.match(rb".{30}mimetypeapplication/vnd\.oasis\.opendocument\.([a-z]+)", head[:200], re.DOTALL):
        return OPEN_DOCUMENT.get(found[1], ZIP)

    def has(name: bytes) -> bool:
        return bool(
            re.search(rb"PK\x03\x04.{26}" + name, head, re.DOTALL)
            or re.search(rb"PK\x01\x02.{42}" + name, tail, re.DOTALL)
        )

    # A document that was cut off may show no more of its kind than its name.
    named = PACKAGE_NAMES.get(Path(filename).suffix.lower(), ZIP) if b"PK\x05\x06" not in tail else ZIP
    if named != ZIP or has(rb"\[Content_Types\]\.xml"):
        return next((kind for prefix, kind in OPEN_XML if has(prefix)), named)
    return OFD if has(rb"OFD\.xml") else ZIP


def _text(head: bytes, filename: str) -> str:
    text, encoding = decode(head, cut=len(head) == HEAD)
    if not encoding or _share_of_controls(text) > 0.02:
        return UNKNOWN
    start = text.lstrip("\ufeff \t\r\n")[:4096].lower()
    named = PLAIN_NAMES.get(Path(filename).suffix.lower())
    if start.startswith("from ") and HEADERS.search(head[:4096]):
        return MBOX
    if start.startswith(("<!doctype html", "<html")) or (start.startswith("<") and "<html" in start):
        return "text/html"
    if "<svg" in start and start.startswith(("<?xml", "<svg", "<!--", "<!doctype svg")):
        return "image/svg+xml"
    if start.startswith("<?xml"):
        return "text/xml"
    if HEADERS.match(head.lstrip()) and (named == MAIL or len(HEADERS.findall(head[:8192])) > 2):
        return MAIL
    return named if named in ("text/csv", "text/html") else "text/plain"


def _share_of_controls(text: str) -> float:
    odd = sum(1 for letter in text if (letter < " " and letter not in "\t\n\r\f\x1b") or letter == "\x7f")
    return odd / max(len(text), 1)
