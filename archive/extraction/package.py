"""Office documents that are zip archives of XML: opened within bounds, read without entities, salvaged when torn."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from archive.extraction.output import Output, Stop
from archive.extraction.values import MIB, State

PART_LIMIT = 256 * MIB
LOCAL_HEADER = b"PK\x03\x04"


class Package:
    """The parts of an office document by name. Raises Stop when it is broken beyond use or unpacks too large."""

    def __init__(self, path: Path, out: Output) -> None:
        self.out = out
        try:
            self._zip: zipfile.ZipFile | None = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            self._zip = None
            self._salvaged = _salvage(path)
            if not self._salvaged:
                raise Stop(State.BROKEN, "package.broken") from None
            out.incomplete("package.torn")
            return
        total = sum(info.file_size for info in self._zip.infolist())
        if total > out.limits.package_bytes:
            raise Stop(State.REFUSED, "package.size", limit=out.limits.package_bytes, found=total)

    def names(self, pattern: str = ".*") -> list[str]:
        """Return the names of parts that match as a whole, numbers in their natural order."""
        names = self._zip.namelist() if self._zip else list(self._salvaged)
        found = {name for name in names if re.fullmatch(pattern, name)}
        return sorted(found, key=lambda name: [int(bit) if bit.isdigit() else bit for bit in re.split(r"(\d+)", name)])

    def bytes(self, name: str) -> bytes:
        """Return a part's bytes; empty when there is none of that name or it cannot be unpacked."""
        if self._zip is None:
            return self._salvaged.get(name, b"")
        try:
            info = self._zip.getinfo(name)
            if info.flag_bits & 1:
                raise Stop(State.ENCRYPTED, "office.encrypted")
            if info.file_size > PART_LIMIT:
                raise Stop(State.REFUSED, "package.size", limit=PART_LIMIT, found=info.file_size)
            return self._zip.read(info)
        except KeyError:
            return b""
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            self.out.incomplete("package.part_broken")
            return b""

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of an XML part, None when it is missing or beyond reading."""
        data = self.bytes(name)
        if not data:
            return None
        root, whole = parse_xml(data)
        if not whole:
            self.out.incomplete("package.torn")
        return root


def parse_xml(data: bytes) -> tuple[etree._Element | None, bool]:
    """Return (root, whether well formed). Entities are never expanded, nothing is fetched, depth is bounded (256)."""
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=recover
        )
        try:
            return etree.fromstring(data, parser), not recover
        except etree.XMLSyntaxError as error:
            if getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from None
        except ValueError:
            break
    return None, False


def local(element: etree._Element) -> str:
    """Return a tag without its namespace; empty for comments, instructions and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _salvage(path: Path) -> dict[str, bytes]:
    """Return what can be unpacked from a zip without its directory (cut off, overwritten), entry by entry."""
    return dict(_entries(path.read_bytes()))


def _entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = data.find(LOCAL_HEADER)
    budget = PART_LIMIT
    while 0 <= at <= len(data) - 30 and budget > 0:
        flags, method = struct.unpack_from("<HH", data, at + 6)
        packed, _size, name_length, extra = struct.unpack_from("<IIHH", data, at + 18)
        name = data[at + 30 : at + 30 + name_length].decode("utf-8", "replace")
        start = at + 30 + name_length + extra
        if flags & 1:
            raise Stop(State.ENCRYPTED, "office.encrypted")
        if method == zipfile.ZIP_DEFLATED:
            content, start = _inflate(data, start, budget)
        else:
            content = data[start : start + packed]
        budget -= len(content)
        yield name, content
        at = data.find(LOCAL_HEADER, start)


def _inflate(data: bytes, start: int, budget: int) -> tuple[bytes, int]:
    """Return (at most `budget` bytes of what is packed from `start` on, where the packed bytes end)."""
    engine, content = zlib.decompressobj(-15), bytearray()
    # In small steps, so that what was good before the first bad byte is kept.
    while start < len(data) and not engine.eof and len(content) < budget:
        step = data[start : start + 4096]
        try:
            content += engine.decompress(step, budget - len(content))
        except zlib.error:
            break
        start += len(step) - len(engine.unused_data)
    return bytes(content), start
