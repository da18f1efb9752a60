"""What a PDF says of itself: PDF/A, tags, language, fonts. Structure only; no full validator."""

import re
import zlib
from dataclasses import dataclass

from archive.letters.content import Form

_KEYWORDS = re.compile(rb"/Keywords\s*<([0-9A-Fa-f]+)>")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)
# One word without signs at which office programmes would split it.
_DECLARED = re.compile(r"anjuan-(letter|paper|sheet)(-sideways)?(-sealed)?")


def marks(pdf: bytes) -> dict[str, bool]:
    """Return which marks of PDF/A-3u (ISO 19005-3) and of a tagged file are there, by name."""
    return marks_in(unpacked(pdf))


def marks_in(plain: bytes) -> dict[str, bool]:
    """Return the same of a file already unpacked."""
    descriptors = plain.count(b"/FontDescriptor ") + plain.count(b"/FontDescriptor\n")
    return {
        "pdfa": bool(re.search(rb"pdfaid:part\W+3\W", plain))
        and bool(re.search(rb"pdfaid:conformance\W+[Uu]\W", plain)),
        "intent": b"/OutputIntents" in plain,
        "identity": b"/ID" in plain,
        "tagged": b"/StructTreeRoot" in plain and b"/Marked true" in plain,
        "language": bool(re.search(rb"/Lang\s*(\(zh-CN\)|<FEFF007A0068002D0043004E>)", plain, re.I)),
        "fonts": descriptors > 0 and len(re.findall(rb"/FontFile[23]?\s", plain)) > 0,
        # Streams left out: three bytes of a picture may well spell a name.
        "inert": not re.search(rb"/(JavaScript|JS|Launch|Encrypt)\b", _STREAM.sub(b"", plain)),
    }


@dataclass(frozen=True)
class Declared:
    """What the file's keywords say of it."""

    form: Form
    landscape: bool = False
    seal: bool = False


def keyword(declared: Declared) -> str:
    """Return the keyword by which a letter's file declares itself; `declared` reads it back."""
    return (
        f"anjuan-{declared.form.value}{'-sideways' if declared.landscape else ''}{'-sealed' if declared.seal else ''}"
    )


def declared(pdf: bytes) -> Declared | None:
    """Return what the file declares, or None when it is not one of ours."""
    plain = unpacked(pdf)
    texts = [plain, *(bytes.fromhex(found.decode()) for found in _KEYWORDS.findall(plain) if len(found) % 2 == 0)]
    for text in texts:
        found = _DECLARED.search(text.replace(b"\0", b"").decode("latin-1"))
        if found:
            return Declared(Form(found[1]), bool(found[2]), bool(found[3]))
    return None


def unpacked(pdf: bytes) -> bytes:
    """Return the file with its object streams unpacked behind it."""
    parts = [pdf]
    for found in _STREAM.finditer(pdf):
        header = pdf[max(0, found.start() - 300) : found.start()].rpartition(b"obj")[2]
        if b"/ObjStm" in header or b"/XML" in header:
            try:
                parts.append(zlib.decompressobj().decompress(found[1], 4_000_000))
            except zlib.error:
                continue
    return b"\n".join(parts)
