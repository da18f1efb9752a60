"""The API of serving letters."""
# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response

from archive.core.act import acting
from archive.core.db import db
from archive.letters import forms, mailing, queries, serving
from archive.letters.blueprints import api
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import etag, idempotent

_ONE = "/letters/<uuid:letter_id>"


@api.get(f"{_ONE}/servings")
@requires(Permission.READ)
@api.response(200, forms.ServingBody(many=True))
def servings(letter_id: uuid.UUID) -> Any:
    """List the attempts to serve a letter."""
    session = db.session()
    return queries.servings(session, queries.letter(session, letter_id, person()))


@api.post(f"{_ONE}/servings")
@requires(Permission.DRAFT_LETTER)
@idempotent
@api.arguments(forms.ServingForm)
@api.response(201, forms.ServingBody)
def serve(value: dict[str, Any], letter_id: uuid.UUID) -> Any:
    """Write down an attempt; with `mail_to` and a relay set, the letter goes out as a mail."""
    with acting() as act:
        found = serving.record(queries.letter(act.session, letter_id, person()), value, act=act)
    return found, 201, {"ETag": etag(found.revision)}


@api.post(f"{_ONE}/servings/<uuid:serving_id>/outcome")
@requires(Permission.DRAFT_LETTER)
@api.arguments(forms.OutcomeForm)
@api.response(200, forms.ServingBody)
def conclude(value: dict[str, Any], letter_id: uuid.UUID, serving_id: uuid.UUID) -> Any:
    """Write down what came of an attempt."""
    with acting() as act:
        found = queries.serving(act.session, queries.letter(act.session, letter_id, person()), serving_id)
        serving.conclude(found, value, act=act)
    return found, 200, {"ETag": etag(found.revision)}


@api.get(f"{_ONE}/mail.eml")
@requires(Permission.DRAFT_LETTER)
@api.response(200, content_type="message/rfc822")
def mail(letter_id: uuid.UUID) -> Response:
    """Return the letter as a mail file, its PDF attached."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        made = mailing.eml(row)
        act.record("letter:mail", row, number=row.number)
    return Response(made, content_type="message/rfc822")
