"""Whose word counts where several profiles bind a case, subject by subject. Pure.

A profile that binds by its own scope speaks for itself. Where none of those says anything of a subject, the profiles
they inherit from do: what a source leaves out, or has lost, is not for that allowed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from archive.procedures import rules
from archive.procedures.office import Bound
from archive.procedures.profile import Demand, Escalation, Grade, Item, LetterRule, Notice, Profile, Remedy
from archive.procedures.rules import Approved, Kept

# The code under which it is ticked that a complainant of a kind no text speaks of is admitted all the same.
OTHERS = "complainants"

T = TypeVar("T", Item, Demand, Escalation, Grade, LetterRule, Notice, Remedy)


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """An entry with the profile that states it."""

    profile: Profile
    entry: T

    @property
    def basis(self) -> str:
        """The text and article."""
        return f"《{self.profile.authority}》{self.entry.article}"


def speaking(bound: Sequence[Bound], says: Callable[[Profile], object]) -> tuple[Profile, ...]:
    """Return the profiles whose word counts on a subject, upper texts first; `says` tells whether one speaks of it."""
    own = tuple(profile for profile, through in bound if not through and says(profile))
    return own or tuple(profile for profile, through in bound if through and says(profile))


def stated(bound: Sequence[Bound], entries: Callable[[Profile], Sequence[T]]) -> tuple[Stated[T], ...]:
    """Return what the profiles state of a subject: the union of their entries, each with where it stands."""
    return tuple(Stated(profile, entry) for profile in speaking(bound, entries) for entry in entries(profile))


def grounds(bound: Sequence[Bound]) -> tuple[Stated[Item], ...]:
    """Return every ground of non-acceptance, inherited ones behind: a text's own grounds forbid no others."""
    return tuple(Stated(profile, item) for profile, _ in bound for item in profile.non_acceptance)


def channels(bound: Sequence[Bound]) -> tuple[tuple[str, ...], str]:
    """Return by which channels complaints come in, and by which texts; no channel: by any."""
    found = speaking(bound, lambda profile: profile.channels)
    return _each_once(found, lambda profile: profile.channels), "".join(f"《{one.authority}》" for one in found)


def sources(bound: Sequence[Bound]) -> tuple[str, ...]:
    """Return from whom complaints come by the texts; none: from anybody."""
    return _each_once(speaking(bound, lambda profile: profile.sources), lambda profile: profile.sources)


def ways(bound: Sequence[Bound], notice: str) -> tuple[frozenset[str] | None, tuple[Stated[Notice], ...]]:
    """Return by which ways something may be told so that every text is obeyed (None: any), and what is said of it."""
    found = tuple(one for one in stated(bound, lambda profile: _notices(profile, notice)))
    lists = [frozenset(one.entry.channels) for one in found if one.entry.channels]
    return (frozenset.intersection(*lists) if lists else None), found


def approval(bound: Sequence[Bound], act: str) -> Approved | None:
    """Return the strictest approval that is asked for an act."""
    return rules.approval(speaking(bound, lambda one: any(rule.act == act for rule in one.approvals)), act)


def retention(bound: Sequence[Bound]) -> Kept:
    """Return the longest keeping, never under the floor."""
    return rules.retention(speaking(bound, lambda profile: profile.retention))


def graded(found: Sequence[Stated[Grade]], code: str) -> tuple[Stated[Grade], Item | None] | None:
    """Return the grade and its reason that a code `PROFILE/grade` or `PROFILE/grade/reason` means, or None.

    A grade that lists reasons is chosen by one of them.
    """
    for one in found:
        for reason in one.entry.reasons or (None,):
            if code == code_of(one.profile, one.entry.code, *([reason.code] if reason else [])):
                return one, reason
    return None


def grades(found: Sequence[Stated[Grade]]) -> list[tuple[str, str]]:
    """Return (code, words) of every grade that may be chosen, in the words of its own scheme."""
    return [
        (
            code_of(one.profile, one.entry.code, *([reason.code] if reason else [])),
            one.entry.name + (f"：{reason.name}" if reason else ""),
        )
        for one in found
        for reason in one.entry.reasons or (None,)
    ]


def number_template(bound: Sequence[Bound], *, legacy: bool) -> str:
    """Return the uppermost template of case numbers, or of the old numbers kept beside them; empty without any."""
    found = speaking(bound, lambda profile: profile.numbering and profile.numbering.legacy is legacy)
    return next((one.numbering.template for one in found if one.numbering), "")


def code_of(profile: Profile, *codes: str) -> str:
    """Return the code under which what a profile states is stored; of its own code alone others may have the like."""
    return "/".join((profile.id, *codes))


def _notices(profile: Profile, code: str) -> tuple[Notice, ...]:
    return tuple(notice for notice in profile.notices if notice.code == code)


def _each_once(profiles: Iterable[Profile], values: Callable[[Profile], Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for profile in profiles for value in values(profile)))
