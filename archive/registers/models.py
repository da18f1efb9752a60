"""Tables of closed registers. Triggers (see migrations) keep closed years as they are."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.errors import Problem
from archive.core.ids import new_id
from archive.jobs.models import nothing_under_way
from archive.people.models import Unit


class Book(StrEnum):
    """What is numbered without gaps and closed by the year."""

    CONTACTS = "contacts"  # of a unit
    CASES = "cases"
    LETTERS = "letters"  # of a series of numbers
    SLIPS = "slips"
    ACCOUNTS = "accounts"  # who of the staff answered for what; read by few


class RegisterClosing(Base):
    """The closing of a book's year: how many lines, the last number, and the SHA-256 of the frozen lines."""

    __tablename__ = "register_closing"
    audit_kind = "register_closing"
    __table_args__ = (Index(None, "book", "year"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    book: Mapped[Book] = mapped_column(code(Book))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    # Of letters: the words of the series.
    mark: Mapped[str] = mapped_column(String(30), default="")
    year: Mapped[int]
    count: Mapped[int]
    last_number: Mapped[str] = mapped_column(String(60))
    # Numbers of the series that no line bears: those of dossiers kept elsewhere that were never taken over.
    missing: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64))
    closed_at: Mapped[datetime]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_by_name: Mapped[str] = mapped_column(String(80))

    unit: Mapped[Unit | None] = relationship()


class RegisterLine(Base):
    """A line as it stood when its year was closed. Of a destroyed dossier the place, number and sum remain."""

    __tablename__ = "register_line"
    __table_args__ = (Index(None, "dossier_id"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(60))
    part: Mapped[str] = mapped_column(String(20), default="")
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"))
    record: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))


class OrderState(StrEnum):
    """Where the closing or checking of a long year stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


# What is told of an order whose job broke down for good.
_LOST = {True: "register.lost_check", False: "register.lost"}


class ClosingOrder(Base):
    """A long year of a book that somebody wants closed, or of a closed one (`closing_id`) checked.

    The worker reads it, `done` of about `whole` lines so far. What a check found: whether the lines are `sound`, how
    many were blanked.
    """

    __tablename__ = "closing_order"
    audit_kind = "closing_order"
    __table_args__ = (
        Index(
            "uq_closing_order_waiting", "key", unique=True,
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(80))
    book: Mapped[Book] = mapped_column(code(Book))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    mark: Mapped[str] = mapped_column(String(30), default="")
    year: Mapped[int]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    whole: Mapped[int]
    state: Mapped[OrderState] = mapped_column(code(OrderState), default=OrderState.WAITING)
    closing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("register_closing.id"))
    sound: Mapped[bool | None]
    blanked: Mapped[int] = mapped_column(default=0)
    # Why it was not done: the code of the refusal and what it tells.
    trouble: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    # It waits, but no job is left to carry it out: each of its tries broke down, or its worker was killed.
    lost: Mapped[bool] = column_property((state == OrderState.WAITING) & nothing_under_way("registers.close", id))

    unit: Mapped[Unit | None] = relationship()

    @property
    def stands(self) -> OrderState:
        """Where it stands for who looks at it: what nobody carries out any more has failed."""
        return OrderState.FAILED if self.lost else self.state

    @property
    def problem(self) -> Problem | None:
        """Why it was not done, to be told in a sentence."""
        if self.lost:
            return Problem(_LOST[self.closing_id is not None])
        return Problem(self.trouble, facts=self.facts) if self.trouble else None


# What is written over a line when its dossier is destroyed (see disposal.erasing).
BLANKED: dict[str, Any] = {"record": {}, "dossier_id": None}
