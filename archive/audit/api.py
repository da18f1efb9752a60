# mypy: disable-error-code="untyped-decorator"
"""The API of the audit trail."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from archive.audit import checking, forms, queries
from archive.audit.models import Entry
from archive.core.db import db
from archive.core.paging import Page, PageRequest
from archive.people.guard import person, requires
from archive.people.rules import Permission

api = Blueprint("audit_api", __name__, url_prefix="/api/v1/audit", description="审计日志")


class EntryOut(Schema):
    """One entry; `hash` is SHA-256 over `previous`, a line feed, and the canonical form of the rest."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    actor_id = fields.UUID(allow_none=True)
    actor_name = fields.String()
    channel = fields.String()
    address = fields.String()
    request_id = fields.String()
    action = fields.String()
    subject_kind = fields.String()
    subject_id = fields.UUID(allow_none=True)
    dossier_id = fields.UUID(allow_none=True)
    facts = fields.Dict()
    previous = fields.String()
    hash = fields.String()


class EntriesOut(Schema):
    """A page of entries; `next` is the cursor of the next page, empty on the last."""

    entries = fields.List(fields.Nested(EntryOut), attribute="rows")
    next = fields.String()


class VerifiedOut(Schema):
    """What a verification found."""

    entries = fields.Integer()
    ok = fields.Function(lambda found: found.broken is None, metadata={"type": "boolean"})
    broken_at = fields.Integer(attribute="broken.seq", dump_default=None)
    reason = fields.String(attribute="broken.reason", dump_default=None)


@api.get("/entries")
@requires(Permission.READ_AUDIT)
@api.arguments(forms.EntryFilter, location="query")
@api.response(200, EntriesOut)
def entries(form: dict[str, Any]) -> Page[Entry]:
    """List entries, the newest first."""
    checking.check_whole(person())
    wanted = forms.as_filter(db.session(), form)
    return queries.entries(db.session(), PageRequest(size=200, after=form["after"]), **wanted)


@api.post("/verify")
@requires(Permission.READ_AUDIT)
@api.response(200, VerifiedOut)
def verify() -> checking.Verified:
    """Verify the whole chain; the first bad entry is named."""
    checking.check_whole(person())
    return checking.verify_and_record()
