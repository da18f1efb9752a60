"""The API of templates, the laws they rest on, and seals."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.letters import seals, template_forms, template_store, templates
from archive.letters import template_operations as operations
from archive.letters.blueprints import api
from archive.letters.template_models import TemplateVersion
from archive.letters.templates import Template
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import check_match, etag, idempotent

_VERSION = "/letter-templates/versions/<uuid:version_id>"


@api.get("/letter-templates/<kind>")
@requires(Permission.READ)
@api.response(200, template_forms.ContentBody)
def template_in_force(kind: str) -> Any:
    """Return the template from which letters of a kind are drafted now."""
    return _content(template_store.current(db.session(), kind))


@api.get("/letter-templates/<kind>/<mark>")
@requires(Permission.READ)
@api.response(200, template_forms.ContentBody)
def template_by_mark(kind: str, mark: str) -> Any:
    """Return the very template a letter names by its mark, as `inquiry@3`."""
    return _content(template_store.exact(db.session(), kind, mark))


@api.get("/letter-templates/<kind>/versions")
@requires(Permission.READ)
@api.response(200, template_forms.VersionBody(many=True))
def template_versions(kind: str) -> Any:
    """List the versions of a kind's template, newest first."""
    return template_store.versions(db.session(), kind)


@api.post("/letter-templates/versions")
@requires(Permission.EDIT_TEMPLATES)
@idempotent
@api.arguments(template_forms.NewVersion)
@api.response(201, template_forms.WholeVersionBody)
def begin_version(asked: dict[str, Any]) -> Any:
    """Begin the next version of a kind's template as a copy of the one in force."""
    with acting() as act:
        return _tagged(operations.begin(asked["kind"], act=act), 201)


@api.get(_VERSION)
@requires(Permission.READ)
@api.response(200, template_forms.WholeVersionBody)
def template_of_version(version_id: uuid.UUID) -> Any:
    """Return a version with its content."""
    return _tagged(template_store.by_id(db.session(), version_id))


@api.put(_VERSION)
@requires(Permission.EDIT_TEMPLATES)
@api.arguments(template_forms.TemplateForm)
@api.response(200, template_forms.WholeVersionBody)
def change_version(asked: dict[str, Any], version_id: uuid.UUID) -> Any:
    """Write a draft anew; everything wrong with it is listed, block by block."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        check_match(row.revision)
        content = template_forms.content_of(asked)
        operations.change(row, content, remark=asked["remark"], revision=asked["revision"], act=act)
        return _tagged(row)


@api.put(f"{_VERSION}/word")
@requires(Permission.EDIT_TEMPLATES)
@api.arguments(template_forms.WordForm)
@api.response(200, template_forms.WholeVersionBody)
def change_version_by_word(asked: dict[str, Any], version_id: uuid.UUID) -> Any:
    """Take a draft's content over from an edited Word file; its layout is left aside."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        check_match(row.revision)
        operations.change(row, operations.from_word(row, asked["word"]), remark=row.remark, act=act)
        return _tagged(row)


@api.delete(_VERSION)
@requires(Permission.EDIT_TEMPLATES)
@api.response(204)
def discard_version(version_id: uuid.UUID) -> None:
    """Throw a draft away."""
    with acting() as act:
        operations.discard(template_store.by_id(act.session, version_id), act=act)


@api.post(f"{_VERSION}/propose")
@requires(Permission.EDIT_TEMPLATES)
@api.response(200, template_forms.VersionBody)
def propose_version(version_id: uuid.UUID) -> Any:
    """Ask that a draft be approved; from now on it stands as it is."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        operations.propose(row, act=act)
        return _tagged(row)


@api.post(f"{_VERSION}/approve")
@requires(Permission.APPROVE_TEMPLATES)
@api.response(200, template_forms.VersionBody)
def approve_version(version_id: uuid.UUID) -> Any:
    """Approve somebody else's version."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        operations.approve(row, act=act)
        return _tagged(row)


@api.post(f"{_VERSION}/send-back")
@requires(Permission.APPROVE_TEMPLATES)
@api.arguments(template_forms.Reason)
@api.response(200, template_forms.VersionBody)
def send_version_back(asked: dict[str, Any], version_id: uuid.UUID) -> Any:
    """Make a proposed or approved version a draft again."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        operations.send_back(row, reason=asked["reason"], act=act)
        return _tagged(row)


@api.post(f"{_VERSION}/publish")
@requires(Permission.EDIT_TEMPLATES)
@api.response(200, template_forms.VersionBody)
def publish_version(version_id: uuid.UUID) -> Any:
    """Put a version into use that somebody else approved."""
    with acting() as act:
        row = template_store.by_id(act.session, version_id)
        operations.publish(row, act=act)
        return _tagged(row)


@api.get("/letter-laws")
@requires(Permission.READ)
@api.response(200, template_forms.CitedLawBody(many=True))
def law_register() -> Any:
    """List the laws templates rest on; those out of force and still cited come first."""
    lines = template_store.standing_of_laws(db.session(), shanghai_date(now()))
    return [
        {**vars(one.law), "in_force": one.in_force, "templates": [each.mark for each in one.templates]} for one in lines
    ]


@api.post("/letter-laws")
@requires(Permission.APPROVE_TEMPLATES)
@idempotent
@api.arguments(template_forms.LawForm)
@api.response(201, template_forms.LawBody)
def note_a_law(asked: dict[str, Any]) -> Any:
    """Note a law, or what became of one: letters and templates are checked by it from now on."""
    with acting() as act:
        return operations.note_law(**asked, act=act)


@api.get("/letter-seals")
@requires(Permission.KEEP_SEALS)
@api.response(200, template_forms.SealBody(many=True))
def seal_register() -> Any:
    """List the seals of the caller's units, without their pictures."""
    return [
        {**{name: getattr(row, name) for name in _OF_SEAL}, "unit": unit.code, "width": row.width_tenths / 10}
        for row, unit in seals.listed(db.session(), person())
    ]


_OF_SEAL = (
    "id", "name", "sha256", "added_by_name", "added_at", "retired_by_name", "retired_at", "retired_reason"
)  # fmt: skip


def _content(template: Template) -> dict[str, Any]:
    content = templates.as_data(template)
    blocks = [{"kind": block.kind, "text": block.text} for block in template.blocks]
    return {**content, "mark": template.mark, "digest": template.digest, "blocks": blocks}


def _tagged(row: TemplateVersion, status: int = 200) -> Any:
    return row, status, {"ETag": etag(row.revision)}
