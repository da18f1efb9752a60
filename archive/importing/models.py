"""Which lines were imported, so that an import can be started again at any point."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base


class ImportedLine(Base):
    """A line that became a dossier, by the SHA-256 of its text."""

    __tablename__ = "imported_line"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime]
