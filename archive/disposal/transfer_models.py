"""Tables of papers and of the hand-over to an archive. They outlive every dossier; triggers let no row be removed."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.disposal.kinds import PaperKind, ParcelState, TransferState


class Paper(Base):
    """A paper about a list of disposal or of transfer: in the store, locked, kept for ever, checked by its SHA-256."""

    __tablename__ = "paper"
    audit_kind = "paper"
    __table_args__ = (Index(None, "about_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    about_id: Mapped[uuid.UUID]
    kind: Mapped[PaperKind] = mapped_column(code(PaperKind))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    store_version: Mapped[str] = mapped_column(String(1024))
    size: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[str] = mapped_column(String(80))
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    kept_at: Mapped[datetime]


class Transfer(Base):
    """A hand-over of dossiers to an archive (移交清册), from its proposal to the receiver's receipt."""

    __tablename__ = "transfer"
    audit_kind = "transfer"
    __table_args__ = (CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    state: Mapped[TransferState] = mapped_column(code(TransferState), default=TransferState.PROPOSED)
    receiver: Mapped[str] = mapped_column(String(120))
    basis: Mapped[str] = mapped_column(String(200))
    proposed_by: Mapped[uuid.UUID | None]
    proposed_by_name: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    list_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_by: Mapped[uuid.UUID | None]
    approved_by_name: Mapped[str] = mapped_column(String(80), default="")
    approved_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    received_by: Mapped[str] = mapped_column(String(80), default="")
    received_on: Mapped[date | None]
    receipt_note: Mapped[str] = mapped_column(default="")
    recorded_by_name: Mapped[str] = mapped_column(String(80), default="")
    recorded_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list["TransferLine"]] = relationship(order_by="TransferLine.seq", back_populates="on")

    __mapper_args__ = {"version_id_col": revision}


class TransferLine(Base):
    """One dossier of a hand-over, and the package made of it: `package_hash` is that of its list of file hashes."""

    __tablename__ = "transfer_line"
    audit_kind = "transfer_line"
    __table_args__ = (UniqueConstraint("transfer_id", "dossier_id"), Index(None, "dossier_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer.id"))
    dossier_id: Mapped[uuid.UUID]
    seq: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    filed_number: Mapped[str] = mapped_column(String(80))
    # Neutral: no name of a person.
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    period: Mapped[str] = mapped_column(String(20))
    items: Mapped[int]
    objects: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger())
    manifest_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[ParcelState] = mapped_column(code(ParcelState), default=ParcelState.WAITING)
    package_hash: Mapped[str] = mapped_column(String(80), default="")
    package_bytes: Mapped[int] = mapped_column(BigInteger(), default=0)
    package_files: Mapped[int] = mapped_column(default=0)
    packed_at: Mapped[datetime | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)

    on: Mapped[Transfer] = relationship(back_populates="lines")
