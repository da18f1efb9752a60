"""The API of letters to many dossiers: try, draft, review, issue, watch, take the files away."""
# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response

from archive.core.act import Act, acting
from archive.core.db import db
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.letters import batch_forms, batch_sending, batches, forms
from archive.letters.blueprints import api
from archive.letters.kinds import kind
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import idempotent

_ONE = "/letter-batches/<uuid:batch_id>"


@api.get("/letter-batches")
@requires(Permission.DRAFT_LETTER)
@api.response(200, batch_forms.BatchHead(many=True))
def list_batches() -> Any:
    """List the batches made by who asks, the latest first."""
    return list(batches.recent(db.session(), person()))


@api.post("/letter-batches/trial")
@requires(Permission.DRAFT_LETTER)
@api.arguments(batch_forms.BatchForm)
@api.response(200, batch_forms.CheckedBody(many=True))
def try_batch(value: dict[str, Any]) -> Any:
    """Return for each dossier what would keep its letter from being issued; nothing is written."""
    with acting() as act:
        found = _dossiers(act, value)
        return list(batches.dry_run(found, kind(value["kind"]), _given(value), act=act))


@api.post("/letter-batches")
@requires(Permission.DRAFT_LETTER)
@idempotent
@api.arguments(batch_forms.BatchForm)
@api.response(201, batch_forms.BatchBody)
def make_batch(value: dict[str, Any]) -> Any:
    """Draft the letters that lack nothing; of the other dossiers the batch keeps why."""
    with acting() as act:
        batch = batches.make(_dossiers(act, value), kind(value["kind"]), _given(value), act=act)
        batch_id = batch.id
    return _whole(batch_id)


@api.get(_ONE)
@requires(Permission.READ)
@api.response(200, batch_forms.BatchBody)
def show_batch(batch_id: uuid.UUID) -> Any:
    """Return a batch: how far it is, and the letter of each dossier."""
    return _whole(batch_id)


@api.post(f"{_ONE}/steps")
@requires(Permission.DRAFT_LETTER)
@api.arguments(forms.StepForm)
@api.response(200, batch_forms.BatchBody)
def step_batch(value: dict[str, Any], batch_id: uuid.UUID) -> Any:
    """Take a step of the review with every letter that stands where it can be taken; all or none."""
    with acting() as act:
        found = batches.find(act.session, batch_id, person())
        batches.take_step(found, value["step"], comment=value["comment"], act=act, person=person())
    return _whole(batch_id)


@api.post(f"{_ONE}/issue")
@requires(Permission.ISSUE_LETTER)
@api.response(200, batch_forms.BatchBody)
def issue_batch(batch_id: uuid.UUID) -> Any:
    """Issue every approved letter in one act, their numbers in a row; the files follow: watch `progress`."""
    with acting() as act:
        batches.issue(batches.find(act.session, batch_id, person()), act=act, person=person())
    return _whole(batch_id)


@api.get(f"{_ONE}/letters.zip")
@requires(Permission.DRAFT_LETTER)  # who writes letters prints them; each dossier must be theirs to see
@api.response(200, content_type="application/zip")
def batch_zip(batch_id: uuid.UUID) -> Response:
    """Return both files of every letter that is ready."""
    return batch_sending.files(batch_id, "zip")


@api.get(f"{_ONE}/letters.pdf")
@requires(Permission.DRAFT_LETTER)  # who writes letters prints them; each dossier must be theirs to see
@api.response(200, content_type="application/pdf")
def batch_print(batch_id: uuid.UUID) -> Response:
    """Return every letter that is ready as one PDF to print, each on a sheet of its own."""
    return batch_sending.files(batch_id, "pdf")


def _dossiers(act: Act, value: dict[str, Any]) -> list[Dossier]:
    return [access.find(act.session, number, person()) for number in dict.fromkeys(value["dossiers"])]


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {**value["facts"], "notice": value["notice"]}


def _whole(batch_id: uuid.UUID) -> dict[str, Any]:
    session = db.session()
    found = batches.find(session, batch_id, person())
    lines = batches.lines(session, found, person())
    return {
        "id": found.id,
        "kind": found.kind,
        "made_by_name": found.made_by_name,
        "made_at": found.made_at,
        "progress": batches.progress(lines),
        "lines": lines,
    }
