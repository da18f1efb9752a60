"""What the procedure profiles that bind a dossier say about handling it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from archive.binding import keeping
from archive.binding.bound import own
from archive.core.clock import SHANGHAI, shanghai_date
from archive.deadlines.history import History
from archive.deadlines.rules import due
from archive.dossiers.models import Dossier
from archive.handling import rules
from archive.handling.kinds import Side, Subject
from archive.handling.rules import Approver
from archive.procedures import loading, overlay
from archive.procedures import rules as procedures
from archive.procedures.limit import Unit
from archive.procedures.office import Bound
from archive.procedures.overlay import Stated, speaking, stated
from archive.procedures.profile import FollowUp, Grade, Item, Mass, Profile

Bindings = Sequence[Bound]


def approvers(found: Bindings, subject: Subject) -> tuple[Approver, ...]:
    """Return who must decide upon an opinion about this subject, in order."""
    return rules.approvers(overlay.approval(found, subject.value))


def asks_approval(found: Bindings, subject: Subject) -> bool:
    """Tell whether a bound profile wants this decided by somebody before it is done."""
    return overlay.approval(found, subject.value) is not None


def measures(found: Bindings) -> Sequence[Stated[Item]]:
    """Return the measures on firms that do work for an institution."""
    return _stated_somewhere(found, lambda profile: profile.measures)


def compensations(found: Bindings) -> Sequence[Stated[Item]]:
    """Return the kinds of compensation."""
    return _stated_somewhere(found, lambda profile: profile.compensation)


def _stated_somewhere(found: Bindings, entries: Callable[[Profile], Sequence[Item]]) -> Sequence[Stated[Item]]:
    """Return the entries of the bound profiles, each code once; where none has any, those of every shipped profile."""
    for some in (found, _everything()):
        by_code: dict[str, Stated[Item]] = {}
        for one in stated(some, entries):
            by_code.setdefault(one.entry.code, one)
        if by_code:
            return tuple(by_code.values())
    return ()


def graded(found: Bindings) -> Sequence[Stated[Grade]]:
    """Return the grades of the schemes of the bound profiles; where none has one, of all that have."""
    return stated(found, _severity) or stated(_everything(), _severity)


def _severity(profile: Profile) -> Sequence[Grade]:
    return profile.severity


def _everything() -> Bindings:
    return [Bound(profile, "") for profile in loading.shipped().values()]


def mass(found: Bindings) -> tuple[Mass, str]:
    """Return when complaints count as massed, and by which article (empty: the office's own figures)."""
    for profile in speaking(found, lambda one: one.mass):
        if profile.mass:
            return profile.mass, f"《{profile.authority}》{profile.mass.article}"
    return rules.USUAL_MASS, ""


# So many attempts in vain where no text speaks of asking afterwards.
ENOUGH = FollowUp().attempts


@dataclass(frozen=True)
class Calling:
    """Within how many days the sides are to be asked afterwards, which sides, by which texts.

    `attempts`: so many in vain are enough, for each side by itself.
    """

    days: tuple[int, ...] = ()
    sides: tuple[Side, ...] = (Side.COMPLAINANT,)
    attempts: int = ENOUGH
    basis: str = ""


def calling(found: Bindings) -> Calling:
    """Return what the bound profiles want of the follow-up; days only where they give a number.

    The complainant is always asked: no text names the other side alone.
    """
    profiles = speaking(found, lambda one: one.follow_up)
    days: list[int] = []
    sides: dict[Side, None] = {Side.COMPLAINANT: None}
    for profile in profiles:
        rule = profile.follow_up
        if rule is None:
            continue
        sides |= dict.fromkeys(Side(side) for side in rule.satisfaction)
        limit = profile.limit(rule.limit)
        if limit is None or limit.from_ not in ("closed", "handled", "answered", "result_told"):
            continue
        if limit.every is not None and limit.every.weekday:
            days.append(7)
        if limit.limit is not None and limit.limit.unit in (Unit.DAY, Unit.WORKDAY):
            days.append(limit.limit.amount)
    basis = "、".join(f"《{one.authority}》{one.follow_up.article}" for one in profiles if one.follow_up)
    attempts = max((one.follow_up.attempts for one in profiles if one.follow_up), default=ENOUGH)
    return Calling(tuple(days), tuple(sides), attempts, basis)


# The code of a step of review after which there is none (终审), as profiles write it.
_FINAL = "final"


def final_review(found: Bindings) -> tuple[Stated[Item] | None, bool]:
    """Return the final review that a text states, and whether the texts know no other: the first is then the last."""
    steps = stated(found, lambda profile: profile.review)
    final = next((one for one in steps if one.entry.code == _FINAL), None)
    return final, final is not None and all(one.entry.code == _FINAL for one in steps)


def report_due(session: Session, dossier: Dossier, at: datetime) -> tuple[datetime, str]:
    """Return until when a major matter that became known `at` is to be reported, and by which article.

    Without a profile that says: the end of the next day, the office's own limit.
    """
    known = keeping.setting(session)
    [case] = keeping.cases_of(session, [dossier.id])
    # Massed complaints are reported as major ones are (XXGS, 第八条, 第二十三条), however each is graded.
    facts = {**known.facts(case), "severity": "major"}
    for limit in (one for profile in own(session, dossier) for one in profile.deadlines if one.duty == "report"):
        applies = procedures.matches(limit.when, facts)
        found = due(limit, History({limit.from_: at}), known.calendar) if applies else None
        if found and found.operative:
            return found.operative, found.reason
    day_after = shanghai_date(at) + rules.REPORT_AFTER + timedelta(days=1)
    return datetime.combine(day_after, time(0), SHANGHAI), ""


def receiver(found: Bindings, kind: str) -> str:
    """Return to whom the profiles want something reported: a report of this kind, else who an escalation names."""
    for profile, _ in found:
        roles = {role.code: role.name for role in profile.roles}
        for report in profile.reports:
            if report.kind == kind and report.to:
                return report.to
        for item in profile.escalations:
            if item.on == kind and item.role in roles:
                return roles[item.role]
    return ""
