"""Tables of what binds a dossier: profiles, limits, what happened, appraisals, extensions, escalations; and calendars.

All that hangs on a dossier is erased with it (disposal.erasing).
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.dossiers.models import Dossier
from archive.people.models import Unit
from archive.procedures.profile import Cause


class DossierProfile(Base):
    """A version of a profile that binds a dossier, and why; `ended_at` is when it ceased to."""

    __tablename__ = "dossier_profile"
    audit_kind = "bound_profile"
    __table_args__ = (
        Index(
            "uq_dossier_profile_bound", "dossier_id", "profile_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "profile_id", "version"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    profile_id: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    bound_at: Mapped[datetime]
    reason: Mapped[str]
    # The profile that inherits from this one; empty where the profile binds by its own scope.
    through: Mapped[str] = mapped_column(String(16), default="")
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(default="")


class DossierLimit(Base):
    """A limit of a dossier as reckoned last. It is open while `met_at` and `ended_at` are empty.

    Moments are the ends of last days (00:00 of the day after in Shanghai). `operative_at` empty: paused, or a duty
    without a number. `met_at` is when the duty was done, also when late. `ended_at` is when it ceased to matter
    undone (declined, withdrawn, closed). `extended_to` is the new end where it was put off, `reason` the steps of the
    reckoning as [{"step", "at", "about"}].
    """

    __tablename__ = "dossier_limit"
    audit_kind = "limit"
    __table_args__ = (
        UniqueConstraint("dossier_id", "profile_id", "limit_id"),
        Index(None, "met_at", "ended_at", "operative_at"),
        Index(None, "provisional"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    profile_id: Mapped[str] = mapped_column(String(16))
    profile_version: Mapped[int]
    limit_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    # The text and article: 《…》第…条.
    article: Mapped[str] = mapped_column(String(260))
    duty: Mapped[str] = mapped_column(String(40))
    from_event: Mapped[str] = mapped_column(String(40))
    to_event: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    operative_at: Mapped[datetime | None]
    legal_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    extended_to: Mapped[datetime | None]
    paused: Mapped[bool] = mapped_column(default=False)
    provisional: Mapped[bool] = mapped_column(default=False)
    # A duty without a number of its own, which runs by another limit: that one is reminded of and escalated.
    follows: Mapped[bool] = mapped_column(default=False)
    # The complainant's own time, not the office's: shown, never missed by the office.
    is_right: Mapped[bool] = mapped_column(default=False)
    # Second numbers of the same source: [{"kind", "at", "article"}].
    others: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[list[Any]] = mapped_column(default=list)

    dossier: Mapped[Dossier] = relationship()


class DossierEvent(Base):
    """Something that happened and was written down by hand because no step of the archive tells of it (事项登记)."""

    __tablename__ = "dossier_event"
    audit_kind = "event"
    __table_args__ = (Index(None, "dossier_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    code: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    # The day by which something is wanted, where what happened states one (a letter that was issued).
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    # A mistaken line is struck out with a reason, never removed.
    struck_at: Mapped[datetime | None]
    struck_by_name: Mapped[str] = mapped_column(String(80), default="")
    struck_reason: Mapped[str] = mapped_column(default="")


class OutsideAppraisal(Base):
    """A time in which an expert outside looks at the matter (外部鉴定): limits whose text says so stand still."""

    __tablename__ = "outside_appraisal"
    audit_kind = "outside_appraisal"
    __table_args__ = (Index(None, "dossier_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    body: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str]
    evidence: Mapped[str] = mapped_column(String(200))
    began_at: Mapped[datetime]
    began_by_name: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(String(80), default="")
    end_evidence: Mapped[str] = mapped_column(String(200), default="")


class LimitExtension(Base):
    """An extension of a limit: asked for by one, granted or refused by another, told to the complainant.

    `decided_at` empty: waits. Whether the complainant was told is read off notices and letters.
    """

    __tablename__ = "limit_extension"
    audit_kind = "extension"
    __table_args__ = (
        Index(None, "dossier_id"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="two_persons"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    profile_id: Mapped[str] = mapped_column(String(16))
    limit_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(260))
    due_before: Mapped[datetime | None]
    # Any moment of the new last day; of a limit in minutes or hours its new end.
    until: Mapped[datetime]
    reason: Mapped[str]
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    requested_by_name: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    # How the complainant will be told, and with what proof they agreed where the text asks for it.
    notice: Mapped[str] = mapped_column(String(40), default="")
    consent_evidence: Mapped[str] = mapped_column(String(200), default="")
    # The role that decides, `PROFILE/role`; empty: whoever decides in the unit.
    role: Mapped[str] = mapped_column(String(60), default="")
    granted: Mapped[bool | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")

    dossier: Mapped[Dossier] = relationship()


class Escalation(Base):
    """A dossier reported upwards: for a missed limit first where it is, then level by level above (逐级上报); else
    on a cause that a profile names, to the role it names; `limit_id` is then the code of what the profile says."""

    __tablename__ = "escalation"
    audit_kind = "escalation"
    __table_args__ = (
        UniqueConstraint(
            "dossier_id", "profile_id", "limit_id", "missed_at", "unit_id", "role", name="uq_escalation_once"
        ),
        Index(None, "unit_id", "seen_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    profile_id: Mapped[str] = mapped_column(String(16))
    limit_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(260))
    cause: Mapped[Cause] = mapped_column(code(Cause), default=Cause.MISSED)
    # When the limit was missed, or the cause came about.
    missed_at: Mapped[datetime]
    # The archive's role in the unit that gets it, what the profile calls it, and its article; empty: who decides there.
    role: Mapped[str] = mapped_column(String(40), default="")
    receiver: Mapped[str] = mapped_column(String(120), default="")
    basis: Mapped[str] = mapped_column(String(260), default="")
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    level: Mapped[int]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_name: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(default="")

    dossier: Mapped[Dossier] = relationship()
    unit: Mapped[Unit] = relationship()


class LimitFeed(Base):
    """A person's secret address under which a calendar program reads their limits: only its hash is kept."""

    __tablename__ = "limit_feed"
    audit_kind = "limit_feed"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Reminder(Base):
    """A person's digest of one day: how many limits are due soon, missed, reported upwards, and what else is owed.

    Nothing of a dossier is kept here.
    """

    __tablename__ = "reminder"
    audit_kind = "reminder"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    soon: Mapped[int]
    overdue: Mapped[int]
    escalated: Mapped[int]
    # What else is owed: [{"title", "endpoint", "due_on", "late"}].
    owed: Mapped[list[Any]] = mapped_column(default=list)
    seen_at: Mapped[datetime | None]

    @property
    def count(self) -> int:
        """How many things it tells of; what was reported upwards is missed too, and counted there."""
        return self.soon + self.overdue + len(self.owed)
