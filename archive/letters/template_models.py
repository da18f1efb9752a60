"""Tables of templates: their versions, and what the office has noted of laws. Guards: migration 0010."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base
from archive.core.db import code as one_of
from archive.core.ids import new_id
from archive.letters.kinds import LetterKind


class TemplateState(StrEnum):
    """How far a version has come. One of a kind is in force: the last published."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"  # another was published after it
    SHIPPED = "shipped"  # came with the programme, written down when the first letter was made from it


OPEN = (TemplateState.DRAFT, TemplateState.PROPOSED, TemplateState.APPROVED)


class TemplateVersion(Base):
    """One version of a kind's template. Its content changes while it is a draft, and never again."""

    __tablename__ = "letter_template"
    audit_kind = "letter_template"
    __table_args__ = (
        UniqueConstraint("kind", "mark"),
        Index(
            "uq_letter_template_open",
            "kind",
            unique=True,
            sqlite_where=text("state IN ('draft', 'proposed', 'approved')"),
            postgresql_where=text("state IN ('draft', 'proposed', 'approved')"),
        ),
        Index(
            "uq_letter_template_published",
            "kind",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="approved_by_another"),
        CheckConstraint("published_by IS NULL OR published_by <> approved_by", name="published_by_another"),
        CheckConstraint("state <> 'published' OR approved_at IS NOT NULL", name="approved_first"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[LetterKind] = mapped_column(one_of(LetterKind))
    number: Mapped[int]
    mark: Mapped[str] = mapped_column(String(60))
    state: Mapped[TemplateState] = mapped_column(one_of(TemplateState), default=TemplateState.DRAFT)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    based_on: Mapped[str] = mapped_column(String(60), default="")
    remark: Mapped[str] = mapped_column(default="")  # what was changed and why, for who approves
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_by_name: Mapped[str] = mapped_column(String(80), default="")
    approved_at: Mapped[datetime | None]
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    published_by_name: Mapped[str] = mapped_column(String(80), default="")
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    # Why it was sent back, when it was.
    answer: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)


class LawNote(Base):
    """What the office knows of a law from a moment on; the newest note of a code counts, before what ships."""

    __tablename__ = "letter_law"
    audit_kind = "letter_law"
    __table_args__ = (
        Index(None, "code", "noted_at"),
        CheckConstraint("ends IS NULL OR ends >= begins", name="ends_after"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(80), default="")
    begins: Mapped[date]
    ends: Mapped[date | None]
    successor: Mapped[str] = mapped_column(String(120), default="")
    noted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    noted_by_name: Mapped[str] = mapped_column(String(80))
    noted_at: Mapped[datetime]
