"""Dossiers reported upwards on other causes than a missed limit: graded as major, one of many, to be compensated for.

Which, to whom and by which article stands in the profiles (`escalations`).
"""

from sqlalchemy import select

from archive.binding import receivers
from archive.binding.bound import bound
from archive.binding.models import Escalation
from archive.core.act import Act
from archive.dossiers.models import Dossier
from archive.dossiers.states import Severity
from archive.procedures.profile import Cause


def report(dossier: Dossier, cause: Cause, *, act: Act) -> None:
    """Report the dossier to whom its profiles want to hear of it; what waits to be seen is not reported twice."""
    found = receivers.rules(bound(act.session, dossier), cause)
    if not found:
        return
    there = _there(dossier, cause, act)
    held = receivers.holders(act.session, dossier.id)
    for rule in found:
        to = receivers.chain(dossier.unit.path, rule, held)
        if (rule.profile.id, rule.entry.code) in there or not to.units:
            continue
        row = Escalation(
            dossier_id=dossier.id, profile_id=rule.profile.id, limit_id=rule.entry.code, name=rule.entry.name,
            article=rule.basis, cause=cause, missed_at=act.moment, unit_id=to.units[0], level=0, raised_at=act.moment,
            role=to.role, receiver=to.receiver, basis=to.basis,
        )  # fmt: skip
        act.session.add(row)
        act.session.flush()
        act.record("escalation:raise", row, cause=cause, rule=f"{rule.profile.id}/{rule.entry.code}", to=to.receiver)


def follow(dossier: Dossier, act: Act) -> None:
    """Report a dossier that became major; what follows from each of its steps."""
    if dossier.severity is not Severity.NORMAL and dossier.closed_at is None:
        report(dossier, Cause.MAJOR, act=act)


def _there(dossier: Dossier, cause: Cause, act: Act) -> set[tuple[str, str]]:
    """Return what was reported: that a dossier is major once for all, the rest until somebody has seen it."""
    query = select(Escalation.profile_id, Escalation.limit_id).where(
        Escalation.dossier_id == dossier.id, Escalation.cause == cause
    )
    if cause is not Cause.MAJOR:
        query = query.where(Escalation.seen_at.is_(None))
    return {(profile_id, code) for profile_id, code in act.session.execute(query)}
