"""The system administrator's pages: jobs and health. Kinds, times and errors only: nothing of any dossier."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.ports import ports
from archive.jobs import health as wellness
from archive.jobs import labels, operations, queries
from archive.jobs.models import JobState
from archive.people.guard import requires
from archive.people.rules import Permission

pages = Blueprint("jobs", __name__)


@pages.get("/jobs/")
@requires(Permission.MANAGE_SYSTEM)
def index() -> str:
    """Show how many jobs stand where, and those in trouble."""
    session = db.session()
    return render_template(
        "jobs/index.html",
        counts=queries.counts(session),
        states=list(JobState),
        oldest=queries.oldest_waiting(session, now=now()),
        troubled=queries.troubled(session),
        kinds=labels.KINDS,
    )


@pages.post("/jobs/<uuid:job_id>/retry")
@requires(Permission.MANAGE_SYSTEM)
def retry(job_id: uuid.UUID) -> ResponseReturnValue:
    """Let a failed job run again."""
    with acting() as act:
        operations.retry(queries.by_id(act.session, job_id), act=act)
    return redirect(url_for(".index"))


@pages.get("/health/")
@requires(Permission.MANAGE_SYSTEM)
def health() -> str:
    """Show how the parts are."""
    return render_template("jobs/health.html", found=wellness.look(db.session(), db.engine, ports(), now()))
