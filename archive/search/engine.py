"""The index of the running application: opened once per process, refreshed before every search."""

import threading

from flask import current_app

from archive.core.ports import ports
from archive.search.generations import Generations, ServedIndex
from archive.search.port import SearchPage, SearchRequest
from archive.search.stored import DatabaseTexts

_KEY = "archive_index"
_opening = threading.Lock()


def generations() -> Generations:
    """Return the generations of this archive's index."""
    return Generations(ports().settings.search_home)


def index() -> ServedIndex:
    """Return the index that serves now, as last committed. Raises IndexUnusable."""
    with _opening:
        found: ServedIndex | None = current_app.extensions.get(_KEY)
        if found is None:
            found = ServedIndex(generations(), DatabaseTexts())
            current_app.extensions[_KEY] = found
        else:
            found.refresh()
    return found


def forget() -> None:
    """Let go of an index that turned out damaged: the next call opens what serves then."""
    with _opening:
        found: ServedIndex | None = current_app.extensions.pop(_KEY, None)
        if found is not None:
            found.close()


def search(request: SearchRequest) -> SearchPage:
    """Answer a request from the newest commit. Raises IndexUnusable."""
    return index().search(request)
