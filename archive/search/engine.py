"""The index of the running application: opened once per process, refreshed before every search."""

import threading
from collections.abc import Sequence

from flask import current_app

from archive.core.ports import ports
from archive.search.port import Change, SearchIndex, SearchPage, SearchRequest
from archive.search.stored import DatabaseTexts
from archive.search.whoosh_index import WhooshIndex

_KEY = "archive_index"
_opening = threading.Lock()


def index() -> SearchIndex:
    """Return the index that serves now, as last committed. Raises IndexUnusable."""
    with _opening:
        found: SearchIndex | None = current_app.extensions.get(_KEY)
        if found is None:
            folder = ports().settings.search_home / "whoosh" / "g1"
            found = WhooshIndex(folder, DatabaseTexts(), create=not folder.exists())
            current_app.extensions[_KEY] = found
        else:
            found.refresh()
    return found


def search(request: SearchRequest) -> SearchPage:
    """Answer a request from the newest commit. Raises IndexUnusable."""
    return index().search(request)


def apply(changes: Sequence[Change], *, upto_seq: int) -> None:
    """Commit changes to the index. Raises IndexBusy, IndexUnusable."""
    index().apply(changes, upto_seq=upto_seq)
