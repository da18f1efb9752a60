"""The table of printouts."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base, code
from archive.core.ids import new_id


class PrintState(StrEnum):
    """Where a printout stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Printout(Base):
    """A page that was asked for as PDF: what its reader may see was settled when it was asked for."""

    __tablename__ = "printout"
    audit_kind = "printout"
    __table_args__ = (Index(None, "asked_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    # The HTML to be set; empty once it is done.
    page: Mapped[str] = mapped_column(deferred=True)
    state: Mapped[PrintState] = mapped_column(code(PrintState), default=PrintState.WAITING)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary(), deferred=True)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
