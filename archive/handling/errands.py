"""What of handling waits for a person, for the work list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.db import tested
from archive.core.labels import label
from archive.dossiers.access import in_hand, visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.work import Errand
from archive.handling import calls, clusters, deciding
from archive.handling.kinds import ClusterState, EvidenceState, OpinionState, Sheet, TaskState
from archive.handling.models import EvidenceRequest, MajorReport, Opinion, Review, Task
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering

_MOST = 20
_TICK = timedelta(microseconds=1)


def errands(session: Session, person: Person, now: datetime) -> Sequence[Errand]:
    """Return what waits for the person. At most eight statements."""
    return [
        *_tasks(session, person),
        *_opinions(session, person),
        *_reviews(session, person),
        *_evidence(session, person, now),
        *_reports(session, person),
        *_clusters(session, person),
        *_proposals(session, person),
        *_calls(session, person, now),
    ]


def _tasks(session: Session, person: Person) -> list[Errand]:
    paths = covering(person.paths(Permission.HANDLE))
    if not paths:
        return []
    below = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))
    of_unit = Task.person_id.is_(None) & (Task.state == TaskState.GIVEN) & below
    mine = or_(Task.person_id == person.id, Task.answered_by == person.id, of_unit)
    query = (
        _open(select(Task, Dossier), Task, person)
        .join(Unit, Unit.id == Task.unit_id)
        .where(Task.state.in_((TaskState.GIVEN, TaskState.ACCEPTED)), mine)
        .order_by(Task.due_on, Task.id)
    )
    return [
        _errand("task", dossier, f"{label(task.state)}：{task.what}", Sheet.TASKS, ".work", task.due_on)
        for task, dossier in session.execute(query).unique()
    ]


def _opinions(session: Session, person: Person) -> list[Errand]:
    query = _open(select(Opinion, Dossier), Opinion, person).where(Opinion.state == OpinionState.WAITING)
    found = session.execute(query.where(Opinion.made_by.is_distinct_from(person.id)).order_by(Opinion.made_at))
    return [
        _errand("opinion", dossier, f"请审批拟办意见：{label(opinion.subject)}", Sheet.OPINIONS, ".work", None)
        for opinion, dossier in found.unique()
        if deciding.may_decide(opinion, dossier, person)
    ]


def _reviews(session: Session, person: Person) -> list[Errand]:
    query = _open(select(Review, Dossier), Review, person)
    query = query.where(Review.reviewer_id == person.id, Review.outcome.is_(None)).order_by(Review.made_at)
    return [
        _errand("review", dossier, f"请作{label(review.level)}结论", Sheet.REVIEWS, ".after", None)
        for review, dossier in session.execute(query).unique()
    ]


def _evidence(session: Session, person: Person, now: datetime) -> list[Errand]:
    query = _open(select(EvidenceRequest, Dossier), EvidenceRequest, person).where(
        EvidenceRequest.state == EvidenceState.ASKED,
        EvidenceRequest.due_on <= shanghai_date(now),
        Dossier.officer_id == person.id,
    )
    return [
        _errand("evidence", dossier, f"{row.holder}应提供：{row.what}", Sheet.EVIDENCE, ".work", row.due_on)
        for row, dossier in session.execute(query.order_by(EvidenceRequest.due_on)).unique()
    ]


def _reports(session: Session, person: Person) -> list[Errand]:
    query = _open(select(MajorReport, Dossier), MajorReport, person).where(
        MajorReport.sent_at.is_(None),
        or_(Dossier.officer_id == person.id, in_hand(person, Permission.DECIDE)),
    )
    return [
        _errand(
            "report",
            dossier,
            f"重大事项须报送{row.receiver}",
            Sheet.REPORTS,
            ".after",
            shanghai_date(row.due_at - _TICK),
        )
        for row, dossier in session.execute(query.order_by(MajorReport.due_at)).unique()
    ]


def _clusters(session: Session, person: Person) -> list[Errand]:
    found = []
    for cluster in clusters.waiting(session, person):
        proposed = cluster.state is ClusterState.PROPOSED
        due_on = shanghai_date(cluster.report_due_at - _TICK) if cluster.report_due_at else None
        words = "疑似群体投诉，请研判" if proposed else "群体投诉须报送"
        url = url_for("handling.cluster", cluster_id=cluster.id)
        found.append(Errand("cluster", words, url, cluster.name, due_on=None if proposed else due_on))
    return found


def _proposals(session: Session, person: Person) -> list[Errand]:
    return [
        _errand("proposal", dossier, f"回访建议重新办理：{row.reopen_reason}", Sheet.FOLLOW_UPS, ".after", None)
        for row, dossier in calls.proposals(session, person)
    ]


def _calls(session: Session, person: Person, now: datetime) -> list[Errand]:
    if not person.paths(Permission.HANDLE):
        return []
    count = calls.count_due(session, person, now)
    if not count:
        return []
    return [Errand("call", f"我承办的案卷有 {count} 件等待回访", url_for("handling.follow_ups", mine="1"), "回访")]


def _open(query: Any, model: Any, person: Person) -> Any:
    """Return the query over a table and its open dossiers that the person sees, the first few."""
    # The few that wait lead to their dossiers, not all open dossiers to the few.
    return query.join(Dossier, tested(model.dossier_id) == Dossier.id).where(
        Dossier.closed_at.is_(None), visible_to(person)
    ).limit(_MOST)  # fmt: skip


def _errand(kind: str, dossier: Dossier, words: str, sheet: Sheet, endpoint: str, due_on: Any) -> Errand:
    url = url_for(f"handling{endpoint}", number=dossier.number, _anchor=sheet.value)
    return Errand(kind, words, url, dossier.title, dossier.number, due_on)
