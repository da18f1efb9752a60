"""What pages share: refusals shown in the form they belong to, with everything typed still in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from archive.core.clock import SHANGHAI
from archive.core.errors import ArchiveError, Problem
from archive.core.labels import choices
from archive.dossiers import code_tables
from archive.dossiers.states import Channel, Source
from archive.dossiers.values import Complaint
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may
from archive.procedures.office import Bound
from archive.procedures.overlay import channels, sources
from archive.web.problems import note_refusal


@dataclass(frozen=True)
class Refusal:
    """Why a form was refused: the sentence above, the problems, the status of the answer."""

    error: ArchiveError
    problems: tuple[Problem, ...]
    status: int


def refused(error: ArchiveError) -> Refusal:
    """Return a refusal for its form, and write it into the trail as the error page would have."""
    note_refusal(error)
    problems = tuple(getattr(error, "problems", ())) or (Problem(error.code, facts=error.facts),)
    return Refusal(error, problems, error.status)


def typed_of(value: Complaint) -> dict[str, Any]:
    """Return what is registered as the fields of the form, as if it had been typed."""
    found: dict[str, Any] = {
        name: _typed(one) for name, one in vars(value).items() if name not in ("parties", "custom")
    }
    found["parties"] = [{name: _typed(one) for name, one in vars(party).items()} for party in value.parties]
    return found


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, StrEnum):
        return value.value
    if hasattr(value, "astimezone"):
        return str(value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    return str(value)


def unit_choices(units: Iterable[Unit], person: Person, permission: Permission | None) -> list[tuple[str, str]]:
    """Return (code, name) of the open units, in which the person has the permission when one is given."""
    return [
        (unit.code, "　" * (unit.path.count("/") - 2) + unit.name)
        for unit in units
        if unit.closed_at is None and (permission is None or may(person, permission, unit.path))
    ]


def channel_choices(bound: Sequence[Bound]) -> list[tuple[str, str]]:
    """Return the channels to choose from: those of the rule sets first. Who comes by another is not sent away."""
    return _first_listed(channels(bound)[0], choices(Channel))


def source_choices(bound: Sequence[Bound]) -> list[tuple[str, str]]:
    """Return the sources to choose from: those of the rule sets first, as with channels."""
    return _first_listed(sources(bound), choices(Source))


def _first_listed(allowed: Sequence[str], named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not allowed:
        return named
    first = [pair for pair in named if pair[0] in allowed]
    return first + [(code, f"{word}（规程未列）") for code, word in named if code not in allowed]


def code_words(session: Session) -> dict[str, code_tables.Table]:
    """Return all code tables by name, for templates. One statement."""
    return {name.value: table for name, table in code_tables.tables(session).items()}
