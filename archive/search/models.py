"""The text of each dossier as it was indexed, in normal form: hits are verified on it and snippets cut from it."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base


class SearchText(Base):
    """One dossier's folded text. A derived copy: rebuilt from the dossier at any time, never shown as such.

    `passages` tells what stands where: [start, document id or "", version id or "", [folded length of each page], the
    text as written, for all but the pages of files].
    `version` is the audit sequence the text was gathered at.
    """

    __tablename__ = "search_text"
    __table_args__ = (Index(None, "version"),)

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger())
    text: Mapped[str]
    passages: Mapped[list[Any]]
