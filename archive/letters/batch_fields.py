"""What the letters of a batch share: which facts are asked for once, and whose they are. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from archive.letters import personal, rules
from archive.letters.kinds import Field, Kind, LetterKind, kind, kinds

# Under this name stand the facts given for the notice that goes with each letter.
NOTICE = "notice"
# Facts of a single dossier or person, by the first part of their path.
_SINGLE = frozenset({"complaint", "complainant", "dossier", "materials", "items", "extra", "redress"})
# What the dossiers know themselves may be left open.
_KNOWN = frozenset({"addressee", "officer", "office"})
# What a notice says of the letter it belongs to is taken from there.
_FROM_THE_LETTER = frozenset(
    {
        "forwarded.how",
        "forwarded.office",
        "forwarded.reason",
        "forwarded.until",
        "forwarded.number",
        "forwarded.sent_on",
    }
)


def kinds_offered() -> list[Kind]:
    """Return the kinds that can be made in batches: all that are not written about an earlier letter."""
    apart = {*rules.NEEDS_ABOUT, *rules.NOT_OF_A_DOSSIER, LetterKind.FORWARDING_NOTICE}
    return [one for one in kinds() if one.code not in apart]


def shared_fields(of: Kind) -> Kind:
    """Return the kind with only the fields a batch shares, those of its notice under `notice`."""
    fields = [replace(one, required=False) if _first(one) in _KNOWN else one for one in _shared(of)]
    if of.paired is not None:
        own = {one.path for one in of.fields} | _FROM_THE_LETTER
        fields += [replace(one, path=f"{NOTICE}.{one.path}") for one in _shared(kind(of.paired)) if one.path not in own]
    return replace(of, fields=tuple(fields))


def parted(given: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return the facts of the letters and those of their notices."""
    return {name: value for name, value in given.items() if name != NOTICE}, given.get(NOTICE) or {}


def _shared(of: Kind) -> Iterator[Field]:
    return (one for one in of.fields if _first(one) not in _SINGLE and not personal.is_personal(one))


def _first(field: Field) -> str:
    return field.path.split(".")[0]
