"""The table of printouts."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, column_property, mapped_column

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.jobs.models import nothing_under_way


class PrintState(StrEnum):
    """Where a printout stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Printout(Base):
    """A file that was asked for, made by the worker: a page as PDF, or a long table as a workbook.

    What the reader of a page may see was settled when it was asked for; a table is written with their eyes.
    """

    __tablename__ = "printout"
    audit_kind = "printout"
    __table_args__ = (Index(None, "asked_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    # The HTML to be set; empty once it is done, and for a table.
    page: Mapped[str] = mapped_column(deferred=True, default="")
    # Of a table: who writes it, what it is to hold, how many lines it has so far and will have about.
    writer: Mapped[str] = mapped_column(String(20), default="")
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    whole: Mapped[int] = mapped_column(default=0)
    state: Mapped[PrintState] = mapped_column(code(PrintState), default=PrintState.WAITING)
    content: Mapped[bytes | None] = mapped_column(LargeBinary(), deferred=True)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    # It waits, but no job is left to make it: each of its tries broke down, or its worker was killed.
    lost: Mapped[bool] = column_property((state == PrintState.WAITING) & nothing_under_way("printing.render", id))

    @property
    def stands(self) -> PrintState:
        """Where it stands for who waits for it: what nobody makes any more has failed."""
        return PrintState.FAILED if self.lost else self.state
