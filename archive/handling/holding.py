"""What every write about handling begins with: the dossier held, still open, and the permission in its unit."""

import uuid
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.ids import new_id
from archive.documents.models import Document
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.dossiers.rules import check_open, lacks
from archive.handling.models_base import Sheeted
from archive.people.rules import Permission
from archive.web.forms import not_future

Row = TypeVar("Row", bound=Sheeted)


def hold(dossier: Dossier, permission: Permission, *, act: Act, path: str = "", ended: bool = False) -> None:
    """Hold the dossier for a write. `path`: another unit whose permission serves; `ended`: it may have ended.

    Raises NotAllowed, RuleBroken.
    """
    access.lock(act.session, dossier)
    check_permission(dossier, permission, act, path)
    if not ended:
        check_open(dossier)


def check_permission(dossier: Dossier, permission: Permission, act: Act, path: str = "") -> None:
    """Refuse who has the permission neither in the dossier's unit nor in the one with this path. Raises NotAllowed."""
    if lacks(act.actor, permission, dossier.unit.path) and (not path or lacks(act.actor, permission, path)):
        raise NotAllowed("person.lacks", permission=permission)


def make(model: type[Row], dossier: Dossier, values: dict[str, Any], *, act: Act, verb: str, **facts: Any) -> Row:
    """Write a new record of the dossier and into the trail."""
    maker: Any = model  # the mixin alone has no constructor that mypy knows
    row: Row = maker(
        id=new_id(), dossier_id=dossier.id, made_by=act.actor.id, made_by_name=act.actor.name, made_at=act.moment,
        **values,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    act.record(f"{model.audit_kind}:{verb}", row, **facts)
    return row


def note(row: Sheeted, verb: str, *, act: Act, **facts: Any) -> None:
    """Write a changed record into the database and into the trail."""
    act.session.flush()
    act.record(f"{row.audit_kind}:{verb}", row, **facts)


def dossier_of(row: Sheeted, act: Act) -> Dossier:
    """Return the dossier of a record."""
    return act.session.get_one(Dossier, row.dossier_id)


def check_state(row: Sheeted, state: object, *allowed: object) -> None:
    """Refuse a step that the record's state does not allow. Raises RuleBroken."""
    if state not in allowed:
        raise RuleBroken("handling.state", state=state)


def check(*problems: Problem) -> None:
    """Refuse with these problems, if there are any. Raises BadInput."""
    if problems:
        raise BadInput("input.bad", problems)


def document(session: Session, dossier_id: uuid.UUID, document_id: uuid.UUID | None, field: str) -> list[Problem]:
    """Return a problem when what was chosen is no document of the dossier."""
    if document_id is None:
        return []
    found = session.get(Document, document_id)
    return [] if found is not None and found.dossier_id == dossier_id else [Problem("handling.document", field)]


def past(value: date | datetime | None, act: Act, field: str) -> list[Problem]:
    """Return a problem when what is said to have happened lies ahead."""
    if isinstance(value, datetime):
        return not_future(value, act.moment, field)
    late = value is not None and value > shanghai_date(act.moment)
    return [Problem("input.future", field)] if late else []


def ahead(value: date | None, act: Act, field: str) -> list[Problem]:
    """Return a problem when a day that is still to come lies behind."""
    return [Problem("handling.past", field)] if value is not None and value < shanghai_date(act.moment) else []


def order(earlier: date | None, later: date | None, field: str) -> list[Problem]:
    """Return a problem when the later of two days comes before the earlier."""
    wrong = earlier is not None and later is not None and later < earlier
    return [Problem("handling.order", field)] if wrong else []


def row_of(session: Session, model: type[Row], dossier: Dossier, row_id: uuid.UUID) -> Row:
    """Return a record of the dossier. Raises NotFound."""
    found = session.get(model, row_id)
    if found is None or found.dossier_id != dossier.id:
        raise NotFound("handling.unknown")
    return found
