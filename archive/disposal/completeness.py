"""Nothing is missing: every number ever given belongs to something that is there, or was destroyed by a list."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.disposal.models import DisposalList, Stub
from archive.dossiers.models import Contact, Dossier, Series
from archive.people.models import Unit
from archive.procedures.profile import NUMBER_PLACEHOLDERS
from archive.retention.models import Keeping


@dataclass(frozen=True)
class Sequence:
    """One sequence: its name, how many numbers were given, how many are live, destroyed, and which are nowhere."""

    name: str
    given: int
    live: int
    destroyed: int
    gaps: tuple[str, ...]


def report(session: Session) -> list[Sequence]:
    """Return every sequence of case numbers, contacts, filed numbers and disposal lists. Some ten statements."""
    rows = session.execute(select(Series.key, Series.last).order_by(Series.key)).all()
    live, gone = set(session.scalars(select(Dossier.number))), set(session.scalars(select(Stub.number)))
    kept = session.execute(select(Keeping.filed_number, Keeping.destroyed_at))
    filed: dict[str, object] = {row.filed_number: row.destroyed_at for row in kept}
    lists = set(session.scalars(select(DisposalList.number)))
    register = session.execute(
        select(Unit.id, Unit.code, Contact.year, Contact.serial).join(Unit, Unit.id == Contact.unit_id)
    )
    contacts: dict[tuple[str, int], set[int]] = defaultdict(set)
    codes = {}
    for row in register:
        contacts[str(row.id), row.year].add(row.serial)
        codes[str(row.id)] = row.code
    found = []
    for key, last in rows:
        kind, _, rest = key.partition(":")
        if kind == "dossier":
            template, year, unit = rest.rsplit(":", 2)
            found.append(_cases(template, int(year), unit, last, live, gone))
        elif kind == "contact":
            unit, year = rest.rsplit(":", 1)
            name = f"接待登记簿 {codes.get(unit, unit)} {year}"
            found.append(_plain(name, last, contacts[unit, int(year)]))
        elif kind == "filed":
            numbers = _matching(re.escape(rest).replace(r"\*", r"(?P<seq>\d+)"), filed)
            destroyed = sum(filed[number] is not None for number in numbers.values())
            gaps = tuple(rest.replace("*", f"{seq:04}") for seq in _gaps(last, numbers))
            found.append(Sequence(f"档号 {rest}", last, len(numbers) - destroyed, destroyed, gaps))
        elif kind == "disposal":
            found.append(_plain(f"销毁清册 {rest}", last, set(_matching(rf".*·{rest}-(?P<seq>\d+)", lists))))
    return found


def gaps(session: Session) -> list[str]:
    """Return every number that is neither live nor destroyed, with the name of its sequence."""
    return [f"{one.name}：{gap}" for one in report(session) for gap in one.gaps]


def _cases(template: str, year: int, unit: str, last: int, live: set[str], gone: set[str]) -> Sequence:
    parts = {"year": str(year), "yy": f"{year % 100:02}", "mm": r"\d\d", "dd": r"\d\d", "unit": re.escape(unit)}
    pattern, at = "", 0
    for place in NUMBER_PLACEHOLDERS.finditer(template):
        name = place[1].partition(":")[0]
        pattern += re.escape(template[at : place.start()])
        pattern += r"(?P<seq>\d+)" if name == "seq" else parts[name] if unit or name != "unit" else ".+"
        at = place.end()
    pattern += re.escape(template[at:])
    there, destroyed = _matching(pattern, live), _matching(pattern, gone)
    missing = _gaps(last, {**there, **destroyed})
    return Sequence(
        f"案号 {template} {year} {unit}".strip(),
        last,
        len(there),
        len(destroyed),
        tuple(f"{seq:06}" for seq in missing),
    )


def _plain(name: str, last: int, serials: set[int]) -> Sequence:
    return Sequence(name, last, len(serials), 0, tuple(str(seq) for seq in _gaps(last, dict.fromkeys(serials, ""))))


def _matching(pattern: str, numbers: "set[str] | dict[str, object]") -> dict[int, str]:
    compiled = re.compile(pattern)
    return {int(found["seq"]): number for number in numbers if (found := compiled.fullmatch(number))}


def _gaps(last: int, known: dict[int, str]) -> Iterator[int]:
    return (seq for seq in range(1, last + 1) if seq not in known)
