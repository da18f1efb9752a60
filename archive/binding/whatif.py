"""What a new version of a profile would change in open dossiers: dates before and after, before it is signed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.binding import histories, keeping, rules
from archive.binding.happenings import Case
from archive.binding.models import DossierProfile
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.rules import Person
from archive.procedures.office import Bound
from archive.procedures.profile import Profile

# So many open dossiers are looked through for a page; beyond, the page says so.
MOST = 2000


@dataclass(frozen=True)
class Change:
    """A limit of a dossier that the version would move, set or take away. Moments as in DossierLimit."""

    number: str
    limit: str
    name: str
    before: datetime | None
    after: datetime | None
    pinned: bool


@dataclass(frozen=True)
class WhatIf:
    """The changes; how many open dossiers the profile binds now, and how many were looked through of all."""

    changes: Sequence[Change]
    bound: int
    looked: int
    all: int


def what_if(session: Session, profile: Profile, person: Person) -> WhatIf:
    """Return what would change if the version held for every open dossier the person may see.

    A dossier already accepted keeps its version until somebody decides otherwise: those are marked `pinned`.
    """
    known = keeping.setting(session)
    changed = replace(known, versions={**known.versions, (profile.id, profile.version): profile}, known={})
    open_ = (Dossier.closed_at.is_(None), visible_to(person))
    total = session.scalar(select(func.count()).select_from(Dossier).where(*open_)) or 0
    bound = session.scalar(
        select(func.count())
        .select_from(DossierProfile)
        .join(Dossier, Dossier.id == DossierProfile.dossier_id)
        .where(*open_, DossierProfile.profile_id == profile.id, DossierProfile.ended_at.is_(None))
    )
    concerned = Dossier.id.in_(
        select(DossierProfile.dossier_id).where(
            DossierProfile.profile_id == profile.id, DossierProfile.ended_at.is_(None)
        )
    )
    first = histories.cases(*open_).order_by(concerned.desc(), Dossier.registered_at.desc()).limit(MOST)
    cases = [Case(*row) for row in session.execute(first)]
    changes: list[Change] = []
    for start in range(0, len(cases), 500):
        changes += _changes(session, cases[start : start + 500], profile, known, changed)
    return WhatIf(changes, bound or 0, len(cases), total)


def _changes(
    session: Session, cases: Sequence[Case], profile: Profile, known: keeping.Setting, changed: keeping.Setting
) -> list[Change]:
    held = keeping.bound_by(session, [case.id for case in cases], known)
    pasts = histories.pasts(session, cases)
    found = []
    for case in cases:
        facts = known.facts(case)
        now = held.get(case.id, ())
        then = _with(now, case, facts, profile, changed)
        if now == then:
            continue
        past = pasts[case.id]
        before, after = (
            {
                one.due.limit.key: one
                for one in rules.reckon(
                    setting.limits(bound, facts), past.history, past.stated, setting.calendar, ended_at=None
                )
            }
            for setting, bound in ((known, now), (changed, then))
        )
        for key in {**before, **after}:
            old, new = before.get(key), after.get(key)
            dates = (old.due.operative if old else None, new.due.operative if new else None)
            if dates[0] != dates[1] and not (old and not old.open):
                limit = (new or old).due.limit  # type: ignore[union-attr]
                found.append(Change(case.number, key, limit.name, *dates, case.accepted_at is not None))
    return found


def _with(
    now: Sequence[Bound], case: Case, facts: dict[str, str], profile: Profile, changed: keeping.Setting
) -> tuple[Bound, ...]:
    """Return what would bind the case: the version in place of the older one, or newly where its scope fits."""
    wanted = {one.profile.id: one for one in keeping.choose(case, facts, changed)}
    kept = tuple(one for one in now if one.profile.id != profile.id)
    return (*kept, wanted[profile.id]) if profile.id in wanted else kept
