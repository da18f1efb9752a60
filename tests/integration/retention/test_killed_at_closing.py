"""kill -9 right after a closing is committed: the lock, a job of the same transaction, is set by the next worker."""

import os
import signal

from flask import Flask
from sqlalchemy import select

from archive.core.act import acting
from archive.core.db import db
from archive.dossiers import access, moving
from archive.dossiers.states import State
from archive.jobs.models import Job, JobState
from archive.retention.models import VersionLock
from archive.worker import Worker
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier, told


def in_a_process_that_is_killed(app: Flask, office: Office, number: str, *, inside: bool) -> int:
    """Close the dossier in a child that is killed inside the act or right after it; return the signal it ended by."""
    db.session.remove()
    db.engine.dispose()  # no connection is shared with the child
    child = os.fork()
    if child == 0:
        head = office.person("head")
        with acting(head) as act:
            moving.close(access.find(act.session, number, head), act=act)
            if inside:
                act.session.flush()
                os.kill(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status)


def test_killed_right_after_the_closing_the_files_are_locked_all_the_same(app: Flask, office: Office) -> None:
    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number)
    told(office, number)
    assert in_a_process_that_is_killed(app, office, number, inside=True) == signal.SIGKILL
    assert dossier(number).closed_at is None
    waiting = select(Job.kind).where(Job.state == JobState.WAITING, Job.kind == "retention.lock_dossier")
    assert db.session.scalars(waiting).all() == []
    assert in_a_process_that_is_killed(app, office, number, inside=False) == signal.SIGKILL
    assert dossier(number).closed_at is not None
    assert db.session.scalars(waiting).all() == ["retention.lock_dossier"]
    assert db.session.scalars(select(VersionLock)).all() == []
    Worker(app, lanes=("default",)).run_until_idle(seconds=30)
    db.session.rollback()
    (row,) = db.session.scalars(select(VersionLock)).all()
    assert row.locked_until > builders.keeping(number).disposable_at
