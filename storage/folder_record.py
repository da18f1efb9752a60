"""The record beside each file of the folder store: what was put, and a ledger of every lock and hold since.

The ledger only grows. The lock in force is the latest moment ever entered, so that no entry can shorten it.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

_FORMAT = 1
_T = TypeVar("_T")


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: at a moment, a lock until another moment, or a hold placed (True) or released (False)."""

    at: datetime
    locked_until: datetime | None = None
    held: bool | None = None


@dataclass(frozen=True)
class Record:
    """What the sidecar says; `size` in bytes, `sha256` as `sha256:<hex>`, moments in UTC."""

    key: str
    version_id: str
    size: int
    sha256: str
    media_type: str
    stored_at: datetime
    ledger: tuple[Entry, ...] = ()

    @property
    def locked_until(self) -> datetime | None:
        """The latest moment ever entered."""
        return max((entry.locked_until for entry in self.ledger if entry.locked_until), default=None)

    @property
    def held(self) -> bool:
        """What the last entry about a hold says."""
        return next((entry.held for entry in reversed(self.ledger) if entry.held is not None), False)

    def add(self, entry: Entry) -> "Record":
        """Return the record with one more entry."""
        return replace(self, ledger=(*self.ledger, entry))


def dump(record: Record) -> bytes:
    """Return the sidecar's JSON."""
    ledger = []
    for entry in record.ledger:
        line: dict[str, object] = {"at": entry.at.isoformat()}
        if entry.locked_until:
            line["locked_until"] = entry.locked_until.isoformat()
        if entry.held is not None:
            line["held"] = entry.held
        ledger.append(line)
    facts = {
        "format": _FORMAT,
        "key": record.key,
        "version_id": record.version_id,
        "size": record.size,
        "sha256": record.sha256,
        "media_type": record.media_type,
        "stored_at": record.stored_at.isoformat(),
        "ledger": ledger,
    }
    return json.dumps(facts, indent=1).encode()


def load(content: bytes) -> Record:
    """Read a sidecar. ValueError when it is not one: a record in doubt protects nothing and permits nothing."""
    try:
        facts = json.loads(content)
        if facts["format"] != _FORMAT:
            raise ValueError(f"format {facts['format']!r}")
        return Record(
            key=_typed(facts["key"], str),
            version_id=_typed(facts["version_id"], str),
            size=_typed(facts["size"], int),
            sha256=_typed(facts["sha256"], str),
            media_type=_typed(facts["media_type"], str),
            stored_at=_moment(facts["stored_at"]),
            ledger=tuple(_entry(line) for line in facts["ledger"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a record: {error!r}") from error


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(
        at=_moment(line["at"]),
        locked_until=_moment(line["locked_until"]) if "locked_until" in line else None,
        held=_typed(line["held"], bool) if "held" in line else None,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a moment without its zone: {text}")
    return moment.astimezone(UTC)


def _typed(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
