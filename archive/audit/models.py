"""The table of audit entries. Triggers (see migrations) let nobody change or remove a row."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.audit.rules import Link, moment_text
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
        return {
            "at": moment_text(self.at),
            "actor_id": plain(self.actor_id),
            "actor_name": self.actor_name,
            "channel": self.channel,
            "address": self.address,
            "request_id": self.request_id,
            "action": self.action,
            "subject_kind": self.subject_kind,
            "subject_id": plain(self.subject_id),
            "dossier_id": plain(self.dossier_id),
            "facts": self.facts,
        }

    def link(self) -> Link:
        """Return the entry as the chain sees it."""
        return Link(self.seq, self.content(), self.previous, self.hash)
