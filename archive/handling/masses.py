"""Groups of like complaints: found when one is registered, put to the head, followed until settled.

Source: 金融消费者投诉处理办法（XXGS）, 第八条 (massed complaints, events that may spread, report to the central bank).
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from archive.binding import raising
from archive.binding.bound import bound
from archive.core.act import Act
from archive.core.errors import NotAllowed, Problem, RuleBroken
from archive.core.ids import new_id
from archive.dossiers import code_tables
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, Institution
from archive.dossiers.rules import lacks
from archive.dossiers.states import CodeTable
from archive.handling import procedure, rules
from archive.handling.holding import check
from archive.handling.kinds import ClusterState, Likeness
from archive.handling.models import Cluster, ClusterMember
from archive.people.models import Unit
from archive.people.rules import Permission, Person
from archive.procedures.profile import Cause, Mass

_OPEN = (ClusterState.PROPOSED, ClusterState.CONFIRMED)


def detect(dossier: Dossier, *, act: Act) -> None:
    """Put a newly registered dossier to those it is like, or propose a group when they have become enough."""
    mass, basis = procedure.mass(bound(act.session, dossier))
    matter = rules.Matter(dossier.respondent_id, dossier.category, dossier.cause, dossier.product)
    for likeness, key in rules.keys_of(matter).items():
        cluster = act.session.scalar(select(Cluster).where(Cluster.key == key, Cluster.state.in_(_OPEN)))
        if cluster is not None:
            if dossier.registered_at > cluster.found_at - timedelta(days=cluster.days):
                _put(cluster, [dossier.id], act)
            continue
        alike = _alike(dossier, likeness, mass, act)
        if alike and not _grouped(alike, act):
            _found(dossier, likeness, key, mass, basis, alike, act)


def group(dossiers: Sequence[Dossier], *, name: str, act: Act) -> Cluster:
    """Put dossiers together by hand. Raises NotAllowed, BadInput."""
    for dossier in dossiers:
        if lacks(act.actor, Permission.DECIDE, dossier.unit.path):
            raise NotAllowed("person.lacks", permission=Permission.DECIDE)
    if len({dossier.id for dossier in dossiers}) < 2:
        check(Problem("cluster.few", "numbers"))
    cluster = Cluster(
        id=new_id(), name=name, likeness=Likeness.CHOSEN, count=len(dossiers), days=0, found_at=act.moment,
        state=ClusterState.CONFIRMED, decided_by_name=act.actor.name,
    )  # fmt: skip
    act.session.add(cluster)
    act.session.flush()
    act.record("cluster:form", cluster, name=name)
    _put(cluster, [dossier.id for dossier in dossiers], act)
    _weigh(cluster, act)
    return cluster


def confirm(cluster: Cluster, *, note: str, act: Act) -> None:
    """They are one matter: from here a report to the authorities is due. Raises NotAllowed, RuleBroken."""
    _decide(cluster, act, ClusterState.PROPOSED)
    cluster.state, cluster.note, cluster.decided_by_name = ClusterState.CONFIRMED, note, act.actor.name
    _proclaim(cluster, "confirm", act)


def dismiss(cluster: Cluster, *, note: str, act: Act) -> None:
    """They are no one matter. The same is proposed again only when as many new ones came. Raises as `confirm`."""
    _decide(cluster, act, ClusterState.PROPOSED)
    _end(cluster, ClusterState.DISMISSED, note, act)
    _note(cluster, "dismiss", act)


def settle(cluster: Cluster, *, note: str, act: Act) -> None:
    """The matter is dealt with; a report that is due was sent. Raises NotAllowed, RuleBroken."""
    _decide(cluster, act, ClusterState.CONFIRMED)
    if cluster.report_due_at is not None and cluster.reported_at is None:
        raise RuleBroken("cluster.unreported")
    _end(cluster, ClusterState.SETTLED, note, act)
    _note(cluster, "settle", act)


def flag(cluster: Cluster, *, emergency: bool, note: str, act: Act) -> None:
    """Start the emergency plan for a group, or end it. Raises NotAllowed, RuleBroken."""
    _decide(cluster, act, ClusterState.CONFIRMED)
    cluster.emergency, cluster.emergency_reason = emergency, note
    _note(cluster, "flag", act, emergency=emergency)


def report(cluster: Cluster, *, receiver: str, reference: str, act: Act) -> None:
    """The report to the authorities was sent. Raises NotAllowed, RuleBroken."""
    _decide(cluster, act, ClusterState.CONFIRMED)
    if cluster.reported_at is not None:
        raise RuleBroken("cluster.reported")
    cluster.report_to, cluster.report_reference = receiver, reference
    cluster.reported_at, cluster.reported_by_name = act.moment, act.actor.name
    late = cluster.report_due_at is not None and act.moment > cluster.report_due_at
    _note(cluster, "report", act, receiver=receiver, late=late)


def add(cluster: Cluster, dossier: Dossier, *, act: Act) -> None:
    """Put one more dossier into a group. Raises NotAllowed, RuleBroken."""
    _decide(cluster, act, *_OPEN)
    if act.session.get(ClusterMember, (cluster.id, dossier.id)) is not None:
        raise RuleBroken("cluster.member")
    _put(cluster, [dossier.id], act)
    _weigh(cluster, act)


def remove(cluster: Cluster, dossier: Dossier, *, act: Act) -> None:
    """Take a dossier out of a group. Raises NotAllowed, RuleBroken."""
    _decide(cluster, act, *_OPEN)
    member = act.session.get(ClusterMember, (cluster.id, dossier.id))
    if member is None:
        raise RuleBroken("cluster.no_member")
    act.session.delete(member)
    act.session.flush()
    act.record("cluster:remove", cluster, number=dossier.number)


def _alike(dossier: Dossier, likeness: Likeness, mass: Mass, act: Act) -> Sequence[uuid.UUID]:
    since = dossier.registered_at - timedelta(days=mass.days)
    # What was judged once counts no more, whatever it was found by.
    judged = (
        select(ClusterMember.dossier_id)
        .join(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(Cluster.state.not_in(_OPEN))
    )
    rows = act.session.execute(
        select(Dossier.id, Dossier.registered_at).where(
            _same(dossier, likeness),
            Dossier.registered_at > since,
            Dossier.registered_at <= dossier.registered_at,
            Dossier.id.not_in(judged),
        )
    )
    return rules.massed(((one, at) for one, at in rows), mass, dossier.registered_at)


def _same(dossier: Dossier, likeness: Likeness) -> ColumnElement[bool]:
    if likeness is Likeness.RESPONDENT:
        return Dossier.respondent_id == dossier.respondent_id
    if likeness is Likeness.PRODUCT:
        return Dossier.product == dossier.product
    return (Dossier.category == dossier.category) & (Dossier.cause == dossier.cause)


def _grouped(ids: Sequence[uuid.UUID], act: Act) -> bool:
    """Tell whether one open group has all of these already, found by another likeness."""
    counted = (
        select(func.count())
        .select_from(ClusterMember)
        .join(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(Cluster.state.in_(_OPEN), ClusterMember.dossier_id.in_(ids))
        .group_by(Cluster.id)
    )
    return any(number == len(ids) for number in act.session.scalars(counted))


def _found(
    dossier: Dossier, likeness: Likeness, key: str, mass: Mass, basis: str, alike: Sequence[uuid.UUID], act: Act
) -> None:
    cluster = Cluster(
        id=new_id(), name=_name(dossier, likeness, act), likeness=likeness, key=key, count=mass.count, days=mass.days,
        basis=basis, found_at=act.moment,
    )  # fmt: skip
    act.session.add(cluster)
    act.session.flush()
    act.record("cluster:find", cluster, name=cluster.name, likeness=likeness)
    _put(cluster, alike, act)


def _name(dossier: Dossier, likeness: Likeness, act: Act) -> str:
    if likeness is Likeness.RESPONDENT:
        return act.session.get_one(Institution, dossier.respondent_id).name
    if likeness is Likeness.PRODUCT:
        return dossier.product
    words = code_tables.tables(act.session, (CodeTable.CATEGORY, CodeTable.CAUSE))
    return f"{words[CodeTable.CATEGORY].word(dossier.category)}·{words[CodeTable.CAUSE].word(dossier.cause)}"


def _put(cluster: Cluster, ids: Iterable[uuid.UUID], act: Act) -> None:
    present = set(act.session.scalars(select(ClusterMember.dossier_id).where(ClusterMember.cluster_id == cluster.id)))
    new = [one for one in dict.fromkeys(ids) if one not in present]
    values: Mapping[str, Any] = {"cluster_id": cluster.id, "added_at": act.moment, "added_by_name": act.actor.name}
    act.session.add_all(ClusterMember(dossier_id=one, **values) for one in new)
    act.session.flush()
    if new:
        act.record("cluster:add", cluster, count=len(new))


def _weigh(cluster: Cluster, act: Act) -> None:
    """Treat a group formed by hand as a mass, once, when it has as many members as the texts want.

    That they are one matter, and near enough in time, was judged by who put them together.
    """
    members = select(func.count()).where(ClusterMember.cluster_id == cluster.id)
    if cluster.state is not ClusterState.CONFIRMED or cluster.report_due_at is not None:
        return
    mass, _ = procedure.mass(bound(act.session, _first(cluster, act)))
    if (act.session.scalar(members) or 0) >= mass.count:
        _proclaim(cluster, "reach", act)


def _proclaim(cluster: Cluster, verb: str, act: Act) -> None:
    """Let a report to the authorities be due from now on, and tell those within whom the texts name."""
    first = _first(cluster, act)
    profiles = bound(act.session, first)
    cluster.report_to = procedure.receiver(profiles, "major_event") or procedure.receiver(profiles, "mass")
    cluster.report_due_at, cluster.report_basis = procedure.report_due(act.session, first, act.moment)
    _note(cluster, verb, act, due_at=cluster.report_due_at)
    raising.report(first, Cause.MASS, act=act)


def _first(cluster: Cluster, act: Act) -> Dossier:
    """Return the oldest dossier of a group: the report on all of them stands in it."""
    members = select(ClusterMember.dossier_id).where(ClusterMember.cluster_id == cluster.id)
    query = select(Dossier).where(Dossier.id.in_(members)).order_by(Dossier.registered_at).limit(1)
    return act.session.scalars(query).one()


def _decide(cluster: Cluster, act: Act, *states: ClusterState) -> None:
    """Hold a group for who decides about one of its dossiers. Raises NotAllowed, RuleBroken."""
    act.session.refresh(cluster, with_for_update=True)
    if isinstance(act.actor, Person):
        paths = act.session.scalars(
            select(Unit.path).join(Dossier, Dossier.unit_id == Unit.id)
            .join(ClusterMember, ClusterMember.dossier_id == Dossier.id)
            .where(ClusterMember.cluster_id == cluster.id, visible_to(act.actor)).distinct()
        )  # fmt: skip
        if all(lacks(act.actor, Permission.DECIDE, path) for path in paths):
            raise NotAllowed("person.lacks", permission=Permission.DECIDE)
    if cluster.state not in states:
        raise RuleBroken("cluster.state", state=cluster.state)


def _end(cluster: Cluster, state: ClusterState, note: str, act: Act) -> None:
    cluster.state, cluster.note, cluster.decided_by_name = state, note, act.actor.name
    cluster.settled_at = act.moment


def _note(cluster: Cluster, verb: str, act: Act, **facts: Any) -> None:
    act.session.flush()
    act.record(f"cluster:{verb}", cluster, **facts)
