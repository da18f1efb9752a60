"""What may be published of a table of counts: small cells are withheld, and so many more that nobody reckons them back.

Every published table divides the same published total. Who reads it can subtract; so a table shows all cells above the
threshold only when what is withheld together leaves every withheld cell open, small or not. Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

# Cells of one to four persons point at persons.
THRESHOLD = 5


@dataclass(frozen=True)
class Published:
    """A table as it may be shown: cells withheld are None. `shown` is False when the whole table is withheld."""

    cells: Mapping[str, int | None]
    shown: bool = True


def publish(
    counts: Mapping[str, int], *, threshold: int = THRESHOLD, withheld_before: Collection[str] = ()
) -> Published:
    """Return the table with small cells withheld, and the smallest others with them where needed.

    Cells in `withheld_before` were withheld in the version this one corrects, and stay so: the difference of both would
    tell them. Withheld are cells from 1 to threshold - 1. Then the smallest shown ones follow, until there are at
    least two and their sum leaves each of them a range up to the threshold: with sum T and n cells of at least one,
    the largest a cell may be is T - (n - 1), which must reach it. Where nothing is left to follow, the whole table is
    withheld.
    """
    hidden = {name for name, count in counts.items() if 0 < count < threshold or (count and name in withheld_before)}
    others = sorted((name for name, count in counts.items() if count >= threshold and name not in hidden),
                    key=lambda name: (counts[name], name))  # fmt: skip
    while hidden and not _safe([counts[name] for name in hidden], threshold):
        if not others:
            return Published({}, shown=False)
        hidden.add(others.pop(0))
    return Published({name: None if name in hidden else count for name, count in counts.items()})


def _safe(hidden: Collection[int], threshold: int) -> bool:
    return len(hidden) >= 2 and sum(hidden) - (len(hidden) - 1) >= threshold
