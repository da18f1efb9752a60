"""What the procedure profiles that bind a dossier say about handling it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from archive.core.clock import SHANGHAI, shanghai_date
from archive.deadlines.calendar import packaged_calendar
from archive.deadlines.history import History
from archive.deadlines.rules import due
from archive.dossiers.models import Dossier, Institution
from archive.handling import rules
from archive.handling.kinds import Subject
from archive.handling.rules import Approver
from archive.procedures import loading
from archive.procedures import rules as procedures
from archive.procedures.limit import Unit
from archive.procedures.profile import Item, Mass, Profile

T = TypeVar("T")

Bound = tuple[Profile, ...]


def facts_of(dossier: Dossier, institution: str) -> Mapping[str, str]:
    """Return what the profiles ask of a case, as far as it is known."""
    known = {
        "institution": institution,
        "source": dossier.source.value,
        "channel": dossier.channel.value,
        "severity": dossier.severity.value,
        "product": dossier.product,
    }
    return {name: value for name, value in known.items() if value}


def bound(session: Session, dossier: Dossier) -> Bound:
    """Return the profiles that bind the dossier, upper texts first. At most one statement."""
    respondent = session.get(Institution, dossier.respondent_id) if dossier.respondent_id else None
    return bound_by(facts_of(dossier, respondent.kind if respondent else ""), dossier.received_at)


def bound_by(facts: Mapping[str, str], received_at: datetime) -> Bound:
    """Return the profiles that bind a case of which these facts are known."""
    return procedures.binding(loading.shipped().values(), facts, shanghai_date(received_at))


def approvers(session: Session, dossier: Dossier, subject: Subject) -> tuple[Approver, ...]:
    """Return who must decide upon an opinion about this subject, in order."""
    return rules.approvers(procedures.approval(bound(session, dossier), subject.value))


def asks_approval(session: Session, dossier: Dossier, subject: Subject) -> bool:
    """Tell whether a bound profile wants this decided by somebody before it is done."""
    return procedures.approval(bound(session, dossier), subject.value) is not None


def measures(profiles: Bound) -> Sequence[tuple[str, Item]]:
    """Return (source, measure) of the measures on firms that do work for an institution."""
    return _items(profiles, lambda profile: profile.measures)


def compensations(profiles: Bound) -> Sequence[tuple[str, Item]]:
    """Return (source, kind) of the kinds of compensation."""
    return _items(profiles, lambda profile: profile.compensation)


def _items(profiles: Bound, entries: Callable[[Profile], Iterable[Item]]) -> Sequence[tuple[str, Item]]:
    """Return the entries of the bound profiles, by code; where none has any, those of every profile that does."""
    for some in (profiles, tuple(loading.shipped().values())):
        found: dict[str, tuple[str, Item]] = {}
        for profile in some:
            for item in entries(profile):
                found.setdefault(item.code, (f"《{profile.authority}》{item.article}", item))
        if found:
            return tuple(found.values())
    return ()


def mass(profiles: Bound) -> tuple[Mass, str]:
    """Return when complaints count as massed, and by which article (empty: the office's own figures)."""
    for profile in profiles:
        if profile.mass:
            return profile.mass, f"《{profile.authority}》{profile.mass.article}"
    return rules.USUAL_MASS, ""


def follow_up_days(profiles: Bound) -> Sequence[int]:
    """Return within how many days after the result the bound profiles want a follow-up, where they give a number."""
    found = []
    for profile in profiles:
        limit = profile.limit(profile.follow_up.limit) if profile.follow_up else None
        if limit is None or limit.from_ not in ("closed", "handled", "answered", "result_told"):
            continue
        if limit.every is not None and limit.every.weekday:
            found.append(7)
        if limit.limit is not None and limit.limit.unit in (Unit.DAY, Unit.WORKDAY):
            found.append(limit.limit.amount)
    return found


def report_due(profiles: Bound, facts: Mapping[str, str], at: datetime) -> tuple[datetime, str]:
    """Return until when a major matter that became known `at` is to be reported, and by which article.

    Without a profile that says: the end of the next day, the office's own limit.
    """
    for profile in profiles:
        for limit in profile.deadlines:
            if limit.duty == "report" and procedures.matches(limit.when, facts):
                found = due(limit, History({limit.from_: at}), packaged_calendar())
                if found and found.operative:
                    return found.operative, found.reason
    day_after = shanghai_date(at) + rules.REPORT_AFTER + timedelta(days=1)
    return datetime.combine(day_after, time(0), SHANGHAI), ""


def receiver(profiles: Bound, kind: str) -> str:
    """Return to whom the profiles want something reported: a report of this kind, else who an escalation names."""
    for profile in profiles:
        roles = {role.code: role.name for role in profile.roles}
        for report in profile.reports:
            if report.kind == kind and report.to:
                return report.to
        for item in profile.escalations:
            if item.code == kind and item.role in roles:
                return roles[item.role]
    return ""


def graded(profiles: Bound) -> Sequence[Profile]:
    """Return the profiles with a severity scheme of their own; where no bound one has any, all that have."""
    bound_ones = [profile for profile in profiles if profile.severity]
    return bound_ones or [profile for profile in loading.shipped().values() if profile.severity]
