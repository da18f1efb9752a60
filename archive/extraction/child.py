"""The process that touches the file. It binds itself, does one piece of work, and leaves its result in files."""

import contextlib
import ctypes
import errno
import importlib
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.extraction import kinds
from archive.extraction.output import Output, Stop
from archive.extraction.sandbox import RESULT
from archive.extraction.source import Source
from archive.extraction.values import GIB, Limits, State

READERS = "archive.extraction.readers."
TEXT, PICTURE, MEDIA = "plain:read_text", "pictures:read", "media:read"
# Which function reads a kind; modules are imported only when needed.
READER = {
    kinds.PDF: "pdf:read", kinds.OFD: "ofd:read", kinds.ZIP: "zips:read", kinds.MAIL: "mail:read",
    kinds.MBOX: "mail:read_mbox", kinds.MSG: "outlook:read", kinds.RTF: "plain:read_rtf",
    kinds.DOC: "word97:read", kinds.XLS: "cells:read_old", kinds.PPT: "slides:read_old",
    kinds.DOCX: "word:read", kinds.XLSX: "cells:read", kinds.PPTX: "slides:read",
    kinds.ODT: "opendocument:read", kinds.ODS: "opendocument:read", kinds.ODP: "opendocument:read",
    "text/plain": TEXT, "text/csv": TEXT, "text/html": "plain:read_html", "text/xml": "plain:read_xml",
    "image/svg+xml": "plain:read_xml", "image/jpeg": PICTURE, "image/png": PICTURE, "image/gif": PICTURE,
    "image/tiff": PICTURE, "image/webp": PICTURE, "image/bmp": PICTURE, "image/avif": PICTURE,
}  # fmt: skip
# Kinds that end at once, with their outcome.
KNOWN_END = {
    kinds.EMPTY: (State.EMPTY, "empty"),
    kinds.UNKNOWN: (State.UNSUPPORTED, "kind.unknown"),
    kinds.OLE: (State.UNSUPPORTED, "kind.unknown"),
    kinds.OFFICE_ENCRYPTED: (State.ENCRYPTED, "office.encrypted"),
    "application/vnd.rar": (State.UNSUPPORTED, "kind.archive"),
    "application/x-7z-compressed": (State.UNSUPPORTED, "kind.archive"),
    "application/gzip": (State.UNSUPPORTED, "kind.archive"),
    "image/heic": (State.UNSUPPORTED, "kind.picture"),
}
# Torn so far that nothing of it could be read.
TORN = {"package.torn": "package.broken", "image.torn": "image.broken"}
CLONE_NEWUSER, CLONE_NEWNET, PR_SET_PDEATHSIG = 0x10000000, 0x40000000, 1


def main(work: str) -> None:
    """Do one piece of work; the job comes as JSON on standard input."""
    job = json.load(sys.stdin)
    limits = Limits(**job.pop("limits"))
    bind(limits)
    workdir = Path.cwd()
    with (workdir / RESULT).open("a", encoding="utf-8") as file:
        out = Output(file, workdir, limits)
        try:
            WORKS[work](job, out)
        except Stop as stop:
            out.fact(**stop.facts)
            out.finish(stop.state, stop.reason)
        except Exception as error:
            state, reason = _outcome(error)
            out.fact(detail=f"{type(error).__name__}: {error}"[:300])
            out.finish(state, f"{reason}.partial" if out.has_text else reason)
    # Without tidying up: what a library does at exit must not spoil a result already written.
    os._exit(0)


def bind(limits: Limits) -> None:
    """Give up what this process does not need, for good: network, memory, time, size of files, core dumps."""
    # A user namespace of our own to leave the network; where the kernel forbids it, the other bounds still hold.
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)
    die_with_parent(signal.SIGKILL)
    processor = math.ceil(limits.seconds) * 2 + 5
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, max(limits.entry_bytes, GIB)),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))
    # Should the parent be gone, the alarm still ends this process; too large a file raises instead of killing.
    signal.alarm(math.ceil(limits.seconds) + 10)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(10)


def die_with_parent(sign: signal.Signals) -> None:
    """Have the kernel send this signal when the parent is gone. Entering a namespace undoes it, so it comes after."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign)


def read(job: dict[str, Any], out: Output) -> None:
    """Read one file: sniff its kind, let its reader write pages and children."""
    path, filename = Path(job["path"]), str(job["filename"])
    kind = kinds.sniff(path, filename)
    out.fact(media_type=kind)
    out.depth = int(job["depth"])
    if kind in KNOWN_END:
        raise Stop(*KNOWN_END[kind])
    reader = "media:read" if kind.startswith(("audio/", "video/")) else READER[kind]
    function(READERS + reader)(Source(path, filename, kind, out.depth, out.limits), out)
    if not out.has_text and out.reason in TORN:
        raise Stop(State.BROKEN, TORN[out.reason])
    if not out.has_text:
        out.incomplete("pdf.no_words" if kind == kinds.PDF else "document.no_words")
    out.finish()


def function(name: str) -> Callable[..., Any]:
    """Return a function by `module:name`, importing the module."""
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def _pages(job: dict[str, Any], out: Output) -> None:
    function("archive.extraction.render:pages")(job, out)


def _count(job: dict[str, Any], out: Output) -> None:
    function("archive.extraction.render:count")(job, out)


def _convert(job: dict[str, Any], out: Output) -> None:
    def group_dies(*_: object) -> None:
        os.killpg(0, signal.SIGKILL)

    # LibreOffice starts further processes, which must not outlive us.
    signal.signal(signal.SIGTERM, group_dies)
    die_with_parent(signal.SIGTERM)
    function("archive.extraction.convert:convert")(job, out)


WORKS: dict[str, Callable[[dict[str, Any], Output], None]] = {
    "read": read, "pages": _pages, "count": _count, "convert": _convert
}  # fmt: skip


def _outcome(error: Exception) -> tuple[State, str]:
    """Tell an exhausted memory or disk from a file a library could not make sense of."""
    if isinstance(error, MemoryError) or "alloc" in str(error).lower():
        return State.TOO_COSTLY, "memory"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return State.TOO_COSTLY, "disk"
    return State.BROKEN, "broken"
