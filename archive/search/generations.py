"""Generations of the index: one folder each, one pointer to the one that serves.

root/
  current                   name of the folder that serves; replaced atomically
  g000001-whoosh/           a generation
  building-g000002-tantivy/ a rebuild in the making, beside the one that serves and is written to
  damaged-g000000-whoosh/   a generation that failed, kept for whoever wants to know why; never removed

A **rebuild** notes the sequence number first, then reads and writes every dossier, then publishes. What changed in the
meantime went into the old generation only: after publishing, everything that changed since the noted number is indexed
again. `ServedIndex` follows the pointer by itself, in readers and in the writer, and opens each generation with the
engine that made it; so a change of engine is a rebuild too, and the old one serves until it is done.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from archive.search.locks import WriterLock
from archive.search.opening import create_index, open_index
from archive.search.port import (
    CardId,
    Change,
    Drift,
    IndexStats,
    IndexUnusable,
    SearchIndex,
    SearchPage,
    SearchRequest,
    TextSource,
)

_NAME = re.compile(r"g([0-9]{6})-[a-z]+")
_BUILDING, _DAMAGED = "building-", "damaged-"


class Generations:
    """The folders under one root. Several processes may use it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def current(self) -> Path | None:
        """Return the folder that serves, None when there is none."""
        with contextlib.suppress(FileNotFoundError):
            name = (self.root / "current").read_text(encoding="utf-8")
            # The pointer never leads out of the root, whatever was written into it.
            if _NAME.fullmatch(name) and (self.root / name).is_dir():
                return self.root / name
        return None

    def next_name(self, engine: str) -> str:
        """Return a name greater than all there are."""
        numbers = [int(found[1]) for path in self.root.iterdir() if (found := _NAME.search(path.name))]
        return f"g{max(numbers, default=0) + 1:06}-{engine}"

    def publish(self, built: Path, name: str) -> None:
        """Give a finished generation its name and let it serve from now on."""
        built.rename(self.root / name)
        pointer = self.root / "current.new"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.root / "current")
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def quarantine(self, folder: Path) -> Path:
        """Put a damaged generation aside, and return where it is now. None serves until one is built and published."""
        aside = self.root / f"{_DAMAGED}{folder.name}"
        number = 1
        while aside.exists():
            number += 1
            aside = self.root / f"{_DAMAGED}{folder.name}-{number}"
        folder.rename(aside)
        return aside

    def prune(self) -> None:
        """Remove superseded generations but for the last one, and what broken-off rebuilds left."""
        serving = self.current()
        names = sorted(path.name for path in self.root.iterdir() if _NAME.fullmatch(path.name))
        superseded = [name for name in names if serving and name < serving.name]
        leftovers = [path.name for path in self.root.iterdir() if path.name.startswith(_BUILDING)]
        for name in (*superseded[:-1], *leftovers):
            shutil.rmtree(self.root / name, ignore_errors=True)


class Rebuild:
    """A new generation in the making. Leave it before `publish` and nothing has changed."""

    def __init__(self, generations: Generations, engine: str, texts: TextSource) -> None:
        """Raises IndexBusy when another rebuild is under way."""
        self._generations = generations
        self._lock = WriterLock(generations.root / "rebuild.lock")
        self._lock.acquire()
        generations.prune()
        self._name = generations.next_name(engine)
        self._folder = generations.root / f"{_BUILDING}{self._name}"
        self._index = create_index(engine, self._folder, texts)

    def apply(self, batch: Sequence[Change], *, upto_seq: int) -> None:
        self._index.apply(batch, upto_seq=upto_seq)

    def publish(self) -> None:
        """Join the parts, let the new generation serve, remove what it supersedes."""
        self._index.optimise()
        self._index.close()
        self._generations.publish(self._folder, self._name)
        self._generations.prune()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._index.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()


class ServedIndex:
    """The generation that serves, whichever that is. Implements `archive.search.port.SearchIndex`."""

    def __init__(self, generations: Generations, texts: TextSource) -> None:
        """Open what serves. Raises IndexUnusable when nothing does, or it is damaged."""
        self._generations = generations
        self._texts = texts
        self._folder, self._index = self._open()

    def _open(self) -> tuple[Path, SearchIndex]:
        folder = self._generations.current()
        if folder is None:
            raise IndexUnusable("search.index_absent", folder=str(self._generations.root))
        return folder, open_index(folder, self._texts)

    def _follow(self) -> SearchIndex:
        """Return the generation the pointer names now."""
        if self._generations.current() != self._folder:
            old = self._index
            self._folder, self._index = self._open()
            old.close()
        return self._index

    def apply(self, batch: Sequence[Change], *, upto_seq: int) -> None:
        """Commit a batch to the generation that serves, also when another is published at this very moment."""
        while True:
            index = self._follow()
            index.apply(batch, upto_seq=upto_seq)
            if self._generations.current() == self._folder:
                return

    def applied_seq(self) -> int:
        return self._follow().applied_seq()

    def refresh(self) -> None:
        self._follow().refresh()

    def search(self, request: SearchRequest) -> SearchPage:
        return self._index.search(request)

    def stats(self) -> IndexStats:
        return self._index.stats()

    def verify(self, versions: Mapping[CardId, int]) -> Drift:
        return self._index.verify(versions)

    def optimise(self) -> None:
        self._follow().optimise()

    def close(self) -> None:
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
