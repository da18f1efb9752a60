"""What the procedure profiles that bind a dossier say about handling it."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from archive.binding import keeping
from archive.binding.models import DossierProfile
from archive.core.clock import SHANGHAI, shanghai_date
from archive.deadlines.history import History
from archive.deadlines.rules import due
from archive.dossiers.models import Dossier
from archive.handling import rules
from archive.handling.kinds import Subject
from archive.handling.rules import Approver
from archive.procedures import loading, queries
from archive.procedures import rules as procedures
from archive.procedures.limit import Level, Limit, Unit
from archive.procedures.models import ProfileVersion
from archive.procedures.profile import Item, Mass, Profile

Bound = tuple[Profile, ...]

_RANK = {level: rank for rank, level in enumerate(Level)}


def bound(session: Session, dossier: Dossier) -> Bound:
    """Return the profiles that bind the dossier by their own scope, upper texts first. One statement."""
    return bound_of(session, [dossier.id])[dossier.id]


def bound_of(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Bound]:
    """Return the same for many dossiers. One statement."""
    version = and_(
        ProfileVersion.profile_id == DossierProfile.profile_id, ProfileVersion.version == DossierProfile.version
    )
    rows = session.execute(
        select(DossierProfile.dossier_id, ProfileVersion)
        .join(ProfileVersion, version)
        .where(DossierProfile.dossier_id.in_(ids), DossierProfile.ended_at.is_(None), DossierProfile.through == "")
    )
    found: dict[uuid.UUID, list[Profile]] = defaultdict(list)
    for dossier_id, row in rows:
        found[dossier_id].append(queries.profile_of(row))
    return {one: tuple(sorted(found[one], key=lambda profile: (_RANK[profile.level], profile.id))) for one in ids}


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


def report_due(session: Session, dossier: Dossier, at: datetime) -> tuple[datetime, str]:
    """Return until when a major matter that became known `at` is to be reported, and by which article.

    Without a profile that says: the end of the next day, the office's own limit.
    """
    known = keeping.setting(session)
    [case] = keeping.cases_of(session, [dossier.id])
    # Massed complaints are reported as major ones are (XXGS, 第八条, 第二十三条), however each is graded.
    facts = {**known.facts(case), "severity": "major"}
    limits = [one for profile in bound(session, dossier) for one in profile.deadlines if one.duty == "report"]
    for limit in limits:
        found = due(limit, History({limit.from_: at}), known.calendar) if _applies(limit, facts) else None
        if found and found.operative:
            return found.operative, found.reason
    day_after = shanghai_date(at) + rules.REPORT_AFTER + timedelta(days=1)
    return datetime.combine(day_after, time(0), SHANGHAI), ""


def _applies(limit: Limit, facts: Mapping[str, str]) -> bool:
    return procedures.matches(limit.when, facts)


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
