"""Reads about firms that do work for institutions: how often complaints concern each (XXGS, 第十四条)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.dossiers import queries
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.queries import Line
from archive.handling.models import Measure, ThirdParty
from archive.people.rules import Person

# What counts as lately.
LATELY = timedelta(days=90)
_MOST = 200


@dataclass(frozen=True)
class Frequency:
    """A firm: dossiers that concern it, how many of them lately, the measures on it, the last complaint."""

    name: str
    dossiers: int
    lately: int
    measures: int
    latest: datetime


def frequencies(session: Session, person: Person, now: datetime) -> Sequence[Frequency]:
    """Return the firms by how often they are complained of, in what the person may see. One statement."""
    measured = select(Measure.third_party_id, func.count().label("n")).group_by(Measure.third_party_id).subquery()
    recent = func.sum(case((Dossier.received_at >= now - LATELY, 1), else_=0))
    query = (
        select(
            ThirdParty.name,
            func.count(),
            recent,
            func.coalesce(func.sum(measured.c.n), 0),
            func.max(Dossier.received_at),
        )
        .join(Dossier, Dossier.id == ThirdParty.dossier_id)
        .outerjoin(measured, measured.c.third_party_id == ThirdParty.id)
        .where(visible_to(person))
        .group_by(ThirdParty.name)
        .order_by(recent.desc(), func.count().desc(), ThirdParty.name)
        .limit(_MOST)
    )
    return [Frequency(name, count, lately, int(n), latest) for name, count, lately, n, latest in session.execute(query)]


def dossiers_of(session: Session, name: str, person: Person) -> list[Line]:
    """Return the dossiers that concern a firm and that the person may see, newest first. One statement."""
    ids = select(ThirdParty.dossier_id).where(ThirdParty.name == name)
    query = queries.lines().where(Dossier.id.in_(ids), visible_to(person))
    return queries.read(session, query.order_by(Dossier.received_at.desc(), Dossier.id.desc()).limit(_MOST))


def measures_on(session: Session, name: str, person: Person) -> Sequence[tuple[Measure, str]]:
    """Return the measures on a firm with the number of the dossier, newest first. One statement."""
    query = (
        select(Measure, Dossier.number)
        .join(ThirdParty, ThirdParty.id == Measure.third_party_id)
        .join(Dossier, Dossier.id == Measure.dossier_id)
        .where(ThirdParty.name == name, visible_to(person))
        .order_by(Measure.taken_on.desc(), Measure.id.desc())
        .limit(_MOST)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def by_month(lines: Sequence[Line], today: date) -> list[tuple[str, int]]:
    """Return how many dossiers came in each of the last twelve months. Pure."""
    counts = Counter(f"{shanghai_date(one.received_at):%Y-%m}" for one in lines)
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(11, -1, -1)]
    return [(name, counts[name]) for name in (f"{year}-{month + 1:02}" for year, month in months)]
