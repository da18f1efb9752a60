"""Queueing, claiming and finishing jobs."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.db import rows_changed
from archive.core.errors import RuleBroken
from archive.core.ids import new_id
from archive.jobs.models import Job, JobState, Round
from archive.jobs.rules import ALONE_AFTER, LEASE, MAX_ATTEMPTS, backoff

# What `last_error` says of a job that its worker never gave back.
_DIED = "the worker died"


@dataclass(frozen=True)
class Task:
    """A claimed job as plain values, for its handler."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    dossier_id: uuid.UUID | None
    arguments: Mapping[str, Any]
    attempts: int
    queued_at: datetime


class SomeFailed(Exception):
    """Raised by a handler when only some jobs of its batch failed. `errors`: of each of these what went wrong."""

    def __init__(self, errors: Mapping[uuid.UUID, str]) -> None:
        super().__init__(f"{len(errors)} jobs failed")
        self.errors = errors


def task(job: Job) -> Task:
    """Return the job as its handler takes it."""
    return Task(job.id, job.kind, job.subject_id, job.dossier_id, job.arguments, job.attempts, job.created_at)


def enqueue(
    session: Session,
    kind: str,
    *,
    key: str,
    now: datetime,
    lane: str = "default",
    subject_id: uuid.UUID | None = None,
    dossier_id: uuid.UUID | None = None,
    arguments: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue a job in the caller's transaction; if one with the same key still waits, that one serves."""
    dialect = session.get_bind().dialect.name
    add = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(Job)
    values = {
        "id": new_id(),
        "kind": kind,
        "lane": lane,
        "key": f"{kind}:{key}",
        "subject_id": subject_id,
        "dossier_id": dossier_id,
        "arguments": dict(arguments or {}),
        "state": JobState.WAITING,
        "attempts": 0,
        "created_at": now,
        "due_at": due_at or now,
        "worker": "",
        "last_error": "",
    }
    insert = add.values(values)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["key"],
            # As text: a bound value would not match the partial index once PostgreSQL plans it without the values.
            index_where=text("state = 'waiting'"),
            # Never nothing: the update holds the row until the caller's change is committed, so that no worker runs
            # the job before and finds the old state. And what is asked for now does not wait for an old pause.
            set_={"due_at": case((Job.due_at > insert.excluded.due_at, insert.excluded.due_at), else_=Job.due_at)},
        )
    )


def claim(session: Session, *, worker: str, lane: str, now: datetime, limit: int = 1) -> list[Job]:
    """Take due jobs of a lane for one worker, each with a lease; a dead worker's expired lease counts as due.

    One whose lease ended in the last attempt has failed. One that was tried several times and whose worker died over
    it is taken alone. What failed otherwise (the store was away, the disk full) is not to blame and goes with the rest.
    """
    session.execute(
        update(Job)
        .where(Job.lane == lane, Job.state == JobState.RUNNING, Job.lease_until < now, Job.attempts >= MAX_ATTEMPTS)
        .values(state=JobState.FAILED, lease_until=None, finished_at=now, last_error=_DIED)
        .execution_options(synchronize_session=False)
    )
    due = or_(
        (Job.state == JobState.WAITING) & (Job.due_at <= now),
        (Job.state == JobState.RUNNING) & (Job.lease_until < now),
    )
    found = session.execute(
        select(Job.id, Job.attempts, or_(Job.state == JobState.RUNNING, Job.last_error == _DIED))
        .where(Job.lane == lane, due)
        .order_by(Job.due_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    harmless = [job_id for job_id, attempts, died in found if attempts < ALONE_AFTER or not died]
    ids = harmless or [job_id for job_id, _, _ in found[:1]]
    if not ids:
        return []
    session.execute(
        update(Job)
        .where(Job.id.in_(ids), due)
        .values(
            state=JobState.RUNNING,
            worker=worker,
            lease_until=now + LEASE,
            attempts=Job.attempts + 1,
            last_error=case((Job.state == JobState.RUNNING, _DIED), else_=Job.last_error),
        )
        .execution_options(synchronize_session=False)
    )
    return list(
        session.scalars(
            select(Job)
            .where(Job.id.in_(ids), Job.worker == worker, Job.state == JobState.RUNNING)
            .order_by(Job.due_at, Job.id)
            .execution_options(populate_existing=True)
        )
    )


def finish(session: Session, job_id: uuid.UUID, *, worker: str, now: datetime) -> bool:
    """Mark a job done; False when the lease went to another worker meanwhile."""
    done = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
        .values(state=JobState.DONE, finished_at=now, lease_until=None, last_error="")
    )
    return rows_changed(done) == 1


def postpone(session: Session, job: Job, *, worker: str, now: datetime, error: str) -> JobState:
    """Put a failed job back for later, or mark it failed after the last attempt. Returns its new state."""
    final = job.attempts >= MAX_ATTEMPTS
    # An equal job queued meanwhile takes over: two waiting rows with one key cannot be.
    twin = session.scalar(select(Job.id).where(Job.key == job.key, Job.state == JobState.WAITING))
    state = JobState.FAILED if final else JobState.DONE if twin else JobState.WAITING
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.worker == worker, Job.state == JobState.RUNNING)
        .values(
            state=state,
            due_at=now + backoff(job.attempts),
            lease_until=None,
            last_error=error[:2000],
            finished_at=None if state is JobState.WAITING else now,
        )
    )
    return state


def renew(session: Session, job_id: uuid.UUID, *, worker: str, now: datetime) -> None:
    """Lengthen the lease of a job that is still being worked on."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
        .values(lease_until=now + LEASE)
    )


def release(session: Session, dead: Collection[str], *, now: datetime) -> int:
    """Give back at once the jobs of workers known to be dead, rather than wait for their leases. Returns how many."""
    held = session.scalars(select(Job).where(Job.state == JobState.RUNNING, Job.worker.in_(dead))).all()
    for job in held:
        postpone(session, job, worker=job.worker, now=now - backoff(job.attempts), error=_DIED)
    return len(held)


def forget_done(session: Session, *, before: datetime) -> int:
    """Remove jobs that were done before the moment: their traces are in the audit trail. Returns how many."""
    return rows_changed(session.execute(delete(Job).where(Job.state == JobState.DONE, Job.finished_at < before)))


def come_round(session: Session, schedule: Mapping[str, timedelta], *, now: datetime) -> list[str]:
    """Queue the jobs whose interval has passed since they were queued last, and return their kinds."""
    last = {one.kind: one for one in session.scalars(select(Round))}
    due = [kind for kind, interval in schedule.items() if kind not in last or last[kind].at + interval <= now]
    for kind in due:
        session.merge(Round(kind=kind, at=now))
        enqueue(session, kind, key="round", now=now)
    return due


def retry(job: Job, *, act: Act) -> None:
    """Let a failed job run again, as an operator asks. Raises RuleBroken when it is not failed."""
    if job.state is not JobState.FAILED:
        raise RuleBroken("job.not_failed", state=job.state)
    enqueue(
        act.session,
        job.kind,
        key=job.key.removeprefix(f"{job.kind}:"),
        now=act.moment,
        lane=job.lane,
        subject_id=job.subject_id,
        dossier_id=job.dossier_id,
        arguments=job.arguments,
    )
    job.state = JobState.DONE
    act.record("job:retry", job, kind=job.kind)
