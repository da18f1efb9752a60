"""What binds a dossier, and the facts of it that conditions ask for: read for those who obey it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from archive.binding import rules
from archive.binding.models import DossierProfile
from archive.dossiers.extras import KIND
from archive.dossiers.models import Dossier
from archive.dossiers.states import PartyRole
from archive.procedures import queries
from archive.procedures.limit import Level
from archive.procedures.models import ProfileVersion
from archive.procedures.office import Bound
from archive.procedures.profile import Profile

_RANK = {level: rank for rank, level in enumerate(Level)}


def bound(session: Session, dossier: Dossier) -> tuple[Bound, ...]:
    """Return the versions that bind the dossier: by their own scope first, upper texts first. One statement."""
    return bound_of(session, [dossier.id])[dossier.id]


def own(session: Session, dossier: Dossier) -> tuple[Profile, ...]:
    """Return the versions that bind the dossier by their own scope. One statement."""
    return tuple(profile for profile, through in bound(session, dossier) if not through)


def bound_of(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, tuple[Bound, ...]]:
    """Return the same for many dossiers. One statement."""
    version = and_(
        ProfileVersion.profile_id == DossierProfile.profile_id, ProfileVersion.version == DossierProfile.version
    )
    rows = session.execute(
        select(DossierProfile.dossier_id, DossierProfile.through, ProfileVersion)
        .join(ProfileVersion, version)
        .where(DossierProfile.dossier_id.in_(ids), DossierProfile.ended_at.is_(None))
    )
    found: dict[uuid.UUID, list[Bound]] = defaultdict(list)
    for dossier_id, through, row in rows:
        found[dossier_id].append(Bound(queries.profile_of(row), through))
    return {one: tuple(sorted(found[one], key=_order)) for one in ids}


def facts(session: Session, dossier: Dossier) -> dict[str, str]:
    """Return the facts of the dossier by the names of conditions. One statement, and those that load its parts."""
    respondent = dossier.respondent.kind if dossier.respondent else ""
    known = rules.facts_of(
        institution=queries.office(session).institution(dossier.unit.path) or respondent,
        source=dossier.source,
        channel=dossier.channel,
        severity=dossier.severity,
        category=dossier.category,
        kind=dossier.custom.get(KIND),
    )
    by_agent = any(party.role is PartyRole.AGENT for party in dossier.parties)
    return {**known, "party": "agent"} if by_agent else known


def _order(one: Bound) -> tuple[bool, int, str]:
    return bool(one.through), _RANK[one.profile.level], one.profile.id
