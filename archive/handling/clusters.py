"""Reads about groups of like complaints. Members that a reader may not see are neither shown nor counted."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Subquery, func, or_, select, tuple_
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.errors import NotFound
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers import queries
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.queries import Line
from archive.handling.kinds import ClusterState
from archive.handling.models import Cluster, ClusterMember
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering, may

_MOST_MEMBERS = 500
# A chart of a group shows at most so many days, the last ones.
_MOST_DAYS = 60


@dataclass(frozen=True)
class Group:
    """A group in a list, with how many of its dossiers the reader sees."""

    cluster: Cluster
    count: int
    latest: datetime


def page(session: Session, person: Person, request: PageRequest, state: ClusterState | None = None) -> Page[Group]:
    """Return the groups of which the person sees a dossier, newest first. One statement."""
    seen = _seen(person)
    query = select(Cluster, seen.c.count, seen.c.latest).join(seen, seen.c.cluster_id == Cluster.id)
    if state is not None:
        query = query.where(Cluster.state == state)
    key = request.key(moment, uuid.UUID)
    if key is not None:
        query = query.where(tuple_(Cluster.found_at, Cluster.id) < tuple_(*key))
    rows = session.execute(query.order_by(Cluster.found_at.desc(), Cluster.id.desc()).limit(request.size + 1))
    groups = [Group(*row) for row in rows]
    return cut(groups, request, lambda one: (one.cluster.found_at, one.cluster.id))


def one(session: Session, cluster_id: uuid.UUID, person: Person) -> Cluster:
    """Return a group of which the person sees a dossier. Raises NotFound."""
    seen = _seen(person)
    found = session.scalar(select(Cluster).join(seen, seen.c.cluster_id == Cluster.id).where(Cluster.id == cluster_id))
    if found is None:
        raise NotFound("cluster.unknown")
    return found


def members(session: Session, cluster: Cluster, person: Person) -> list[Line]:
    """Return the dossiers of a group that the person sees, newest first. One statement."""
    ids = select(ClusterMember.dossier_id).where(ClusterMember.cluster_id == cluster.id)
    query = queries.lines().where(Dossier.id.in_(ids), visible_to(person))
    return queries.read(session, query.order_by(Dossier.received_at.desc(), Dossier.id.desc()).limit(_MOST_MEMBERS))


def decides(session: Session, lines: Sequence[Line], person: Person) -> bool:
    """Tell whether the person decides about one of these dossiers. One statement."""
    query = select(Unit.path).join(Dossier, Dossier.unit_id == Unit.id).where(Dossier.id.in_([one.id for one in lines]))
    return any(may(person, Permission.DECIDE, path) for path in session.scalars(query.distinct()))


def of_dossier(session: Session, dossier: Dossier, person: Person) -> list[Group]:
    """Return the groups a dossier is in that were not dismissed, with how many of each the person sees."""
    seen = _seen(person)
    query = (
        select(Cluster, seen.c.count, seen.c.latest)
        .join(seen, seen.c.cluster_id == Cluster.id)
        .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .where(ClusterMember.dossier_id == dossier.id, Cluster.state != ClusterState.DISMISSED)
        .order_by(Cluster.found_at)
    )
    return [Group(*row) for row in session.execute(query)]


def waiting(session: Session, person: Person, most: int = 20) -> Sequence[Cluster]:
    """Return the groups that wait for the person's decision or report, oldest first. One statement."""
    paths = covering(person.paths(Permission.DECIDE))
    if not paths:
        return []
    decided = select(ClusterMember.cluster_id).join(Dossier, Dossier.id == ClusterMember.dossier_id)
    decided = decided.join(Unit, Unit.id == Dossier.unit_id).where(visible_to(person))
    decided = decided.where(or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)))
    unreported = (
        (Cluster.state == ClusterState.CONFIRMED) & Cluster.report_due_at.is_not(None) & Cluster.reported_at.is_(None)
    )
    query = select(Cluster).where(Cluster.id.in_(decided), (Cluster.state == ClusterState.PROPOSED) | unreported)
    return session.scalars(query.order_by(Cluster.found_at, Cluster.id).limit(most)).all()


def by_day(lines: Sequence[Line]) -> list[tuple[date, int]]:
    """Return how many of the dossiers came on each day, from the first to the last, days without any included. Pure."""
    counts = Counter(shanghai_date(one.received_at) for one in lines)
    if not counts:
        return []
    last = max(counts)
    first = max(min(counts), last - timedelta(days=_MOST_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, counts[day]) for day in days]


def _seen(person: Person) -> Subquery:
    """Return each group with how many dossiers the person sees in it, and when the latest came; others are absent."""
    return (
        select(
            ClusterMember.cluster_id,
            func.count().label("count"),
            func.max(Dossier.received_at).label("latest"),
        )
        .join(Dossier, Dossier.id == ClusterMember.dossier_id)
        .where(visible_to(person))
        .group_by(ClusterMember.cluster_id)
        .subquery()
    )
