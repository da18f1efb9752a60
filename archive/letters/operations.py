"""Drafting, revising and reviewing letters. None of these commits; a letter that belongs to another goes with it."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, Problem, RuleBroken
from archive.core.ids import new_id
from archive.documents.rules import without_numbers
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier
from archive.dossiers.rules import check_open, lacks
from archive.letters import composing, drafting, numbering, personal, preflight, rules, template_store
from archive.letters.kinds import Kind, LetterKind, kind
from archive.letters.models import LetterNumber, LetterRow, Review
from archive.letters.rules import Standing
from archive.letters.states import UNISSUED, LetterState, Relation, Step
from archive.people.rules import Permission
from archive.retention import reading

# What a letter and its notice say alike of the office.
_OF_BOTH = ("office", "officer", "signer")
# What tells that a dossier stands on a disposal list: the list names every file, so none is added.
_LISTED: list[Callable[[Session, uuid.UUID], bool]] = []


def listed_by(tell: Callable[[Session, uuid.UUID], bool]) -> None:
    """Let an upper feature tell of dossiers on a disposal list. At start-up, once."""
    _LISTED[:] = [tell]


def draft(
    dossier: Dossier,
    code: str,
    *,
    about: LetterRow | None = None,
    given: Mapping[str, Any] | None = None,
    notice: Mapping[str, Any] | None = None,
    act: Act,
) -> LetterRow:
    """Begin a letter with what the dossier knows, `given` facts over it; a 分办函 or 移交函 brings its notice along.

    `notice` are facts given for that notice. Raises NotAllowed, RuleBroken, BadInput, NotFound for an unknown kind.
    """
    of = kind(code)
    check_given(given or {})
    lock(act.session, dossier)
    rules.check_draftable(of, None, dossier.unit.path, act.actor)
    check_takes(act.session, dossier, of, act.moment)
    relation = _relation(of, dossier, about)
    known = drafting.gather(act.session, dossier, of, about=about, author=act.actor.name, now=act.moment)
    facts = over(drafting.prefill(of, known), given or {})
    row = LetterRow(
        id=new_id(),
        dossier_id=dossier.id,
        kind=of.code,
        state=LetterState.DRAFT,
        about_id=about.id if about else None,
        relation=relation,
        drafted_by=act.actor.id,
        drafted_by_name=act.actor.name,
        drafted_at=act.moment,
        authors=[str(act.actor.id)],
    )
    row.dossier, row.about = dossier, about
    _write(row, of, facts, act)
    act.session.add(row)
    act.session.flush()
    act.record("letter:draft", row, kind=of.code, **({"about": about.id} if about else {}))
    if of.paired is not None:
        draft(dossier, of.paired, about=row, given=for_notice(given or {}, notice or {}), act=act)
    return row


def check_given(given: Mapping[str, Any]) -> None:
    """Refuse to begin a letter with personal data in full: `revise` asks for the permission and the reason.

    Raises BadInput.
    """
    if "reveal" in given:
        raise BadInput("input.bad", [Problem("letter.reveal_later", "reveal")])


def for_notice(given: Mapping[str, Any], notice: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts given for the notice of a pair: its own, over what both letters say of the office. Pure."""
    return over({name: given[name] for name in _OF_BOTH if name in given}, notice)


def revise(
    row: LetterRow, given: Mapping[str, Any], *, reveal: tuple[str, ...] = (), reveal_reason: str = "", act: Act
) -> None:
    """Replace a draft's facts. `reveal` names what is printed in full beyond what the addressee needs, with a reason.

    Incomplete facts are kept: what is missing is told by `composing.findings`. Raises NotAllowed, RuleBroken, BadInput.
    """
    of = composing.of_kind(row)
    lock(act.session, row.dossier)
    rules.check_draftable(of, row.state, row.dossier.unit.path, act.actor)
    known = {field.path for field in personal.revealable(of)}
    if set(reveal) - known:
        raise BadInput("input.bad", [Problem("letter.unknown_fact", "reveal")])
    before = set(row.facts.get("reveal", ()))
    if reveal and not reveal_reason:
        raise BadInput("input.bad", [Problem("letter.reveal_reason", "reveal_reason")])
    if set(reveal) - before and lacks(act.actor, Permission.UNMASK, row.dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.UNMASK)
    whole = {name: value for name, value in given.items() if name != "reveal"}
    if reveal:
        whole["reveal"] = sorted(reveal)
    _write(row, of, whole, act)
    row.reveal_reason = reveal_reason if reveal else ""
    if act.actor.id is not None and str(act.actor.id) not in row.authors:
        row.authors = [*row.authors, str(act.actor.id)]
    act.session.flush()
    act.record("letter:revise", row)
    if set(reveal) != before:
        act.record("letter:reveal", row, fields=sorted(reveal), reason=without_numbers(reveal_reason))


def take_step(row: LetterRow, step: Step, *, comment: str = "", act: Act) -> Review:
    """Submit, comment, approve, return or withdraw a draft; the notice of a pair goes with its letter.

    Raises NotAllowed, Refused with every reason; BadInput lists what a letter sent for review still lacks.
    """
    if row.relation is Relation.NOTIFIES and step is not Step.COMMENT:
        raise RuleBroken("letter.with_its_pair")
    lock(act.session, row.dossier)
    check_takes(act.session, row.dossier, composing.of_kind(row), act.moment)
    review = _step(row, step, comment, act)
    for notice in notices(row, act) if step is not Step.COMMENT else ():
        if notice.state in UNISSUED:
            _step(notice, step, comment, act)
    return review


