"""Jobs: claimed once, taken back from the dead, folded, postponed, failed, retried."""

import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import WRITES, db
from archive.core.errors import RuleBroken
from archive.jobs import operations, queries
from archive.jobs.models import Job, JobState
from archive.jobs.rules import ALONE_AFTER, LEASE, MAX_ATTEMPTS, backoff
from tests.conftest import NOW


def writing() -> Session:
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    return session


def queue(*keys: str, lane: str = "default") -> None:
    session = writing()
    for key in keys:
        operations.enqueue(session, "test.work", key=key, now=NOW, lane=lane)
    session.commit()


def claim(worker: str = "w1", *, limit: int = 1, after: timedelta = timedelta()) -> list[Job]:
    session = writing()
    jobs = operations.claim(session, worker=worker, lane="default", now=NOW + after, limit=limit)
    session.commit()
    return jobs


def states() -> list[tuple[str, JobState]]:
    db.session.rollback()
    return [(job.key, job.state) for job in db.session.scalars(select(Job).order_by(Job.created_at, Job.id))]


def test_equal_requests_that_wait_fold_into_one(app: Flask) -> None:
    queue("a", "a", "b", "a")
    assert states() == [("test.work:a", JobState.WAITING), ("test.work:b", JobState.WAITING)]


def test_a_request_while_its_twin_runs_waits_for_its_own_turn(app: Flask) -> None:
    queue("a")
    claim()
    queue("a")
    assert [state for _, state in states()] == [JobState.RUNNING, JobState.WAITING]


def test_a_new_request_does_not_wait_for_an_old_ones_pause(app: Flask) -> None:
    queue("a")
    session = writing()
    operations.enqueue(session, "test.work", key="b", now=NOW, due_at=NOW + timedelta(minutes=10))
    session.commit()
    queue("b")
    assert {job.key for job in claim(limit=9)} == {"test.work:a", "test.work:b"}


def test_lanes_are_kept_apart_and_the_longest_due_comes_first(app: Flask) -> None:
    queue("elsewhere", lane="index")
    session = writing()
    for key, minutes in (("late", 2), ("early", 1), ("future", 60)):
        operations.enqueue(session, "test.work", key=key, now=NOW, due_at=NOW + timedelta(minutes=minutes))
    session.commit()
    found = claim(limit=9, after=timedelta(minutes=5))
    assert [job.key for job in found] == ["test.work:early", "test.work:late"]


def test_workers_at_the_same_moment_never_share_a_job(app: Flask) -> None:
    queue(*(f"k{number}" for number in range(60)))
    db.session.remove()
    taken: list[tuple[str, uuid.UUID]] = []
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        with app.app_context():
            try:
                start.wait()
                while jobs := claim(name, limit=3):
                    taken.extend((name, job.id) for job in jobs)
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(taken) == 60
    assert set(Counter(job_id for _, job_id in taken).values()) == {1}


def test_a_dead_workers_job_is_taken_back_when_its_lease_ends(app: Flask) -> None:
    queue("a")
    (job,) = claim("dead")
    assert claim("w2", after=LEASE) == []
    (again,) = claim("w2", after=LEASE + timedelta(seconds=1))
    assert (again.id, again.worker, again.attempts) == (job.id, "w2", 2)
    session = writing()
    assert not operations.finish(session, job.id, worker="dead", now=NOW), "the dead one woke up too late"
    assert operations.finish(session, job.id, worker="w2", now=NOW)
    session.commit()
    assert states() == [("test.work:a", JobState.DONE)]


def test_a_job_that_keeps_killing_its_worker_ends_and_takes_no_other_along(app: Flask) -> None:
    queue("poison", "harmless")
    moment = timedelta()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        taken = claim("killed", limit=10, after=moment)
        assert len(taken) == (2 if attempt <= ALONE_AFTER else 1)
        assert taken[0].key == "test.work:poison"
        moment += LEASE + timedelta(seconds=1)
    (other,) = claim("w2", limit=10, after=moment)
    assert (other.key, other.attempts) == ("test.work:harmless", ALONE_AFTER + 1)
    assert states() == [("test.work:poison", JobState.FAILED), ("test.work:harmless", JobState.RUNNING)]


def test_what_failed_while_the_store_was_away_is_done_together_afterwards(app: Flask) -> None:
    queue("a", "b")
    moment = timedelta()
    for attempt in range(1, ALONE_AFTER + 2):
        taken = claim(limit=10, after=moment)
        session = writing()
        for job in taken:
            operations.postpone(session, job, worker="w1", now=NOW + moment, error="StoreDown: no answer")
        session.commit()
        moment += backoff(attempt)
    queue("c")
    assert {job.key for job in claim(limit=10, after=moment)} == {"test.work:a", "test.work:b", "test.work:c"}


