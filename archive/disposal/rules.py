"""Who may do what to a disposal list, when, and what its hash covers. Pure.

Sources: 档案法, 第二十一条; 档案法实施条例, 第二十四条 (appraisal and its report);
会计档案管理办法, 第十八条、第十九条 (lists, witnesses), taken as the model for electronic records.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from archive.core.errors import Problem, Refused, RuleBroken
from archive.disposal.kinds import Decision, ListState
from archive.retention.rules import said_at

COOLING_OFF = timedelta(days=7)
# From the first approval on; a list that lies longer is approved anew.
APPROVALS_LAST = timedelta(days=30)
WITNESSES_NEEDED = 2
APPRAISERS_NEEDED = 2
# Backups older than this are gone; the certificate says so.
BACKUPS_LAST = timedelta(days=90)


@dataclass(frozen=True)
class Voice:
    """What one appraiser said, and whether as legal staff."""

    person: uuid.UUID
    legal: bool
    decision: Decision


@dataclass(frozen=True)
class Hands:
    """Whose hands a list went through."""

    proposer: uuid.UUID | None
    approvers: tuple[uuid.UUID, ...] = ()
    witnesses: tuple[uuid.UUID, ...] = ()


def outcome(voices: Sequence[Voice]) -> Decision | None:
    """Return what becomes of a dossier; None while a second appraiser, or one of legal or of the business, is missing.

    It is destroyed only when all say so; otherwise the most cautious voice counts.
    """
    people = {voice.person for voice in voices}
    if len(people) < APPRAISERS_NEEDED or len({voice.legal for voice in voices}) < 2:
        return None
    caution = (Decision.PERMANENT, Decision.KEEP, Decision.TRANSFER, Decision.DESTROY)
    return min((voice.decision for voice in voices), key=caution.index)


def canonical(value: Any) -> bytes:
    """Return the bytes that are hashed: JSON with sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of a plain value, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def list_hash(number: str, lines: Iterable[Mapping[str, Any]]) -> str:
    """Return what the approvers sign: the list's number and everything that stands on its lines."""
    return digest({"number": number, "lines": list(lines)})


def check_approver(hands: Hands, person: uuid.UUID | None) -> None:
    """Refuse an approver who proposed the list or approved it already. Raises RuleBroken."""
    if person is None or person == hands.proposer:
        raise RuleBroken("disposal.own_proposal")
    if person in hands.approvers:
        raise RuleBroken("disposal.approved_already")


def check_witness(hands: Hands, person: uuid.UUID | None) -> None:
    """Refuse a witness who proposed or approved the list, or is one already. Raises RuleBroken."""
    if person is None or person == hands.proposer or person in hands.approvers:
        raise RuleBroken("disposal.witness_involved")
    if person in hands.witnesses:
        raise RuleBroken("disposal.witness_twice")


def check_starter(hands: Hands, person: uuid.UUID | None) -> None:
    """Refuse who approved or witnesses the list as the one who lets it be destroyed. Raises RuleBroken."""
    if person is None or person in hands.approvers or person in hands.witnesses:
        raise RuleBroken("disposal.starter_involved")


def hindrances(
    state: ListState, hands: Hands, first_approved: datetime | None, approved: datetime | None, now: datetime
) -> list[Problem]:
    """Return everything that keeps a list from being destroyed now."""
    found: list[Problem] = []
    if state not in (ListState.APPROVED, ListState.PARTIAL, ListState.EXECUTING):
        found.append(Problem("disposal.not_approved", facts={"state": state}))
    if len(set(hands.approvers)) < 2 or first_approved is None or approved is None:
        return [*found, Problem("disposal.two_approvals")]
    # What was begun within its time is carried to its end.
    if state is ListState.APPROVED:
        if now < approved + COOLING_OFF:
            found.append(Problem("disposal.cooling", facts={"until": said_at(approved + COOLING_OFF)}))
        if now > first_approved + APPROVALS_LAST:
            found.append(Problem("disposal.approval_old", facts={"days": APPROVALS_LAST.days}))
    if len(set(hands.witnesses)) < WITNESSES_NEEDED:
        found.append(Problem("disposal.witnesses", facts={"needed": WITNESSES_NEEDED}))
    return found


def check_start(found: Sequence[Problem], number: str) -> None:
    """Refuse to destroy a list while anything keeps it. Raises Refused with every reason."""
    if found:
        raise Refused("disposal.not_yet", found, number=number)
