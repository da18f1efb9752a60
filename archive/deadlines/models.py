"""Tables of the working-day calendar: days, and the yearly notices from which they came. Nothing is ever deleted."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base
from archive.core.ids import new_id


class DayRow(Base):
    """Whether a day is worked. Of several rows for a date the highest version counts; rows are never changed."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_workday: Mapped[bool]
    source: Mapped[str] = mapped_column(String(80))
    notice_no: Mapped[str] = mapped_column(String(80), default="")
    confirmed_by: Mapped[str] = mapped_column(String(80), default="")


class HolidayNotice(Base):
    """A yearly notice as pasted: proposed by one, confirmed by another, or dropped. Its days count once confirmed."""

    __tablename__ = "holiday_notice"
    audit_kind = "calendar"
    __table_args__ = (
        Index(None, "year"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_persons"),
        CheckConstraint("confirmed_at IS NULL OR dropped_at IS NULL", name="one_end"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]
    number: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    proposed_by_name: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by_name: Mapped[str] = mapped_column(String(80), default="")
    confirmed_at: Mapped[datetime | None]
    dropped_by_name: Mapped[str] = mapped_column(String(80), default="")
    dropped_at: Mapped[datetime | None]
