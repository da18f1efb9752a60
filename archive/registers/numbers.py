"""Case numbers of a year: how they look, and whether every number of the series is borne by a dossier."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from archive.dossiers.models import Contact, Dossier, Series
from archive.letters.models import LetterNumber
from archive.people.models import Unit
from archive.procedures.profile import NUMBER_PLACEHOLDERS
from archive.retention.models import Keeping

# So many missing numbers are named; more are counted.
_NAMED = 20


@dataclass(frozen=True)
class Gaps:
    """How many numbers a series gave, how many of them are borne, and the first of those that are not."""

    given: int
    missing: int = 0
    named: tuple[str, ...] = ()

    def __add__(self, other: "Gaps") -> "Gaps":
        named = (*self.named, *other.named)[:_NAMED]
        return Gaps(self.given + other.given, self.missing + other.missing, named)


def pattern(template: str, year: int, unit: str = "") -> str:
    """Return the LIKE pattern of a year's case numbers, escaped by a backslash. Without a unit, those of any unit."""
    return "".join(_liked(part, year, unit) for part in NUMBER_PLACEHOLDERS.split(template) if part)


def of_contacts(session: Session, unit: Unit, year: int) -> Gaps:
    """Return the gaps of a unit's contact register. Two statements."""
    given = session.scalar(select(Series.last).where(Series.key == f"contact:{unit.id}:{year}")) or 0
    there = select(func.count()).select_from(Contact).where(Contact.unit_id == unit.id, Contact.year == year)
    return Gaps(given, given - (session.scalar(there) or 0))


def of_letters(session: Session, mark: str, year: int) -> Gaps:
    """Return the gaps of a series of letters. Two statements."""
    given = session.scalar(select(Series.last).where(Series.key == f"letter:{mark}:{year}")) or 0
    there = select(func.count()).select_from(LetterNumber).where(LetterNumber.mark == mark, LetterNumber.year == year)
    return Gaps(given, given - (session.scalar(there) or 0))


def of_cases(session: Session, year: int) -> Gaps:
    """Return the gaps of a year's case numbers, by all templates that were in use.

    A statement, and two for each template where numbers are missing.
    """
    return sum((_of_template(session, one, year, units) for one, units in templates(session, year).items()), Gaps(0))


def keys_of(year: int) -> str:
    """Return the LIKE pattern of the series of a year's case numbers, whatever their template."""
    return f"dossier:%:{year}:%"


def templates(session: Session, year: int) -> Mapping[str, Mapping[str, int]]:
    """Return by each template in use in the year the last number of each unit's series. One statement."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, last in session.execute(select(Series.key, Series.last).where(Series.key.like(keys_of(year)))):
        template, _, unit = key.removeprefix("dossier:").rsplit(":", 2)
        found[template][unit] = last
    return found


def _of_template(session: Session, template: str, year: int, units: Mapping[str, int]) -> Gaps:
    like = pattern(template, year)
    borne = union_all(
        select(Dossier.number).where(Dossier.year == year, Dossier.number.like(like, escape="\\")),
        select(Keeping.number).where(Keeping.destroyed_at.is_not(None), Keeping.number.like(like, escape="\\")),
    ).subquery()
    given = sum(units.values())
    missing = given - (session.scalar(select(func.count()).select_from(borne)) or 0)
    if missing <= 0:
        return Gaps(given)
    named: list[str] = []
    for number in _unborne(session.scalars(select(borne.c.number)), template, year, units):
        named.append(number)
        if len(named) == _NAMED:
            break
    return Gaps(given, missing, tuple(named))


def _unborne(borne: Iterable[str], template: str, year: int, units: Mapping[str, int]) -> Iterator[str]:
    """Yield the numbers of each series that nobody bears, with a star for a month or day that is not known."""
    numbers = list(borne)
    for unit, last in units.items():
        shape = re.compile("".join(_matched(part, year, unit) for part in NUMBER_PLACEHOLDERS.split(template) if part))
        there = {int(found["seq"]) for number in numbers if (found := shape.fullmatch(number))}
        yield from (_spelt(template, year, unit, seq) for seq in range(1, last + 1) if seq not in there)


def _spelt(template: str, year: int, unit: str, seq: int) -> str:
    def fill(found: re.Match[str]) -> str:
        name, _, width = found[1].partition(":")
        if name == "seq":
            return f"{seq:0{int(width)}}"
        return {"year": str(year), "yy": f"{year % 100:02}", "unit": unit}.get(name, "**")

    return NUMBER_PLACEHOLDERS.sub(fill, template)


def _liked(part: str, year: int, unit: str) -> str:
    name, _, width = part.partition(":")
    known = {"year": str(year), "yy": f"{year % 100:02}", "mm": "__", "dd": "__"}
    if name == "seq" and width:
        return "_" * int(width)
    if part == "unit":
        return _escaped(unit) or "%"
    return known.get(part, _escaped(part))


def _matched(part: str, year: int, unit: str) -> str:
    name, _, width = part.partition(":")
    known = {"year": str(year), "yy": f"{year % 100:02}", "mm": r"\d\d", "dd": r"\d\d", "unit": re.escape(unit)}
    return r"(?P<seq>\d+)" if name == "seq" and width else known.get(part, re.escape(part))


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
