"""Which profiles hold in which unit: what the office decided, and what is law whatever it decides. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from archive.procedures.limit import Level
from archive.procedures.profile import Profile
from archive.procedures.rules import Facts, binding
from archive.procedures.states import Subject

# Texts of these ranks bind wherever their scope fits; an office chooses only among lower ones.
BINDING_BY_LAW = frozenset({Level.LAW, Level.ADMIN_REGULATION, Level.DEPT_RULE})

# Kinds of institutions, as schema.json lists them (conditions.institution).
INSTITUTIONS: Mapping[str, str] = {
    "payment": "支付机构",
    "bank": "银行",
    "insurer": "保险公司",
    "consumer_finance": "消费金融公司",
    "credit_bureau": "征信机构",
    "mediation_center": "消费者权益保护中心",
    "company": "一般企业",
    "law_firm": "律师事务所",
    "pbc_branch": "人民银行分支机构",
}


class Decided(NamedTuple):
    """One decision on a unit, by the unit's path; later ones come later in any list of them."""

    path: str
    subject: Subject
    value: str
    holds: bool


class Bound(NamedTuple):
    """A profile that binds a case: by its own scope (`through` empty), or because another inherits from it."""

    profile: Profile
    through: str


@dataclass(frozen=True)
class Office:
    """What the office decided, oldest first. A unit follows what was decided on it or the nearest unit above."""

    decided: tuple[Decided, ...] = ()

    def institution(self, path: str) -> str:
        """Return the kind of institution of a unit, or empty where nobody said."""
        found = self._nearest(path, Subject.INSTITUTION, None)
        return found.value if found and found.holds else ""

    def follows(self, path: str, profile: Profile) -> bool:
        """Tell whether the profile holds in the unit: always by law, else by decision."""
        if profile.level in BINDING_BY_LAW:
            return True
        found = self._nearest(path, Subject.PROFILE, profile.id)
        return found is not None and found.holds

    def _nearest(self, path: str, subject: Subject, value: str | None) -> Decided | None:
        found: Decided | None = None
        for one in self.decided:
            about = one.subject is subject and value in (None, one.value) and path.startswith(one.path)
            if about and (found is None or len(one.path) >= len(found.path)):
                found = one
        return found


def chosen(office: Office, library: Mapping[str, Profile], path: str, facts: Facts, on: date) -> tuple[Bound, ...]:
    """Return the profiles that bind a case received on the day in the unit, upper texts first, then their parents.

    `library` holds the version in force of each profile. A parent binds only for the duties that the profiles which
    inherit from it leave without a number (see rules.limits).
    """
    followed = [profile for profile in library.values() if office.follows(path, profile)]
    found = [Bound(profile, "") for profile in binding(followed, facts, on)]
    known = {one.profile.id for one in found}
    for profile, _ in found:
        for parent in profile.inherits:
            if parent in library and parent not in known:
                known.add(parent)
                found.append(Bound(library[parent], profile.id))
    return tuple(found)


def in_force(versions: Iterable[Profile], on: date) -> dict[str, Profile]:
    """Return of signed versions the highest of each profile that is in force on the day, by id."""
    found: dict[str, Profile] = {}
    for profile in versions:
        best = found.get(profile.id)
        if profile.effective.covers(on) and (best is None or profile.version > best.version):
            found[profile.id] = profile
    return found
