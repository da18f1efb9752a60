"""Tables of keeping: rules, what is promised to each dossier, holds, joined dossiers, locks, alarms, the clock's marks.

What tells of a dossier here has no foreign key to it: it outlives the dossier. Triggers (see migrations) let no row be
removed and no promise be shortened.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base
from archive.core.db import code as one_of
from archive.core.ids import new_id
from archive.procedures.limit import Level
from archive.retention.kinds import AlarmKind, HoldStep, Occasion, Scanned
from archive.retention.periods import Asked, Promise, Trigger
from archive.retention.rules import HoldKind


class RetentionRule(Base):
    """One version of one rule: what it keeps, for how many calendar years (None: for ever), on which basis.

    `conditions` name facts of a dossier and the values that fit, `{"category": ["credit_report"]}`; none fits all.
    Without `starts_on` it is a proposal that binds nobody yet.
    """

    __tablename__ = "retention_rule"
    audit_kind = "retention_rule"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("years IS NULL OR years >= 3", name="floor"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    years: Mapped[int | None]
    trigger: Mapped[Trigger] = mapped_column(one_of(Trigger), default=Trigger.CLOSING)
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    basis: Mapped[str] = mapped_column(String(200))
    level: Mapped[Level] = mapped_column(one_of(Level))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    added_by_name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]

    def asked(self) -> Asked:
        """Return the rule as the reckoning takes it."""
        return Asked(self.code, self.version, self.name, self.years, self.basis, self.trigger)


_CLAIMED = "closed_on < filed_on AND closing_confirmed_at IS NULL"


class Keeping(Base):
    """What is promised to a dossier since it first ended: its filed number (档号), and until when it is kept."""

    __tablename__ = "keeping"
    audit_kind = "keeping"
    __table_args__ = (
        CheckConstraint("permanent = (last_day IS NULL)", name="permanent_day"),
        CheckConstraint("permanent = (disposable_at IS NULL)", name="permanent_moment"),
        Index(None, "disposable_at", "dossier_id"),
        Index(
            "ix_keeping_claimed", "dossier_id", sqlite_where=text(_CLAIMED), postgresql_where=text(_CLAIMED),
        ),
    )  # fmt: skip

    dossier_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    filed_number: Mapped[str] = mapped_column(String(80), unique=True)
    filed_on: Mapped[date]
    closed_on: Mapped[date]
    last_day: Mapped[date | None]
    disposable_at: Mapped[datetime | None]
    permanent: Mapped[bool]
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[int]
    rule_name: Mapped[str] = mapped_column(String(120))
    rule_years: Mapped[int | None]
    rule_basis: Mapped[str] = mapped_column(String(200))
    rule_trigger: Mapped[Trigger] = mapped_column(one_of(Trigger))
    computed_at: Mapped[datetime]
    # When the second person confirmed a closing day that this archive did not see itself (see ClosingCheck).
    closing_confirmed_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]

    @hybrid_property
    def claimed(self) -> bool:
        """Whether the closing day is taken from elsewhere, earlier than the archive knew of it, and not confirmed."""
        return self.closed_on < self.filed_on and self.closing_confirmed_at is None

    @claimed.inplace.expression
    @classmethod
    def _claimed(cls) -> ColumnElement[bool]:
        return and_(cls.closed_on < cls.filed_on, cls.closing_confirmed_at.is_(None))

    @property
    def promise(self) -> Promise:
        """Return what is promised."""
        asked = Asked(
            self.rule_code, self.rule_version, self.rule_name, self.rule_years, self.rule_basis, self.rule_trigger
        )
        return Promise(self.last_day, asked)


class ClosingCheck(Base):
    """What one person found of a closing day that came with an old dossier: it stands or not; by which file, why."""

    __tablename__ = "closing_check"
    audit_kind = "closing_check"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID]
    closed_on: Mapped[date]
    stands: Mapped[bool]
    document_id: Mapped[uuid.UUID | None]
    finding: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    person_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Hold(Base):
    """A hold (冻结): placed by one, released by two. The period runs on; destroying waits."""

    __tablename__ = "hold"
    audit_kind = "hold"
    __table_args__ = (
        Index(None, "dossier_id", "released_at"),
        CheckConstraint("released_by IS NULL OR released_by <> asked_by", name="released_by_two"),
        CheckConstraint("released_at IS NULL OR asked_at IS NOT NULL", name="asked_first"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID]
    kind: Mapped[HoldKind] = mapped_column(one_of(HoldKind))
    basis: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]
    owner: Mapped[str] = mapped_column(String(80))
    review_on: Mapped[date | None]
    placed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    placed_by_name: Mapped[str] = mapped_column(String(80))
    placed_at: Mapped[datetime]
    # Who asked that it be released, and why.
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(80), default="")
    asked_at: Mapped[datetime | None]
    asked_reason: Mapped[str] = mapped_column(default="")
    released_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    released_by_name: Mapped[str] = mapped_column(String(80), default="")
    released_at: Mapped[datetime | None]


class HoldOrder(Base):
    """Holds on many dossiers, ordered by a person and done by the worker: how far it is, and what was passed over."""

    __tablename__ = "hold_order"
    audit_kind = "hold_order"
    __table_args__ = (Index(None, "ordered_by"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    step: Mapped[HoldStep] = mapped_column(one_of(HoldStep))
    kind: Mapped[HoldKind] = mapped_column(one_of(HoldKind))
    basis: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]
    owner: Mapped[str] = mapped_column(String(80))
    review_on: Mapped[date | None]
    dossier_ids: Mapped[list[str]]
    total: Mapped[int]
    looked: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    # Number and sentence.
    refused: Mapped[list[Any]] = mapped_column(default=list)
    ordered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    ordered_by_name: Mapped[str] = mapped_column(String(80))
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Joined(Base):
    """Two dossiers kept together (并案): both until the later end."""

    __tablename__ = "joined"
    audit_kind = "joined"
    __table_args__ = (UniqueConstraint("first_id", "second_id"), Index(None, "second_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    first_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(String(200))
    made_by_name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class _Locked:
    """What is known of the store's lock on a file, and when its bytes were last looked at and last read whole."""

    dossier_id: Mapped[uuid.UUID]
    locked_until: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    # Erased by an approved list while the dossier's other objects are still to go.
    erased_at: Mapped[datetime | None]


