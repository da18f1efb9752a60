"""Writes about responses. None of them commits."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, Problem, RuleBroken
from archive.core.ids import new_id
from archive.documents import operations as documents
from archive.documents import rules, striking
from archive.documents.kinds import Kind
from archive.documents.models import Document
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier
from archive.responses import joining, queries
from archive.responses.kinds import Sender
from archive.responses.models import Response

# What is said about a reply, and corrected as long as the dossier is open.
DESCRIBED = ("sender", "sender_name", "reference", "dated_on", "received_on", "answers", "outcome", "summary")

_KINDS = {
    Sender.INSTITUTION: Kind.INSTITUTION_REPLY,
    Sender.OTHER_OFFICE: Kind.OFFICE_REPLY,
    Sender.COMPLAINANT: Kind.STATEMENT,
}


def record(document: Document, value: Mapping[str, Any], *, act: Act) -> Response:
    """Record that a document is a reply. `value` as `forms.ResponseForm` loads it. Raises RuleBroken, BadInput."""
    rules.check_open(lock(act.session, document.dossier))
    if document.id in striking.struck_out(act.session, [document.dossier_id]):
        raise RuleBroken("response.struck")
    if queries.of_document(act.session, document.id) is not None:
        raise RuleBroken("response.twice")
    _check_dates(value["dated_on"], value["received_on"], act)
    response = Response(
        id=new_id(),
        dossier_id=document.dossier_id,
        document_id=document.id,
        **{field: value[field] for field in DESCRIBED},
        recorded_by=act.actor.id,
        recorded_by_name=act.actor.name,
        recorded_at=act.moment,
    )
    act.session.add(response)
    act.session.flush()
    act.record(
        "response:record", response, sender=response.sender, outcome=response.outcome, received_on=response.received_on
    )
    if document.kind is Kind.OTHER:
        documents.describe(document, {"kind": _KINDS[response.sender]}, act=act)
    joining.changed(document.dossier, act)
    return response


def revise(response: Response, changes: Mapping[str, Any], *, act: Act) -> None:
    """Correct what is said about a reply; the trail keeps old and new. Raises RuleBroken, BadInput."""
    dossier = _locked(response, act)
    rules.check_open(dossier)
    merged = {field: changes.get(field, getattr(response, field)) for field in DESCRIBED}
    _check_dates(merged["dated_on"], merged["received_on"], act)
    changed = {}
    for field, after in merged.items():
        before = getattr(response, field)
        if before != after:
            changed[field] = [_told(before), _told(after)]
            setattr(response, field, after)
    if changed:
        act.session.flush()
        act.record("response:revise", response, changed=changed)
        joining.changed(dossier, act)


def strike(response: Response, *, reason: str, act: Act) -> None:
    """Take back the record that a document is a reply; the document stays. Raises RuleBroken."""
    dossier = _locked(response, act)
    rules.check_open(dossier)
    act.record("response:strike", response, document=response.document_id, reason=rules.without_numbers(reason))
    act.session.delete(response)
    act.session.flush()
    joining.changed(dossier, act)


def _locked(response: Response, act: Act) -> Dossier:
    return lock(act.session, act.session.get_one(Dossier, response.dossier_id))


def _check_dates(dated_on: date | None, received_on: date, act: Act) -> None:
    problems = []
    if received_on > shanghai_date(act.moment):
        problems.append(Problem("input.future", "received_on"))
    if dated_on is not None and dated_on > received_on:
        problems.append(Problem("response.dates", "dated_on"))
    if problems:
        raise BadInput("input.bad", problems)


def _told(value: Any) -> Any:
    return rules.without_numbers(value) if type(value) is str else value
