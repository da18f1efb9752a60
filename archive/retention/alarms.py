"""Alarms: raised by what checks, once as long as they are open; cleared by a person, with a word on why."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.act import Act, plain
from archive.core.errors import NotFound, RuleBroken
from archive.core.paging import Page, PageRequest, cut
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.people.rules import Person
from archive.retention.kinds import AlarmKind
from archive.retention.models import Alarm


def sound(kind: AlarmKind, about: str, *, dossier_id: uuid.UUID | None = None, act: Act, **facts: Any) -> Alarm:
    """Raise an alarm about a subject, or note that the open one is still true."""
    key = f"{kind.value}:{about}"[:300]
    alarm = act.session.scalar(select(Alarm).where(Alarm.key == key, Alarm.cleared_at.is_(None)))
    if alarm is not None:
        alarm.seen_at = act.moment
        return alarm
    alarm = Alarm(
        kind=kind, key=key, dossier_id=dossier_id, facts=plain(facts), raised_at=act.moment, seen_at=act.moment
    )
    act.session.add(alarm)
    act.session.flush()
    act.record("alarm:raise", alarm, kind=kind, about=about, **facts)
    return alarm


def clear(alarm: Alarm, *, note: str, act: Act) -> None:
    """Close an alarm with what was found and done. Raises RuleBroken when it is closed already."""
    if alarm.cleared_at is not None:
        raise RuleBroken("alarm.cleared")
    alarm.cleared_at, alarm.cleared_by_name, alarm.note = act.moment, act.actor.name, note
    act.record("alarm:clear", alarm, kind=alarm.kind)


def by_id(session: Session, alarm_id: uuid.UUID) -> Alarm:
    """Return the alarm. Raises NotFound."""
    found = session.get(Alarm, alarm_id)
    if found is None:
        raise NotFound("alarm.unknown")
    return found


def listed(session: Session, page: PageRequest, *, cleared: bool = False) -> Page[Alarm]:
    """Return open alarms, or the cleared ones, the newest first. One statement."""
    query = select(Alarm).order_by(Alarm.id.desc()).limit(page.size + 1)
    query = query.where(Alarm.cleared_at.is_not(None) if cleared else Alarm.cleared_at.is_(None))
    key = page.key(uuid.UUID)
    if key is not None:
        query = query.where(Alarm.id < key[0])
    return cut(session.scalars(query).all(), page, lambda one: [one.id])


def numbers(session: Session, found: Sequence[Alarm], person: Person) -> dict[uuid.UUID, str]:
    """Return the numbers of the dossiers these alarms are about, where the person may see them. One statement."""
    ids = {one.dossier_id for one in found if one.dossier_id is not None}
    rows = session.execute(select(Dossier.id, Dossier.number).where(Dossier.id.in_(ids), access.visible_to(person)))
    return {row.id: row.number for row in rows}


def open_counts(session: Session, dossier_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many alarms are open about each of these dossiers, where there are any. One statement."""
    query = select(Alarm.dossier_id, func.count()).where(Alarm.dossier_id.in_(dossier_ids), Alarm.cleared_at.is_(None))
    rows = session.execute(query.group_by(Alarm.dossier_id))
    return {dossier_id: number for dossier_id, number in rows if dossier_id is not None}


def counts(session: Session) -> dict[str, int]:
    """Return how many alarms of each kind are open; for the metrics. One statement."""
    rows = session.execute(select(Alarm.kind, func.count()).where(Alarm.cleared_at.is_(None)).group_by(Alarm.kind))
    return {kind.value: number for kind, number in rows}
