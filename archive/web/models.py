"""What the API remembers of requests that may come twice."""

import uuid
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base


class SeenRequest(Base):
    """A POST that carried an Idempotency-Key, with its answer (status 0: done, but the answer was not kept)."""

    __tablename__ = "seen_request"

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    etag: Mapped[str] = mapped_column(String(80), default="")
