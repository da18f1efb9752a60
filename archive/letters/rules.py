"""Who may do what with a letter, and when. Pure.

Four eyes: a draft is approved by another person than who drafted it; it is issued in the dossier's unit by who holds
the issuing role. What was issued is corrected or revoked by a further letter.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from archive.core.act import Actor
from archive.core.errors import NotAllowed, Problem, Refused, RuleBroken
from archive.dossiers.rules import lacks
from archive.letters.kinds import Kind, LetterKind
from archive.letters.states import UNISSUED, LetterState, Outcome, Relation, Step
from archive.people.rules import Permission

# From which states a step may be made, and where it leads.
NEXT: Mapping[Step, Mapping[LetterState, LetterState]] = {
    Step.SUBMIT: {LetterState.DRAFT: LetterState.IN_REVIEW},
    Step.WITHDRAW: {LetterState.IN_REVIEW: LetterState.DRAFT, LetterState.APPROVED: LetterState.DRAFT},
    Step.COMMENT: {state: state for state in UNISSUED},
    Step.RETURN: {LetterState.IN_REVIEW: LetterState.DRAFT, LetterState.APPROVED: LetterState.DRAFT},
    Step.APPROVE: {LetterState.IN_REVIEW: LetterState.APPROVED},
}
# Steps another person than the drafter makes.
BY_ANOTHER = frozenset({Step.APPROVE, Step.RETURN})
NEEDS_COMMENT = frozenset({Step.COMMENT, Step.RETURN})

# Which kind of letter stands in which relation to an earlier one.
RELATIONS: Mapping[LetterKind, Relation] = {
    LetterKind.FORWARDING_NOTICE: Relation.NOTIFIES,
    LetterKind.REMINDER: Relation.REMINDS,
    LetterKind.CORRECTION: Relation.CORRECTS,
    LetterKind.REVOCATION: Relation.REVOKES,
    LetterKind.RECEIPT: Relation.PROVES,
}
# Written about an issued letter only.
NEEDS_ABOUT = frozenset({LetterKind.REMINDER, LetterKind.CORRECTION, LetterKind.REVOCATION})
# Written though the dossier's keeping is over, as long as it stands on no disposal list.
AFTER_KEEPING = frozenset({LetterKind.ERASURE_REPLY})
# Made for something else than a dossier.
NOT_OF_A_DOSSIER = frozenset({LetterKind.DISPOSAL_LIST})


@dataclass(frozen=True)
class Standing:
    """What the rules ask of a letter."""

    state: LetterState
    authors: frozenset[uuid.UUID]
    unit_path: str


def check_step(step: Step, letter: Standing, actor: Actor, comment: str) -> LetterState:
    """Return the state the step leads to. Raises NotAllowed, Refused with every reason."""
    if lacks(actor, Permission.DRAFT_LETTER, letter.unit_path):
        raise NotAllowed("person.lacks", permission=Permission.DRAFT_LETTER)
    found = []
    if letter.state not in NEXT[step]:
        found.append(Problem("letter.step_state", facts={"step": step, "state": letter.state}))
    if step in BY_ANOTHER and actor.id in letter.authors:
        found.append(Problem("letter.own_draft"))
    if step in NEEDS_COMMENT and not comment.strip():
        found.append(Problem("letter.comment", "comment"))
    if found:
        raise Refused("letter.step", found, step=step)
    return NEXT[step][letter.state]


def check_draftable(kind: Kind, state: LetterState | None, path: str, actor: Actor) -> None:
    """Refuse drafting or changing a draft. Raises NotAllowed, RuleBroken."""
    if lacks(actor, Permission.DRAFT_LETTER, path):
        raise NotAllowed("person.lacks", permission=Permission.DRAFT_LETTER)
    if kind.code in NOT_OF_A_DOSSIER:
        raise RuleBroken("letter.not_of_dossier", kind=kind.name)
    if state not in (None, LetterState.DRAFT):
        raise RuleBroken("letter.not_draft", state=state)


def check_issue(kind: Kind, letter: Standing, actor: Actor, dossier_state: str) -> None:
    """Refuse issuing by who may not, before approval, or in a state of the dossier that has no such letter.

    Raises NotAllowed, Refused with every reason.
    """
    if lacks(actor, Permission.ISSUE_LETTER, letter.unit_path):
        raise NotAllowed("person.lacks", permission=Permission.ISSUE_LETTER)
    found = []
    if letter.state is not LetterState.APPROVED:
        found.append(Problem("letter.not_approved", facts={"state": letter.state}))
    if not kind.may_issue(dossier_state):
        found.append(Problem("letter.dossier_state", facts={"kind": kind.name}))
    if found:
        raise Refused("letter.issue", found)


def state_after(*, void: bool, replied: bool, outcomes: Iterable[Outcome]) -> LetterState:
    """Return where an issued letter stands by what happened to it since.

    Refused counts as served: a letter refused before a witness is left with the addressee (留置送达).
    """
    if void:
        return LetterState.VOID
    if replied:
        return LetterState.REPLIED
    served = any(one in (Outcome.DELIVERED, Outcome.REFUSED) for one in outcomes)
    return LetterState.SERVED if served else LetterState.ISSUED


def overdue(reply_due: date | None, state: LetterState, today: date) -> bool:
    """Whether the reply to a letter in force is late; the last day itself is not."""
    waiting = state in (LetterState.ISSUED, LetterState.SERVED)
    return waiting and reply_due is not None and reply_due < today
