"""Records in the store of what was taken away, locked for ever: canonical JSON with its digest, read after a restore.

A database that knows nothing of what such a record tells is older than the store.
"""

import json
from typing import Any

from archive.core.ports import ports
from archive.documents.blobs import store_answers
from archive.procedures.loading import canonical, digest
from storage.port import Stored


def written(plain: dict[str, Any]) -> bytes:
    """Return a record's bytes: what it tells, and the digest of that."""
    return canonical({**plain, "digest": digest(plain)}).encode()


def read(content: bytes) -> dict[str, Any]:
    """Return what a record tells. Raises ValueError when any byte of it was changed."""
    try:
        plain: dict[str, Any] = json.loads(content)
        told = plain.pop("digest")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a record") from error
    if told != digest(plain) or written(plain) != content:
        raise ValueError("not as it was written")
    return plain


def lying(place: str) -> list[Stored]:
    """Return the records under a place of the store. Raises StoreDown."""
    with store_answers():
        return [one for one in ports().store.versions(f"{place}/") if not one.delete_marker]


def content(stored: Stored) -> bytes:
    """Return the bytes of a record. Raises StoreDown, Damaged."""
    with store_answers(), ports().store.open(stored.key, stored.version_id) as stream:
        return stream.read()
