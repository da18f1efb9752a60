"""Reads about jobs."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.errors import NotFound
from archive.jobs.models import Job, JobState


def by_id(session: Session, job_id: uuid.UUID) -> Job:
    """Return the job. Raises NotFound."""
    found = session.get(Job, job_id)
    if found is None:
        raise NotFound("job.unknown")
    return found


def troubled(session: Session, *, limit: int = 200) -> Sequence[Job]:
    """Return jobs that failed for good or already failed once, the newest first."""
    open_states = (JobState.FAILED, JobState.WAITING, JobState.RUNNING)
    return session.scalars(
        select(Job).where(Job.state.in_(open_states), Job.last_error != "").order_by(Job.created_at.desc()).limit(limit)
    ).all()


def busy_workers(session: Session) -> Sequence[str]:
    """Return the names of the workers that hold jobs."""
    return session.scalars(select(Job.worker).where(Job.state == JobState.RUNNING).distinct()).all()


def counts(session: Session) -> dict[str, int]:
    """Return how many jobs stand in each state."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {state.value: number for state, number in rows}


def waiting(session: Session, lanes: Collection[str]) -> int:
    """Return how many jobs wait in these lanes."""
    return session.scalar(select(func.count()).where(Job.state == JobState.WAITING, Job.lane.in_(lanes))) or 0


def oldest_waiting(session: Session, *, now: datetime) -> datetime | None:
    """Return since when the oldest due job waits."""
    return session.scalar(select(func.min(Job.due_at)).where(Job.state == JobState.WAITING, Job.due_at <= now))
