"""The worker: claims jobs lane by lane, runs their handlers, finishes or postpones; stops cleanly on SIGTERM.

Each lane is one thread: the index has exactly one writer, reading evidence (which runs in child processes) never holds
up the rest. Killed at any moment, nothing is lost: a claimed job's lease runs out and another worker takes it.
"""

import logging
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from archive import wiring
from archive.core.act import now
from archive.core.db import WRITES, db
from archive.jobs import operations, queries
from archive.jobs.models import Heartbeat, Job, JobState
from archive.jobs.rules import LEASE

log = logging.getLogger("archive.worker")

# What makes new text findable, and after it what may take long: papers of what was filed, packs and printouts.
FINDING = ("index", "extract")
LANES = (*FINDING, "letters", "papers", "export", "holds", "default")
# Jobs that are done many at once, by lane; elsewhere a batch would sit claimed behind one long job.
TOGETHER = {"index": ("search.index",), "letters": ("letters.make",)}
# Waiting is short so that what was deposited is findable within five seconds.
IDLE_SECONDS = 0.5
HEARTBEAT_SECONDS = 10


class Worker:
    """One worker process: a thread a lane, and a heartbeat."""

    def __init__(self, app: Flask, lanes: Sequence[str] = LANES) -> None:
        self.app = app
        self.lanes = lanes
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.stopping = threading.Event()
        self.handlers: Mapping[str, wiring.Handler] = wiring.handlers()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        self._release_dead()
        threads = [threading.Thread(target=self._lane, args=(lane,), name=lane) for lane in self.lanes]
        for thread in threads:
            thread.start()
        while not self.stopping.is_set():
            self._beat()
            self.stopping.wait(HEARTBEAT_SECONDS)
        for thread in threads:
            thread.join()

    def _release_dead(self) -> None:
        """Take back what workers of this machine held when they were killed."""
        with self.app.app_context():
            session = _writing()
            dead = [name for name in queries.busy_workers(session) if name != self.name and _dead_here(name)]
            operations.release(session, dead, now=now())
            session.commit()

    def run_until_idle(self, seconds: float = 60) -> bool:
        """Do due jobs of every lane in this thread until none is left or time is up; tell whether any may be left.

        The index comes last, so that it takes what the others brought about in few large batches.
        """
        end = time.monotonic() + seconds
        with self.app.app_context():
            while any(self._once(lane) for lane in reversed(self.lanes)):
                if time.monotonic() > end:
                    return True
        return False

    def _beat(self) -> None:
        with self.app.app_context():
            try:
                session = _writing()
                session.merge(Heartbeat(worker=self.name, at=now()))
                # Signs of life of workers long gone mean nothing.
                session.execute(delete(Heartbeat).where(Heartbeat.at < now() - timedelta(days=1)))
                for kind in operations.come_round(session, wiring.SCHEDULE, now=now()):
                    log.info("due again: %s", kind)
                session.commit()
            except OperationalError:
                log.exception("the database does not answer")
                db.session.rollback()

    def _lane(self, lane: str) -> None:
        while not self.stopping.is_set():
            with self.app.app_context():
                try:
                    worked = self._once(lane)
                except Exception:
                    # The database may be away for a while; the worker stays.
                    log.exception("lane %s", lane)
                    db.session.rollback()
                    self.stopping.wait(5)
                    continue
            if not worked:
                self.stopping.wait(IDLE_SECONDS)

    def _once(self, lane: str) -> bool:
        """Claim and run one batch; False when nothing was due."""
        if not _anything_due(db.session(), lane):
            db.session.rollback()
            return False
        batch = max((self.handlers[kind].batch for kind in TOGETHER.get(lane, ()) if kind in self.handlers), default=1)
        session = _writing()
        jobs = operations.claim(session, worker=self.name, lane=lane, now=now(), limit=batch)
        tasks = [operations.task(job) for job in jobs]
        session.commit()
        for kind in dict.fromkeys(task.kind for task in tasks):
            same = [task for task in tasks if task.kind == kind]
            handler = self.handlers[kind]
            for start in range(0, len(same), handler.batch):
                self._run(handler, same[start : start + handler.batch])
        return bool(tasks)

    def _run(self, handler: wiring.Handler, tasks: Sequence[operations.Task]) -> None:
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(tasks, done), daemon=True)
        renewing.start()
        errors: Mapping[uuid.UUID, str] = {}
        try:
            handler.run(tasks)
        except operations.SomeFailed as failure:
            log.error("of %d jobs %s: %s", len(tasks), tasks[0].kind, failure)
            errors = failure.errors
        except Exception as failure:
            log.exception("job %s failed", tasks[0].kind)
            errors = dict.fromkeys((task.id for task in tasks), f"{type(failure).__name__}: {failure}")
            db.session.rollback()
        finally:
            done.set()
            renewing.join()
        session = _writing()
        for task in tasks:
            if task.id not in errors:
                operations.finish(session, task.id, worker=self.name, now=now())
                continue
            job = session.get(Job, task.id)
            if job is not None:
                operations.postpone(session, job, worker=self.name, now=now(), error=errors[task.id])
        session.commit()

    def _renew(self, tasks: Sequence[operations.Task], done: threading.Event) -> None:
        while not done.wait(LEASE.total_seconds() / 3):
            with self.app.app_context():
                session = _writing()
                for task in tasks:
                    operations.renew(session, task.id, worker=self.name, now=now())
                session.commit()


def anybody_alive() -> bool:
    """Tell whether a worker gave a sign of life lately."""
    lately = now() - timedelta(seconds=3 * HEARTBEAT_SECONDS)
    return db.session().scalar(select(Heartbeat.worker).where(Heartbeat.at > lately).limit(1)) is not None


def _dead_here(worker: str) -> bool:
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _writing() -> Session:
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    return session


def _anything_due(session: Session, lane: str) -> bool:
    moment = now()
    due = or_(
        (Job.state == JobState.WAITING) & (Job.due_at <= moment),
        (Job.state == JobState.RUNNING) & (Job.lease_until < moment),
    )
    return session.scalar(select(Job.id).where(Job.lane == lane, due).limit(1)) is not None
