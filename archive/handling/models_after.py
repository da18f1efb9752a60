"""Tables of follow-up, of the complainant's own look at the progress, and of groups of like complaints."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.dossiers.states import NoticeChannel
from archive.handling.kinds import ClusterState, Likeness, Side
from archive.handling.models_base import Sheeted


class FollowUp(Sheeted, Base):
    """One attempt to ask a side afterwards (回访): whether reached, how content (1 to 5), what was said.

    Only added; a proposal to take the dossier up again is answered once.
    """

    __tablename__ = "follow_up"
    audit_kind = "follow_up"
    SEARCHED = ("words", "remarks", "reopen_reason")
    __table_args__ = (Index(None, "at"), Index(None, "settled_at", "reopen_reason"))

    at: Mapped[datetime]
    side: Mapped[Side] = mapped_column(code(Side))
    channel: Mapped[NoticeChannel] = mapped_column(code(NoticeChannel))
    reached: Mapped[bool]
    score: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    reopen_reason: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str] = mapped_column(String(80), default="")
    settlement: Mapped[str] = mapped_column(default="")


class ProgressCode(Base):
    """The code by which a complainant looks once at the progress. Only its keyed hash is kept."""

    __tablename__ = "progress_code"
    audit_kind = "progress_code"

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]


class Cluster(Base):
    """Complaints that are alike and came close together. The row says nothing of any person."""

    __tablename__ = "cluster"
    audit_kind = "cluster"
    __table_args__ = (
        # While a group is open, what comes in belongs to it: no second one about the same.
        Index(
            "uq_cluster_open_key",
            "key",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'confirmed') AND key <> ''"),
            postgresql_where=text("state IN ('proposed', 'confirmed') AND key <> ''"),
        ),
        Index(None, "state", "found_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    likeness: Mapped[Likeness] = mapped_column(code(Likeness))
    # What the members have in common, as compared (see rules.keys_of); empty for a group made by hand.
    key: Mapped[str] = mapped_column(String(200), default="")
    count: Mapped[int]
    days: Mapped[int]
    basis: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[ClusterState] = mapped_column(code(ClusterState), default=ClusterState.PROPOSED)
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(default="")
    emergency: Mapped[bool] = mapped_column(default=False)
    emergency_reason: Mapped[str] = mapped_column(default="")
    # The report to the authorities.
    report_to: Mapped[str] = mapped_column(String(120), default="")
    report_basis: Mapped[str] = mapped_column(String(200), default="")
    report_due_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    reported_by_name: Mapped[str] = mapped_column(String(80), default="")
    report_reference: Mapped[str] = mapped_column(String(80), default="")
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}


class ClusterMember(Base):
    """A dossier in a group."""

    __tablename__ = "cluster_member"

    cluster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cluster.id"), primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(80))