def test_what_a_dead_worker_held_again_and_again_waits_for_the_harmless_and_is_done_alone(app: Flask) -> None:
    queue("a", "b")
    for _ in range(ALONE_AFTER):
        assert len(claim("dead", limit=10)) == 2
        session = writing()
        operations.release(session, {"dead"}, now=NOW)
        session.commit()
    queue("c")
    assert [[job.key for job in claim(limit=10)] for _ in range(3)] == [
        ["test.work:c"], ["test.work:a"], ["test.work:b"],
    ]  # fmt: skip


def test_a_lease_is_lengthened_while_the_work_goes_on(app: Flask) -> None:
    queue("a")
    (job,) = claim()
    session = writing()
    operations.renew(session, job.id, worker="w1", now=NOW + LEASE)
    session.commit()
    assert claim("w2", after=LEASE + timedelta(seconds=1)) == []


def test_a_failure_waits_longer_each_time_then_fails_for_good_and_is_retried_by_hand(app: Flask) -> None:
    queue("a")
    moment = timedelta()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (job,) = claim(after=moment)
        session = writing()
        state = operations.postpone(session, job, worker="w1", now=NOW + moment, error=f"no {attempt}")
        session.commit()
        if attempt < MAX_ATTEMPTS:
            assert state is JobState.WAITING
            assert claim(after=moment + backoff(attempt) - timedelta(milliseconds=1)) == []
            moment += backoff(attempt)
    assert state is JobState.FAILED
    assert claim(after=timedelta(days=9)) == []
    (troubled,) = queries.troubled(db.session())
    assert troubled.last_error == f"no {MAX_ATTEMPTS}"
    with acting(Machine("operator")) as act:
        operations.retry(queries.by_id(act.session, troubled.id), act=act)
    assert queries.troubled(db.session()) == [], "what was put right troubles nobody"
    (fresh,) = claim(after=timedelta(days=9))
    assert (fresh.key, fresh.attempts) == ("test.work:a", 1)


def test_only_what_failed_is_retried(app: Flask) -> None:
    queue("a")
    with pytest.raises(RuleBroken, match=r"job\.not_failed"), acting(Machine("operator")) as act:
        operations.retry(act.session.scalars(select(Job)).one(), act=act)


def test_a_failed_job_gives_way_to_an_equal_one_that_waits(app: Flask) -> None:
    queue("a")
    (job,) = claim()
    queue("a")
    session = writing()
    assert operations.postpone(session, job, worker="w1", now=NOW, error="no") is JobState.DONE
    session.commit()
    assert [state for _, state in states()] == [JobState.DONE, JobState.WAITING]


def test_a_change_is_never_done_before_it_is_there(app: Flask, clock: FixedClock) -> None:
    """A request folds into a job that waits. Nobody may run that job before the request's own change is committed:
    it would see the old state, and nothing would be left to do when the new one appears."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: nobody claims while another act is open")
    queue("a")
    db.session.remove()
    with Session(db.engine) as writer, Session(db.engine) as worker:
        operations.enqueue(writer, "test.work", key="a", now=NOW)
        assert operations.claim(worker, worker="w1", lane="default", now=NOW) == []
        worker.rollback()
        writer.commit()
        assert len(operations.claim(worker, worker="w1", lane="default", now=NOW)) == 1


def test_counts_and_the_oldest_waiting(app: Flask) -> None:
    queue("a", "b")
    claim()
    assert queries.counts(db.session()) == {"waiting": 1, "running": 1}
    assert queries.oldest_waiting(db.session(), now=NOW) == NOW
    assert queries.oldest_waiting(db.session(), now=NOW - timedelta(seconds=1)) is None


def test_what_a_worker_known_to_be_dead_held_is_due_at_once(app: Flask) -> None:
    queue("a", "b")
    claim("dead")
    claim("alive")
    session = writing()
    assert operations.release(session, {"dead"}, now=NOW) == 1
    session.commit()
    assert [job.key for job in claim("w2", limit=9)] == ["test.work:a"]


def test_done_jobs_are_forgotten_after_a_while_and_no_others(app: Flask) -> None:
    queue("a", "b")
    (job,) = claim()
    session = writing()
    operations.finish(session, job.id, worker="w1", now=NOW)
    assert operations.forget_done(session, before=NOW) == 0
    assert operations.forget_done(session, before=NOW + timedelta(seconds=1)) == 1
    session.commit()
    assert states() == [("test.work:b", JobState.WAITING)]
