"""What the system administrator sees: jobs and health, nothing of any dossier."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.jobs import operations
from archive.jobs.models import Heartbeat, Job, JobState
from tests.builders import Office
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def tokens_of_forms_are_tested_elsewhere(app: Flask, forms_need_their_token: None) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def admin(office: Office) -> FlaskClient:
    return office.client("system_admin")


@pytest.fixture
def failed(admin: FlaskClient) -> Job:
    with acting(Machine("test")) as act:
        operations.enqueue(act.session, "extraction.read", key="x", now=NOW, lane="extract")
        job = act.session.scalars(select(Job)).one()
        job.state, job.attempts, job.last_error = JobState.FAILED, 8, "TimeoutError: <b>slow</b>"
    return job


def test_failed_jobs_are_listed_with_their_reason_and_retried(admin: FlaskClient, failed: Job) -> None:
    page = admin.get("/jobs/").text
    assert "读取文件文字" in page
    assert "TimeoutError: &lt;b&gt;slow" in page
    assert admin.post(f"/jobs/{failed.id}/retry").status_code == 302
    assert "没有出差错的任务" in admin.get("/jobs/").text
    assert admin.post(f"/jobs/{failed.id}/retry").status_code == 409, "once is enough"


def test_jobs_by_machine(admin: FlaskClient, failed: Job) -> None:
    answer = admin.get("/api/v1/jobs").json
    assert answer is not None
    assert answer["counts"] == {"failed": 1}
    assert answer["troubled"][0]["last_error"].startswith("TimeoutError")
    assert admin.post(f"/api/v1/jobs/{failed.id}/retry").json["state"] == "done"  # type: ignore[index]


def test_health_says_what_is_wrong_and_what_to_do(admin: FlaskClient, failed: Job) -> None:
    page = admin.get("/health/").text
    assert "从未收到信号" in page
    assert "anjuan worker" in page
    assert "失败 1 项" in page
    with acting(Machine("test")) as act:
        act.session.add(Heartbeat(worker="w1", at=NOW - timedelta(seconds=30)))
    found = {one["part"]: one["well"] for one in admin.get("/api/v1/health").json or []}
    assert found["worker"]
    assert not found["jobs"]
    assert found["database"]
    assert found["store"]


def test_a_store_that_is_away_is_named(
    app: Flask, admin: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = app.extensions["archive_ports"].settings.home / "store"
    for path in sorted(store.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    store.rmdir()
    store.write_text("a file where the folder was")
    db.session.rollback()
    assert "不能存入材料" in admin.get("/health/").text
