"""Serving issued letters (送达): attempts, their outcomes, receipts; and what follows for letter and dossier."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from archive.core.act import Act
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.errors import BadInput, NotAllowed, Problem, RuleBroken
from archive.core.ids import new_id
from archive.core.ports import ports
from archive.documents.models import Document
from archive.dossiers import moving
from archive.dossiers.access import lock
from archive.dossiers.rules import lacks
from archive.dossiers.states import NoticeChannel, NoticeKind, NoticeOutcome
from archive.dossiers.values import NoticeValue
from archive.letters import mailing, rules
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow, Serving
from archive.letters.states import LetterState, Method, Outcome
from archive.people.rules import Permission

# What the complainant is told by which letter.
TOLD_BY = {
    LetterKind.ACCEPTANCE: NoticeKind.ACCEPTANCE,
    LetterKind.REFUSAL: NoticeKind.REFUSAL,
    LetterKind.SUPPLEMENT: NoticeKind.SUPPLEMENT,
    LetterKind.EXTENSION: NoticeKind.EXTENSION,
    LetterKind.FORWARDING_NOTICE: NoticeKind.FORWARDING,
    LetterKind.RESULT: NoticeKind.RESULT,
}


def record(row: LetterRow, value: dict[str, Any], *, act: Act) -> Serving:
    """Write down an attempt to serve a letter whose files are there; `value` as `forms.ServingForm` loads it.

    With a mail address and a relay set, the mail goes out by itself. Raises NotAllowed, RuleBroken, BadInput.
    """
    _check(row, act)
    if not row.is_out:
        raise RuleBroken("serving.not_issued", state=row.state)
    if row.files_missing:
        raise RuleBroken("letter.files_missing")
    mail_to, electronic = value["mail_to"], value["method"] is Method.ELECTRONIC
    found = _dates(row, value["sent_on"], act)
    if mail_to and not electronic:
        found.append(Problem("serving.mail_method", "mail_to"))
    if mail_to and not ports().settings.mail_relay:
        found.append(Problem("serving.no_relay", "mail_to"))
    if found:
        raise BadInput("input.bad", found)
    if mail_to:
        mailing.address(mail_to)
    serving = Serving(
        id=new_id(),
        letter_id=row.id,
        dossier_id=row.dossier_id,
        method=value["method"],
        sent_on=value["sent_on"],
        tracking=value["tracking"],
        address_sealed=ports().vault.seal(mail_to) if mail_to else None,
        note=value["note"],
        outcome=Outcome.UNDER_WAY,
        recorded_by=act.actor.id,
        recorded_by_name=act.actor.name,
        recorded_at=act.moment,
    )
    act.session.add(serving)
    act.session.flush()
    act.record("serving:send" if mail_to else "serving:record", serving, number=row.number, method=serving.method)
    return serving


def conclude(serving: Serving, value: dict[str, Any], *, act: Act) -> None:
    """Write down what came of an attempt; `value` as `forms.OutcomeForm` loads it.

    With `tell`, the dossier records that the complainant was told by the letter, or that the attempt failed; a declined
    dossier ends by that. Raises NotAllowed, RuleBroken, BadInput, Refused.
    """
    row = serving.letter
    _check(row, act)
    if serving.outcome is not Outcome.UNDER_WAY:
        raise RuleBroken("serving.concluded")
    outcome: Outcome = value["outcome"]
    found = _dates(row, value["outcome_on"], act, "outcome_on")
    if value["outcome_on"] < serving.sent_on:
        found.append(Problem("serving.before_sent", "outcome_on"))
    if outcome is Outcome.UNDER_WAY:
        found.append(Problem("input.choice", "outcome"))
    # A letter left behind or refused counts as served before a witness only (留置送达).
    if (outcome is Outcome.REFUSED or serving.method is Method.LEFT) and not value["witness"]:
        found.append(Problem("serving.witness", "witness"))
    if outcome is Outcome.RETURNED and not value["note"]:
        found.append(Problem("serving.note", "note"))
    document = act.session.get(Document, value["document"]) if value["document"] else None
    if value["document"] and (document is None or document.dossier_id != row.dossier_id):
        found.append(Problem("form.receipt_document", "document"))
    if found:
        raise BadInput("input.bad", found)
    serving.outcome, serving.outcome_on = outcome, value["outcome_on"]
    serving.witness, serving.note = value["witness"], value["note"] or serving.note
    serving.document_id = document.id if document else None
    act.session.flush()
    act.record("serving:conclude", serving, number=row.number, outcome=outcome, on=serving.outcome_on)
    refresh_state(row, act=act)
    if value["tell"] and row.kind in TOLD_BY:
        moving.notify(row.dossier, _notice(row, serving, act), act=act)


def attach(serving: Serving, document: Document, *, act: Act) -> None:
    """Link the receipt that came later. Raises NotAllowed, BadInput."""
    _check(serving.letter, act)
    if document.dossier_id != serving.dossier_id:
        raise BadInput("input.bad", [Problem("form.receipt_document", "document")])
    serving.document_id = document.id
    act.session.flush()
    act.record("serving:attach", serving, document=document.id)


def refresh_state(row: LetterRow, *, act: Act) -> None:
    """Put an issued letter into the state that follows from what happened to it."""
    if row.issued_at is None:
        return
    outcomes = act.session.scalars(select(Serving.outcome).where(Serving.letter_id == row.id)).all()
    void, replied = row.state is LetterState.VOID, row.replied_on is not None
    row.state = rules.state_after(void=void, replied=replied, outcomes=outcomes)
    act.session.flush()


def _check(row: LetterRow, act: Act) -> None:
    lock(act.session, row.dossier)
    if lacks(act.actor, Permission.DRAFT_LETTER, row.dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.DRAFT_LETTER)


def _dates(row: LetterRow, on: date, act: Act, field: str = "sent_on") -> list[Problem]:
    if on > shanghai_date(act.moment):
        return [Problem("input.future", field)]
    if row.issued_on is not None and on < row.issued_on:
        return [Problem("serving.before_issue", field)]
    return []


def _notice(row: LetterRow, serving: Serving, act: Act) -> NoticeValue:
    on = serving.outcome_on or serving.sent_on
    at = min(act.moment, datetime.combine(on, time(23, 59), SHANGHAI))
    reached = serving.outcome in (Outcome.DELIVERED, Outcome.REFUSED)
    return NoticeValue(
        kind=TOLD_BY[row.kind],
        channel=NoticeChannel.EMAIL if serving.method is Method.ELECTRONIC else NoticeChannel.LETTER,
        outcome=NoticeOutcome.REACHED if reached else NoticeOutcome.FAILED,
        at=at,
        note=" ".join(part for part in (row.number, serving.note) if part) or row.title,
    )
