"""The table of seals: a picture per unit, encrypted, drawn only on what is issued."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base
from archive.core.ids import new_id


class UnitSeal(Base):
    """One seal of a unit (印章); those given up stay, for the letters that bear them."""

    __tablename__ = "letter_seal"
    audit_kind = "letter_seal"
    __table_args__ = (
        Index(
            "uq_letter_seal_unit_in_use",
            "unit_id",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        CheckConstraint("width_tenths BETWEEN 200 AND 600", name="width"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(80))
    width_tenths: Mapped[int]  # tenths of a millimetre
    sealed_png: Mapped[str]  # base64 of the PNG, encrypted by the vault
    sha256: Mapped[str] = mapped_column(String(64))  # of the PNG
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    added_by_name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]
    retired_by_name: Mapped[str] = mapped_column(String(80), default="")
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str] = mapped_column(default="")
