"""Word 97-2003 (doc): the text of the piece table ([MS-DOC] 2.4.1), with notes, headers, comments and text boxes."""

import re
import struct

import olefile

from archive.extraction.output import Output, Stop
from archive.extraction.source import Source
from archive.extraction.values import State

WORD_97 = 0x00C1
ENCRYPTED, SECOND_TABLE = 0x0100, 0x0200  # flags of the header, at offset 10
CLX = 0x01A2  # where the header tells place and size of the piece table
# 0x13 code 0x14 result 0x15: of a field, only the result shows. Fields may nest, the inner ones end first.
FIELD = re.compile(r"\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
MARKS = str.maketrans({"\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": None, "\xa0": " "})


def read(source: Source, out: Output) -> None:
    """Read a doc. Raises Stop: encrypted, older than Word 97, broken."""
    with olefile.OleFileIO(source.path) as ole:
        if not ole.exists("WordDocument"):
            raise Stop(State.UNSUPPORTED, "office.old")
        document = ole.openstream("WordDocument").read()
        version, flags = struct.unpack_from("<H", document, 2)[0], struct.unpack_from("<H", document, 10)[0]
        if flags & ENCRYPTED:
            raise Stop(State.ENCRYPTED, "office.encrypted")
        if version < WORD_97:
            raise Stop(State.UNSUPPORTED, "office.old")
        table = ole.openstream("1Table" if flags & SECOND_TABLE else "0Table").read()
    start, size = struct.unpack_from("<II", document, CLX)
    out.running_text(_shown(_text(document, table[start : start + size])))


def _text(document: bytes, clx: bytes) -> str:
    at = 0
    while at < len(clx) and clx[at] == 1:  # formatting of pieces, stepped over
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if at + 5 > len(clx) or clx[at] != 2:
        raise Stop(State.BROKEN, "doc.broken")
    count = (int.from_bytes(clx[at + 1 : at + 5], "little") - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
    letters = []
    for number in range(count):
        where = struct.unpack_from("<I", clx, at + 5 + 4 * (count + 1) + 8 * number + 2)[0]
        length = places[number + 1] - places[number]
        if where & 0x40000000:  # one byte a letter, at half the offset
            first = (where & 0x3FFFFFFF) // 2
            letters.append(document[first : first + length].decode("cp1252", "replace"))
        else:
            letters.append(document[where : where + 2 * length].decode("utf-16-le", "replace"))
    return "".join(letters)


def _shown(text: str) -> str:
    found = 1
    while found:
        text, found = FIELD.subn(lambda field: field[1] or "", text)
    # A cell ends with 0x07, and so does a row after its last cell.
    lines = text.replace("\x07\x07", "\n").translate(MARKS).splitlines()
    return "\n".join("".join(letter for letter in line if letter >= " " or letter == "\t") for line in lines).strip()
