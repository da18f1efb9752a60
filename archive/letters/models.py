"""Tables of letters: drafts and issued letters, the number register, reviews, serving."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.documents.models import Document
from archive.dossiers.models import Dossier
from archive.letters import seal_models, template_models  # noqa: F401 - their tables come with these
from archive.letters.kinds import LetterKind
from archive.letters.states import OUT, LetterState, Method, NumberState, Outcome, Relation, Step
from archive.people.models import Unit


class LetterRow(Base):
    """A letter of a dossier, from draft to reply. With its issue, what it says is frozen.

    `archive.letters.content.Letter` is the letter as a value; this is the letter as the archive keeps it.
    """

    __tablename__ = "letter"
    audit_kind = "letter"
    __table_args__ = (
        Index(None, "dossier_id", "drafted_at"),
        Index(None, "state", "drafted_at"),
        Index(None, "drafted_at", "id"),
        Index(None, "reply_due"),
        Index(None, "about_id"),
        CheckConstraint("(issued_at IS NULL) = (content IS NULL)", name="issued_whole"),
        CheckConstraint("(pdf_document_id IS NULL) = (docx_document_id IS NULL)", name="both_files"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[LetterKind] = mapped_column(code(LetterKind))
    state: Mapped[LetterState] = mapped_column(code(LetterState), default=LetterState.DRAFT)
    # The earlier letter this one belongs to, and how.
    about_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"))
    relation: Mapped[Relation | None] = mapped_column(code(Relation))
    # What the letter says, without personal numbers; those are sealed, by path.
    facts: Mapped[dict[str, Any]]
    sealed: Mapped[str | None]
    # Why personal data are printed in full beyond what the addressee needs (facts["reveal"]).
    reveal_reason: Mapped[str] = mapped_column(String(200), default="")
    # As lists show it.
    title: Mapped[str] = mapped_column(String(200))
    addressee: Mapped[str] = mapped_column(String(120), default="")
    template: Mapped[str] = mapped_column(String(60))
    template_digest: Mapped[str] = mapped_column(String(64))
    drafted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    drafted_by_name: Mapped[str] = mapped_column(String(80))
    drafted_at: Mapped[datetime]
    # Ids of all who wrote in the draft: none of them approves it.
    authors: Mapped[list[str]] = mapped_column(default=list)
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_by_name: Mapped[str] = mapped_column(String(80), default="")
    approved_at: Mapped[datetime | None]
    # From here on: given at issue, unchanged afterwards.
    number: Mapped[str] = mapped_column(String(60), default="", index=True)
    issued_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    issued_by_name: Mapped[str] = mapped_column(String(80), default="")
    issued_at: Mapped[datetime | None]
    issued_on: Mapped[date | None]
    # The letter as a value (content_plain), from which both files can be made again at any time.
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    text_sha256: Mapped[str] = mapped_column(String(64), default="")
    reply_due: Mapped[date | None]
    # Filled once, when the files lie in the dossier; until then `trouble` may say what stands in the way.
    pdf_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    pdf_sha256: Mapped[str] = mapped_column(String(80), default="")
    docx_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    docx_sha256: Mapped[str] = mapped_column(String(80), default="")
    filed_at: Mapped[datetime | None]
    # Of the seal that was drawn on the files: its name then, and the digest of its picture.
    seal_name: Mapped[str] = mapped_column(String(80), default="")
    seal_sha256: Mapped[str] = mapped_column(String(64), default="")
    trouble: Mapped[str] = mapped_column(default="")
    replied_on: Mapped[date | None]
    voided_at: Mapped[datetime | None]
    voided_by_name: Mapped[str] = mapped_column(String(80), default="")
    void_reason: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)

    dossier: Mapped[Dossier] = relationship()
    about: Mapped["LetterRow | None"] = relationship(remote_side=[id])
    pdf: Mapped[Document | None] = relationship(foreign_keys=[pdf_document_id])
    docx: Mapped[Document | None] = relationship(foreign_keys=[docx_document_id])

    __mapper_args__ = {"version_id_col": revision}

    @property
    def is_out(self) -> bool:
        """Whether the letter was issued and is in force."""
        return self.state in OUT

    @property
    def files_missing(self) -> bool:
        """Whether the letter was issued and its files are not filed yet."""
        return self.issued_at is not None and self.pdf_document_id is None


class LetterNumber(Base):
    """A line of the register of outgoing letters (发文登记簿). It outlives the letter: a register has no gaps."""

    __tablename__ = "letter_number"
    audit_kind = "letter_number"
    __table_args__ = (UniqueConstraint("mark", "year", "serial"), Index(None, "unit_id", "year"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    # The number's own words, 金消函: which office and unit, which series of kinds.
    mark: Mapped[str] = mapped_column(String(30))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[LetterKind] = mapped_column(code(LetterKind))
    taken_at: Mapped[datetime]
    taken_by_name: Mapped[str] = mapped_column(String(80))
    # None once the letter was destroyed with its dossier.
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"), unique=True)
    state: Mapped[NumberState] = mapped_column(code(NumberState), default=NumberState.LIVE)
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(200), default="")

    unit: Mapped[Unit] = relationship()
    letter: Mapped[LetterRow | None] = relationship()


class Review(Base):
    """One step of a draft on its way to issue: who did it and what they said; steps are only added."""

    __tablename__ = "letter_review"
    audit_kind = "letter_review"
    __table_args__ = (Index(None, "letter_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(80))
    step: Mapped[Step] = mapped_column(code(Step))
    comment: Mapped[str] = mapped_column(default="")


class Serving(Base):
    """One attempt to serve a letter; once its outcome is known it stands as it is."""

    __tablename__ = "serving"
    audit_kind = "serving"
    __table_args__ = (Index(None, "letter_id", "sent_on"), Index(None, "dossier_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    method: Mapped[Method] = mapped_column(code(Method))
    sent_on: Mapped[date]
    tracking: Mapped[str] = mapped_column(String(60), default="")
    # Sealed: where a letter is sent by mail.
    address_sealed: Mapped[str | None]
    outcome: Mapped[Outcome] = mapped_column(code(Outcome), default=Outcome.UNDER_WAY)
    outcome_on: Mapped[date | None]
    witness: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    # The receipt (送达回证, 邮件回执) among the dossier's documents.
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    # Of a mail: when the relay took it, or why it did not.
    mailed_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    letter: Mapped[LetterRow] = relationship()
    document: Mapped[Document | None] = relationship()

    __mapper_args__ = {"version_id_col": revision}


class Batch(Base):
    """Letters of one kind to many dossiers, drafted at once from shared facts; each lives on in its own dossier."""

    __tablename__ = "letter_batch"
    audit_kind = "letter_batch"
    __table_args__ = (Index(None, "made_by", "made_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[LetterKind] = mapped_column(code(LetterKind))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class BatchRow(Base):
    """One dossier of a batch: its letter, or why there is none."""

    __tablename__ = "letter_batch_row"
    __table_args__ = (Index(None, "dossier_id"),)

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"))
    # Code, path and facts of what kept the dossier out, as `preflight.Finding` has them.
    problems: Mapped[list[Any]] = mapped_column(default=list)

    dossier: Mapped[Dossier] = relationship()
    letter: Mapped[LetterRow | None] = relationship()
