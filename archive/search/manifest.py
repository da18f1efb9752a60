"""What made an index folder: engine and analyser, so that one never reads what another wrote."""

import json
import os
from pathlib import Path

from archive.search.analysis import ANALYSER_VERSION
from archive.search.port import IndexUnusable

_FILE = "manifest.json"


def write_manifest(folder: Path, engine: str) -> None:
    """Mark a new, empty index folder."""
    with (folder / _FILE).open("w", encoding="utf-8") as file:
        json.dump({"engine": engine, "analyser": ANALYSER_VERSION}, file)
        file.flush()
        os.fsync(file.fileno())


def check_manifest(folder: Path, engine: str) -> None:
    """Raises IndexUnusable unless the folder is an index of this engine and this analyser, owned by this user."""
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        owner = folder.stat().st_uid
    except (OSError, ValueError) as error:
        raise IndexUnusable("search.index_absent", folder=str(folder)) from error
    if owner != os.geteuid():
        raise IndexUnusable("search.index_foreign", folder=str(folder))
    made_by = {"engine": engine, "analyser": ANALYSER_VERSION}
    if kept != made_by:
        raise IndexUnusable("search.index_outdated", folder=str(folder), made_by=kept, wanted=made_by)
