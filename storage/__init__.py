"""Object storage on its own: write-once blobs with locks and holds, in memory, in a folder or in an S3 bucket."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from storage.folder_store import FolderStore
from storage.memory_store import MemoryStore
from storage.port import BlobStore, StoreMisconfigured, utc_now

__all__ = ["open_store"]


def open_store(
    url: str,
    *,
    access_key: str = "",
    secret_key: str = "",
    create_bucket: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> BlobStore:
    """Return the store an address names.

    `memory:` · `folder:/path` · `s3://host:port/bucket?region=us-east-1&secure=1` (`secure=0`: without TLS).
    A missing folder is made, a missing bucket only with `create_bucket`; an S3 server is first spoken to when the store
    is first used. `now` judges the locks of memory and folder; an S3 server asks its own clock.
    Raises StoreMisconfigured.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        return MemoryStore(now=now)
    if scheme == "folder" and rest:
        return FolderStore(Path(rest), now=now)
    if scheme != "s3":
        raise StoreMisconfigured(f"not the address of a store: {url!r}")
    # Loaded on demand: the SDK costs a tenth of a second that a folder need not pay.
    from storage.s3_store import S3Store

    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    region, secure = options.pop("region", "us-east-1"), options.pop("secure", "1")
    bucket = parts.path.strip("/")
    if not parts.hostname or not bucket or "/" in bucket or "@" in parts.netloc or options or secure not in ("0", "1"):
        raise StoreMisconfigured("an S3 address reads s3://host:port/bucket?region=us-east-1&secure=1")
    if not access_key or not secret_key:
        raise StoreMisconfigured("an S3 store needs an access key and a secret key")
    return S3Store(
        parts.netloc, bucket, access_key, secret_key, region=region, secure=secure == "1", create_bucket=create_bucket
    )
