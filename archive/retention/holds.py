"""Holds: placed by one, on one dossier or on many; released by two. None of this commits."""

from collections.abc import Sequence
from datetime import date

from archive.core.act import Act, Machine
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, Problem, RuleBroken
from archive.dossiers import rules as dossiers
from archive.dossiers.access import lock
from archive.dossiers.models import Dossier
from archive.people.rules import Permission
from archive.retention.models import Hold
from archive.retention.rules import HoldKind


def place(
    dossier: Dossier,
    *,
    kind: HoldKind,
    basis: str,
    reason: str,
    owner: str = "",
    review_on: date | None = None,
    act: Act,
) -> Hold:
    """Hold a dossier: whatever its period, it is not destroyed before the hold is released.

    Raises NotAllowed, BadInput. The dossier's row is locked meanwhile, as destroying does for each version: of the two,
    one waits for the other.
    """
    check_may(dossier, act)
    check_words(basis, reason, review_on, act)
    lock(act.session, dossier)
    hold = Hold(
        dossier_id=dossier.id,
        kind=kind,
        basis=basis,
        reason=reason,
        owner=owner or act.actor.name,
        review_on=review_on,
        placed_by=act.actor.id,
        placed_by_name=act.actor.name,
        placed_at=act.moment,
    )
    act.session.add(hold)
    act.session.flush()
    act.record("hold:place", hold, kind=kind, number=dossier.number)
    return hold


def place_on_all(
    dossiers: Sequence[Dossier],
    *,
    kind: HoldKind,
    basis: str,
    reason: str,
    owner: str = "",
    review_on: date | None = None,
    act: Act,
) -> list[Hold]:
    """Hold many dossiers at once, all or none of them. Raises as `place`."""
    if not dossiers:
        raise BadInput("hold.nothing")
    held = [
        place(dossier, kind=kind, basis=basis, reason=reason, owner=owner, review_on=review_on, act=act)
        for dossier in sorted(dossiers, key=lambda one: one.id)
    ]
    act.record("hold:place_many", None, count=len(held), kind=kind)
    return held


def ask_release(hold: Hold, dossier: Dossier, *, reason: str, act: Act) -> None:
    """Ask that a hold be released; another person decides. Raises NotAllowed, RuleBroken, BadInput."""
    check_may(dossier, act)
    _check_in_force(hold)
    if not reason:
        raise BadInput("input.bad", [Problem("input.required", "reason")])
    hold.asked_by, hold.asked_by_name, hold.asked_at = act.actor.id, act.actor.name, act.moment
    hold.asked_reason = reason
    act.session.flush()
    act.record("hold:ask_release", hold, number=dossier.number)


def release(hold: Hold, dossier: Dossier, *, act: Act) -> None:
    """Release a hold, as somebody else asked. Raises NotAllowed, RuleBroken."""
    check_may(dossier, act)
    _check_in_force(hold)
    if hold.asked_at is None:
        raise RuleBroken("hold.not_asked")
    if hold.asked_by == act.actor.id:
        raise RuleBroken("hold.same_person")
    hold.released_by, hold.released_by_name, hold.released_at = act.actor.id, act.actor.name, act.moment
    act.session.flush()
    act.record("hold:release", hold, number=dossier.number)


def keep_on(hold: Hold, dossier: Dossier, *, act: Act) -> None:
    """Refuse a release that was asked for: the hold stays as it is. Raises NotAllowed, RuleBroken."""
    check_may(dossier, act)
    _check_in_force(hold)
    if hold.asked_at is None:
        raise RuleBroken("hold.not_asked")
    act.record("hold:keep_on", hold, number=dossier.number, asked_by=hold.asked_by_name)
    hold.asked_by, hold.asked_by_name, hold.asked_at, hold.asked_reason = None, "", None, ""
    act.session.flush()


def check_words(basis: str, reason: str, review_on: date | None, act: Act) -> None:
    """Refuse a hold that does not say on what it rests and why, or is to be looked at in the past. Raises BadInput."""
    wrong = [Problem("input.required", name) for name, value in (("basis", basis), ("reason", reason)) if not value]
    if review_on is not None and review_on < shanghai_date(act.moment):
        wrong.append(Problem("hold.review_past", "review_on"))
    if wrong:
        raise BadInput("input.bad", wrong)


def check_may(dossier: Dossier, act: Act) -> None:
    """Refuse who may not hold dossiers of the unit concerned. Raises NotAllowed."""
    if isinstance(act.actor, Machine):
        # Only a person answers for a hold; the archive itself places none.
        raise NotAllowed("hold.person")
    if dossiers.lacks(act.actor, Permission.HOLD, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.HOLD)


def _check_in_force(hold: Hold) -> None:
    if hold.released_at is not None:
        raise RuleBroken("hold.released")
