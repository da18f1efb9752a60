"""Values of field conditions: dates, amounts, words of a list, sealed numbers; read or refused."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from archive.search.fields import FIELDS, TAIL_LENGTHS, FieldKind, FieldSpec
from archive.search.folding import fold
from archive.search.numbers import CODE_LENGTH
from archive.search.query import Field, Range

Seal = Callable[[str, str], str]
"""(field: identity, phone or card; the folded number or its tail) -> the opaque token kept in the index."""

_SPAN = re.compile(r"(?P<op>>=|<=|>|<|≥|≤)(?P<one>.+)|(?P<low>.*?)\.\.(?P<high>.*)")
_DATE = re.compile(r"([0-9]{4})(?:[-./年]([0-9]{1,2})(?:[-./月]([0-9]{1,2})[日号]?|月)?|年)?")
_AMOUNT = re.compile(r"[¥$]? ?([0-9]{1,13}(?:\.[0-9]{1,8})?)([十百千]?[万亿]|[百千])?[元圆]?")
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SEPARATORS = re.compile("[ -]")


class ValueProblem(Exception):
    """A value that cannot be read; the parser adds field and position."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def date_range(name: str, value: str) -> Range:
    """Read a day, month, year or a range of them; a month or year means all its days."""
    return _range(name, value, _days, "query.date_unknown")


def amount_range(name: str, value: str) -> Range:
    """Read an amount (fen when returned; 1万 is 10,000 yuan) or a range of them."""
    return _range(name, value, _fen, "query.amount_unknown")


def _range(name: str, value: str, read: Callable[[str], tuple[int, int] | None], problem: str) -> Range:
    text = fold(value)

    def bounds(part: str) -> tuple[int, int]:
        found = read(part.strip())
        if found is None:
            raise ValueProblem(problem, part=part.strip())
        return found

    span = _SPAN.fullmatch(text)
    if not span:
        return Range(name, *bounds(text))
    if span["op"]:
        first, last = bounds(span["one"])
        return {
            ">": Range(name, last + 1, None),
            "<": Range(name, None, first - 1),
            ">=": Range(name, first, None),
            "<=": Range(name, None, last),
        }[span["op"].replace("≥", ">=").replace("≤", "<=")]
    low = bounds(span["low"])[0] if span["low"].strip() else None
    high = bounds(span["high"])[1] if span["high"].strip() else None
    if low is None and high is None:
        raise ValueProblem(problem, part=text)
    if low is not None and high is not None and low > high:
        raise ValueProblem("query.range_turned")
    return Range(name, low, high)


def _days(text: str) -> tuple[int, int] | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last = date(first.year, month or 12, day or monthrange(first.year, month or 12)[1])
    except ValueError:
        return None
    return first.toordinal(), last.toordinal()


def _fen(text: str) -> tuple[int, int] | None:
    found = _AMOUNT.fullmatch(text)
    if not found:
        return None
    fen = Decimal(found[1]) * 100
    for unit in found[2] or "":
        fen *= _UNITS[unit]
    return (int(fen), int(fen)) if fen == fen.to_integral_value() else None


def word(name: str, value: str, words: Mapping[str, str] | None) -> Field:
    """Read a word of a list: `words` is what people write -> what the index keeps; None takes any word as it is."""
    if not fold(value):
        raise ValueProblem("query.field_empty")
    if words is None:
        return Field(name, value.strip())
    known = {fold(written): kept for written, kept in words.items()}
    if fold(value) not in known:
        raise ValueProblem("query.word_unknown", known=tuple(words))
    return Field(name, known[fold(value)])


def sealed(spec: FieldSpec, value: str, seal: Seal | None) -> Field:
    """Read a number known by keyed hashes: whole, or its last four to six characters."""
    if seal is None:
        raise ValueProblem("query.number_not_allowed")
    number = plain_number(value)
    if not re.fullmatch(r"[0-9]+x?", number) or not (len(number) in spec.lengths or len(number) in TAIL_LENGTHS):
        raise ValueProblem("query.number_part", lengths=tuple(spec.lengths), tails=tuple(TAIL_LENGTHS))
    return Field(spec.name, seal(spec.name, number))


def sealed_like(text: str, seal: Seal) -> Iterable[Field]:
    """Yield the conditions under which a folded chunk may be meant as a whole sealed number."""
    number = plain_number(text)
    if re.fullmatch(r"[0-9]{11,18}[0-9x]", number) or re.fullmatch(r"1[0-9]{10}", number):
        for spec in FIELDS.values():
            if spec.kind is FieldKind.SEALED and len(number) in spec.lengths:
                yield Field(spec.name, seal(spec.name, number))


def plain_number(value: str) -> str:
    """Return a number without blanks and hyphens, folded: the form that is sealed."""
    return _SEPARATORS.sub("", fold(value))


def seals(name: str, number: str, seal: Seal) -> frozenset[str]:
    """Return the tokens a sealed number is indexed by: of the whole and of its tails."""
    plain = plain_number(number)
    tails = (plain[-length:] for length in TAIL_LENGTHS if length < len(plain))
    return frozenset(seal(name, part) for part in (plain, *tails))


def narrow_enough(pieces: Iterable[str]) -> bool:
    """Tell whether a pattern's literal pieces can be looked up: one has a digit and at least four characters."""
    return any(len(piece) >= CODE_LENGTH and not piece.isalpha() for piece in pieces)
