"""What the archive stands on, joined once by `archive.wiring` and reached from the running application."""

from dataclasses import dataclass

from flask import current_app

from archive.config import Settings
from archive.core.clock import Clock
from archive.core.crypto import Vault
from storage.port import BlobStore


@dataclass(frozen=True)
class Ports:
    """Settings, clock, vault for personal numbers, object store."""

    settings: Settings
    clock: Clock
    vault: Vault
    store: BlobStore


def ports() -> Ports:
    """Return the ports of the running application."""
    found: Ports = current_app.extensions["archive_ports"]
    return found
