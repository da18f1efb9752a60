"""HTML to PDF in a process of its own: the layout engine takes seconds and memory that no server should lend it."""

import os
import subprocess
import sys
from pathlib import Path

SECONDS = 180
_ROOT = Path(__file__).resolve().parent.parent.parent
_QUIET = {"LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT)}
# What says where programs and fonts lie; none of the archive's secrets.
_KEPT = ("PATH", "HOME", "ARCHIVE_FONTS", "ARCHIVE_HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE")


class CannotSet(Exception):
    """The page could not be set; the message says why, for the operator."""


def as_pdf(page: str) -> bytes:
    """Return the PDF of an HTML page of ours (its values already escaped). Raises CannotSet."""
    environment = _QUIET | {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "archive.printing.setting"],
            input=page.encode(),
            capture_output=True,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotSet(f"took longer than {SECONDS} seconds") from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise CannotSet(done.stderr.decode(errors="replace").strip()[-500:] or f"ended with {done.returncode}")
    return done.stdout


def main() -> None:
    """Read a page from standard input, write its PDF to standard output."""
    from archive.letters import fonts, pdf

    sys.stdout.buffer.write(pdf.typeset_page(sys.stdin.buffer.read().decode(), fonts.find()))


if __name__ == "__main__":
    main()
