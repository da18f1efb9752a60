"""Stores that fail as real ones do."""

from typing import Any

from storage.port import BlobStore, StoreFull, StoreUnavailable


class BrokenStore:
    """A store of which some acts fail: what `broken` names, with StoreFull or StoreUnavailable."""

    def __init__(self, store: BlobStore, *, broken: set[str], full: bool = False) -> None:
        self._store, self.broken, self._full = store, broken, full

    def __getattr__(self, name: str) -> Any:
        if name in self.broken:
            return self._fail
        return getattr(self._store, name)

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise StoreFull("no room") if self._full else StoreUnavailable("connection refused")
