"""Where the letters' templates lie: beside the package in a checkout, inside it when installed from a wheel."""

from pathlib import Path

_ARCHIVE = Path(__file__).resolve().parent.parent


def _templates() -> Path:
    inside = _ARCHIVE / "templates"
    return inside if inside.is_dir() else _ARCHIVE.parent / "templates"


LETTERS = _templates() / "letters"
SHARED = LETTERS / "_shared"
