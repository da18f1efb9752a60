"""The table of report snapshots. Triggers (see migrations) let nobody change or remove one."""

import json
import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.clock import shanghai_date
from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.people.models import Unit


class ReportKind(StrEnum):
    """Reports by their period; the values are those of the profiles' `reports`."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    HALF_YEAR = "half_year"
    YEARLY = "yearly"
    ANNUAL_PUBLIC = "annual_public"


class ReportSnapshot(Base):
    """A report as it was made. `data` is canonical JSON, `sha256` its sum; a correction names what it replaces."""

    __tablename__ = "report_snapshot"
    audit_kind = "report"
    __table_args__ = (
        Index(None, "kind", "period"),
        Index(None, "made_at"),
        Index(
            "uq_report_snapshot_first", "kind", "period", "unit_id", unique=True,
            sqlite_where=text("replaces_id IS NULL"), postgresql_where=text("replaces_id IS NULL"),
        ),
        UniqueConstraint("replaces_id"),
        CheckConstraint("(replaces_id IS NULL) = (reason = '')", name="correction"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ReportKind] = mapped_column(code(ReportKind))
    period: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(80))
    definition: Mapped[int]
    data: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date | None]
    due_basis: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report_snapshot.id"))
    reason: Mapped[str] = mapped_column(default="")

    unit: Mapped[Unit] = relationship()

    @property
    def late(self) -> bool:
        """Whether it was made after the day on which it was due."""
        return self.due_on is not None and shanghai_date(self.made_at) > self.due_on

    @property
    def figures(self) -> Any:
        """The data as plain values."""
        return json.loads(self.data)
