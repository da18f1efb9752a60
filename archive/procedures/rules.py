"""How several profiles bind one case: which of them, by what rank, and what follows when they differ. Pure.

Every limit of every bound profile is computed (the deadlines do that); what can only hold once is decided here:
longest keeping, strictest approval, and the upper text first where a single value is needed (XXGS art. 25: an internal
rule yields to law, regulation and departmental rule).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from archive.core.errors import BadInput
from archive.procedures.limit import Conditions, Level, Limit
from archive.procedures.profile import (
    NUMBER_PLACEHOLDERS,
    RETENTION_FLOOR,
    Approval,
    Basis,
    Profile,
    Role,
    Standing,
)

# What is known of a case: institution, source, channel, severity (core scheme), product, kind. Absent: not known.
Facts = Mapping[str, str]

_RANK = {level: rank for rank, level in enumerate(Level)}
_STANDING = {standing: rank for rank, standing in enumerate(Standing)}
# The floor that holds where no bound profile says anything of keeping.
_FLOOR_BASIS = "《中国人民银行金融消费者权益保护实施办法》第四十四条"


def matches(conditions: Conditions, facts: Facts) -> bool:
    """Tell whether all conditions hold; a fact that is not known meets none that asks for it."""
    return all(facts.get(name) in allowed for name, allowed in conditions.items())


def binding(profiles: Iterable[Profile], facts: Facts, on: date) -> tuple[Profile, ...]:
    """Return the profiles in force on the day whose scope covers the case, upper texts first, then by id."""
    bound = (profile for profile in profiles if profile.effective.covers(on) and matches(profile.scope, facts))
    return tuple(sorted(bound, key=lambda profile: (_RANK[profile.level], profile.id)))


def limits(bound: Sequence[Profile], facts: Facts, library: Mapping[str, Profile]) -> tuple[Limit, ...]:
    """Return every limit that the bound profiles set for the case, upper texts first.

    A profile that names others in `inherits` takes from them (out of `library`) the limits of duties for which no bound
    profile gives a number: a source that says only 及时, or is cut off, is not a case without a deadline.
    """
    own = [limit for profile in bound for limit in profile.deadlines if matches(limit.when, facts)]
    numbered = {limit.duty for limit in own if limit.unnumbered is None}
    taken = {profile.id for profile in bound}
    for parent in _parents(bound, library):
        if parent.id not in taken:
            taken.add(parent.id)
            inherited = [one for one in parent.deadlines if one.duty not in numbered and matches(one.when, facts)]
            own.extend(one for one in inherited if one.unnumbered is None)
    return tuple(sorted(own, key=lambda limit: _RANK[limit.level]))


def _parents(bound: Sequence[Profile], library: Mapping[str, Profile]) -> Iterator[Profile]:
    """Yield the profiles inherited from, nearest first, each once."""
    seen = {profile.id for profile in bound}
    waiting = list(bound)
    for profile in waiting:
        for parent in profile.inherits:
            if parent not in seen and parent in library:
                seen.add(parent)
                waiting.append(library[parent])
                yield library[parent]


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a case is kept: calendar years (None: for ever) and every rule that asked, longest first."""

    years: int | None
    reasons: tuple[tuple[str, int | None, str], ...]


def retention(bound: Sequence[Profile]) -> Kept:
    """Return the longest keeping of all bound profiles, never under three years (PBC order 5/2020, art. 44)."""
    asked = [
        (profile.id, None if rule.permanent else rule.years, f"《{profile.authority}》{rule.basis}")
        for profile in bound
        if (rule := profile.retention)
    ]
    asked.append(("", RETENTION_FLOOR, _FLOOR_BASIS))
    asked.sort(key=lambda one: (one[1] is not None, -(one[1] or 0)))
    return Kept(asked[0][1], tuple(asked))


@dataclass(frozen=True, slots=True)
class Approved:
    """Who must approve an act, in order, and by which profile and article."""

    profile: str
    roles: tuple[Role, ...]
    reason: str


def approval(bound: Sequence[Profile], act: str) -> Approved | None:
    """Return the strictest approval that the bound profiles ask for: the highest approver, then the most of them."""
    asked = [_approved(profile, rule) for profile in bound for rule in profile.approvals if rule.act == act]
    return max(asked, key=_strictness, default=None)


def _approved(profile: Profile, rule: Approval) -> Approved:
    roles = {role.code: role for role in profile.roles}
    return Approved(profile.id, tuple(roles[code] for code in rule.by), f"《{profile.authority}》{rule.article}")


def _strictness(asked: Approved) -> tuple[int, int]:
    return max(_STANDING[role.standing] for role in asked.roles), len(asked.roles)


def repealed(profile: Profile, on: date) -> tuple[Basis, ...]:
    """Return the texts the profile rests on that no longer hold on the day; letters warn about them."""
    return tuple(basis for basis in profile.bases if basis.repealed and basis.repealed <= on)


# Numbers stand in addresses of pages and in file names.
_UNFIT = frozenset('/\\?#%&<>:"|*{} \t\r\n')


def makes_keys(template: str) -> bool:
    """Tell whether numbers by the template never come twice and break no address."""
    names = [name.partition(":")[0] for name in NUMBER_PLACEHOLDERS.findall(template)]
    rest = set(NUMBER_PLACEHOLDERS.sub("", template))
    return names.count("seq") == 1 and "year" in names and not rest & _UNFIT and len(template) <= 40


def case_number(template: str, on: date, sequence: int, unit: str = "") -> str:
    """Return the number by a profile's template.

    Raises BadInput("profile.number_full") when the sequence outgrows its digits, as XLM's do after 999 a year.
    """
    parts = {"year": f"{on:%Y}", "yy": f"{on:%y}", "mm": f"{on:%m}", "dd": f"{on:%d}", "unit": unit}

    def fill(found: re.Match[str]) -> str:
        name, _, width = found[1].partition(":")
        if name != "seq":
            return parts[name]
        if len(str(sequence)) > int(width):
            raise BadInput("profile.number_full", template=template, sequence=sequence)
        return f"{sequence:{width}}"

    return NUMBER_PLACEHOLDERS.sub(fill, template)
