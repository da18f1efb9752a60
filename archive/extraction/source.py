"""The file being read."""

from dataclasses import dataclass
from pathlib import Path

from archive.extraction.values import Limits


@dataclass(frozen=True)
class Source:
    """A file, its kind, what it was called, and how many containers it lies in (0 for an upload itself)."""

    path: Path
    filename: str
    media_type: str
    depth: int
    limits: Limits
