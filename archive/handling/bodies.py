"""What the API answers about handling. The records' bodies are read off their tables."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import JSON

from archive.core.db import Base, UtcDateTime
from archive.dossiers.bodies import DossierLineBody
from archive.handling.kinds import ClusterState, Likeness, Sheet, Side, Worth
from archive.handling.models import Decision
from archive.handling.records import RECORDS
from archive.procedures.profile import Proof
from archive.web.forms import Choice

_KINDS: Mapping[type[Any], type[fields.Field[Any]]] = {
    uuid.UUID: fields.UUID,
    str: fields.String,
    int: fields.Integer,
    bool: fields.Boolean,
    date: fields.Date,
}
# Whose dossier it is stands in the address; who made it is told by name.
_ASIDE = frozenset({"dossier_id", "opinion_id", "made_by", "answered_by", "by"})


@cache
def body_of(sheet: Sheet) -> type[Schema]:
    """Return the body of a kind of record."""
    model: Any = RECORDS[sheet].model
    more: dict[str, fields.Field[Any]] = {}
    if sheet is Sheet.TASKS:
        more["documents"] = fields.Pluck(_IdBody, "id", many=True)
    if sheet is Sheet.OPINIONS:
        more["decisions"] = fields.List(fields.Nested(_body(Decision, "DecisionBody")))
    if sheet is Sheet.FULFILMENTS:
        more["worth"] = Choice(Worth)
    return _body(model, f"{model.__name__}Body", **more)


class _IdBody(Schema):
    id = fields.UUID()


def _body(model: type[Base], name: str, **more: fields.Field[Any]) -> type[Schema]:
    found: dict[str, fields.Field[Any]] = {}
    for column in model.__table__.columns:
        if column.name not in _ASIDE:
            found[column.name] = _field(column)
    made: Any = Schema.from_dict({**found, **more}, name=name)
    made.__module__ = __name__  # names its feature in the description, and so keeps it apart from others'
    return made  # type: ignore[no-any-return]


def _field(column: Any) -> fields.Field[Any]:
    enum = getattr(column.type, "enum_class", None)
    if enum is not None:
        return Choice(enum, allow_none=column.nullable)
    if isinstance(column.type, UtcDateTime):
        return fields.AwareDateTime(allow_none=column.nullable)
    if isinstance(column.type, JSON):
        return fields.Raw()
    kind = column.type.python_type
    if kind is Decimal:
        return fields.Decimal(as_string=True, allow_none=True)
    return _KINDS[kind](allow_none=column.nullable)


class DemandBody(Schema):
    """A demand of a rule set: its code for a fulfilment, where it stands, by what it is shown."""

    code = fields.String()
    name = fields.String()
    basis = fields.String()
    by = Choice(Proof)
    met = fields.Boolean()
    shown_by = fields.String()
    recordable = fields.Boolean(metadata={"description": "whether somebody is to record it, and nobody has"})


class ClusterBody(Schema):
    """A group of like complaints."""

    id = fields.UUID(attribute="cluster.id")
    name = fields.String(attribute="cluster.name")
    likeness = Choice(Likeness, attribute="cluster.likeness")
    state = Choice(ClusterState, attribute="cluster.state")
    threshold = fields.Integer(attribute="cluster.count")
    days = fields.Integer(attribute="cluster.days")
    basis = fields.String(attribute="cluster.basis")
    found_at = fields.AwareDateTime(attribute="cluster.found_at")
    emergency = fields.Boolean(attribute="cluster.emergency")
    report_to = fields.String(attribute="cluster.report_to")
    report_due_at = fields.AwareDateTime(attribute="cluster.report_due_at", allow_none=True)
    reported_at = fields.AwareDateTime(attribute="cluster.reported_at", allow_none=True)
    count = fields.Integer(metadata={"description": "members the caller may see"})


class ClusterStateBody(Schema):
    """Where a group stands after a step."""

    id = fields.UUID()
    state = Choice(ClusterState)
    emergency = fields.Boolean()
    report_due_at = fields.AwareDateTime(allow_none=True)
    reported_at = fields.AwareDateTime(allow_none=True)


class ClusterListBody(Schema):
    """A page of groups."""

    rows = fields.List(fields.Nested(ClusterBody))
    next = fields.String(metadata={"description": "cursor of the next page, empty on the last"})


class ClusterWholeBody(Schema):
    """A group with its members."""

    group = fields.Nested(ClusterBody)
    members = fields.List(fields.Nested(DossierLineBody))


class TriedBody(Schema):
    """A side that is asked, how often it was tried since the answer, whether it was reached and is still to be."""

    side = Choice(Side)
    attempts = fields.Integer()
    reached = fields.Boolean()
    waits = fields.Boolean()


class CallBody(Schema):
    """A dossier whose sides are to be asked."""

    number = fields.String(attribute="dossier.number")
    title = fields.String(attribute="dossier.title")
    answered_at = fields.AwareDateTime(attribute="dossier.answered_at")
    due_on = fields.Date()
    late = fields.Boolean()
    sides = fields.List(fields.Nested(TriedBody))


class CallListBody(Schema):
    """A page of them."""

    rows = fields.List(fields.Nested(CallBody))
    next = fields.String()


class FrequencyBody(Schema):
    """How often complaints concern a firm."""

    name = fields.String()
    dossiers = fields.Integer()
    lately = fields.Integer(metadata={"description": "received in the last 90 days"})
    measures = fields.Integer()
    latest = fields.AwareDateTime()


class CodeBody(Schema):
    """A code for the progress page; it is told once."""

    code = fields.String()
