"""Tables of the auditors' desk: samples with their frozen population, findings with what was said on them.

Samples name dossiers by number without a foreign key: a sample must be drawn again with the same result when some of
them are destroyed. What findings say goes with the dossier they speak of; their numbers stay.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.inspection.kinds import FindingState, Step, Strata
from archive.people.models import Unit


class Sample(Base):
    """A random sample of closed dossiers: how it was drawn, from which population, so that anybody can draw it again.

    `population` lists [number, stratum] sorted by number; `asked` is what the population was chosen by.
    """

    __tablename__ = "sample"
    audit_kind = "sample"
    __table_args__ = (Index(None, "drawn_by", "drawn_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    algorithm: Mapped[str] = mapped_column(String(40))
    seed: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    strata: Mapped[Strata] = mapped_column(code(Strata))
    asked: Mapped[dict[str, Any]]
    population: Mapped[list[Any]] = mapped_column(deferred=True)
    population_size: Mapped[int]
    population_hash: Mapped[str] = mapped_column(String(64))
    drawn_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    drawn_by_name: Mapped[str] = mapped_column(String(80))
    drawn_at: Mapped[datetime]

    members: Mapped[list["SampleMember"]] = relationship(order_by="SampleMember.position")


class SampleMember(Base):
    """A dossier that was drawn."""

    __tablename__ = "sample_member"

    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID]
    number: Mapped[str] = mapped_column(String(60))
    stratum: Mapped[str] = mapped_column(String(120))


class Finding(Base):
    """What an auditor found wrong, about a dossier or a unit as a whole."""

    __tablename__ = "finding"
    audit_kind = "finding"
    __table_args__ = (Index(None, "unit_id", "state"), Index(None, "dossier_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"))
    dossier_number: Mapped[str] = mapped_column(String(60), default="")
    sample_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sample.id"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[FindingState] = mapped_column(code(FindingState), default=FindingState.OPEN)
    reply_by: Mapped[date | None]
    raised_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    raised_by_name: Mapped[str] = mapped_column(String(80))
    raised_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    steps: Mapped[list["FindingStep"]] = relationship(order_by="FindingStep.at, FindingStep.id")

    __mapper_args__ = {"version_id_col": revision}


class FindingStep(Base):
    """One thing said on a finding."""

    __tablename__ = "finding_step"
    __table_args__ = (Index(None, "finding_id"), Index(None, "dossier_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("finding.id"))
    # The finding's own: what is said about a dossier goes with it.
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"))
    verb: Mapped[Step] = mapped_column(code(Step))
    text: Mapped[str]
    said_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    said_by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
