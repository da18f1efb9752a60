"""The register of outgoing letters: numbers taken in the issuing act, never twice, never with a gap.

A series is what the words of the number say: the office, the unit, the kinds that share them, and the year. So no two
series can give the same number. Source: GB/T 9704-2012, 7.2.5.
"""

from collections.abc import Mapping

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import RuleBroken
from archive.core.ids import new_id
from archive.core.ports import ports
from archive.dossiers import series
from archive.letters.kinds import Kind, LetterKind
from archive.letters.models import LetterNumber
from archive.letters.number import DocumentNumber
from archive.letters.states import NumberState
from archive.people.models import Unit


def mark(office: str, units: Mapping[str, str], unit: Unit, kind: Kind) -> str:
    """Return the words of the number: 金消 of the office, 调 of the unit, 函 of the kind.

    A unit without a word of its own uses the nearest one above it that has one.
    """
    at: Unit | None = unit
    while at is not None and at.code not in units:
        at = at.parent
    return f"{office}{units[at.code] if at else ''}{kind.series}"


def take(unit: Unit, kind: Kind, *, act: Act) -> LetterNumber:
    """Return the next line of the series; others who want one wait until the act ends. The caller names the letter."""
    settings = ports().settings
    year = shanghai_date(act.moment).year
    words = mark(settings.letter_mark, settings.unit_marks, unit, kind)
    serial = series.take(act.session, f"letter:{words}:{year}")
    return LetterNumber(
        id=new_id(),
        mark=words,
        year=year,
        serial=serial,
        number=str(DocumentNumber(words, year, serial)),
        unit_id=unit.id,
        kind=LetterKind(kind.code),
        taken_at=act.moment,
        taken_by_name=act.actor.name,
    )


def void(row: LetterNumber, reason: str, *, act: Act) -> None:
    """Mark a number as void, with the reason; it is never given again. Raises RuleBroken when it is void already."""
    if row.state is NumberState.VOID:
        raise RuleBroken("letter.number_void", number=row.number)
    row.state, row.voided_at, row.void_reason = NumberState.VOID, act.moment, reason
    act.record("letter_number:void", row, number=row.number, reason=reason)
