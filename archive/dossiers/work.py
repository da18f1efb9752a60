"""The work list (工作台): what waits for this person, what is late, what the unit has open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from archive.dossiers import queries
from archive.dossiers.access import in_hand, visible_to
from archive.dossiers.models import Dossier, HandOver
from archive.dossiers.queries import Line
from archive.dossiers.states import HandOverState, State
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering

SHOWN = 8


@dataclass(frozen=True)
class Section:
    """One part of the work list: a key, how many there are, and the first of them by limit."""

    key: str
    count: int
    rows: Sequence[Line]


@dataclass(frozen=True)
class Told:
    """Something another feature tells on the work list: in words, where it leads, how many."""

    title: str
    url: str
    count: int


_tellers: list[Callable[[Session, Person], Sequence[Told]]] = []


def add(teller: Callable[[Session, Person], Sequence[Told]]) -> None:
    """Let another feature tell things on the work list; adding one twice changes nothing."""
    if teller not in _tellers:
        _tellers.append(teller)


def told(session: Session, person: Person) -> list[Told]:
    """Return what the other features tell the person."""
    return [one for teller in _tellers for one in teller(session, person)]


@dataclass(frozen=True)
class Errand:
    """Something of another feature that waits for the person: what, where it is done, on which dossier, until when."""

    kind: str
    words: str
    url: str
    title: str
    number: str = ""
    due_on: date | None = None


# Given the person and the moment, returns what waits; a fixed number of statements.
Source = Callable[[Session, Person, datetime], Sequence[Errand]]

_sources: list[Source] = []


def add_errands(*sources: Source) -> None:
    """Add what other features have waiting; adding one twice changes nothing."""
    _sources.extend(source for source in sources if source not in _sources)


def errands(session: Session, person: Person, now: datetime) -> list[Errand]:
    """Return what waits for the person beside the dossiers' own steps, what is due first coming first."""
    found = [errand for source in _sources for errand in source(session, person, now)]
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or date.max))


def sections(session: Session, person: Person, now: datetime) -> list[Section]:
    """Return the parts of the person's work list that are not empty. One statement, and one for each part."""
    parts = _parts(person, now)
    seen = (Dossier.closed_at.is_(None), visible_to(person))
    counts = session.execute(
        select(*(func.count().filter(part) for part in parts.values())).select_from(Dossier).where(*seen)
    ).one()
    found = []
    for (key, part), count in zip(parts.items(), counts, strict=True):
        if count:
            query = queries.lines().where(*seen, part).order_by(Dossier.due_at.nulls_last(), Dossier.id).limit(SHOWN)
            found.append(Section(key, count, queries.read(session, query)))
    return found


def offered(session: Session, person: Person, most: int = 50) -> Sequence[HandOver]:
    """Return the slips that wait for an answer of the person's units, oldest first. One statement."""
    paths = person.paths(Permission.HAND_OVER)
    if not paths:
        return []
    return (
        session.scalars(
            select(HandOver)
            .join(HandOver.dossier)
            .join(Unit, Unit.id == HandOver.to_unit_id)
            .where(HandOver.state == HandOverState.OFFERED, HandOver.offered_by != person.id, _below(paths))
            .where(visible_to(person))
            .options(contains_eager(HandOver.dossier), joinedload(HandOver.from_unit), joinedload(HandOver.to_unit))
            .order_by(HandOver.offered_at, HandOver.id)
            .limit(most)
        )
        .unique()
        .all()
    )


def _parts(person: Person, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Return the parts by key, in the order of the page."""
    mine = Dossier.officer_id == person.id
    decide, close = in_hand(person, Permission.DECIDE), in_hand(person, Permission.CLOSE)
    handle = in_hand(person, Permission.HANDLE)
    parts = {
        "overdue": and_(queries.overdue(now), or_(mine, decide, handle)),
        "soon": and_(queries.due_soon(now), or_(mine, decide, handle)),
        "mine": mine,
        "to_accept": and_(Dossier.state == State.REGISTERED, decide, _not_by(person)),
        "to_close": and_(Dossier.state == State.ANSWERED, close, ~mine | Dossier.officer_id.is_(None)),
        "to_assign": and_(Dossier.state == State.ACCEPTED, Dossier.officer_id.is_(None), or_(decide, handle)),
        "to_tell": and_(Dossier.state == State.DECLINED, handle),
        "registered_by_me": and_(
            Dossier.registered_by == person.id, Dossier.state.in_((State.REGISTERED, State.SUPPLEMENTING))
        ),
    }
    # Unknown (a limit that stands still) is not true: without coalesce such a dossier would be in no part at all.
    shown = func.coalesce(or_(*parts.values()), false())
    return {**parts, "unit": and_(handle, ~shown)}


def _not_by(person: Person) -> ColumnElement[bool]:
    return or_(Dossier.registered_by.is_(None), Dossier.registered_by != person.id)


def _below(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in covering(paths)))
