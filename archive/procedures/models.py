"""Tables of procedures: versions of profiles, and which of them the office decided to follow. Nothing is ever deleted.

Both are proposed by one person and signed by another; what was signed or dropped stands for good (see migrations).
"""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.people.models import Unit
from archive.procedures.states import Origin, Subject


class ProfileVersion(Base):
    """One version of one profile: the YAML as it was given and the SHA-256 of its canonical form.

    Without `signed_at` it is a proposal that binds nobody; with `dropped_at` it never will.
    """

    __tablename__ = "profile_version"
    audit_kind = "profile"
    __table_args__ = (
        UniqueConstraint("profile_id", "version"),
        CheckConstraint("signed_by IS NULL OR proposed_by IS NULL OR signed_by <> proposed_by", name="two_persons"),
        CheckConstraint("signed_at IS NULL OR dropped_at IS NULL", name="one_end"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    profile_id: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str]
    origin: Mapped[Origin] = mapped_column(code(Origin))
    note: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    proposed_by_name: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    signed_by_name: Mapped[str] = mapped_column(String(80), default="")
    signed_at: Mapped[datetime | None]
    dropped_by_name: Mapped[str] = mapped_column(String(80), default="")
    dropped_at: Mapped[datetime | None]


class Choice(Base):
    """One decision of the office about a unit: its kind of institution, or that a profile is followed there.

    Of several decided ones on the same thing the latest holds.
    """

    __tablename__ = "procedure_choice"
    audit_kind = "choice"
    __table_args__ = (
        Index(None, "unit_id", "subject"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
        CheckConstraint("decided_at IS NULL OR dropped_at IS NULL", name="one_end"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    subject: Mapped[Subject] = mapped_column(code(Subject))
    value: Mapped[str] = mapped_column(String(40))
    # False: the profile is no longer followed, or the unit no longer has a kind of its own.
    holds: Mapped[bool]
    reason: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    proposed_by_name: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    dropped_by_name: Mapped[str] = mapped_column(String(80), default="")
    dropped_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
