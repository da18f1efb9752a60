"""Zip archives: held to the limits by what their directory claims, then unpacked to opaque names."""

import filecmp
import re
import shutil
import stat
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

from archive.extraction.decode import familiar, is_utf8
from archive.extraction.output import Output, Stop, shown_name
from archive.extraction.source import Source
from archive.extraction.values import MIB, State

# Below this, no ratio is dangerous: a page of blanks may shrink a thousandfold.
RATIO_FLOOR = 20 * MIB
UTF8_NAME, ENCRYPTED = 0x800, 0x1
# What systems add by themselves: not evidence, and in the sealed original anyway.
ADDED = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
UNICODE_PATH = 0x7075
USUAL = {"gb18030": (0xB0, 0xD7), "big5hkscs": (0xA4, 0xC6)}  # first bytes of the letters in daily use


def read(source: Source, out: Output) -> None:
    """Unpack a zip. Its own text is the list of names. Raises Stop beyond a limit, before anything is unpacked."""
    if source.depth >= source.limits.depth:
        raise Stop(State.REFUSED, "container.depth", limit=source.limits.depth)
    try:
        archive = zipfile.ZipFile(source.path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Stop(State.BROKEN, "zip.broken") from None
    with archive:
        entries = archive.infolist()
        hold_to_limits(entries, source)
        out.hold_to_size(sum(entry.file_size for entry in entries))
        if not entries:
            raise Stop(State.EMPTY, "zip.empty")
        names = dict(zip(entries, real_names(entries), strict=True))
        files = [entry for entry in entries if not entry.is_dir()]
        wanted = [entry for entry in files if _is_file(entry) and not ADDED.search(names[entry])]
        locked = [entry for entry in wanted if entry.flag_bits & ENCRYPTED]
        out.running_text("\n".join(shown_name(names[entry]) for entry in files))
        if locked:
            out.fact(locked=[shown_name(names[entry]) for entry in locked[:100]])
            if len(locked) == len(wanted):
                raise Stop(State.ENCRYPTED, "zip.encrypted")
            out.incomplete("zip.part_encrypted")
        for entry in wanted:
            if entry not in locked:
                _unpack(archive, entry, names[entry], source.path, out)
        out.fact(files=len(files), skipped=[shown_name(names[entry]) for entry in files if entry not in wanted][:100])


def hold_to_limits(entries: list[zipfile.ZipInfo], source: Source) -> None:
    """Refuse by number, single size and ratio. The claims bind: no entry yields more than it claims."""
    limits, total = source.limits, sum(entry.file_size for entry in entries)
    largest = max((entry.file_size for entry in entries), default=0)
    packed = max(source.path.stat().st_size, 1)
    if len(entries) > limits.entries:
        raise Stop(State.REFUSED, "container.count", limit=limits.entries, found=len(entries))
    if largest > limits.entry_bytes:
        raise Stop(State.REFUSED, "zip.entry_size", limit=limits.entry_bytes, found=largest)
    # Against the file's own size, so that entries sharing the same packed bytes do not slip through.
    if total > RATIO_FLOOR and total > limits.ratio * packed:
        raise Stop(State.REFUSED, "zip.ratio", limit=limits.ratio, found=total // packed)


def real_names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Return the names as written. Old Chinese programs write GBK unmarked, which Python reads as cp437; one rule
    for the whole archive: UTF-8 if all names are, else GB18030 or Big5 where that gives everyday letters, else cp437.
    """
    raw = [b"" if entry.flag_bits & UTF8_NAME else entry.orig_filename.encode("cp437", "replace") for entry in entries]
    joined = b"\n".join(name for name in raw if not name.isascii())
    encoding = _encoding(joined)
    return [_unicode_path(entry) or (name.decode(encoding, "replace") if name else entry.orig_filename)
            for entry, name in zip(entries, raw, strict=True)]  # fmt: skip


def _encoding(names: bytes) -> str:
    best, found = 0.0, "cp437"
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        try:
            text = names.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            if is_utf8(names, text):
                return encoding
            continue
        foreign = [letter for letter in text if letter > "\x7f"]
        usual = sum(_is_usual(letter.encode(encoding), encoding) for letter in foreign) / max(len(foreign), 1)
        score = usual / 2 + familiar(text)
        if score > best and usual > 0.6:
            best, found = score, encoding
    return found


def _is_usual(code: bytes, encoding: str) -> bool:
    """Tell letters in daily use, and punctuation, by their codes: level 1 of GB2312 or Big5; chance hits few."""
    first, last = USUAL[encoding]
    letter = first <= code[0] <= last or 0xA1 <= code[0] <= 0xA3
    return len(code) == 2 and letter and (code[1] >= 0xA1 or encoding == "big5hkscs")


def _unicode_path(entry: zipfile.ZipInfo) -> str:
    """Return the name of the Info-ZIP Unicode path field (APPNOTE 4.6.9), if there is one."""
    extra, at = entry.extra, 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == UNICODE_PATH and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return ""


def _is_file(entry: zipfile.ZipInfo) -> bool:
    """Tell ordinary files from links, devices and pipes, which an archive can hold too."""
    mode = stat.S_IFMT(entry.external_attr >> 16)
    return mode in (0, stat.S_IFREG)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, container: Path, out: Output) -> None:
    path = out.child_path(entry.file_size)
    try:
        with archive.open(entry) as packed, path.open("wb") as file:
            shutil.copyfileobj(packed, file, MIB)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        path.unlink(missing_ok=True)
        out.incomplete("zip.part_broken")
        return
    if filecmp.cmp(path, container, shallow=False):
        raise Stop(State.REFUSED, "zip.itself")
    out.add_child(path, name, sent_at=_changed(entry))


def _changed(entry: zipfile.ZipInfo) -> str:
    """Return the time of last change, local to whoever packed it; empty when it is no time."""
    try:
        moment = datetime(*entry.date_time)  # noqa: DTZ001 - a zip tells no zone
    except ValueError:
        return ""
    return moment.isoformat() if moment.year > 1980 else ""
