"""What lies inside office documents: files dropped into them become children, pasted pictures are recognised."""

import io
import re
from pathlib import Path

import olefile

from archive.extraction.kinds import SUFFIXES, sniff
from archive.extraction.output import Output
from archive.extraction.package import Package
from archive.extraction.readers import ocr

# Icons, rules and logos say nothing; a pasted screenshot or photograph is larger than this.
SMALLEST_PICTURE = 150_000  # square pixels
PICTURES = r"(?:(?:word|ppt|xl)/media|Pictures|media)/.*\.(?:png|jpe?g|gif|bmp|tiff?|webp)"


def embedded_files(package: Package, out: Output) -> None:
    """Hand out what was dropped into the document: office files as they are, OLE objects unwrapped."""
    for part in package.names(r"(?:word|ppt|xl)/embeddings/.+"):
        data = package.bytes(part)
        name, content = unwrap(data) if data.startswith(olefile.MAGIC) else ("", data)
        if content:
            path = out.child_path(len(content))
            path.write_bytes(content)
            suffix = SUFFIXES.get(sniff(path, ""), ".bin")
            out.add_child(path, name or Path(part).with_suffix(suffix).name)


def embedded_pictures(package: Package, out: Output) -> None:
    """Read the words in pasted pictures, a page for each; without recognition installed there is only their number."""
    names = package.names(PICTURES)
    out.fact(pictures=len(names) or None)
    for name in names if ocr.available() else ():
        ocr.read_pasted(package.bytes(name), out, smallest=SMALLEST_PICTURE, label=name.rpartition("/")[2])


def unwrap(data: bytes) -> tuple[str, bytes]:
    """Return (name, content) of an OLE object: a packaged file, an embedded PDF, or the object itself."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("\x01Ole10Native"):
                return _packaged(ole.openstream("\x01Ole10Native").read())
            for stream in ("CONTENTS", "Package"):
                if ole.exists(stream):
                    return "", ole.openstream(stream).read()
    except (OSError, ValueError, IndexError):
        return "", b""
    return "", data


def _packaged(native: bytes) -> tuple[str, bytes]:
    """Take apart an OLE 1.0 package: size, flags, label, path, flags, path, size, content ([MS-OLEDS] 2.3.6)."""
    fields = re.match(rb".{6}([^\0]*)\0[^\0]*\0.{8}[^\0]*\0(.{4})", native, re.DOTALL)
    if not fields:
        return "", native[4:]
    size = int.from_bytes(fields[2], "little")
    label = fields[1].decode("gb18030", "replace")
    return re.split(r"[\\/]", label)[-1], native[fields.end() : fields.end() + size]
