"""Before the archive serves: in strict mode the store is tried on a tiny object, and must refuse what it promised."""

from archive.config import BadConfiguration, Settings
from storage import open_store
from storage.port import StoreError


def check(settings: Settings) -> None:
    """Refuse to start in strict mode on a store that does not enforce locks. Raises BadConfiguration.

    A folder can never pass: whoever owns its files can delete them, and the archive's own clock judges its locks.
    """
    if not settings.strict:
        return
    try:
        open_store(
            settings.store_url, access_key=settings.store_access_key, secret_key=settings.store_secret_key
        ).probe(strict=True)
    except StoreError as error:
        raise BadConfiguration(f"ARCHIVE_STRICT=1, and {settings.store_url}: {error}") from error
