"""Whoosh's files, made safe: nothing is unpickled, and a commit is on disk before it counts.

Whoosh 2.7.4 pickles its table of contents, its term table's header and its posting blocks, which would make the index
folder a place to run code from; it never calls fsync and keeps no checksums. Here its storage, term table
(`OrderedHash`), segments and generations of the table of contents are used with JSON in place of pickles, packed arrays
for postings (`archive.search.whoosh_segment`), and a CRC-32 of every file, checked when it is opened.
"""

import json
import mmap
import os
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Whoosh's last release (2016) compares with literals; Python says so when it first compiles the files.
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import W3Codec, W3Segment
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.filetables import OrderedHashReader, OrderedHashWriter
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import TOC, clean_files

from archive.search.port import IndexUnusable

__all__ = [
    "Contents",
    "MappedFile",
    "OrderedHashReader",
    "OrderedHashWriter",
    "PlainFile",
    "PlainStorage",
    "StoredSegment",
]

_NAME = "ANJUAN"
_CODEC = W3Codec()


class PlainFile(StructFile):  # type: ignore[misc]  # Whoosh has no types
    """A file to write: JSON where Whoosh would pickle, on disk when closed, its checksum known then."""

    def __init__(self, path: str, name: str) -> None:
        super().__init__(Path(path).open("wb"), name=name)  # noqa: SIM115  # closed by close()
        self.is_real = False  # else arrays would go past `write`
        self.checksum = 0

    def write(self, data: bytes) -> None:
        self.checksum = zlib.crc32(data, self.checksum)
        self.file.write(data)

    def write_pickle(self, obj: Any, protocol: int = -1) -> None:
        self.write(json.dumps(obj).encode() + b"\n")

    def close(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        super().close()


class MappedFile(StructFile):  # type: ignore[misc]
    """A file to read, mapped into memory: `get` moves no position, so threads may share it."""

    def __init__(self, path: str, name: str) -> None:
        with Path(path).open("rb") as file:
            self.buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(self.buffer, name=name)

    def get(self, position: int, length: int) -> bytes:
        return self.buffer[position : position + length]

    def read_pickle(self) -> Any:
        return json.loads(self.file.readline())


class PlainStorage(FileStorage):  # type: ignore[misc]
    """A folder of plain files."""

    def create_file(self, name: str, **_: Any) -> PlainFile:
        return PlainFile(self._fpath(name), name)

    def open_file(self, name: str, **_: Any) -> MappedFile:
        return MappedFile(self._fpath(name), name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        super().rename_file(oldname, newname, safe=safe)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class StoredSegment(W3Segment):  # type: ignore[misc]
    """A segment with the checksums of its files (extension -> CRC-32)."""

    def __init__(self, *, count: int = 0, id_: str | None = None, deleted: Sequence[int] = ()) -> None:
        super().__init__(_CODEC, _NAME, count, id_, set(deleted) or None)
        self.sums: dict[str, int] = {}

    def finish_file(self, file: PlainFile) -> None:
        """Close a file of this segment and note its checksum."""
        file.close()
        self.sums[Path(file._name).suffix] = file.checksum

    def open_checked(self, storage: PlainStorage, extension: str) -> MappedFile:
        """Open a file of this segment. Raises IndexUnusable when it is not what was written."""
        file = storage.open_file(self.make_filename(extension))
        if zlib.crc32(file.buffer) != self.sums[extension]:
            raise IndexUnusable("search.index_damaged", file=file._name)
        return file


class Contents:
    """The table of contents after a commit: its number, the sequence it reaches, the segments with their deletions."""

    def __init__(self, generation: int = 0, seq: int = 0, segments: Sequence[StoredSegment] = ()) -> None:
        self.generation = generation
        self.seq = seq
        self.segments = list(segments)

    @staticmethod
    def latest(storage: PlainStorage) -> int:
        """Return the number of the newest commit, -1 when there is none."""
        return int(TOC._latest_generation(storage, _NAME))

    @classmethod
    def read(cls, storage: PlainStorage) -> "Contents":
        """Raises IndexUnusable when it is absent or broken, FileNotFoundError when a newer one just took its place."""
        generation = cls.latest(storage)
        if generation < 0:
            raise IndexUnusable("search.index_absent", folder=storage.folder)
        contents = cls(generation)
        try:
            kept = json.loads(Path(storage.folder, TOC._filename(_NAME, generation)).read_bytes())
            contents.seq = int(kept["seq"])
            for part in kept["segments"]:
                segment = StoredSegment(count=part["count"], id_=part["id"], deleted=part["deleted"])
                segment.sums = part["sums"]
                contents.segments.append(segment)
        except (ValueError, KeyError, TypeError) as error:
            raise IndexUnusable("search.index_damaged", folder=storage.folder) from error
        return contents

    def write(self, storage: PlainStorage) -> None:
        """Make this the newest. Files of no use any more are removed; readers keep those they have open."""
        name = TOC._filename(_NAME, self.generation)
        segments = [
            {"id": part.segid, "count": part.doc_count_all(), "deleted": sorted(part.deleted_docs()), "sums": part.sums}
            for part in self.segments
        ]
        file = storage.create_file(f"{name}.new")
        file.write_pickle({"seq": self.seq, "segments": segments})
        file.close()
        storage.rename_file(f"{name}.new", name)
        clean_files(storage, _NAME, self.generation, self.segments)
