"""The press: a process of its own that sets letters, one after the other, for as long as it is wanted.

Reads jobs from standard input and answers on standard output, each a JSON head behind its length and the files it names
behind that. Ends when its input does, so it never outlives who started it, or when nothing was asked for a while.
"""

import base64
import contextlib
import ctypes
import json
import logging
import os
import resource
import select
import struct
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO

from archive.core.errors import ArchiveError
from archive.letters.content import Letter
from archive.letters.content_plain import from_plain, to_plain
from archive.letters.seal_picture import Seal

MEMORY_BYTES = 3 * 1024**3
IDLE_SECONDS = 900
MOST_HEAD = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def job(work: str, letter: Letter, seal: Seal | None = None, **more: Any) -> dict[str, Any]:
    """Return a job as it goes over the wire."""
    picture = seal and {"png": base64.b64encode(seal.png).decode(), "width": seal.width, "height": seal.height}
    return {"work": work, "letter": to_plain(letter), "seal": picture, **more}


def send(pipe: BinaryIO, head: Mapping[str, Any], files: Sequence[bytes] = ()) -> None:
    """Write one message."""
    packed = json.dumps({**head, "sizes": [len(file) for file in files]}, ensure_ascii=False).encode()
    pipe.write(_LENGTH.pack(len(packed)) + packed)
    for file in files:
        pipe.write(file)
    pipe.flush()


def receive(read: Callable[[int], bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Return one message, fetched by `read(n)`, which returns exactly n bytes or raises EOFError."""
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    if length > MOST_HEAD:
        raise EOFError
    head: dict[str, Any] = json.loads(read(length))
    return head, [read(int(size)) for size in head.pop("sizes")]


def answer(asked: Mapping[str, Any], sent: Sequence[bytes] = ()) -> tuple[dict[str, Any], list[bytes]]:
    """Do one job and return what to answer; a refusal is an answer too."""
    started = _cpu()
    try:
        files = WORKS[asked["work"]](asked, sent)
    except ArchiveError as error:
        return {"refused": error.code, "facts": {name: str(value) for name, value in error.facts.items()}}, []
    except Exception as error:  # whatever a library raises, who asked must hear of it
        return {"failed": f"{type(error).__name__}: {error}"[:500]}, []
    return {"cpu": round(_cpu() - started, 4)}, files


def _both(asked: Mapping[str, Any], _sent: Sequence[bytes]) -> list[bytes]:
    from archive.letters.make import make

    made = make(from_plain(asked["letter"]), seal=_seal(asked["seal"]))
    return [made.docx, made.pdf]


def _pictures(asked: Mapping[str, Any], _sent: Sequence[bytes]) -> list[bytes]:
    """Return the first pages of a letter as PNG."""
    from archive.letters import pdf

    return _pages(asked, [pdf.render(from_plain(asked["letter"]), seal=_seal(asked["seal"]))])


def _pages(asked: Mapping[str, Any], sent: Sequence[bytes]) -> list[bytes]:
    """Return the first pages of a PDF as PNG."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(sent[0])
    try:
        return [_picture(document[at], int(asked["width"])) for at in range(min(len(document), int(asked["pages"])))]
    finally:
        document.close()


def _picture(page: Any, width: int) -> bytes:
    made = BytesIO()
    page.render(scale=width / page.get_width()).to_pil().convert("RGB").quantize(64).save(made, "PNG")
    return made.getvalue()


WORKS: dict[str, Callable[[Mapping[str, Any], Sequence[bytes]], list[bytes]]] = {
    "both": _both,
    "pictures": _pictures,
    "pages": _pages,
}


def _seal(sent: Mapping[str, Any] | None) -> Seal | None:
    return None if sent is None else Seal(base64.b64decode(sent["png"]), sent["width"], sent["height"])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Answer jobs until there are no more."""
    # Answers go where standard output went; what libraries print must not get between them.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # WeasyPrint tells on every letter which properties of the style sheet it passes over.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    # Fonts are all that a letter needs: no network, where the kernel allows to leave it.
    ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    bound = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while select.select([0], [], [], IDLE_SECONDS)[0]:
            send(out, *answer(*receive(_exactly)))
    os._exit(0)


def _exactly(count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(0, min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    main()
