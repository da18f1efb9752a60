"""Nothing is missing: every number ever given belongs to something that is there, is void, or was destroyed by a list.

A feature above may add the numbers of its own series (`add`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.disposal.models import DisposalList, Stub
from archive.disposal.transfer_models import Transfer
from archive.dossiers.models import Contact, Dossier, Series
from archive.letters.models import LetterNumber
from archive.letters.states import NumberState
from archive.people.models import Unit
from archive.procedures.profile import NUMBER_PLACEHOLDERS
from archive.retention.models import Keeping


@dataclass(frozen=True)
class Sequence:
    """One sequence: its name, how many numbers were given, how many are live, destroyed, void, which are nowhere."""

    name: str
    given: int
    live: int
    destroyed: int
    gaps: tuple[str, ...]
    void: int = 0


Known = Callable[[Session, str], tuple[str, Iterable[int]]]
"""Given the rest of a series' key, returns the name of the sequence and the numbers that are there."""

_ADDED: dict[str, Known] = {}


def add(kind: str, known: Known) -> None:
    """Let the series whose keys begin with `kind:` be counted too."""
    _ADDED[kind] = known


def report(session: Session) -> list[Sequence]:
    """Return every sequence: case numbers, contacts, filed numbers, letters, lists, and those added.

    Some ten statements, and one for every sequence that was added.
    """
    rows = session.execute(select(Series.key, Series.last).order_by(Series.key)).all()
    live, gone = set(session.scalars(select(Dossier.number))), set(session.scalars(select(Stub.number)))
    kept = session.execute(select(Keeping.filed_number, Keeping.destroyed_at))
    filed: dict[str, object] = {row.filed_number: row.destroyed_at for row in kept}
    lists = {
        "disposal": ("销毁清册", set(session.scalars(select(DisposalList.number)))),
        "transfer": ("移交清册", set(session.scalars(select(Transfer.number)))),
    }
    register = session.execute(
        select(Unit.id, Unit.code, Contact.year, Contact.serial).join(Unit, Unit.id == Contact.unit_id)
    )
    contacts: dict[tuple[str, int], set[int]] = defaultdict(set)
    codes = {}
    for row in register:
        contacts[str(row.id), row.year].add(row.serial)
        codes[str(row.id)] = row.code
    letters = _letters(session)
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
        elif kind == "letter":
            found.append(_of_letters(rest, last, letters[rest]))
        elif kind in lists:
            name, numbered = lists[kind]
            found.append(_plain(f"{name} {rest}", last, set(_matching(rf".*·{rest}-(?P<seq>\d+)", numbered))))
        elif kind in _ADDED:
            name, serials = _ADDED[kind](session, rest)
            found.append(_plain(name, last, set(serials)))
    return found


def gaps(session: Session) -> list[str]:
    """Return every number that is neither live nor destroyed, with the name of its sequence."""
    return [f"{one.name}：{gap}" for one in report(session) for gap in one.gaps]


def _letters(session: Session) -> dict[str, dict[int, LetterNumber]]:
    found: dict[str, dict[int, LetterNumber]] = defaultdict(dict)
    for row in session.scalars(select(LetterNumber)):
        found[f"{row.mark}:{row.year}"][row.serial] = row
    return found


def _of_letters(rest: str, last: int, rows: dict[int, LetterNumber]) -> Sequence:
    void = sum(row.state is NumberState.VOID for row in rows.values())
    gone = sum(row.state is NumberState.LIVE and row.letter_id is None for row in rows.values())
    name = f"发文字号 {rest.replace(':', ' ')}"
    return Sequence(name, last, len(rows) - void - gone, gone, tuple(str(seq) for seq in _gaps(last, rows)), void)


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
    shown = NUMBER_PLACEHOLDERS.sub(lambda place: {"year": str(year), "unit": unit}.get(place[1], "*"), template)
    return Sequence(
        f"案号 {shown}",
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


def _gaps(last: int, known: Container[int]) -> Iterator[int]:
    return (seq for seq in range(1, last + 1) if seq not in known)
