"""Tables of disposal. None has a foreign key to a dossier: they outlive it. Triggers let no row be removed."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.disposal import transfer_models  # noqa: F401 - their tables come with these
from archive.disposal.kinds import UNDER_WAY, Decision, LineState, ListState, PackState
from archive.jobs.models import nothing_under_way


class DisposalList(Base):
    """A disposal list (销毁清册) from its proposal to its certificate."""

    __tablename__ = "disposal_list"
    audit_kind = "disposal"
    __table_args__ = (Index(None, "state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    state: Mapped[ListState] = mapped_column(code(ListState), default=ListState.DUE)
    proposed_by: Mapped[uuid.UUID | None]
    proposed_by_name: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    report: Mapped[str] = mapped_column(default="")
    listed_at: Mapped[datetime | None]
    list_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_at: Mapped[datetime | None]
    started_by_name: Mapped[str] = mapped_column(String(80), default="")
    started_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    certificate_key: Mapped[str] = mapped_column(String(200), default="")
    certificate_version: Mapped[str] = mapped_column(String(1024), default="")
    certificate_sha256: Mapped[str] = mapped_column(String(80), default="")
    certified_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list["DisposalLine"]] = relationship(order_by="DisposalLine.seq", back_populates="on")
    approvals: Mapped[list["Approval"]] = relationship(order_by="Approval.at, Approval.id")
    witnesses: Mapped[list["Witness"]] = relationship(order_by="Witness.at, Witness.id")

    __mapper_args__ = {"version_id_col": revision}


class DisposalLine(Base):
    """One dossier on a list, with what it holds: `manifest` names every object by key, version, size, hash."""

    __tablename__ = "disposal_line"
    audit_kind = "disposal_line"
    __table_args__ = (UniqueConstraint("list_id", "dossier_id"), Index(None, "dossier_id", "state"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_list.id"))
    dossier_id: Mapped[uuid.UUID]
    seq: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    filed_number: Mapped[str] = mapped_column(String(80))
    # Neutral: no name of a person.
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    closed_on: Mapped[date]
    last_day: Mapped[date]
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[int]
    rule_years: Mapped[int | None]
    rule_basis: Mapped[str] = mapped_column(String(200))
    items: Mapped[int]
    objects: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger())
    manifest: Mapped[list[Any]]
    manifest_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[LineState] = mapped_column(code(LineState), default=LineState.PROPOSED)
    outcome: Mapped[Decision | None] = mapped_column(code(Decision))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    destroyed_at: Mapped[datetime | None]

    on: Mapped[DisposalList] = relationship(back_populates="lines")
    appraisals: Mapped[list["Appraisal"]] = relationship(order_by="Appraisal.at, Appraisal.id")


class Appraisal(Base):
    """What one appraiser says of one dossier."""

    __tablename__ = "appraisal"
    audit_kind = "appraisal"
    __table_args__ = (UniqueConstraint("line_id", "person_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_line.id"))
    person_id: Mapped[uuid.UUID]
    person_name: Mapped[str] = mapped_column(String(80))
    legal: Mapped[bool]
    decision: Mapped[Decision] = mapped_column(code(Decision))
    years: Mapped[int | None]
    reason: Mapped[str]
    at: Mapped[datetime]


class Approval(Base):
    """A signature under a list's hash; it counts as long as the list has that hash."""

    __tablename__ = "approval"
    audit_kind = "approval"
    __table_args__ = (Index(None, "list_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_list.id"))
    step: Mapped[int]
    person_id: Mapped[uuid.UUID]
    person_name: Mapped[str] = mapped_column(String(80))
    list_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Witness(Base):
    """Who is present when a list is destroyed (监销人)."""

    __tablename__ = "witness"
    audit_kind = "witness"
    __table_args__ = (UniqueConstraint("list_id", "person_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_list.id"))
    person_id: Mapped[uuid.UUID]
    person_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Erasure(Base):
    """One object to be erased: written before the store is asked, completed when the store shows nothing of it."""

    __tablename__ = "erasure"
    audit_kind = "erasure"
    __table_args__ = (UniqueConstraint("line_id", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_line.id"))
    dossier_id: Mapped[uuid.UUID]
    key: Mapped[str] = mapped_column(String(200))
    store_version: Mapped[str] = mapped_column(String(1024))
    size: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[str] = mapped_column(String(80))
    intended_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Stub(Base):
    """What stays of a destroyed dossier, for ever: numbers, dates, rule, hashes of its files, the list. No person."""

    __tablename__ = "stub"
    audit_kind = "stub"

    dossier_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    filed_number: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    registered_on: Mapped[date]
    closed_on: Mapped[date]
    last_day: Mapped[date]
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[int]
    rule_basis: Mapped[str] = mapped_column(String(200))
    items: Mapped[int]
    hashes: Mapped[list[str]]
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_list.id"))
    list_number: Mapped[str] = mapped_column(String(60))
    unit_path: Mapped[str] = mapped_column(String(200))
    destroyed_at: Mapped[datetime]


class Pack(Base):
    """An evidence pack of one or several closed dossiers, ordered by a person, made by the worker, kept for a while.

    Like its members it outlives the dossiers as a trace of what was handed out; the file goes with the first of them.
    """

    __tablename__ = "pack"
    audit_kind = "pack"
    __table_args__ = (Index(None, "ordered_by", "ordered_at"), Index(None, "state", "expires_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str]
    state: Mapped[PackState] = mapped_column(code(PackState), default=PackState.WAITING)
    ordered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    ordered_by_name: Mapped[str] = mapped_column(String(80))
    ordered_at: Mapped[datetime]
    # Bytes of originals: in all, and gathered so far.
    total: Mapped[int] = mapped_column(BigInteger(), default=0)
    done: Mapped[int] = mapped_column(BigInteger(), default=0)
    size: Mapped[int] = mapped_column(BigInteger(), default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    trouble: Mapped[str] = mapped_column(default="")
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    members: Mapped[list["PackMember"]] = relationship(order_by="PackMember.position")
    # Ordered or begun, but no job is left to make it: its worker was killed at the last try.
    lost: Mapped[bool] = column_property(state.in_(UNDER_WAY) & nothing_under_way("disposal.make_pack", id))

    @property
    def stands(self) -> PackState:
        """Where it stands for who waits for it: what nobody makes any more has failed."""
        return PackState.FAILED if self.lost else self.state


class PackMember(Base):
    """A dossier of a pack."""

    __tablename__ = "pack_member"
    __table_args__ = (Index(None, "dossier_id"),)

    pack_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pack.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID]
    number: Mapped[str] = mapped_column(String(60))
