"""The filed number (档号) after DA/T 22-2015 and DA/T 13-2022: 全宗号-门类·年度-保管期限-机构-件号. Pure.

Local codes for periods without one of the standard's (Y, D30, D10): D and the years, as in D3.
"""

import re
from dataclasses import dataclass

from archive.core.errors import BadInput

_PLACES = re.compile(r"\{(fonds|year|period|unit|seq:0[1-9])\}")
_UNFIT = re.compile(r"[\s/\\?#%&<>:\"|*{}]")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What all numbers of one sequence have in common: fonds, year of closing, code of the period, code of the unit."""

    fonds: str
    year: int
    period: str
    unit: str


def period_code(years: int | None) -> str:
    """Return the code of a keeping period: Y for ever, else D and the years."""
    return "Y" if years is None else f"D{years}"


def check_template(template: str) -> None:
    """Refuse a template whose numbers could repeat or break an address. Raises BadInput."""
    names = [name.partition(":")[0] for name in _PLACES.findall(template)]
    rest = _PLACES.sub("", template)
    if names.count("seq") != 1 or not {"fonds", "year", "period"} <= set(names) or _UNFIT.search(rest):
        raise BadInput("filed_number.template", template=template)


def series(template: str, shelf: Shelf) -> str:
    """Return the name of the sequence; each counts from 1."""
    return _fill(template, shelf, None)


def number(template: str, shelf: Shelf, sequence: int) -> str:
    """Return the filed number. A sequence that outgrows its digits goes on with more: the number is extensible."""
    return _fill(template, shelf, sequence)


def _fill(template: str, shelf: Shelf, sequence: int | None) -> str:
    check_template(template)

    def one(found: re.Match[str]) -> str:
        name, _, width = found[1].partition(":")
        if name != "seq":
            return str(getattr(shelf, name))
        return "*" if sequence is None else f"{sequence:{width}}"

    return _PLACES.sub(one, template)
