"""What is asked when a complaint is accepted or declined, by the rule sets that bind it. Pure.

Sources: 中国人民银行令〔2020〕第5号, 第四十一、四十二条; 银保监会令2020年第3号, 第十三条; each profile's own lists.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from archive.core.errors import Problem
from archive.dossiers import labels
from archive.dossiers.code_tables import Table
from archive.dossiers.models import Party
from archive.dossiers.states import Need, PartyKind, PartyRole
from archive.procedures.office import Bound
from archive.procedures.overlay import OTHERS, code_of, grounds, speaking, stated

# What a profile's grounds rest on, in our words.
_NEEDS = {"proceeding": Need.PROCEEDING, "case": Need.EARLIER}


@dataclass(frozen=True)
class Condition:
    """A condition of admission, to be ticked by who accepts; where it stands."""

    code: str
    name: str
    basis: str
    required: bool


@dataclass(frozen=True)
class Ground:
    """A ground of non-acceptance; what it must be linked to, where it stands."""

    code: str
    name: str
    basis: str = ""
    needs: str = ""


def conditions(bound: Sequence[Bound], parties: Iterable[Party]) -> tuple[Condition, ...]:
    """Return the conditions of admission of all profiles that state any, and what the parties make one more."""
    return _others(bound, parties) + tuple(
        Condition(code_of(one.profile, one.entry.code), one.entry.name, one.basis, one.entry.required)
        for one in stated(bound, lambda profile: profile.admission)
    )


def _others(bound: Sequence[Bound], parties: Iterable[Party]) -> tuple[Condition, ...]:
    """Return the condition that a complainant of a kind no text speaks of is admitted knowingly."""
    texts = speaking(bound, lambda profile: profile.complainants)
    listed = list(dict.fromkeys(PartyKind(kind) for text in texts for kind in text.complainants))
    others = [one.kind for one in parties if one.role is not PartyRole.AGENT and one.kind not in listed]
    if not texts or not others:
        return ()
    basis = "".join(f"《{one.authority}》" for one in texts)
    name = labels.other_complainants(list(dict.fromkeys(others)), listed)
    return (Condition(code_of(texts[0], OTHERS), name, basis, required=True),)


def unmet(bound: Sequence[Bound], parties: Iterable[Party], ticked: Collection[str]) -> list[Problem]:
    """Return the required conditions that were not ticked, and ticks that mean none."""
    found = conditions(bound, parties)
    missing = [
        Problem("accept.admission", "admission", {"name": one.name, "basis": one.basis})
        for one in found
        if one.required and one.code not in ticked
    ]
    strange = set(ticked) - {one.code for one in found}
    return [*missing, *(Problem("accept.unknown", "admission", {"code": code}) for code in sorted(strange))]


def reasons(bound: Sequence[Bound], table: Table) -> tuple[Ground, ...]:
    """Return the grounds on which the complaint may be declined: those of the profiles, else the office's own table."""
    found = tuple(
        Ground(code_of(one.profile, one.entry.code), one.entry.name, one.basis, _NEEDS.get(one.entry.link, ""))
        for one in grounds(bound)
    )
    return found or tuple(Ground(row.code, row.name, "", row.needs) for row in table.rows if not row.retired)


def wrong_reason(found: Sequence[Ground], code: str, link: str) -> list[Problem]:
    """Return what is wrong with a ground that was chosen; choosing none is told by the table of moves."""
    if not code:
        return []
    ground = next((one for one in found if one.code == code), None)
    if ground is None:
        return [Problem("decline.ground", "reason", {"code": code})]
    return [Problem(f"decline.needs_{ground.needs}", "link")] if ground.needs and not link else []
