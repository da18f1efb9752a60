"""What the store remembers of a file that was taken out: which bytes, and the two persons; nothing of what it said.

The reasons are sealed together with the digest of the rest: they may name people, and nobody without the archive's keys
writes a record that counts. Kept for ever, like certificates of destruction.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from cryptography.fernet import InvalidToken

from archive.core.act import Act, plain
from archive.core.ports import ports
from archive.documents import striking
from archive.documents.models import Removal, Version
from archive.procedures.loading import canonical, digest
from archive.retention import anchoring, register

PLACE = "removals"


@dataclass(frozen=True)
class Hand:
    """Who did a thing, and when."""

    person: uuid.UUID | None
    name: str
    at: datetime


@dataclass(frozen=True)
class Record:
    """One file that was taken out. `size` in bytes, `sha256:<hex>`; `moved_to` as in Strike."""

    removal_id: uuid.UUID
    dossier_id: uuid.UUID
    document_id: uuid.UUID
    version_id: uuid.UUID
    key: str
    store_version: str
    size: int
    sha256: str
    struck: Hand
    asked: Hand
    decided: Hand
    erased_at: datetime
    struck_reason: str
    moved_to: str
    reason: str

    @property
    def lies_at(self) -> str:
        """The record's own key in the store."""
        return f"{PLACE}/{self.removal_id.hex}/r{self.version_id.hex}"


_IDS = ("removal_id", "dossier_id", "document_id", "version_id")
_HANDS = ("struck", "asked", "decided")
_SEALED = ("struck_reason", "moved_to", "reason")


def keep(row: Removal, version: Version, *, act: Act) -> None:
    """Put the record of a file whose bytes are gone into the store, locked; once. Raises StoreDown, NoRoom."""
    strike = striking.standing(act.session, row.dossier_id)[row.document_id]
    record = Record(
        removal_id=row.id,
        dossier_id=row.dossier_id,
        document_id=row.document_id,
        version_id=version.id,
        key=version.blob_key,
        store_version=version.store_version,
        size=version.size,
        sha256=version.sha256,
        struck=Hand(strike.struck_by, strike.struck_by_name, strike.struck_at),
        asked=Hand(row.asked_by, row.asked_by_name, row.asked_at),
        decided=Hand(row.decided_by, row.decided_by_name, cast(datetime, row.decided_at)),
        erased_at=act.moment,
        struck_reason=strike.reason,
        moved_to=strike.moved_to,
        reason=row.reason,
    )
    anchoring.put_away(record.lies_at, written(record), "application/json")


def version_of(key: str) -> uuid.UUID | None:
    """Return the version a record's key names; None for what is no such key."""
    try:
        return uuid.UUID(hex=key.rpartition("/")[2][1:])
    except ValueError:
        return None


def written(record: Record) -> bytes:
    """Return a record's bytes."""
    told = plain(vars(record) | {name: _utc(vars(getattr(record, name))) for name in _HANDS})
    told |= {"format": 1, "kind": "removal of a file", "erased_at": _at(record.erased_at)}
    secret = {name: told.pop(name) for name in _SEALED}
    return register.written({**told, "sealed": ports().vault.seal(canonical({**secret, "of": digest(told)}))})


def read(content: bytes) -> Record:
    """Return a record. Raises ValueError when it is not as this archive wrote it."""
    try:
        told = register.read(content)
        secret = json.loads(ports().vault.open(told.pop("sealed")))
        if secret.pop("of") != digest(told) or (told.pop("format"), told.pop("kind")) != (1, "removal of a file"):
            raise ValueError("sealed for another record")
        ids: dict[str, Any] = {name: uuid.UUID(told.pop(name)) for name in _IDS}
        hands: dict[str, Any] = {name: _hand(told.pop(name)) for name in _HANDS}
        return Record(**ids, **hands, **secret, erased_at=datetime.fromisoformat(told.pop("erased_at")), **told)
    except (KeyError, TypeError, AttributeError, InvalidToken) as error:
        raise ValueError("not a record of this archive") from error


def _hand(told: dict[str, Any]) -> Hand:
    person = told["person"]
    return Hand(uuid.UUID(person) if person else None, told["name"], datetime.fromisoformat(told["at"]))


def _utc(hand: dict[str, Any]) -> dict[str, Any]:
    return {**hand, "at": _at(hand["at"])}


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
