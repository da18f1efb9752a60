"""Tables of dossiers, their parties, the contact register, assignments, recusals."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.dossiers.states import (
    Channel,
    HandOverState,
    KeyKind,
    NoticeChannel,
    NoticeKind,
    NoticeOutcome,
    PartyKind,
    PartyRole,
    Severity,
    Source,
    State,
    Verb,
)
from archive.people.models import Account, Unit


class Institution(Base):
    """A financial institution that is complained of."""

    __tablename__ = "institution"
    audit_kind = "institution"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40), default="")


class CodeItem(Base):
    """A row of a code table (business categories, causes, reasons …); tables are imported, never invented here."""

    __tablename__ = "code_item"
    audit_kind = "code"
    __table_args__ = (UniqueConstraint("table", "code"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    table: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    parent_code: Mapped[str | None] = mapped_column(String(40))
    # For a reason of non-acceptance: what it must be linked to (states.Need), or empty.
    needs: Mapped[str] = mapped_column(String(20), default="")
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False)


class Series(Base):
    """A gap-free number series: the next number is taken in the transaction that uses it."""

    __tablename__ = "number_series"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Contact(Base):
    """A line of the contact register (接待登记簿): everyone who turns to the office, accepted or not."""

    __tablename__ = "contact"
    audit_kind = "contact"
    __table_args__ = (UniqueConstraint("unit_id", "year", "serial"), Index(None, "received_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    serial: Mapped[int]
    received_at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(code(Channel))
    person_name: Mapped[str] = mapped_column(String(120))
    phone_sealed: Mapped[str | None]
    phone_masked: Mapped[str] = mapped_column(String(40), default="")
    summary: Mapped[str]
    in_scope: Mapped[bool | None]
    advice: Mapped[str] = mapped_column(default="")
    leader_opinion: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"))

    unit: Mapped[Unit] = relationship()
    recorder: Mapped[Account] = relationship()
    dossier: Mapped["Dossier | None"] = relationship()


class Dossier(Base):
    """A complaint and everything that belongs to it."""

    __tablename__ = "dossier"
    audit_kind = "dossier"
    __table_args__ = (
        Index(None, "state", "registered_at"),
        Index(None, "unit_id", "registered_at"),
        Index(None, "officer_id", "state"),
        Index(None, "registered_at", "id"),
        Index(None, "due_at", "id"),
        Index(None, "closed_at", "due_at"),
        Index(None, "contract_no"),
        Index(None, "respondent_id"),
        # Holds all that counting the file room asks for, access included: the rows themselves are not read.
        Index(
            "ix_dossier_file_room",
            "fonds",
            "year",
            "category",
            "restricted",
            "unit_id",
            "officer_id",
            "id",
            "closed_at",
        ),
        CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name="closing_whole"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    fonds: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[State] = mapped_column(code(State), default=State.REGISTERED)
    # The unit that has the dossier in hand: where it was registered, later the lead unit once it took it over.
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    officer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    registered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    registered_at: Mapped[datetime]
    received_at: Mapped[datetime]
    respondent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("institution.id"))
    # A person complained of by name; whoever of the office bears it is recused.
    respondent_person: Mapped[str] = mapped_column(String(120), default="")
    channel: Mapped[Channel] = mapped_column(code(Channel))
    source: Mapped[Source] = mapped_column(code(Source), default=Source.DIRECT)
    category: Mapped[str] = mapped_column(String(40), default="")
    cause: Mapped[str] = mapped_column(String(40), default="")
    product: Mapped[str] = mapped_column(String(120), default="")
    severity: Mapped[Severity] = mapped_column(code(Severity), default=Severity.NORMAL)
    severity_reason: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    occurred_on: Mapped[date | None]
    facts: Mapped[str] = mapped_column(default="")
    request: Mapped[str] = mapped_column(default="")
    contract_no: Mapped[str] = mapped_column(String(80), default="")
    # Of an account or card: sealed in full where it was given in full, and the last digits that everybody sees.
    account_sealed: Mapped[str | None]
    account_tail: Mapped[str] = mapped_column(String(20), default="")
    restricted: Mapped[bool] = mapped_column(default=False)
    accepted_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(String(60), default="")
    decline_link: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    # The Asia/Shanghai date of closing: the clock of retention starts here.
    closed_on: Mapped[date | None]
    closing_assumed: Mapped[bool] = mapped_column(default=False)
    # The limit that governs, as reckoned last (see archive.binding), kept here so that lists sort and filter by it: the
    # earliest open one, or the one met last.
    due_at: Mapped[datetime | None]
    due_met_at: Mapped[datetime | None]
    due_rule: Mapped[str] = mapped_column(default="")
    due_provisional: Mapped[bool] = mapped_column(default=False)
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    officer: Mapped[Account | None] = relationship(foreign_keys=[officer_id])
    respondent: Mapped[Institution | None] = relationship()
    parties: Mapped[list["Party"]] = relationship(order_by="Party.position", back_populates="dossier")

    __mapper_args__ = {"version_id_col": revision}  # of two people saving at once the second is told


class Alias(Base):
    """Another number under which a dossier was known, as a legacy number."""

    __tablename__ = "dossier_alias"

    number: Mapped[str] = mapped_column(String(80), primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)


class Party(Base):
    """A complainant, representative or agent. Personal numbers are sealed; what screens show is the masked form."""

    __tablename__ = "party"
    audit_kind = "party"
    __table_args__ = (Index(None, "dossier_id"), Index(None, "name"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    position: Mapped[int] = mapped_column(default=0)
    role: Mapped[PartyRole] = mapped_column(code(PartyRole), default=PartyRole.COMPLAINANT)
    kind: Mapped[PartyKind] = mapped_column(code(PartyKind), default=PartyKind.NATURAL)
    name: Mapped[str] = mapped_column(String(120))
    id_number_sealed: Mapped[str | None]
    id_number_masked: Mapped[str] = mapped_column(String(40), default="")
    phone_sealed: Mapped[str | None]
    phone_masked: Mapped[str] = mapped_column(String(40), default="")
    address_sealed: Mapped[str | None]
    # What an agent was authorised to do, and until when.
    mandate: Mapped[str] = mapped_column(default="")

    dossier: Mapped[Dossier] = relationship(back_populates="parties")


class PartyKey(Base):
    """A keyed hash under which a dossier is found by a personal number or its tail (see core.crypto)."""

    __tablename__ = "party_key"
    __table_args__ = (Index(None, "hash"), Index(None, "dossier_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[KeyKind] = mapped_column(code(KeyKind))
    hash: Mapped[str] = mapped_column(String(40))


class HandOver(Base):
    """The slip of a hand-over between units (转交处理联系单): offered by one side, accepted or refused by the other.

    The row with `lead` set and accepted is the lead unit; the others accepted are co-operating units.
    """

    __tablename__ = "hand_over"
    audit_kind = "hand_over"
    __table_args__ = (
        Index(None, "dossier_id"),
        Index(None, "to_unit_id", "state"),
        UniqueConstraint("year", "serial"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    from_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    lead: Mapped[bool]
    officer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[HandOverState] = mapped_column(code(HandOverState), default=HandOverState.OFFERED)
    note: Mapped[str] = mapped_column(default="")
    offered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    offered_at: Mapped[datetime]
    # The line of the office's register of slips, numbered by the year.
    year: Mapped[int]
    serial: Mapped[int]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")

    dossier: Mapped[Dossier] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])
    officer: Mapped[Account | None] = relationship(foreign_keys=[officer_id])


class Access(Base):
    """A unit that sees the dossier besides the one that has it in hand (it registered it, or co-operates)."""

    __tablename__ = "dossier_access"

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class PersonalGrant(Base):
    """A person who sees the dossier by name, with the reason; needed for restricted dossiers."""

    __tablename__ = "dossier_grant"
    audit_kind = "grant"

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    reason: Mapped[str]
    granted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]


class Recusal(Base):
    """A person who neither reads nor decides this dossier (回避), declared or found automatically."""

    __tablename__ = "recusal"
    audit_kind = "recusal"

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    automatic: Mapped[bool]
    reason: Mapped[str]
    declared_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    declared_at: Mapped[datetime]

    account: Mapped[Account] = relationship(foreign_keys=[account_id])


class Move(Base):
    """One step a dossier made, with what was said; the timeline is drawn from these."""

    __tablename__ = "dossier_move"
    audit_kind = "move"
    __table_args__ = (Index(None, "dossier_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str] = mapped_column(String(80))
    verb: Mapped[Verb] = mapped_column(code(Verb))
    before: Mapped[State | None] = mapped_column(code(State))
    after: Mapped[State] = mapped_column(code(State))
    note: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Notice(Base):
    """One attempt to tell the complainant something, or the statement that nobody can be told."""

    __tablename__ = "notice"
    audit_kind = "notice"
    __table_args__ = (Index(None, "dossier_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[NoticeKind] = mapped_column(code(NoticeKind))
    channel: Mapped[NoticeChannel] = mapped_column(code(NoticeChannel))
    outcome: Mapped[NoticeOutcome] = mapped_column(code(NoticeOutcome))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class Closing(Base):
    """One closing of a dossier; a reopened dossier keeps its old ones, because no keeping period gets shorter by it."""

    __tablename__ = "closing"
    audit_kind = "closing"
    __table_args__ = (Index(None, "dossier_id"), Index(None, "closed_on"), Index(None, "reopened_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    state: Mapped[State] = mapped_column(code(State))
    closed_at: Mapped[datetime]
    closed_on: Mapped[date]
    assumed: Mapped[bool] = mapped_column(default=False)
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reopened_at: Mapped[datetime | None]


class Pause(Base):
    """A time in which the clock of the limits stands still (补正): from the notice to completion."""

    __tablename__ = "pause"
    audit_kind = "pause"
    __table_args__ = (Index(None, "dossier_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    reason: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    due_on: Mapped[date | None]


class Selection(Base):
    """Dossiers somebody chose from a list, in its order, for an act on many of them; swept after some weeks.

    Ids only, no foreign keys: what was destroyed since, or closed to the person, is passed over when it is used.
    """

    __tablename__ = "dossier_selection"
    audit_kind = "selection"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    # In words, as people see it: what was searched or filtered for. Long numbers masked.
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(40), default="")
    dossier_ids: Mapped[list[str]]
