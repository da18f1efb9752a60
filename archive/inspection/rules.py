"""Decisions of the auditors' desk: how a sample is drawn, what may follow on a finding. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.inspection.kinds import FindingState, Step

ALGORITHM = "sha256-rank/1"


@dataclass(frozen=True, order=True)
class Case:
    """A dossier of a population: its number, and the stratum it lies in (empty without strata)."""

    number: str
    stratum: str = ""


def frozen(population: Iterable[Case]) -> list[Case]:
    """Return a population as it is frozen: by number, each once."""
    return sorted({case.number: case for case in population}.values())


def population_hash(population: Sequence[Case]) -> str:
    """Return SHA-256, in hex, over the lines `number TAB stratum LF` of a frozen population in UTF-8."""
    return hashlib.sha256("".join(f"{one.number}\t{one.stratum}\n" for one in population).encode()).hexdigest()


def draw(population: Sequence[Case], seed: str, size: int) -> list[Case]:
    """Draw `size` cases (all of them when there are fewer), by the algorithm named ALGORITHM.

    Every case's rank is SHA-256 over `seed LF number` in UTF-8; the lowest are drawn. Of strata, each gets its share by
    largest remainders, and at least one when `size` suffices; drawn cases come in the order of strata, then of rank.
    The same seed and population give the same sample wherever it is done.
    """
    strata: dict[str, list[Case]] = {}
    for case in population:
        strata.setdefault(case.stratum, []).append(case)
    shares = allocation({name: len(cases) for name, cases in strata.items()}, size)
    drawn = []
    for name in sorted(strata):
        ranked = sorted(strata[name], key=lambda case: (_rank(seed, case.number), case.number))
        drawn += ranked[: shares[name]]
    return drawn


def allocation(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """Return how many are drawn of each stratum: in proportion, by largest remainders, none left out if it can be.

    Equal remainders go by the stratum's name.
    """
    total = sum(sizes.values())
    size = min(size, total)
    if size == 0:
        return dict.fromkeys(sizes, 0)
    least = 1 if size >= len(sizes) else 0
    shares = {name: max(least, size * number // total) for name, number in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(size * sizes[name] % total), name))
    while sum(shares.values()) < size:
        name = next(one for one in by_remainder if shares[one] < sizes[one])
        shares[name] += 1
        by_remainder = [*(one for one in by_remainder if one != name), name]
    while sum(shares.values()) > size:
        # What the smallest were given beyond their share, the largest give.
        shares[max(shares, key=lambda name: (shares[name], name))] -= 1
    return shares


def _rank(seed: str, number: str) -> str:
    return hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest()


@dataclass(frozen=True)
class Following:
    """What a step needs and brings: from which state, to which, and whether it is the auditor's or the office's."""

    before: FindingState
    after: FindingState
    by_auditor: bool


STEPS = {
    Step.REPLY: Following(FindingState.OPEN, FindingState.REPLIED, by_auditor=False),
    Step.SEND_BACK: Following(FindingState.REPLIED, FindingState.OPEN, by_auditor=True),
    Step.ACCEPT: Following(FindingState.REPLIED, FindingState.ACCEPTED, by_auditor=True),
    Step.CLOSE: Following(FindingState.ACCEPTED, FindingState.CLOSED, by_auditor=True),
}
