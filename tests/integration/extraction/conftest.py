"""Fixtures: read a file given as bytes, in a working directory of its own."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.extraction import Extraction, extract

Reader = Callable[..., Extraction]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    numbers = itertools.count()

    def reads(content: bytes | Path, filename: str, **options: Any) -> Extraction:
        folder = tmp_path / f"read-{next(numbers)}"
        folder.mkdir()
        path = content
        if isinstance(content, bytes):
            path = tmp_path / f"{folder.name}.bin"
            path.write_bytes(content)
        assert isinstance(path, Path)
        return extract(path, filename, folder, **options)

    return reads
