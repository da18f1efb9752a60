"""The table of audit entries. Triggers (see migrations) let nobody change or remove a row."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.audit.rules import moment_text
from archive.core.act import plain
from archive.core.db import Base


class Entry(Base):
    """One thing somebody did, or was refused."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "dossier_id", "seq"),
        Index(None, "actor_id", "seq"),
        Index(None, "action", "seq"),
        Index(None, "at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID | None]
    # No foreign key: entries outlive what they speak of.
    dossier_id: Mapped[uuid.UUID | None]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def content(self) -> dict[str, Any]:
        """Return what the hash covers, besides the sequence number."""
        return content_of(self)


def content_of(entry: Any) -> dict[str, Any]:
    """Return what the hash covers of an entry, or of a bare row of its table."""
    return {
        "at": moment_text(entry.at),
        "actor_id": plain(entry.actor_id),
        "actor_name": entry.actor_name,
        "channel": entry.channel,
        "address": entry.address,
        "request_id": entry.request_id,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject_id": plain(entry.subject_id),
        "dossier_id": plain(entry.dossier_id),
        "facts": entry.facts,
    }
