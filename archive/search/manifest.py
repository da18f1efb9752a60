"""What made an index folder: engine and analyser, so that one never reads what another wrote."""

import json
import os
from pathlib import Path
from typing import Any

from archive.search.analysis import ANALYSER_VERSION
from archive.search.port import IndexUnusable

_FILE = "manifest.json"


def write_manifest(folder: Path, engine: str) -> None:
    """Mark a new, empty index folder."""
    with (folder / _FILE).open("w", encoding="utf-8") as file:
        json.dump({"engine": engine, "analyser": ANALYSER_VERSION}, file)
        file.flush()
        os.fsync(file.fileno())


def engine_of(folder: Path) -> str:
    """Return the engine that made an index folder. Raises IndexUnusable when none did, or another user owns it."""
    return str(_read(folder).get("engine"))


def check_manifest(folder: Path, engine: str) -> None:
    """Raises IndexUnusable unless the folder is an index of this engine and this analyser."""
    kept, wanted = _read(folder), {"engine": engine, "analyser": ANALYSER_VERSION}
    if kept != wanted:
        raise IndexUnusable("search.index_outdated", folder=str(folder), made_by=kept, wanted=wanted)


def _read(folder: Path) -> dict[str, Any]:
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        owner = folder.stat().st_uid
    except FileNotFoundError as error:
        raise IndexUnusable("search.index_absent", folder=str(folder)) from error
    except ValueError as error:
        raise IndexUnusable("search.index_damaged", folder=str(folder)) from error
    if owner != os.geteuid():
        raise IndexUnusable("search.index_foreign", folder=str(folder))
    if not isinstance(kept, dict):
        raise IndexUnusable("search.index_damaged", folder=str(folder))
    return kept
