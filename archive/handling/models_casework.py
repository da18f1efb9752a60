"""Tables of the investigation: tasks, evidence asked for, interviews, consultations, minutes, opinions."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.documents.models import Document
from archive.handling.kinds import ConsultationKind, EvidenceState, OpinionState, Subject, TaskState, Worth
from archive.handling.models_base import Sheeted
from archive.people.models import Account, Unit


class Task(Sheeted, Base):
    """Something a unit, or one person of it, is to do for a dossier until a day."""

    __tablename__ = "task"
    audit_kind = "task"
    __table_args__ = (Index(None, "unit_id", "state"), Index(None, "person_id", "state"))
    SEARCHED = ("what", "result")

    what: Mapped[str]
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date]
    state: Mapped[TaskState] = mapped_column(code(TaskState), default=TaskState.GIVEN)
    # Who took it on, refused it, or took it back, and what was said.
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_by_name: Mapped[str] = mapped_column(String(80), default="")
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    done_by_name: Mapped[str] = mapped_column(String(80), default="")
    done_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Account | None] = relationship(foreign_keys=[person_id], lazy="joined")
    documents: Mapped[list[Document]] = relationship(
        secondary="task_document", order_by=Document.item, lazy="selectin", viewonly=True
    )


class TaskDocument(Base):
    """A document that a task brought."""

    __tablename__ = "task_document"

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"), primary_key=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)


class EvidenceRequest(Sheeted, Base):
    """Evidence asked for: what, from whom, until when; received as a document of the dossier."""

    __tablename__ = "evidence_request"
    audit_kind = "evidence"
    SEARCHED = ("what", "holder", "reason")

    what: Mapped[str]
    holder: Mapped[str] = mapped_column(String(120))
    requested_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[EvidenceState] = mapped_column(code(EvidenceState), default=EvidenceState.ASKED)
    received_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship(lazy="joined")


class Interview(Sheeted, Base):
    """What a person said, when and where, to whom; signed, it is a document of the dossier."""

    __tablename__ = "interview"
    audit_kind = "interview"
    SEARCHED = ("person", "content")

    person: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    interviewer: Mapped[str] = mapped_column(String(120))
    content: Mapped[str]
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship(lazy="joined")


class Consultation(Sheeted, Base):
    """A question to another body or among several, and the opinion they gave (咨询、会商)."""

    __tablename__ = "consultation"
    audit_kind = "consultation"
    SEARCHED = ("body", "question", "reply")

    kind: Mapped[ConsultationKind] = mapped_column(code(ConsultationKind))
    body: Mapped[str] = mapped_column(String(200))
    question: Mapped[str]
    asked_on: Mapped[date]
    reply: Mapped[str] = mapped_column(default="")
    replied_on: Mapped[date | None]
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship(lazy="joined")


class Minutes(Sheeted, Base):
    """The minutes of a meeting about the dossier, on which a decision may rest."""

    __tablename__ = "minutes"
    audit_kind = "minutes"
    SEARCHED = ("content", "resolution")

    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    chair: Mapped[str] = mapped_column(String(120))
    attendees: Mapped[str]
    content: Mapped[str]
    resolution: Mapped[str]
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship(lazy="joined")


class Opinion(Sheeted, Base):
    """The handler's written opinion (拟办意见), which others then decide upon, one after another.

    `approvers` are plain: [role code of the archive, its name in the rules, article] for each decision it needs.
    """

    __tablename__ = "opinion"
    audit_kind = "opinion"
    SEARCHED = ("text",)

    subject: Mapped[Subject] = mapped_column(code(Subject))
    text: Mapped[str]
    state: Mapped[OpinionState] = mapped_column(code(OpinionState), default=OpinionState.WAITING)
    approvers: Mapped[list[Any]] = mapped_column(default=list)

    decisions: Mapped[list["Decision"]] = relationship(
        order_by="Decision.step", back_populates="opinion", lazy="selectin"
    )


class Fulfilment(Sheeted, Base):
    """That a demand of a profile is met before closing: the document it is, or what somebody says of it. Only added.

    `demand` is `PROFILE/code`; name, text and article stand as they were then. A mistaken entry is struck by another
    one, `strikes_id`, with a reason; the demand then counts as not met.
    """

    __tablename__ = "fulfilment"
    audit_kind = "fulfilment"
    __table_args__ = (UniqueConstraint("strikes_id"),)
    SEARCHED = ("note", "reason")

    demand: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(260))
    note: Mapped[str] = mapped_column(default="")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    strikes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fulfilment.id"))
    reason: Mapped[str] = mapped_column(default="")

    document: Mapped[Document | None] = relationship(lazy="joined")
    struck_by: Mapped["Fulfilment | None"] = relationship(
        remote_side=strikes_id, lazy="joined", join_depth=1, uselist=False, viewonly=True
    )

    @property
    def worth(self) -> Worth:
        """Whether the entry stands, was struck, or strikes another."""
        if self.strikes_id is not None:
            return Worth.STRIKES
        return Worth.STANDS if self.struck_by is None else Worth.STRUCK


class Decision(Base):
    """One decision upon an opinion: agreed or sent back, in what words, resting on which minutes."""

    __tablename__ = "decision"
    audit_kind = "decision"
    __table_args__ = (UniqueConstraint("opinion_id", "step"), Index(None, "dossier_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    opinion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("opinion.id"))
    step: Mapped[int]
    agreed: Mapped[bool]
    text: Mapped[str]
    minutes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("minutes.id"))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]

    opinion: Mapped[Opinion] = relationship(back_populates="decisions")
    minutes: Mapped[Minutes | None] = relationship(lazy="joined")
