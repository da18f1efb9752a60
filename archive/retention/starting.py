"""Before the archive serves: in strict mode the store is tried on a tiny object, and must refuse what it promised."""

from datetime import UTC, datetime

from archive.config import BadConfiguration, Settings
from archive.retention.clocks import SPREAD
from storage import open_store
from storage.port import StoreError


def check(settings: Settings) -> None:
    """Refuse to start in strict mode on a store that does not enforce locks, or whose clock is not ours.

    Raises BadConfiguration. A folder can never pass: whoever owns its files can delete them, and the archive's own
    clock judges its locks.
    """
    if not settings.strict:
        return
    try:
        store = open_store(
            settings.store_url, access_key=settings.store_access_key, secret_key=settings.store_secret_key
        )
        store.probe(strict=True)
        told = store.clock()
    except StoreError as error:
        raise BadConfiguration(f"ARCHIVE_STRICT=1, and {settings.store_url}: {error}") from error
    here = datetime.now(UTC)
    if told is not None and abs(here - told) > SPREAD:
        raise BadConfiguration(
            f"ARCHIVE_STRICT=1, and the clock of {settings.store_url} says {told:%Y-%m-%d %H:%M:%S} UTC where this "
            f"machine's says {here:%Y-%m-%d %H:%M:%S}: its locks would end at the wrong time; set both by NTP"
        )
