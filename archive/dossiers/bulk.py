"""Acts on many dossiers at once, offered beneath lists and search results. A feature above may add its own.

An act is a page that takes `?selection=ID` (see selections): it shows what is going to happen, to how many, and asks.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from marshmallow import fields, validate
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from archive.core.errors import BadInput, NotFound
from archive.dossiers import selections
from archive.dossiers.forms import Id
from archive.dossiers.models import Selection
from archive.people.rules import Permission, Person, may
from archive.web.forms import Flag, Form, Words, parse


@dataclass(frozen=True)
class BulkAction:
    """An act: its key, the words on its button, the endpoint that takes `selection`, the permission it asks for."""

    key: str
    title: str
    endpoint: str
    permission: Permission


_actions: list[BulkAction] = [
    BulkAction("letters", "批量制发函件", "letters.batch_new", Permission.DRAFT_LETTER),
    BulkAction("holds", "批量冻结", "retention.hold_many", Permission.HOLD),
    BulkAction("packs", "制作证据包", "disposal.packs_new", Permission.EXPORT),
    BulkAction("xlsx", "导出清单 xlsx", "dossiers.selection_xlsx", Permission.EXPORT),
]


def add(*actions: BulkAction) -> None:
    """Add acts of another feature; adding one twice changes nothing."""
    known = {action.key for action in _actions}
    _actions.extend(action for action in actions if action.key not in known)


def actions_for(person: Person) -> list[BulkAction]:
    """Return the acts whose page exists and which the person may use somewhere."""
    return [
        action
        for action in _actions
        if action.endpoint in current_app.view_functions and may(person, action.permission)
    ]


class ChooseForm(Form):
    """What was ticked: single rows, the whole page (whose rows are all named), or everything that was found."""

    dossier = fields.List(Id(), load_default=list, validate=validate.Length(max=selections.MOST, error="input.bad"))
    row = fields.List(Id(), load_default=list, validate=validate.Length(max=selections.MOST, error="input.bad"))
    page = Flag()
    everything = Flag()
    action = Words(most=40, required=True)


@dataclass(frozen=True)
class Chosen:
    """A choice as it was sent: the ids ticked, whether everything found is meant, and the act."""

    ids: Sequence[uuid.UUID]
    everything: bool
    action: BulkAction

    def url(self, selection_id: uuid.UUID) -> str:
        """Return the address of the act's page for a selection."""
        return url_for(self.action.endpoint, selection=selection_id)


def chosen(form: MultiDict[str, str], person: Person) -> Chosen:
    """Read a choice. Raises BadInput, also for an act the person may not use or that does not exist."""
    lists: Mapping[str, Any] = {"dossier": form.getlist("dossier"), "row": form.getlist("row")}
    asked = parse(ChooseForm(), {**form.to_dict(), **lists})
    action = next((one for one in actions_for(person) if one.key == asked["action"]), None)
    if action is None:
        raise BadInput("selection.action")
    ids = [one for one in (asked["row"] if asked["page"] else asked["dossier"]) if one is not None]
    return Chosen(ids, asked["everything"], action)


def selection_asked(session: Session, person: Person) -> Selection:
    """Return the person's selection that the address names (`?selection=ID`). Raises NotFound."""
    try:
        return selections.read(session, person, uuid.UUID(request.args.get("selection", "")))
    except ValueError:
        raise NotFound("selection.unknown") from None