def notices(row: LetterRow, act: Act) -> list[LetterRow]:
    """Return the notices to the complainant that make one action with the letter, those in force."""
    query = select(LetterRow).where(
        LetterRow.about_id == row.id, LetterRow.relation == Relation.NOTIFIES, LetterRow.state != LetterState.VOID
    )
    return list(act.session.scalars(query))


def void(row: LetterRow, *, reason: str, act: Act) -> None:
    """Take a draft away, or void an issued letter that has not left the office; its number stays, with the reason.

    One that was served is revoked by a further letter. Raises NotAllowed, RuleBroken, BadInput.
    """
    lock(act.session, row.dossier)
    issued = row.issued_at is not None
    needed = Permission.ISSUE_LETTER if issued else Permission.DRAFT_LETTER
    if lacks(act.actor, needed, row.dossier.unit.path):
        raise NotAllowed("person.lacks", permission=needed)
    if not reason:
        raise BadInput("input.bad", [Problem("letter.void_reason", "reason")])
    if row.state is LetterState.VOID:
        raise RuleBroken("letter.void_already")
    if row.state in (LetterState.SERVED, LetterState.REPLIED):
        raise RuleBroken("letter.served_already")
    make_void(row, reason, act=act)
    for notice in notices(row, act):
        make_void(notice, reason, act=act)


def make_void(row: LetterRow, reason: str, *, act: Act) -> None:
    """Mark a letter and its number as void; whoever calls has asked whether that may be."""
    row.state = LetterState.VOID
    row.voided_at, row.voided_by_name, row.void_reason = act.moment, act.actor.name, reason
    number = act.session.scalar(select(LetterNumber).where(LetterNumber.letter_id == row.id))
    if number is not None:
        numbering.void(number, reason, act=act)
    act.session.flush()
    act.record("letter:void", row, number=row.number, reason=without_numbers(reason))


def check_takes(session: Session, dossier: Dossier, of: Kind, at: datetime) -> None:
    """Refuse a letter in a dossier that has ended, unless its kind is still sent then and the dossier is still kept.

    Raises RuleBroken.
    """
    if dossier.closed_at is None:
        return
    if not of.may_issue(dossier.state.value):
        check_open(dossier)
    kept = reading.keeping(session, dossier.id)
    if kept is None or kept.disposable_at is None or kept.disposable_at > at:
        return
    # What may be put on a disposal list stands as it is; but whoever asks for erasure is answered at any time.
    if of.code not in rules.AFTER_KEEPING or any(tell(session, dossier.id) for tell in _LISTED):
        raise RuleBroken("letter.dossier_due", number=dossier.number)


def takes(session: Session, dossier: Dossier, of: Kind, at: datetime) -> bool:
    """Whether a letter of the kind may be written in the dossier as it stands."""
    try:
        check_takes(session, dossier, of, at)
    except RuleBroken:
        return False
    return True


def standing(row: LetterRow) -> Standing:
    """Return what the rules ask of the letter."""
    return Standing(row.state, frozenset(map(uuid.UUID, row.authors)), row.dossier.unit.path)


def _step(row: LetterRow, step: Step, comment: str, act: Act) -> Review:
    after = rules.check_step(step, standing(row), act.actor, comment)
    if step is Step.SUBMIT:
        wrong = [one for one in composing.findings(act.session, row) if one.level is preflight.Level.FAULT]
        if wrong:
            raise BadInput("letter.unready", [Problem(one.code, one.path, one.facts) for one in wrong])
    row.state = after
    approved = after is LetterState.APPROVED
    row.approved_by, row.approved_by_name, row.approved_at = (
        (act.actor.id, act.actor.name, act.moment) if approved else (None, "", None)
    )
    review = Review(
        letter_id=row.id,
        dossier_id=row.dossier_id,
        at=act.moment,
        by=act.actor.id,
        by_name=act.actor.name,
        step=step,
        comment=comment,
    )
    act.session.add(review)
    act.session.flush()
    act.record(f"letter:{step.value}", row)
    return review


def _relation(of: Kind, dossier: Dossier, about: LetterRow | None) -> Relation | None:
    relation = rules.RELATIONS.get(LetterKind(of.code))
    if about is None:
        if of.code in rules.NEEDS_ABOUT:
            raise BadInput("input.bad", [Problem("letter.about", "about")])
        return None
    if about.dossier_id != dossier.id or relation is None:
        raise BadInput("input.bad", [Problem("letter.about", "about")])
    if relation is not Relation.NOTIFIES and (about.issued_at is None or about.state is LetterState.VOID):
        raise RuleBroken("letter.about_unissued")
    return relation


def _write(row: LetterRow, of: Kind, facts: Mapping[str, Any], act: Act) -> None:
    template = template_store.current(act.session, of.code)
    template_store.pin(template, act=act)
    plain, secrets = personal.take_out(of, facts, composing.secrets_of(row))
    whole = personal.put_back(plain, secrets)
    row.facts, row.sealed = plain, composing.seal(secrets)
    row.template, row.template_digest = template.mark, template.digest
    row.title = composing.title_of(of, whole, template)
    row.addressee = composing.addressee_of(of, whole)


def over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested facts with others laid over them."""
    made = dict(below)
    for name, value in above.items():
        inner = made.get(name)
        made[name] = over(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return made
