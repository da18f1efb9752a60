"""How much the disk of the uploads may still take: reading and receiving both stop before it is full."""

import os
import shutil
from pathlib import Path

from archive.core.ports import ports

# Bytes left free, so that the database beside the uploads can still write.
RESERVE = 256 << 20


def left() -> int:
    """Return how many bytes may still be written to the disk of the uploads; below zero when the reserve is touched."""
    return shutil.disk_usage(_uploads()).free - RESERVE


def copies() -> int:
    """Return how often a file lies on that disk when it is filed: twice where the store is a folder on it."""
    kind, _, folder = ports().settings.store_url.partition(":")
    if kind != "folder" or not Path(folder).exists():
        return 1
    return 1 + (os.stat(folder).st_dev == os.stat(_uploads()).st_dev)


def _uploads() -> Path:
    folder = ports().settings.uploads
    folder.mkdir(parents=True, exist_ok=True)
    return folder
