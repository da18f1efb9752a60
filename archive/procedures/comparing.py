"""What one version of a profile states otherwise than another, clause by clause, as a person reads it. Pure.

Clauses are compared in the very words they are shown in: what is told to differ looks different, and what looks
different is told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from archive.core.labels import label
from archive.people.rules import Role
from archive.procedures.labels import ACTS, LINKS, said
from archive.procedures.limit import Conditions
from archive.procedures.profile import Profile
from archive.procedures.states import Part

# Conditions in words; the second argument is what the profile calls its kinds of complaints.
When = Callable[[Conditions, Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Clause:
    """What a profile states of one thing: its name, the rest of it in words, and the article."""

    name: str
    detail: str
    article: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause that is new (no `before`), gone (no `after`) or changed."""

    part: Part
    before: Clause | None
    after: Clause | None


def differences(old: Profile, new: Profile, when: When) -> Sequence[Difference]:
    """Return what the new version states otherwise, part by part, in the order of the texts."""
    before, after = clauses(old, when), clauses(new, when)
    keys = sorted({**before, **after}, key=lambda key: list(Part).index(key[0]))
    found = (Difference(key[0], before.get(key), after.get(key)) for key in keys)
    return [one for one in found if one.before != one.after]


def clauses(profile: Profile, when: When) -> Mapping[tuple[Part, str], Clause]:
    """Return what cases are worked by, under its part and code."""
    kinds = {kind.code: kind.name for kind in profile.kinds}
    roles = {one.code: f"{one.name}（{label(Role(one.core))}）" for one in profile.roles}
    found: dict[tuple[Part, str], Clause] = {}
    for limit in profile.deadlines:
        steps = "、再经".join(roles.get(step.approver, "负责人") for step in limit.extend)
        detail = _joined(said(limit), when(limit.when, kinds), f"延期经{steps}" if steps else "")
        found[Part.LIMITS, limit.id] = Clause(limit.name, detail, limit.article)
    for part, demands in ((Part.CLOSING, profile.closing), (Part.DOCUMENTS, profile.documents)):
        for one in demands:
            found[part, one.code] = Clause(one.name, _joined(label(one.by), when(one.when, kinds)), one.article)
    for part, items in ((Part.ADMISSION, profile.admission), (Part.REFUSAL, profile.non_acceptance)):
        for item in items:
            detail = _joined("必须具备" if item.required else "", LINKS.get(item.link, ""))
            found[part, item.code] = Clause(item.name, detail, item.article)
    for rule in profile.approvals:
        who = "、再经".join(roles.get(code, code) for code in rule.by)
        found[Part.APPROVALS, rule.act] = Clause(ACTS.get(rule.act, rule.act), f"经{who}", rule.article)
    if profile.retention:
        years = "永久" if profile.retention.permanent else f"{profile.retention.years} 年"
        found[Part.RETENTION, ""] = Clause(years, "", profile.retention.basis)
    return found


def _joined(*words: str) -> str:
    return "；".join(word for word in words if word)
