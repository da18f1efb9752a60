# mypy: disable-error-code="untyped-decorator"
"""The API of jobs and health."""

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.ports import ports
from archive.jobs import health as wellness
from archive.jobs import operations, queries
from archive.jobs.models import Job
from archive.people.guard import requires
from archive.people.rules import Permission

api = Blueprint("jobs_api", __name__, url_prefix="/api/v1", description="后台任务与系统状况")


class JobOut(Schema):
    """A job; `last_error` is for operators."""

    id = fields.UUID()
    kind = fields.String()
    lane = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    last_error = fields.String()


class JobsOut(Schema):
    """How many jobs stand where, since when the oldest due one waits, and those in trouble."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    oldest_waiting = fields.AwareDateTime(allow_none=True)
    troubled = fields.List(fields.Nested(JobOut))


class HealthOut(Schema):
    """How one part is."""

    part = fields.String()
    well = fields.Boolean()
    facts = fields.Dict()


@api.get("/jobs")
@requires(Permission.MANAGE_SYSTEM)
@api.response(200, JobsOut)
def jobs() -> dict[str, Any]:
    """Tell how many jobs stand where, and which are in trouble."""
    session = db.session()
    return {
        "counts": queries.counts(session),
        "oldest_waiting": queries.oldest_waiting(session, now=now()),
        "troubled": queries.troubled(session),
    }


@api.post("/jobs/<uuid:job_id>/retry")
@requires(Permission.MANAGE_SYSTEM)
@api.response(200, JobOut)
def retry(job_id: uuid.UUID) -> Job:
    """Let a failed job run again; the failed one counts as done."""
    with acting() as act:
        job = queries.by_id(act.session, job_id)
        operations.retry(job, act=act)
    return job


@api.get("/health")
@requires(Permission.MANAGE_SYSTEM)
@api.response(200, HealthOut(many=True))
def health() -> list[wellness.Health]:
    """Tell how the parts are."""
    return wellness.look(db.session(), db.engine, ports(), now())
