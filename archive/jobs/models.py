"""The table of jobs."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, String, exists, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db import Base, code
from archive.core.ids import new_id


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work to be done at least once; `key` folds equal requests that still wait into one."""

    __tablename__ = "job"
    audit_kind = "job"
    __table_args__ = (
        Index(
            "uq_job_waiting_key",
            "key",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "state", "lane", "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(60))
    lane: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(160))
    subject_id: Mapped[uuid.UUID | None]
    dossier_id: Mapped[uuid.UUID | None]
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(code(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(String(80), default="")
    last_error: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]


class Heartbeat(Base):
    """A worker's sign of life, one row a worker."""

    __tablename__ = "heartbeat"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


class Round(Base):
    """When a job that comes round by itself was queued last."""

    __tablename__ = "job_round"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]


def nothing_under_way(kind: str, subject: Any) -> ColumnElement[bool]:
    """Return the condition that no job of this kind is left to work on a subject, waiting or running.

    Its tries are used up, or its worker was killed at the last one: what still waits for it waits in vain.
    """
    left = Job.state.in_((JobState.WAITING, JobState.RUNNING))
    return ~exists().where(Job.kind == kind, Job.subject_id == subject, left)
