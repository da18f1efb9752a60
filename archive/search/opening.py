"""Which engine: a new index by name, an old one by what made it."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from archive.search.manifest import engine_of
from archive.search.port import IndexUnusable, SearchIndex, TextSource

_ENGINES = {"whoosh": ("whoosh_index", "WhooshIndex"), "tantivy": ("tantivy_index", "TantivyIndex")}
ENGINES = tuple(_ENGINES)


def create_index(engine: str, folder: Path, texts: TextSource) -> SearchIndex:
    """Make an empty index in a folder that does not exist yet."""
    return _made_by(engine)(folder, texts, create=True)


def open_index(folder: Path, texts: TextSource) -> SearchIndex:
    """Open the index in a folder with the engine that made it. Raises IndexUnusable."""
    engine = engine_of(folder)
    if engine not in _ENGINES:
        raise IndexUnusable("search.index_outdated", folder=str(folder), made_by=engine)
    return _made_by(engine)(folder, texts)


def _made_by(engine: str) -> Callable[..., SearchIndex]:
    """Load an engine when it is wanted: a library not used is not loaded."""
    module, name = _ENGINES[engine]
    engine_class: Callable[..., SearchIndex] = getattr(import_module(f"archive.search.{module}"), name)
    return engine_class