class VersionLock(_Locked, Base):
    """The lock on a version."""

    __tablename__ = "version_lock"
    __table_args__ = (Index(None, "dossier_id"), Index(None, "locked_until"), Index(None, "read_at"))

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"), primary_key=True)


class RenditionLock(_Locked, Base):
    """The lock on what the archive made itself."""

    __tablename__ = "rendition_lock"
    __table_args__ = (Index(None, "dossier_id"), Index(None, "read_at"))

    rendition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rendition.id"), primary_key=True)


class Scan(Base):
    """What the virus scanner said of a version; a find may be accepted as evidence, by name and with a reason."""

    __tablename__ = "scan"
    audit_kind = "scan"
    __table_args__ = (Index(None, "dossier_id"),)

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"), primary_key=True)
    dossier_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    result: Mapped[Scanned] = mapped_column(one_of(Scanned))
    # The signature's name where something was found.
    finding: Mapped[str] = mapped_column(String(200), default="")
    engine: Mapped[str] = mapped_column(String(120))
    accepted_by_name: Mapped[str] = mapped_column(String(80), default="")
    accepted_at: Mapped[datetime | None]
    accepted_reason: Mapped[str] = mapped_column(default="")


class Alarm(Base):
    """Something that must not be: a lock too short, bytes that changed, a marker over a file, a clock that jumped.

    `key` folds what is found again and again into one open alarm.
    """

    __tablename__ = "alarm"
    audit_kind = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_open_key",
            "key",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index(None, "dossier_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[AlarmKind] = mapped_column(one_of(AlarmKind))
    key: Mapped[str] = mapped_column(String(300))
    dossier_id: Mapped[uuid.UUID | None]
    facts: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by_name: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(default="")


class ClockMark(Base):
    """The latest moment the archive has lived through; one row."""

    __tablename__ = "clock_mark"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class ClockJump(Base):
    """The clock was found far ahead of the last mark; nothing is destroyed until two persons say that it is right."""

    __tablename__ = "clock_jump"
    audit_kind = "clock_jump"
    __table_args__ = (CheckConstraint("second_by IS NULL OR second_by <> first_by", name="two_persons"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    before: Mapped[datetime]
    after: Mapped[datetime]
    first_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    first_by_name: Mapped[str] = mapped_column(String(80), default="")
    second_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    second_by_name: Mapped[str] = mapped_column(String(80), default="")
    confirmed_at: Mapped[datetime | None]


class FilingReport(Base):
    """What an examination found (四性检测): property, code, result, and what it is about."""

    __tablename__ = "filing_report"
    audit_kind = "filing_report"
    __table_args__ = (Index(None, "dossier_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(80))
    checks: Mapped[list[Any]]
    occasion: Mapped[Occasion] = mapped_column(one_of(Occasion), default=Occasion.FILING)


class ErasureRequest(Base):
    """A complainant asks that what is kept about them be erased; what was decided: until when it is kept, and why."""

    __tablename__ = "erasure_request"
    audit_kind = "erasure_request"
    __table_args__ = (Index(None, "dossier_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    received_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    granted: Mapped[bool]
    permanent: Mapped[bool]
    period: Mapped[str] = mapped_column(String(120))
    rule: Mapped[str] = mapped_column(String(400))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_by_name: Mapped[str] = mapped_column(String(80))
    answered_at: Mapped[datetime]
