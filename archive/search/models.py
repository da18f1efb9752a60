"""The text of each dossier as it was indexed; searches that people keep."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.people.models import Account, Unit
from archive.search.port import Sort


class SearchText(Base):
    """One dossier's folded text. A derived copy: rebuilt from the dossier at any time, never shown as such.

    `passages` tells what stands where: [start, document id or "", version id or "", [folded length of each page], the
    text as written, for all but the pages of files].
    `version` is the audit sequence the text was gathered at.
    """

    __tablename__ = "search_text"
    __table_args__ = (Index(None, "version"),)

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger())
    text: Mapped[str]
    passages: Mapped[list[Any]]


class SavedSearch(Base):
    """A search somebody keeps under a name, for themselves or for a unit; maybe with alerts for its owner.

    The query is sealed: numbers of persons may stand in it. `seen_ids` are the dossiers it found when the owner looked
    last, `new_ids` those found since (hex); both only with alerts. `trouble` is the code of why counting failed last.
    """

    __tablename__ = "saved_search"
    audit_kind = "saved_search"
    __table_args__ = (Index(None, "account_id"), Index(None, "unit_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(120))
    query_sealed: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sort: Mapped[Sort] = mapped_column(code(Sort))
    created_at: Mapped[datetime]
    alert: Mapped[bool] = mapped_column(default=False)
    counted_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(60), default="")
    seen_ids: Mapped[list[str]] = mapped_column(default=list)
    new_ids: Mapped[list[str]] = mapped_column(default=list)

    owner: Mapped[Account] = relationship()
    unit: Mapped[Unit | None] = relationship()


class RecentSearch(Base):
    """One of the last searches of a person, for the person alone. The query is sealed."""

    __tablename__ = "recent_search"
    __table_args__ = (Index(None, "account_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    query_sealed: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sort: Mapped[Sort] = mapped_column(code(Sort))
    total: Mapped[int]
