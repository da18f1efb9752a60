"""Whether the parts the archive stands on are well; the system administrator's page. `anjuan doctor` looks deeper."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from archive.core import schema
from archive.core.ports import Ports
from archive.jobs import queries
from archive.jobs.models import Heartbeat, JobState
from storage.port import StoreError

WORKER_SILENT = timedelta(minutes=1)
WAITS_LONG = timedelta(minutes=5)
LOW_DISK_BYTES = 2 * 1024**3


class Part(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    STORE = "store"
    WORKER = "worker"
    JOBS = "jobs"
    DISK = "disk"


@dataclass(frozen=True)
class Health:
    """How one part is. The facts are for the sentence the page makes of them."""

    part: Part
    well: bool
    facts: dict[str, object]


def look(session: Session, engine: Engine, ports: Ports, now: datetime) -> list[Health]:
    """Return how each part is; the store is tried by writing and removing a few bytes."""
    return [_database(engine), _store(ports), _worker(session, now), _jobs(session, now), _disk(ports)]


def _database(engine: Engine) -> Health:
    at, head = schema.standing(engine)
    return Health(Part.DATABASE, at == head, {"kind": engine.dialect.name, "at": at, "head": head})


def _store(ports: Ports) -> Health:
    try:
        ports.store.check()
    except StoreError as error:
        return Health(Part.STORE, False, {"error": type(error).__name__})
    return Health(Part.STORE, True, {})


def _worker(session: Session, now: datetime) -> Health:
    last = session.scalar(select(func.max(Heartbeat.at)))
    return Health(Part.WORKER, last is not None and now - last <= WORKER_SILENT, {"last": last})


def _jobs(session: Session, now: datetime) -> Health:
    oldest = queries.oldest_waiting(session, now=now)
    failed = queries.counts(session).get(JobState.FAILED.value, 0)
    late = oldest is not None and now - oldest > WAITS_LONG
    return Health(Part.JOBS, not failed and not late, {"failed": failed, "oldest": oldest})


def _disk(ports: Ports) -> Health:
    free = shutil.disk_usage(ports.settings.home).free
    return Health(Part.DISK, free >= LOW_DISK_BYTES, {"free": free})
