"""The table of responses."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.documents.models import Document
from archive.responses.kinds import Outcome, Sender


class Response(Base):
    """A reply received: what a document of the dossier says, from whom, to which letter, with what outcome."""

    __tablename__ = "response"
    audit_kind = "response"
    __table_args__ = (Index(None, "dossier_id", "received_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    sender: Mapped[Sender] = mapped_column(code(Sender))
    sender_name: Mapped[str] = mapped_column(String(120))
    # The sender's own number and date of the reply, and when it reached the office.
    reference: Mapped[str] = mapped_column(String(80), default="")
    dated_on: Mapped[date | None]
    received_on: Mapped[date]
    # The number of the letter it answers, as written on it.
    answers: Mapped[str] = mapped_column(String(80), default="", index=True)
    outcome: Mapped[Outcome] = mapped_column(code(Outcome))
    summary: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship()

    __mapper_args__ = {"version_id_col": revision}
