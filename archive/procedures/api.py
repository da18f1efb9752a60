"""The API of procedures: versions of profiles and what units follow."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

from typing import Any

from flask_smorest import Blueprint

from archive.core.act import acting
from archive.core.db import db
from archive.people.guard import requires
from archive.people.rules import Permission
from archive.procedures import forms, operations, queries
from archive.web.idempotency import idempotent

api = Blueprint("procedures_api", __name__, url_prefix="/api/v1", description="Procedures: profiles as versioned data")


@api.get("/procedures")
@requires(Permission.READ)
@api.response(200, forms.VersionBody(many=True))
def versions() -> Any:
    """List all versions of all profiles, the newest of each first."""
    return queries.versions(db.session())


@api.post("/procedures")
@requires(Permission.GOVERN)
@idempotent
@api.arguments(forms.ProposeForm)
@api.response(201, forms.VersionBody)
def propose(asked: dict[str, Any]) -> Any:
    """Propose a new version, as YAML: taken whole, or refused with file, line, path and reason of every flaw."""
    with acting() as act:
        return operations.propose(asked["text"], "request.yaml", note=asked["note"], act=act)


@api.get("/procedures/<profile_id>/<int:number>")
@requires(Permission.READ)
@api.response(200, forms.WholeVersionBody)
def version(profile_id: str, number: int) -> Any:
    """Return one version with its text."""
    return queries.version(db.session(), profile_id, number)


@api.get("/procedures/choices")
@requires(Permission.GOVERN)
@api.response(200, forms.ChoiceBody(many=True))
def choices() -> Any:
    """List what was decided and proposed about units, the newest first."""
    return queries.choices(db.session())
